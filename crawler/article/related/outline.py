"""One walk over a page that notes its prose, its links and its chrome; later questions are answered from the notes."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable
from itertools import islice
from operator import itemgetter
from typing import TYPE_CHECKING, NamedTuple

from lxml.html import HtmlElement

from crawler.article.related.class_names import SILENT, is_chrome_name

if TYPE_CHECKING:
    from crawler.article.related.lines import LinesRead

PROSE = 80
"""Characters outside links from which a text node is prose."""

_CHROME_TAGS = frozenset({"nav", "footer", "form", "dialog", "menu"})
_CHROME_ROLES = frozenset({"navigation", "contentinfo", "banner", "search", "menu", "menubar"})


class TextNode(NamedTuple):
    """One text node that is not blank."""

    stands: float
    """Place in document order: an element's own text at its number, a tail behind all that the element holds."""
    tie: int
    text: str
    """Stripped."""
    holder: HtmlElement
    """The element whose text or tail it is."""
    is_tail: bool
    parent: HtmlElement
    """The element it lies in."""
    place: int
    """Document order of the holder."""
    linked: bool


class Marks:
    """Elements of a page that are marked with all that they hold."""

    def __init__(self, outline: Outline) -> None:
        self.elements: list[HtmlElement] = []
        self._outline = outline
        self._marked = bytearray(len(outline.order))

    def add(self, element: HtmlElement) -> None:
        """Mark *element*, which must be of the outline, and every element inside it."""
        start, stop = self._outline.order[element], self._outline.end(element) + 1
        self._marked[start:stop] = b"\x01" * (stop - start)
        self.elements.append(element)

    def __contains__(self, element: HtmlElement) -> bool:
        if not self.elements:
            return False
        place = self._outline.order.get(element)
        return place is not None and self._marked[place] == 1


class Outline:
    """A parsed page, read once."""

    def __init__(self, tree: HtmlElement) -> None:
        body = next(tree.iter("body"), None) if tree.tag == "html" else None
        self.root: HtmlElement = tree if body is None else body
        self.order: dict[HtmlElement, int] = {}
        """Document order of each element that is not inside a script or the like."""
        self.texts: list[TextNode] = []
        self.anchors: list[HtmlElement] = []
        self.lines: LinesRead = {}
        """Cache of :mod:`crawler.article.related.lines`: each tier that finds a block reads it."""
        self._parents: list[int] = []
        self._lengths: list[int] = []
        self._linked: list[int] = []
        self._ends: list[int] = []
        self._read()
        self._anchor_places = [self.order[anchor] for anchor in self.anchors]
        self._places = [node.stands for node in self.texts]
        self.prose = [node for node in self.texts if len(node.text) >= PROSE and not node.linked]
        self._prose_places = sorted(self.order[node.parent] for node in self.prose)
        self.body = self._densest()
        above = self.body.getparent()
        self.column: HtmlElement = self.body if above not in self.order or above.tag in ("body", "html") else above
        """The body's container with what stands right beside it."""
        own = [node.place for node in self.prose if self.inside(node.parent, self.body)]
        self.first, self.last = (min(own), max(own)) if own else (0, 0)
        self._around_body = {self.body, *self.body.iterancestors()}
        self._chrome: dict[HtmlElement, bool] = {}

    def _read(self) -> None:
        """Note every element and text node; what lies in scripts and the like is left out."""
        order, parents, lengths, root = self.order, self._parents, self._lengths, self.root
        silent, in_link, links = set[HtmlElement](), list[bool](), list[int]()
        nodes: list[tuple[str, HtmlElement, HtmlElement, int, bool]] = []
        for element in root.iter():
            parent = element.getparent() if element is not root else None
            if parent in silent:
                if len(element):
                    silent.add(element)
                continue
            above = -1 if parent is None else order[parent]
            tag, place = element.tag, len(order)
            if isinstance(tag, str):
                order[element] = place
                parents.append(above)
                lengths.append(0)
                linked = above >= 0 and in_link[above]
                if tag == "a":
                    linked = True
                    links.append(place)
                    if element.get("href"):
                        self.anchors.append(element)
                in_link.append(linked)
                if tag in SILENT:
                    silent.add(element)
                elif (text := element.text) and (text := text.strip()):
                    nodes.append((text, element, element, place, linked))
                    lengths[place] += len(text)
            if parent is not None and (text := element.tail) and (text := text.strip()):
                nodes.append((text, element, parent, place, in_link[above]))
                lengths[above] += len(text)
        self._add_up(links)
        self._arrange(nodes)

    def _add_up(self, links: list[int]) -> None:
        """Sum the text inside each element, and inside its links, from its children."""
        parents, lengths = self._parents, self._lengths
        ends, linked, anchors = list(range(len(parents))), [0] * len(parents), set(links)
        for place in range(len(parents) - 1, -1, -1):
            if place in anchors:
                linked[place] = lengths[place]
            above = parents[place]
            if above >= 0:
                lengths[above] += lengths[place]
                linked[above] += linked[place]
                if ends[place] > ends[above]:  # noqa: PLR1730  max() takes three times as long
                    ends[above] = ends[place]
        self._ends, self._linked = ends, linked

    def _arrange(self, nodes: list[tuple[str, HtmlElement, HtmlElement, int, bool]]) -> None:
        """Bring the text nodes into the order of the page: tails behind what their element holds."""
        for text, holder, parent, place, linked in nodes:
            is_tail = holder is not parent
            stands, tie = float(place), 0
            if is_tail:  # of several elements that end here the innermost comes first; a comment holds nothing
                stands, tie = (self._ends[place] + 0.5, -place) if holder in self.order else (place - 0.5, 1)
            self.texts.append(TextNode(stands, tie, text, holder, is_tail, parent, place, linked))
        self.texts.sort(key=itemgetter(0, 1))

    def _densest(self) -> HtmlElement:
        """Return the element with the most prose in its children; each level further down counts half."""
        scores: dict[int, float] = defaultdict(float)
        for node in self.prose:
            weight, place = float(min(len(node.text), 600)), self.order[node.parent]
            for _ in range(5):
                scores[place] += weight
                weight /= 2
                place = self._parents[place]
                if place < 0:
                    break
        best = max(scores, key=lambda place: (scores[place], -place), default=0)
        return next(islice(self.order, best, None), self.root)

    def length(self, element: HtmlElement) -> int:
        """Return the number of characters of text inside *element*; 0 inside scripts."""
        place = self.order.get(element)
        return 0 if place is None else self._lengths[place]

    def link_length(self, element: HtmlElement) -> int:
        """Return how many of the characters inside *element* are inside links."""
        place = self.order.get(element)
        return 0 if place is None else self._linked[place]

    def end(self, element: HtmlElement) -> int:
        """Return the order of the last element inside *element*."""
        return self._ends[self.order[element]]

    def texts_before(self, element: HtmlElement, count: int) -> list[TextNode]:
        """Return the last *count* text nodes that stand before *element*, the nearest first."""
        place = self.order[element]
        at = bisect_left(self._places, place)
        return list(reversed(self.texts[max(0, at - count) : at]))

    def texts_around(self, element: HtmlElement) -> list[TextNode]:
        """Return the text nodes inside *element*, and its tail."""
        start = bisect_left(self._places, self.order[element])
        return self.texts[start : bisect_left(self._places, self.end(element) + 1)]

    def texts_between(self, start: float, stop: float) -> list[TextNode]:
        """Return the text nodes that stand from *start* on and before *stop*, both places in document order."""
        return self.texts[bisect_left(self._places, start) : bisect_left(self._places, stop)]

    def marks(self) -> Marks:
        """Return an empty set of marks on this page."""
        return Marks(self)

    def inside(self, element: HtmlElement, container: HtmlElement) -> bool:
        """Say whether *element* is *container* or lies in it."""
        place = self.order.get(element, -1)
        start = self.order.get(container)
        return start is not None and start <= place <= self._ends[start]

    def anchors_in(self, elements: Iterable[HtmlElement]) -> list[HtmlElement]:
        """Return the anchors with an address inside *elements*, in document order."""
        found: list[HtmlElement] = []
        for element in elements:
            if element in self.order:
                start = bisect_left(self._anchor_places, self.order[element])
                found += self.anchors[start : bisect_left(self._anchor_places, self.end(element) + 1)]
        return found

    def prose_in(self, element: HtmlElement) -> int:
        """Count the pieces of prose inside *element*."""
        start, stop = self.order[element], self.end(element)
        return bisect_right(self._prose_places, stop) - bisect_left(self._prose_places, start)

    def holds_body(self, element: HtmlElement) -> bool:
        """Say whether *element* is the body's container or an ancestor of it."""
        return element in self._around_body

    def is_chrome(self, element: HtmlElement) -> bool:
        """Say whether *element* lies in a menu, a footer, comments, an advertising widget or the like."""
        path = [element]
        while path[-1] not in self._chrome:
            above = path[-1].getparent()
            if above is None or path[-1] in self._around_body:
                break
            path.append(above)
        verdict = self._chrome.get(path[-1], False)
        for one in reversed(path):
            verdict = verdict or self._says_chrome(one)
            self._chrome[one] = verdict
        return verdict

    def _says_chrome(self, element: HtmlElement) -> bool:
        if element in self._around_body:
            return False
        if not isinstance(element.tag, str) or element.tag in _CHROME_TAGS:
            return True
        if (element.get("role") or "").lower() in _CHROME_ROLES:
            return True
        names = f"{element.get('class') or ''} {element.get('id') or ''}"
        return len(names) > 3 and is_chrome_name(names)
