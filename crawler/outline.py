"""Where on a page the article's own text stands, and which of its parts are chrome: read once, used by many."""

from __future__ import annotations

from collections import defaultdict

from lxml.html import HtmlElement

from crawler.related_words import is_chrome_name

LONG_RUN = 80
"""Characters of running text outside links that make a text node a piece of prose."""

_CHROME_TAGS = frozenset({"nav", "footer", "form", "dialog", "menu"})
_CHROME_ROLES = frozenset({"navigation", "contentinfo", "banner", "search", "menu", "menubar"})
_SILENT = frozenset({"script", "style", "noscript", "template", "head", "title", "textarea", "option", "svg"})


class Outline:
    """A parsed page: text nodes in order, the element that holds the body, document order, chrome."""

    def __init__(self, tree: HtmlElement) -> None:
        bodies = tree.xpath("//body") if tree.tag == "html" else []
        self.root: HtmlElement = bodies[0] if bodies else tree
        self.order: dict[HtmlElement, int] = {element: i for i, element in enumerate(tree.iter())}
        self.texts: list[tuple[HtmlElement, str, bool]] = []
        """(element that holds it as its text, or whose tail it is; text; is a tail), in document order."""
        self._read_texts()
        self.body, self.first, self.last = self._find_body()
        self._around_body = {self.body, *self.body.iterancestors()}
        self._chrome: dict[HtmlElement, bool] = {}

    def _read_texts(self) -> None:
        for node in self.root.xpath(".//text()"):
            text = str(node).strip()
            if not text:
                continue
            holder = node.getparent()
            inside = holder.getparent() if node.is_tail else holder
            if inside is None or inside.tag in _SILENT or not isinstance(inside.tag, str):
                continue
            self.texts.append((holder, text, node.is_tail))

    def _find_body(self) -> tuple[HtmlElement, int, int]:
        """Score every element by the prose in its children; a grandchild counts half."""
        scores: dict[HtmlElement, float] = defaultdict(float)
        runs: list[tuple[HtmlElement, int]] = []
        for holder, text, is_tail in self.texts:
            if len(text) < LONG_RUN:
                continue
            inside = holder.getparent() if is_tail else holder
            if _in_link(inside):
                continue
            runs.append((inside, self.order[holder]))
            weight = float(min(len(text), 600))
            for element in (inside, *inside.iterancestors()):
                scores[element] += weight
                weight /= 2
                if weight < 20 or element is self.root:
                    break
        if not runs:
            return self.root, 0, 0
        best = max(scores, key=lambda element: (scores[element], -self.order[element]))
        own = [place for inside, place in runs if inside is best or best in inside.iterancestors()]
        return best, min(own), max(own)

    def is_chrome(self, element: HtmlElement) -> bool:
        """Say whether *element* lies in a menu, a footer, comments, an advertising widget or the like."""
        known = self._chrome.get(element)
        if known is None:
            known = self._is_chrome(element)
            self._chrome[element] = known
        return known

    def _is_chrome(self, element: HtmlElement) -> bool:
        if element in self._around_body or element is self.root:
            return False
        if not isinstance(element.tag, str) or element.tag in _CHROME_TAGS:
            return True
        if (element.get("role") or "").lower() in _CHROME_ROLES:
            return True
        names = f"{element.get('class') or ''} {element.get('id') or ''}"
        if len(names) > 1 and is_chrome_name(names):
            return True
        parent = element.getparent()
        return parent is not None and self.is_chrome(parent)

    def holds_body(self, element: HtmlElement) -> bool:
        """Say whether *element* is the body's container or an ancestor of it."""
        return element in self._around_body


def _in_link(element: HtmlElement) -> bool:
    return element.tag == "a" or any(above.tag == "a" for above in element.iterancestors())
