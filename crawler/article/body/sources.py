"""Where each extracted block stands in the page: the element it came from and how much of it is links."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from lxml.html import HtmlElement

from crawler.article.page.decode import nfc
from crawler.article.page.sentences import ends_sentence, is_unmarked_prose

BLOCK_TAGS = (
    "p", "div", "li", "h1", "h2", "h3", "h4", "h5", "h6", "td", "th", "blockquote", "dd", "dt", "section", "article",
    "aside", "main", "header", "footer", "nav", "ul", "ol", "dl", "table", "tr", "tbody", "pre", "figure", "figcaption",
    "form", "fieldset", "address", "center", "details", "summary", "body",
)  # fmt: skip
_BLOCKS = frozenset(BLOCK_TAGS)
_BREAKS = re.compile(r"[.!?…。！？:;]['\"”’»)\]]*\s*$")
"""Behind this a line break parts two paragraphs."""
_SILENT = frozenset({"head", "script", "style"})


SHORTEST_PROSE = 50
"""Characters without blanks from which a sentence counts as prose."""
_MOST = 0.8
"""Share of the page's prose that is most of it."""
_COMMENT = re.compile(r"comment|disqus", re.IGNORECASE)
SHORTEST_WITNESS = 300
"""Characters without blanks of the densest block below which it is not compared with a body."""


class Source(NamedTuple):
    """A run of inline content of the page: a paragraph, a list entry, loose text between two blocks."""

    element: HtmlElement
    """The innermost block element around it."""
    position: int
    """Rank in page order."""
    text: str
    """As it stands, white space and all."""
    key: str
    """:func:`squeezed`."""
    links: float
    """Share of its characters that are link text."""
    alone: bool
    """Whether its element holds no other run."""
    prose: bool
    """Whether it is a sentence outside links."""

    @property
    def plain_key(self) -> str:
        """Its text in NFC without white space, by which it is compared with texts of the article."""
        return self.key if self.key.isascii() else squeezed(nfc(self.text))

    @property
    def home(self) -> HtmlElement | None:
        """The element that holds it and the paragraphs beside it: a ``<p>``'s parent, the element of loose text."""
        return self.element.getparent() if self.alone else self.element


class SourceMap:
    """The runs of inline content of a page, found by their text without white space."""

    def __init__(self, tree: HtmlElement) -> None:
        self._root = tree
        self.sources: list[Source] = []
        """In page order."""
        self.prose = 0
        """Characters of all sentences outside links."""
        self._by_text: dict[str, list[Source]] = {}
        self._prose: Counter[HtmlElement] = Counter()
        self._keys: dict[str, str] = {}
        for position, (element, text, linked, alone) in enumerate(text_runs(tree)):
            if key := squeezed(text):
                links = min(1.0, linked / len(key))
                self._add(Source(element, position, text, key, links, alone, is_prose(key, links)))

    def _add(self, source: Source) -> None:
        self.sources.append(source)
        self._by_text.setdefault(source.key, []).append(source)
        if source.prose:
            self.prose += len(source.key)
            above: HtmlElement | None = source.element
            while above is not None:
                self._prose[above] += len(source.key)
                above = above.getparent()

    def key(self, text: str) -> str:
        """Return :func:`squeezed` of a block's text, and keep it."""
        if (key := self._keys.get(text)) is None:
            key = self._keys[text] = squeezed(text)
        return key

    def densest(self) -> list[Source]:
        """Return the runs of the element whose paragraphs hold most prose; none if the page has no prose.

        Runs that were cut out of the tree since do not count.
        """
        holders: Counter[HtmlElement] = Counter()
        for source in self.sources:
            if source.prose and source.home is not None and self.holds(source):
                holders[source.home] += len(source.key)
        if not holders:
            return []
        holder, _ = max(holders.items(), key=lambda item: item[1])
        inside = set(holder.iter())
        return [source for source in self.sources if source.element in inside]

    def widest(self, texts: Iterable[str]) -> list[Source]:
        """Return *texts* and the runs outside links of the innermost element that holds most of the page's prose.

        Comments are none of it.
        What has been taken out of the tree since the map was made does not count.
        """
        kept = [source for source in self.sources if self.holds(source) and not _is_comment(source.element)]
        inside: Counter[HtmlElement] = Counter()
        for source in kept:
            if source.prose:
                for one in (source.element, *source.element.iterancestors()):
                    inside[one] += len(source.key)
        holder = self._root
        while (inner := next((one for one in holder if inside[one] > _MOST * inside[holder]), None)) is not None:
            holder = inner
        within, taken = set(holder.iter()), {self.key(text) for text in texts}
        return [one for one in kept if (one.links < 0.5 and one.element in within) or one.plain_key in taken]

    def agreement(self, text: str) -> float | None:
        """Return how much *text* and the page's densest block share, 0 to 1 (Dice coefficient of their characters).

        ``None`` where the densest block is shorter than :data:`SHORTEST_WITNESS`.
        """
        densest = self.densest()
        letters = sum(len(source.key) for source in densest)
        if letters < SHORTEST_WITNESS:
            return None
        body = squeezed(text)
        shared = sum(len(source.key) for source in densest if source.key in body)
        return round(min(1.0, 2 * shared / (letters + len(body))), 3)

    def holds(self, source: Source) -> bool:
        """Tell whether a run was not cut out of the tree."""
        return source.element.getroottree().getroot() is self._root

    def prose_in(self, element: HtmlElement) -> int:
        """Return the characters of the sentences inside *element*."""
        return self._prose[element]

    def find(self, text: str, after: int = -1) -> Source | None:
        """Return the run whose text is *text*: the first behind position *after*, else the first of the page."""
        found = self._by_text.get(self.key(text))
        if not found:
            return None
        behind = bisect_right(found, after, key=lambda source: source.position)
        return found[behind] if behind < len(found) else found[0]

    def find_all(self, texts: Sequence[str]) -> list[Source | None]:
        """Return the run of every text, ``None`` where there is none.

        :param texts: in page order
        """
        found: list[Source | None] = []
        position = -1
        for text in texts:
            source = self.find(text, position)
            if source is not None:
                position = max(position, source.position)
            found.append(source)
        return found


def _is_comment(element: HtmlElement) -> bool:
    """Tell whether *element* stands in what is called a comment."""
    return any(
        _COMMENT.search(f"{one.get('class', '')} {one.get('id', '')}")
        for one in (element, *element.iterancestors("div", "li", "ol", "ul", "section"))
    )


def squeezed(text: str) -> str:
    """Return *text* without white space: equal for two renderings of one element."""
    return "".join(text.split())


def is_prose(key: str, links: float) -> bool:
    """Tell whether a run is a sentence outside links.

    :param key: its text, :func:`squeezed`
    :param links: share of it in links
    """
    if len(key) < SHORTEST_PROSE or links >= 0.5:
        return False
    return ends_sentence(key) or is_unmarked_prose(key)


_Run = tuple[HtmlElement, str, int, bool]


def text_runs(tree: HtmlElement) -> list[_Run]:
    """Return every run of inline content in page order: its block element, text, linked characters, whether alone.

    A block element ends a run, and so does a line break behind a sentence. One walk: each text is read once.
    """
    runs: list[_Run] = []
    pieces: list[str] = []
    linked = 0

    def flush(block: HtmlElement, *, alone: bool) -> None:
        nonlocal linked
        if not pieces:
            return
        text = "".join(pieces)
        pieces.clear()
        if text and not text.isspace():
            runs.append((block, text, linked, alone))
        linked = 0

    def walk(element: HtmlElement, block: HtmlElement, within: bool) -> bool:
        nonlocal linked
        whole = True
        if element.text:
            pieces.append(element.text)
            linked += len(squeezed(element.text)) if within else 0
        for child in element:
            tag = child.tag
            if tag in _BLOCKS:
                flush(block, alone=False)
                flush(child, alone=walk(child, child, within))
                whole = False
            elif tag == "br":
                if pieces and _BREAKS.search("".join(pieces[-3:])):
                    flush(block, alone=not any(other.tag in _BLOCKS for other in block))
                else:
                    pieces.append("\n")
            elif tag not in _SILENT:
                whole = walk(child, block, within or tag == "a") and whole
            if child.tail:
                pieces.append(child.tail)
                linked += len(squeezed(child.tail)) if within else 0
        return whole

    flush(tree, alone=walk(tree, tree, False))
    return runs
