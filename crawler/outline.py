"""One walk over a page: where its prose stands, what lies in links, which parts are chrome.

Everything later is looked up in what the walk noted, so that a page costs one pass whatever is asked of it.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from lxml.etree import iterwalk
from lxml.html import HtmlElement

from crawler.related_words import is_chrome_name

PROSE = 80
"""Characters outside links from which on one text node is prose."""

_CHROME_TAGS = frozenset({"nav", "footer", "form", "dialog", "menu"})
_CHROME_ROLES = frozenset({"navigation", "contentinfo", "banner", "search", "menu", "menubar"})
SILENT = frozenset(
    [
        "script",
        "style",
        "noscript",
        "template",
        "head",
        "title",
        "textarea",
        "select",
        "svg",
        "iframe",
        "object",
        "button",
        "math",
    ]
)


@dataclass(frozen=True, slots=True)
class TextNode:
    """One text node that is not blank."""

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


class Outline:
    """A parsed page, read once."""

    def __init__(self, tree: HtmlElement) -> None:
        bodies = tree.xpath("//body") if tree.tag == "html" else []
        self.root: HtmlElement = bodies[0] if bodies else tree
        self.order: dict[HtmlElement, int] = {}
        """Document order of each element outside scripts and the like."""
        self.end: dict[HtmlElement, int] = {}
        """Order of the last element inside each element."""
        self.text_length: dict[HtmlElement, int] = {}
        self.link_length: dict[HtmlElement, int] = {}
        """Characters of text inside each element, and of those inside links."""
        self.texts: list[TextNode] = []
        self.anchors: list[HtmlElement] = []
        self._scores: dict[HtmlElement, float] = defaultdict(float)
        self._walk()
        self._anchor_places = [self.order[anchor] for anchor in self.anchors]
        self.text_places = [node.place for node in self.texts]
        prose = [node for node in self.texts if len(node.text) >= PROSE and not node.linked]
        self.prose_places = [node.place for node in prose]
        self.body = max(self._scores, key=lambda e: (self._scores[e], -self.order[e]), default=self.root)
        above = self.body.getparent()
        self.column: HtmlElement = self.body if above is None or above.tag in ("body", "html") else above
        """The body's container with what stands right beside it."""
        own = [node.place for node in prose if self.inside(node.parent, self.body)]
        self.first, self.last = (min(own), max(own)) if own else (0, 0)
        self._around_body = {self.body, *self.body.iterancestors()}
        self._chrome: dict[HtmlElement, bool] = {}

    def _walk(self) -> None:
        stack: list[list[int]] = []  # per open element: text, text in links
        path: list[HtmlElement] = []
        links = 0
        walker = iterwalk(self.root, events=("start", "end", "comment", "pi"))
        for event, element in walker:
            if event == "start":
                self.order[element] = len(self.order)
                path.append(element)
                stack.append([0, 0])
                if element.tag in SILENT:
                    walker.skip_subtree()
                    continue
                if element.tag == "a":
                    links += 1
                    if element.get("href"):
                        self.anchors.append(element)
                if element.text:
                    self._note(element.text, element, path, stack[-1], links)
                continue
            if event == "end":
                path.pop()
                length, linked = stack.pop()
                if element.tag == "a":
                    links -= 1
                    linked = length
                self.end[element] = len(self.order) - 1
                self.text_length[element], self.link_length[element] = length, linked
                if not stack:
                    return
                stack[-1][0] += length
                stack[-1][1] += linked
            if element.tail and path:
                self._note(element.tail, element, path, stack[-1], links)

    def _note(self, text: str, holder: HtmlElement, path: list[HtmlElement], sums: list[int], links: int) -> None:
        text = text.strip()
        if not text or path[-1].tag in SILENT:
            return
        sums[0] += len(text)
        place = self.order.get(holder, len(self.order) - 1)
        self.texts.append(TextNode(text, holder, holder is not path[-1], path[-1], place, links > 0))
        if len(text) >= PROSE and not links:
            weight = float(min(len(text), 600))
            for element in reversed(path[-5:]):  # the parent in full, each level above half
                self._scores[element] += weight
                weight /= 2

    def inside(self, element: HtmlElement, container: HtmlElement) -> bool:
        """Say whether *element* is *container* or lies in it."""
        place = self.order.get(element, -1)
        return self.order.get(container, 0) <= place <= self.end.get(container, -1)

    def anchors_in(self, elements: Iterable[HtmlElement]) -> list[HtmlElement]:
        """Return the anchors with an address inside *elements*, in document order."""
        found: list[HtmlElement] = []
        for element in elements:
            if element in self.order:
                start = bisect_left(self._anchor_places, self.order[element])
                found += self.anchors[start : bisect_left(self._anchor_places, self.end[element] + 1)]
        return found

    def prose_in(self, element: HtmlElement) -> int:
        """Count the pieces of prose inside *element*."""
        start = bisect_left(self.prose_places, self.order[element])
        return bisect_left(self.prose_places, self.end[element] + 1) - start

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
