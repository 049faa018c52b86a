"""The stories of related blocks: anchors grouped by the page they lead to, with title, blurb, picture and date."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from urllib.parse import urljoin

from lxml.html import HtmlElement

from crawler.related_words import fold, heading_verdict, is_button, is_date, is_file_name, lead_in

MAX_TITLE = 200
"""Characters; a longer anchor text is a whole card."""

_BREAKS = frozenset(
    "p div li ul ol td th tr table h1 h2 h3 h4 h5 h6 section article aside blockquote dd dt dl figure figcaption br hr"
    " center a header footer time picture summary details".split()  # noqa: SIM905
)
_TITLE_TAGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6", "b", "strong"})
_SILENT = frozenset({"script", "style", "noscript", "template", "svg", "button", "iframe", "select"})
_SPACES = re.compile(r"\s+")
_ELLIPSIS = re.compile(r"\s*(?:\.\.\.|…|\[…\]|\[\.\.\.\])\s*$")


@dataclass(slots=True)
class Piece:
    """One line of a block: its text, the anchor and the element around it."""

    text: str
    anchor: HtmlElement | None
    element: HtmlElement
    titled: bool
    """Inside a heading or bold."""


@dataclass(slots=True)
class Entry:
    """What the blocks of a page say about one story."""

    url: str
    found_by: str
    order: int
    linked: list[Piece] = field(default_factory=list)
    loose: list[Piece] = field(default_factory=list)
    images: list[HtmlElement] = field(default_factory=list)
    anchors: list[HtmlElement] = field(default_factory=list)

    def title(self) -> str:
        """Return the story's title: its first real anchor text, a heading of its card, or an attribute."""
        texts = [p.text for p in self.linked if is_title(p.text)]
        titled = [p.text for p in self.linked if p.titled and is_title(p.text)]
        short = [text for text in texts if len(text) <= MAX_TITLE]
        best = _longest(titled) or _first_long(short) or _longest(short)
        if not best:
            best = _longest([p.text for p in self.loose if p.titled and is_title(p.text)])
        if not best:
            names = [a.get("title") or a.get("aria-label") or "" for a in self.anchors]
            names += [image.get("alt") or "" for image in self.images]
            best = _longest([clean(name) for name in names if is_title(clean(name)) and len(name) <= MAX_TITLE])
        if not best and texts:
            best = texts[0]
        return best[len(lead_in(best)) :] if best and len(lead_in(best)) < len(best) else best

    def blurb(self, title: str) -> str:
        """Return the longest running text of the story's cards that is not its title."""
        key = fold(title)
        texts = [p.text for p in (*self.linked, *self.loose) if len(p.text) >= 30]
        texts = [t for t in texts if fold(t) != key and not is_date(t) and not is_button(t) and fold(t) not in key]
        texts = [t for t in texts if not heading_verdict(t)]
        return max(texts, key=len, default="")

    def copies(self, text: str) -> int:
        """Count the lines of the story's cards that repeat *text*, also cut short or in another form of Unicode."""
        return sum(same_line(piece.text, text) for piece in (*self.linked, *self.loose)) if text else 0

    def image(self, base: str) -> str:
        """Return the absolute address of the first picture of the story's cards, or an empty string."""
        for image in self.images:
            source = image_source(image)
            if source:
                try:
                    return urljoin(base, source)
                except ValueError:
                    continue
        return ""

    def published(self) -> datetime | None:
        """Return the moment a ``<time datetime>`` of the cards names, where it has a timezone."""
        for anchor in self.anchors:
            for element in anchor.iter("time"):
                moment = _moment(element.get("datetime"))
                if moment is not None:
                    return moment
        for piece in self.loose:
            element = piece.element
            moment = _moment(element.get("datetime")) if element.tag == "time" else None
            if moment is not None:
                return moment
        return None


def clean(text: str) -> str:
    """Return *text* with single blanks and without marks of a list at its start."""
    return _SPACES.sub(" ", text).strip(" \u00a0\u200b»›>•·|–—-→▶►*:")


def is_title(text: str) -> bool:
    """Say whether a line can be a story's title: no button, no date, no file name, at least two words."""
    if len(text) < 8 and not any(c > "\u2e7f" for c in text):
        return False
    return not (is_button(text) or is_date(text) or is_file_name(text) or heading_verdict(text))


def same_line(line: str, text: str) -> bool:
    """Say whether *line* is *text*, or its beginning followed by an ellipsis."""
    a, b = fold(line), fold(text)
    if a == b:
        return True
    cut = _ELLIPSIS.search(line) is not None and len(a) >= 20
    return cut and b.startswith(fold(_ELLIPSIS.sub("", line)))


def image_source(image: HtmlElement) -> str:
    """Return the address of a picture: a lazy attribute before ``src``, the first of a ``srcset``."""
    for name in ("data-src", "data-original", "data-lazy-src", "data-lazy", "src", "data-srcset", "srcset"):
        value = (image.get(name) or "").strip()
        if value and not value.startswith("data:"):
            return value.split(",")[0].split()[0] if "srcset" in name else value
    return ""


def pieces(elements: Iterable[HtmlElement]) -> tuple[list[Piece], list[HtmlElement]]:
    """Return the lines of neighbouring elements in order, and their pictures."""
    lines: list[Piece] = []
    images: list[HtmlElement] = []
    for element in elements:
        _walk(element, None, False, lines, images)
        _add(lines, element.tail, None, element, False, True)
    return [p for p in lines if p.text], images


def _walk(
    element: HtmlElement, anchor: HtmlElement | None, titled: bool, lines: list[Piece], images: list[HtmlElement]
) -> None:
    stack: list[tuple[HtmlElement, HtmlElement | None, bool, bool]] = [(element, anchor, titled, False)]
    while stack:
        node, link, bold, leaving = stack.pop()
        if leaving:
            parent_link = link
            _add(lines, node.tail, parent_link, node, bold, node.tag in _BREAKS)
            continue
        if not isinstance(node.tag, str) or node.tag in _SILENT:
            if node is not element:
                _add(lines, node.tail, link, node, bold, False)
            if node.tag == "noscript":
                images.extend(node.iter("img"))
            continue
        if node.tag == "img":
            images.append(node)
        inner = node if node.tag == "a" and node.get("href") else link
        heavy = bold or node.tag in _TITLE_TAGS or "title" in (node.get("class") or "").lower()
        _add(lines, node.text, inner, node, heavy, node.tag in _BREAKS)
        if node is not element:
            stack.append((node, link, bold, True))
        stack.extend((child, inner, heavy, False) for child in reversed(node))


def _add(
    lines: list[Piece], text: str | None, anchor: HtmlElement | None, element: HtmlElement, titled: bool, starts: bool
) -> None:
    """Add *text* to the last line, or begin a new one where the markup breaks the line."""
    text = clean(text or "") if starts or not lines or not lines[-1].text else _SPACES.sub(" ", text or "")
    if starts or not lines or lines[-1].anchor is not anchor:
        if text or (lines and lines[-1].text):
            lines.append(Piece(text.strip(), anchor, element, titled))
        return
    last = lines[-1]
    if text.strip():
        last.text = clean(f"{last.text}{text}") if last.text else text.strip()
        last.titled = last.titled or titled


def entries(
    parts: list[Piece], images: list[HtmlElement], stories: dict[HtmlElement, str], urls: dict[str, str], found_by: str
) -> dict[str, Entry]:
    """Group the lines of one block by story.

    :param stories: anchor → identity of the story it leads to
    :param urls: identity → address to fetch
    """
    single = _cards(stories)
    found: dict[str, Entry] = {}

    def entry(key: str) -> Entry:
        return found.setdefault(key, Entry(urls[key], found_by, len(found)))

    for anchor, key in stories.items():
        entry(key).anchors.append(anchor)
    before = ""
    for part in parts:
        key = stories.get(part.anchor, "") if part.anchor is not None else _owner(part.element, single)
        if part.anchor is not None and key:
            entry(key).linked.append(part)
        elif part.anchor is None and (key or before):
            entry(key or before).loose.append(part)
        before = key or before
    for image in images:
        key = _owner(image, single)
        if key:
            entry(key).images.append(image)
    return found


def _cards(stories: dict[HtmlElement, str]) -> dict[HtmlElement, str]:
    """Map each element around the anchors to the one story inside it; to ``""`` where there are several."""
    single: dict[HtmlElement, str] = {}
    for anchor, key in stories.items():
        for element in (anchor, *anchor.iterancestors()):
            known = single.get(element, key)
            if known == "":
                break
            single[element] = key if known == key else ""
    for element, key in list(single.items()):
        if key == "":
            for above in element.iterancestors():
                if single.get(above) == "":
                    break
                single[above] = ""
    return single


def _owner(element: HtmlElement, single: dict[HtmlElement, str]) -> str:
    for above in (element, *element.iterancestors()):
        if above in single:
            return single[above]
    return ""


def _longest(texts: list[str]) -> str:
    return max(texts, key=len, default="")


def _first_long(texts: list[str]) -> str:
    return next((text for text in texts if len(text) >= 20), "")


def _moment(value: str | None) -> datetime | None:
    if not value:
        return None
    try:
        moment = datetime.fromisoformat(value.strip())
    except ValueError:
        return None
    return moment.astimezone(UTC) if moment.tzinfo is not None else None
