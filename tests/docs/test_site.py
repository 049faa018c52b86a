"""The documentation as a site: it builds without a warning, opens without a network, and every link leads somewhere."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from lxml.html import HtmlElement, document_fromstring

from crawler.cli.main import COMMANDS
from tests.support.browser import axe_findings, chromium
from tests.support.requirements import missing

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
LOADED = "//script/@src | //link[@rel='stylesheet' or @rel='icon' or @rel='preload']/@href | //img/@src | //iframe/@src"


def build(source: Path, to: Path) -> subprocess.CompletedProcess[str]:
    """Build the site as ``make docs`` does."""
    options = ("--quiet", "--fail-on-warning", "--keep-going", "-b", "html", "-d", str(to / "doctrees"))
    command = [sys.executable, "-m", "sphinx", *options, str(source), str(to / "html")]
    return subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)


def require_sphinx() -> None:
    if not all(map(find_spec, ("sphinx", "myst_parser", "furo", "sphinx_click"))):
        missing("docs", "needs the extra: make setup-docs, or pip install 'storykin[docs]'")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    require_sphinx()
    to = tmp_path_factory.mktemp("site")
    ran = build(DOCS, to)
    assert ran.returncode == 0, ran.stderr
    assert ran.stderr == ""
    yield to / "html"
    shutil.rmtree(to)


@cache
def tree_of(page: Path) -> HtmlElement:
    return document_fromstring(page.read_bytes())


def broken_links(site: Path) -> list[str]:
    """Return the links of all pages of *site* whose file or place is not there."""
    found = []
    for page in site.rglob("*.html"):
        for href in {str(one) for one in tree_of(page).xpath("//a/@href")}:
            parts = urlsplit(href)
            if parts.scheme:
                continue
            target = (page.parent / unquote(parts.path)).resolve() if parts.path else page
            if not target.is_file():
                found.append(f"{page.relative_to(site)}: {href}")
            elif parts.fragment and target.suffix == ".html":
                place = unquote(parts.fragment)
                if not tree_of(target).xpath("//*[@id=$place or @name=$place]", place=place):
                    found.append(f"{page.relative_to(site)}: {href}")
    return found


def test_every_link_leads_to_a_page_and_a_place(site: Path) -> None:
    assert sum(len(tree_of(page).xpath("//a/@href")) for page in site.rglob("*.html")) > 1000
    assert broken_links(site) == []


def test_links_that_lead_nowhere_are_found(tmp_path: Path) -> None:
    site = tmp_path / "html"
    site.mkdir()
    (site / "a.html").write_text(
        "<a href='b.html#there'></a><a href='b.html#gone'></a><a href='c.html'></a><a href='#x'></a>"
    )
    (site / "b.html").write_text("<p id='there'></p><a href='https://example.org/gone'></a>")
    assert sorted(broken_links(site)) == ["a.html: #x", "a.html: b.html#gone", "a.html: c.html"]


def test_the_build_fails_where_a_page_or_a_heading_is_not_there(tmp_path: Path) -> None:
    require_sphinx()
    source = tmp_path / "docs"
    source.mkdir()
    shutil.copy(DOCS / "conf.py", source)
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    (source / "other.md").write_text("# Other\n\n## A heading\n")
    text = "# Index\n\n```{toctree}\nother\n```\n\n[there](other.md#a-heading)\n"
    (source / "index.md").write_text(text)
    whole = build(source, tmp_path / "whole")
    assert whole.returncode == 0, whole.stderr
    gone = ("no-such-page.md", "other.md#no-such-heading", "#not-here-either")
    (source / "index.md").write_text(text + "".join(f"\n[gone]({one})\n" for one in gone))
    broken = build(source, tmp_path / "broken")
    assert broken.returncode != 0
    assert [one for one in ("no-such-page.md", "no-such-heading", "not-here-either") if one not in broken.stderr] == []


def test_nothing_is_loaded_from_elsewhere(site: Path) -> None:
    loaded = {str(one) for page in site.rglob("*.html") for one in tree_of(page).xpath(LOADED)}
    assert any(one.startswith("_static/") for one in loaded)
    assert [one for one in loaded if urlsplit(one).scheme not in {"", "data"} or one.startswith("//")] == []
    styles = "".join(path.read_text("utf-8") for path in site.rglob("*.css"))
    assert re.findall(r"url\(\s*['\"]?(?:https?:)?//|@import", styles) == []


def test_the_reference_has_every_command_and_what_pages_import(site: Path) -> None:
    commands = {str(one) for one in tree_of(site / "commands.html").xpath("//section/@id")}
    assert {f"storykin-{name}" for name in COMMANDS} <= commands
    shown = (DOCS / "dedupe.md").read_text("utf-8") + (DOCS / "data.md").read_text("utf-8")
    imported = {
        f"{module}.{name.strip()}"
        for module, names in re.findall(
            r"^(?:>>> )?from ((?:crawler|dedupe)[\w.]*) import ([\w, ]+)", shown, re.MULTILINE
        )
        for name in names.split(",")
    }
    described = {str(one).rpartition(".")[2] for one in tree_of(site / "python.html").xpath("//dt/@id")}
    assert len(imported) > 10
    assert {name for name in imported if name.rpartition(".")[2] not in described} == set()


def test_links_of_the_readme_lead_to_files() -> None:
    links = re.findall(r"\]\(([^)#]+)", (ROOT / "README.md").read_text("utf-8"))
    assert len(links) > 10
    assert [link for link in links if not urlsplit(link).scheme and not (ROOT / link).exists()] == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_site_can_be_searched_and_read_by_everybody(site: Path, scheme: str) -> None:
    """From the file system: no server, no network; on a phone nothing but code and tables stands out of the page."""
    with chromium() as browser:
        context = browser.new_context(color_scheme=scheme, viewport={"width": 390, "height": 844})  # type: ignore[arg-type]
        page = context.new_page()
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        for name in ("index", "tutorial", "data") if scheme == "light" else ("python",):
            page.goto((site / f"{name}.html").as_uri())
            assert axe_findings(page) == [], name
            assert page.evaluate("document.documentElement.scrollWidth") <= 390, name
        page.goto((site / "search.html").as_uri() + "?q=withdrawn")
        page.wait_for_selector("#search-results ul.search li a[href*='data.html']")  # they come one by one
        assert [url for url in asked if not url.startswith(("file:", "data:"))] == []


def test_colours_that_cannot_be_told_apart_are_found_among_many_texts() -> None:
    """Of each kind of text a few are looked at: what differs in colour or in what it stands on is a kind of its own."""
    with chromium() as browser:
        page = browser.new_page()
        page.set_content(
            f"""<html lang="en"><title>A page</title><style>a {{ color: #00c; text-decoration: none }}</style><main>
            <h1>A page</h1>{"<p>Black on white, <a href='/'><u>a link</u></a>.</p><p><a href='/'>Next</a></p>" * 200}
            <p style="color: #aaa">Grey.</p><p><b style="color: #eee">Paler.</b></p>
            <div style="background: #222"><section><p>On black.</p></section></div>
            <div style="opacity: .3"><p>Thin.</p></div><p>Nobody sees <a href="/">Hidden.</a> here.</p></main>"""
        )
        found = {rule: sorted(re.findall(r">(\w[^<]*)<", "".join(nodes))) for rule, nodes in axe_findings(page)}
    assert found == {
        "color-contrast": ["Grey.", "On black.", "Paler.", "Thin."], "link-in-text-block": ["Hidden."]
    }  # fmt: skip
