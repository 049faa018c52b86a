"""How Sphinx makes the documentation into a site (``make docs``) that opens without a network."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sphinx.application import Sphinx

PYPROJECT = Path(__file__).resolve().parents[1] / "pyproject.toml"

project = "storykin"
author = "The storykin authors"
version = release = tomllib.loads(PYPROJECT.read_text(encoding="utf-8"))["project"]["version"]
language = "en"

extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx_click"]
exclude_patterns = ["_build"]
myst_heading_anchors = 4  # headings are linked by their words, as a forge does
smartquotes = False  # they would make one dash of the two before an option

autodoc_member_order = "bysource"
autodoc_default_options = {"members": True}

html_theme = "furo"
html_title = f"storykin {release}"
html_show_copyright = False
html_show_sourcelink = False
html_copy_source = False


READABLE_BY_ALL = {
    'role="heading">': 'role="heading" aria-level="2">',
    '<aside class="sidebar-drawer">': '<aside class="sidebar-drawer" aria-label="All pages">',
    '<aside class="toc-drawer">': '<aside class="toc-drawer" aria-label="On this page">',
    "<pre>": '<pre tabindex="0">',
    '<div class="table-wrapper ': '<div tabindex="0" class="table-wrapper ',
}
"""What the theme leaves out by axe-core: levels, names of landmarks, a way by the keyboard into what scrolls."""


def complete(app: Sphinx, problem: Exception | None) -> None:
    """Put :data:`READABLE_BY_ALL` into the pages written."""
    for page in Path(app.outdir).rglob("*.html"):
        text = page.read_text(encoding="utf-8")
        for left, whole in READABLE_BY_ALL.items():
            text = text.replace(left, whole)
        page.write_text(text, encoding="utf-8")


def setup(app: Sphinx) -> None:
    """Complete the pages when all are written."""
    app.connect("build-finished", complete)
