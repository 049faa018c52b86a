"""The one home of trafilatura: a tree → the blocks of its main text, each with its kind."""

from __future__ import annotations

import re
from copy import copy
from importlib.metadata import version

from lxml.etree import _Element
from lxml.html import HtmlElement
from trafilatura import bare_extraction
from trafilatura.settings import Document, Extractor

from crawler.article.body.block import Block
from crawler.article.page.decode import nfc
from storage.records import Kind

TRAFILATURA_VERSION = version("trafilatura")

_KINDS: dict[str, Kind] = {
    "p": "paragraph",
    "head": "heading",
    "item": "list",
    "quote": "quote",
    "row": "table",
    "code": "code",
    "list": "list",
    "table": "table",
}
_OPTIONS = Extractor(output_format="txt", comments=False, date_params={"original_date": "True"})
"""Read once from trafilatura's settings. "python" would have it write the text, which is not asked for, besides the
tree; the parameters of its search for dates, which is not used either, are put together anew if none are given."""
MAX_COMPARED_BLOCKS = 2_000
"""Cells, items, headings and paragraphs of a page of which trafilatura's choice among extractors is asked."""
_SHORT_BLOCKS = ("p", "li", "td", "th", "dt", "dd", "h1", "h2", "h3", "h4", "h5", "h6")
_SENTENCE_END = re.compile(r"[.!?…。！？:;]['\"”’»)\]]*\s*$")


def extract_blocks(tree: HtmlElement, url: str = "") -> list[Block]:
    """Return the blocks of the page's main text, in order, as trafilatura finds them. *tree* is not changed.

    ``deduplicate`` stays off: it is a cache of the whole process, and the text of a page would depend on the
    pages before it. Comments are left out. No main text: an empty list.
    """
    options = copy(_OPTIONS)
    options.url, options.fast = url or None, _has_very_many_blocks(tree)
    document = bare_extraction(tree, options=options)
    return blocks_of(document.body) if isinstance(document, Document) and document.body is not None else []


def _has_very_many_blocks(tree: HtmlElement) -> bool:
    """Say whether jusText, which trafilatura asks unless it is to be fast, would take seconds: its time is quadratic
    in short paragraphs, 4 s for 4,000 items of lists.
    """
    return sum(1 for element in tree.iter(*_SHORT_BLOCKS) if element.text) > MAX_COMPARED_BLOCKS


def blocks_of(body: _Element) -> list[Block]:
    """Return the blocks of trafilatura's result tree; line breaks behind a sentence start a new block."""
    blocks: list[Block] = []
    pieces: list[str] = []

    def flush(kind: Kind) -> None:
        text = nfc("".join(pieces))
        pieces.clear()
        if text:
            blocks.append(Block(text, kind))

    def walk(element: _Element, kind: Kind) -> None:
        tag = element.tag if isinstance(element.tag, str) else ""
        inner = _KINDS.get(tag, kind)
        if tag in _KINDS:
            flush(kind)
        elif tag == "lb" and kind != "table":
            if _SENTENCE_END.search("".join(pieces)):
                flush(kind)
            pieces.append(" ")
        pieces.append(element.text or "")
        for child in element:
            walk(child, inner)
            pieces.append(child.tail or "")
        if tag in _KINDS:
            flush(inner)
        elif tag == "cell":
            pieces.append(" ")

    walk(body, "paragraph")
    flush("paragraph")
    return blocks


def kind_of(element: HtmlElement) -> Kind:
    """Return what the markup says an HTML element is."""
    tag = str(element.tag)
    if re.fullmatch(r"h[1-6]", tag):
        return "heading"
    kinds: dict[str, Kind] = {
        "li": "list",
        "dd": "list",
        "dt": "list",
        "blockquote": "quote",
        "td": "table",
        "pre": "code",
    }
    return kinds.get(tag, "paragraph")
