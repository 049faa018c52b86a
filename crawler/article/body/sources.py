"""Where each extracted block stands in the page: the element it came from and how much of it is links."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from lxml.html import HtmlElement

from crawler.article.page.sentences import ends_sentence

BLOCK_TAGS = (
    "p", "div", "li", "h1", "h2", "h3", "h4", "h5", "h6", "td", "th", "blockquote", "dd", "dt", "section", "article",
    "aside", "main", "header", "footer", "nav", "ul", "ol", "dl", "table", "tr", "tbody", "pre", "figure", "figcaption",
    "form", "fieldset", "address", "center", "details", "summary", "body",
)  # fmt: skip
_BLOCKS = frozenset(BLOCK_TAGS)


SHORTEST_PROSE = 50
"""Characters without blanks from which on a sentence counts as prose."""


class Source(NamedTuple):
    """An innermost block element of the page."""

    element: HtmlElement
    position: int
    """Rank in page order."""
    text: str
    """As it stands, white space and all."""
    key: str
    """:func:`squeezed`."""
    links: float
    """Share of its characters that are link text."""


class SourceMap:
    """The page's innermost block elements that hold text, by their text, white space aside."""

    def __init__(self, tree: HtmlElement) -> None:
        self._root = tree
        self.sources: list[Source] = []
        """In page order."""
        self.prose = 0
        """Characters of all sentences outside links."""
        self._by_text: dict[str, list[Source]] = {}
        self._prose: Counter[HtmlElement] = Counter()
        self._keys: dict[str, str] = {}
        for position, element in enumerate(leaf_blocks(tree)):
            text, linked = _text_and_linked(element)
            key = squeezed(text)
            if key:
                self._add(Source(element, position, text, key, _link_share(element, linked, len(key))))

    def _add(self, source: Source) -> None:
        self.sources.append(source)
        self._by_text.setdefault(source.key, []).append(source)
        if len(source.key) >= SHORTEST_PROSE and source.links < 0.5 and ends_sentence(source.key):
            self.prose += len(source.key)
            above: HtmlElement | None = source.element
            while above is not None:
                self._prose[above] += len(source.key)
                above = above.getparent()

    def key(self, text: str) -> str:
        """Return :func:`squeezed` of a block's text, which is asked for several times."""
        if (key := self._keys.get(text)) is None:
            key = self._keys[text] = squeezed(text)
        return key

    def densest(self) -> list[Source]:
        """Return the blocks of the element whose own blocks hold most prose, none if no prose is found.

        What has been taken out of the tree since the map was made does not count.
        """
        holders: Counter[HtmlElement] = Counter()
        here = [source for source in self.sources if source.element.getroottree().getroot() is self._root]
        for source in here:
            above = source.element.getparent()
            if above is not None and source.element in self._prose:
                holders[above] += self._prose[source.element]
        if not holders:
            return []
        holder, _ = max(holders.items(), key=lambda item: item[1])
        return [source for source in here if any(above is holder for above in source.element.iterancestors())]

    def prose_in(self, element: HtmlElement) -> int:
        """Return the characters of the sentences inside *element*."""
        return self._prose[element]

    def find(self, text: str, after: int = -1) -> Source | None:
        """Return the element whose text is *text*: the first behind position *after*, else the first of all."""
        found = self._by_text.get(self.key(text))
        if not found:
            return None
        behind = bisect_right(found, after, key=lambda source: source.position)
        return found[behind] if behind < len(found) else found[0]

    def find_all(self, texts: Sequence[str]) -> list[Source | None]:
        """Return the element of every text of a sequence in page order, ``None`` where there is none."""
        found: list[Source | None] = []
        position = -1
        for text in texts:
            source = self.find(text, position)
            if source is not None:
                position = max(position, source.position)
            found.append(source)
        return found


def squeezed(text: str) -> str:
    """Return *text* without white space: equal for two renderings of one element."""
    return "".join(text.split())


def leaf_blocks(tree: HtmlElement) -> Iterator[HtmlElement]:
    """Yield the block elements that hold no other block element, in page order."""
    elements = list(tree.iter(*BLOCK_TAGS))
    holders: set[HtmlElement] = set()
    for element in elements:
        above = element.getparent()
        while above is not None and above.tag not in _BLOCKS:
            above = above.getparent()
        if above is not None:
            holders.add(above)
    for element in elements:
        if element not in holders:
            yield element


def _text_and_linked(element: HtmlElement) -> tuple[str, int]:
    """Return the text inside *element*, and how many characters of it, without white space, stand in links inside.

    One walk: ``itertext`` of the element and of each link takes three times as long.
    """
    pieces = [element.text or ""]
    linked = 0
    for child in element:
        text, inside = _text_and_linked(child) if len(child) else (child.text or "", 0)
        linked += inside + (len(squeezed(text)) if child.tag == "a" else 0)
        pieces += text, child.tail or ""
    return "".join(pieces), linked


def _link_share(element: HtmlElement, linked: int, characters: int) -> float:
    """Return the share of the element's *characters* that stand in links, inside it or around it."""
    if not len(element):
        parent = element.getparent()
        return float(parent is not None and parent.tag == "a")
    return min(1.0, linked / characters)
