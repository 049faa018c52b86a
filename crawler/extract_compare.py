"""trafilatura's comparison of its own result with readability's, left out where it cannot change the result.

The comparison is a fifth of trafilatura's time. With the options of :mod:`crawler.extract` it takes readability's
text only where that is more than twice as long as its own, or its own has no paragraph or more tables than
paragraphs; and readability's text is a part of the page's. On a page whose whole text is at most twice
trafilatura's own, the outcome is known before.
"""

from __future__ import annotations

from typing import Any

from lxml.etree import XPath, _Element
from lxml.html import HtmlElement
from trafilatura import core, external
from trafilatura.settings import Extractor

KNOWN_VERSIONS = ("2.3.",)
"""Releases of trafilatura whose comparison is as told above; any other compares always."""

_WHOLE_TEXT = XPath("string()", smart_strings=False)
_UNCLEAN = tuple(path.removeprefix(".//") for path in external.SANITIZED_XPATH.split("|"))
_ESCAPED = ("iframe", "xmp", "plaintext", "noembed", "noframes")
"""Elements of which readability's text may be longer than it stands in the page."""


def install(version: str) -> None:
    """Have trafilatura of a known *version* leave out the comparisons whose outcome is known; results stay."""
    if version.startswith(KNOWN_VERSIONS):
        vars(core)["compare_extraction"] = _compare


def _compare(cleaned: HtmlElement, raw: HtmlElement, body: _Element, text: str, options: Extractor) -> tuple[Any, str]:
    if stays(raw, body, text, options):
        return body, text
    return external.compare_extraction(cleaned, raw, body, text, options)


def stays(raw: HtmlElement, body: _Element, text: str, options: Extractor) -> bool:
    """Say whether the comparison would return *body* and *text*. Takes the scripts out of *raw*, as it would."""
    if options.focus != "balanced" or len(text) < options.min_extracted_size:
        return False
    if next(body.iter(*_UNCLEAN), None) is not None or next(raw.iter(*_ESCAPED), None) is not None:
        return False
    paragraphs = sum(1 for _ in body.iter("p"))
    if sum(1 for _ in body.iter("table")) > paragraphs or not any(map(_WHOLE_TEXT, body.iter("p"))):
        return False
    for element in list(raw.iter("script", "style", "fencedframe")):
        element.drop_tree()
    return len(" ".join(str(_WHOLE_TEXT(raw)).split())) <= 2 * len(text)
