"""The one module that calls trafilatura: from a tree to the blocks of its main text, each with its kind."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from copy import copy
from functools import cache
from importlib.metadata import version
from typing import Any

from lxml.etree import _Element
from lxml.html import HtmlElement
from trafilatura import bare_extraction
from trafilatura.core import ESCALATION_MAX_LENGTH, ESCALATION_PAGE_SHARE
from trafilatura.htmlprocessing import convert_tags, prune_unwanted_nodes, tree_cleaning
from trafilatura.main_extractor import extract_content
from trafilatura.readability_lxml import REGEXES
from trafilatura.settings import Document, Extractor
from trafilatura.xml import delete_element
from trafilatura.xpaths import RAW_TREE_PRUNE_XPATH, REMOVE_COMMENTS_AND_LISTS_XPATH

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
_CHOSEN: dict[str, Any] = {"output_format": "txt", "comments": False, "date_params": {"original_date": "True"}}
""""python" would have it write the text, which is not asked for, besides the tree; the parameters of its search for
dates, which is not used either, are put together anew if none are given."""
_OPTIONS = Extractor(**_CHOSEN)
"""Read once from trafilatura's settings."""


class _Noting(Extractor):
    """Options that note whether trafilatura's first pass falls short: then it asks whether others are left out."""

    fell_short = False

    @property
    def fast(self) -> bool:
        """Whether other extractors are left out."""
        self.fell_short = True
        return True

    @fast.setter
    def fast(self, value: bool) -> None:
        self.fell_short = False


_NOTING = _Noting(**_CHOSEN)
MOST_BESIDE = 2.1
"""Characters that readability may read per character of the page's sentences, up to which the quick way is tried."""
_NEVER_TEXT = ("head", "nav", "footer", "aside", "button", "noscript", "input", "label", "time", "picture", "menu")
"""Elements that trafilatura's first pass always removes; removed earlier, they cost less."""
_PRUNED_FIRST = [*RAW_TREE_PRUNE_XPATH, *REMOVE_COMMENTS_AND_LISTS_XPATH]
"""What trafilatura removes from the page before all else. To search for it takes a seventh of its time."""
_PRUNED_TAGS = {tag for one in _PRUNED_FIRST for tag in re.findall(r"self::(\w+)", str(one.path))}
_PRUNED_MARK = re.compile(
    "|".join(mark for one in _PRUNED_FIRST for mark in re.findall(r"@\w+, '(.+?)'", str(one.path)))
)
"""What a class or an id must hold to be so removed: every test of those expressions."""
_SURE_LENGTH = 300
"""Above trafilatura's ``MIN_EXTRACTED_SIZE``."""
_CLEAN = frozenset(
    {"body", "p", "head", "list", "item", "quote", "table", "row", "cell", "hi", "lb", "code", "del", "ref"}
)
"""The tags of trafilatura's own trees."""
MAX_COMPARED_BLOCKS = 2_000
"""Cells, items, headings and paragraphs of a page above which trafilatura does not compare extractors."""
_SHORT_BLOCKS = ("p", "li", "td", "th", "dt", "dd", "h1", "h2", "h3", "h4", "h5", "h6")
_SENTENCE_END = re.compile(r"[.!?…。！？:;]['\"”’»)\]]*\s*$")


def extract_blocks(tree: HtmlElement, url: str = "", prose: int = 0) -> list[Block]:
    """Return the blocks of the page's main text as trafilatura finds them, without comments; none if it finds none.

    *tree* is not changed. trafilatura's ``deduplicate`` stays off: it caches for the whole process, so the text of a
    page would depend on the pages before it.

    :param prose: characters of the page's sentences without blanks. Where they are most of the page, trafilatura's
        comparison with other extractors, a fifth of its time, can end in one way only and is left out.
    """
    options = copy(_OPTIONS)
    options.url, options.fast = url or None, _has_very_many_blocks(tree)
    letters = _letters(tree) if prose and not options.fast else 0
    readable = cache(lambda: _readable(tree, letters))
    if letters and (letters < MOST_BESIDE * prose or readable() < MOST_BESIDE * prose):
        body = _first_pass(tree)
        if body is not None and _is_settled(body, tree, letters, readable):
            return blocks_of(body)
    document = bare_extraction(tree, options=options)
    return blocks_of(document.body) if isinstance(document, Document) and document.body is not None else []


def _first_pass(tree: HtmlElement) -> _Element | None:
    """Return what trafilatura's first pass finds in *tree*, without what follows it; ``None`` where it falls short.

    It fails on a control character in a text, as all of trafilatura does, which then finds nothing.
    """
    options, read = copy(_NOTING), copy(tree)
    options.fell_short = False
    for element in list(read.iter(*_NEVER_TEXT)):
        delete_element(element)
    marks = {mark for one in read.iter(*_PRUNED_TAGS) for mark in (one.get("class"), one.get("id")) if mark}
    if any(map(_PRUNED_MARK.search, marks)):
        if any("DiscussionForumPosting" in (script.text or "") for script in tree.iter("script")):
            return None  # comments are content there
        prune_unwanted_nodes(read, _PRUNED_FIRST)
    with suppress(TypeError, ValueError):  # those that trafilatura suppresses
        body, _ = extract_content(convert_tags(tree_cleaning(read, options), options), options)
        return None if options.fell_short else body
    return None


def _is_settled(body: _Element, tree: HtmlElement, letters: int, readable: Callable[[], int]) -> bool:
    """Say whether no other extractor can win against *body* on the page in *tree*, which has so many *letters*.

    *readable* tells what :func:`_readable` does of it.

    trafilatura prefers readability's text where it is more than twice as long, or where the own one has no paragraph or
    more tables than paragraphs; it asks jusText where the own one is short or holds tags that it should not hold. It
    searches a second time where the own one is a small part of the page's text, with a blank around each block.
    """
    found = len(" ".join(map(str, body.itertext())).strip())
    tags = Counter(str(element.tag) for element in body.iter())
    return (
        found >= _SURE_LENGTH
        and (found >= ESCALATION_MAX_LENGTH or found >= ESCALATION_PAGE_SHARE * (letters + _blanks(tree)))
        and (letters <= 2 * found or readable() <= 2 * found)
        and tags.keys() <= _CLEAN
        and tags["p"] >= tags["table"]
        and any("".join(map(str, one.itertext())).strip() for one in body.iter("p"))
    )


def _blanks(tree: HtmlElement) -> int:
    return 2 * sum(1 for _ in tree.iter())


def _letters(element: HtmlElement) -> int:
    return len(" ".join(element.text_content().split()))


def _readable(tree: HtmlElement, letters: int) -> int:
    """Return the most characters that readability can take from *tree*, which has so many *letters*.

    It begins by removing scripts and the elements whose class or id is that of a menu, a comment and the like.
    """
    unlikely, likely = REGEXES["unlikelyCandidatesRe"], REGEXES["okMaybeItsACandidateRe"]
    removed: dict[str, bool] = {}  # a page has few classes and many elements
    cut: set[HtmlElement] = set()
    for element in tree.iter():
        marks = " ".join(filter(None, (element.get("class"), element.get("id"))))
        if marks not in removed:
            low = marks.lower()
            removed[marks] = len(marks) > 1 and bool(unlikely.search(low)) and not likely.search(low)
        if (removed[marks] and element.tag not in {"html", "body"}) or element.tag == "script":
            cut.add(element)
    for outer in cut:
        if cut.isdisjoint(outer.iterancestors()):
            letters -= len("".join(outer.text_content().split()))
    return letters


def _has_very_many_blocks(tree: HtmlElement) -> bool:
    """Tell whether jusText, one of the extractors compared, would take seconds.

    Its time is quadratic in short paragraphs: 4 s for 4,000 items of lists.
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
