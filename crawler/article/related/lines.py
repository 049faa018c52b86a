"""A block as a reader sees it: lines of text with the links in them, and whether a link stands alone or in prose."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import islice
from typing import TypeAlias, cast

from lxml.etree import XPath
from lxml.html import HtmlElement

from crawler.article.related.class_names import SILENT
from crawler.article.related.headings import heading_verdict
from crawler.article.related.link_text import clean, is_button, is_date, lead_in

_BREAKS = frozenset(
    """
    p div li ul ol td th tr table tbody h1 h2 h3 h4 h5 h6 section article aside blockquote dd dt dl figure
    figcaption br hr center header footer picture summary details main
    """.split()
)
_TITLE_TAGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6", "b", "strong"})


@dataclass(slots=True)
class Piece:
    """Text that lies in one anchor, or in none, within one line."""

    text: str
    anchor: HtmlElement | None
    element: HtmlElement
    titled: bool
    """Inside a heading, bold, or an element whose class speaks of a title."""


@dataclass(slots=True)
class Line:
    """The text between two breaks of the markup."""

    pieces: list[Piece] = field(default_factory=list)


def lines(elements: Iterable[HtmlElement], known: LinesRead) -> tuple[list[Line], list[HtmlElement]]:
    """Return the lines of neighbouring elements in order, without blank ones, and their pictures.

    :param known: cache of lines and pictures by element; its values must not be changed
    """
    found: list[Line] = []
    images: list[HtmlElement] = []
    for element in elements:
        read = known.get(element)
        if read is None:
            reader = _Reader()
            reader.read(element)
            reader.add(element.tail, None, element, titled=False)
            reader.end_line()
            read = known[element] = (reader.lines, reader.images)
        found += read[0]
        images += read[1]
    return found, images


def embedded(anchor: HtmlElement) -> bool:
    """Say whether a link is part of a sentence, not a title that stands alone."""
    # A button is none: "… after failing a test. Full story"; few links need be asked whether they are one.
    return _is_amid_words(anchor) and not is_button("".join(anchor.itertext()))


def _is_amid_words(anchor: HtmlElement) -> bool:
    if _runs_through(anchor):
        return True
    if _is_headline(anchor):
        return False  # "Berlin | Company buys back: the office returns to the city", the first words a kicker
    before, after = clean(_beside(anchor, forward=False)), _beside(anchor, forward=True)
    if len(before) > 25 and not is_date(before) and len(lead_in(before)) < len(before) - 10:
        return heading_verdict(before) != "related"  # "Lire aussi", with a label for subscribers
    return len(after) > 40 and (after[0] in ",;.)'’" or after[0].islower() or after[0] > "\u2e7f")


def _runs_through(anchor: HtmlElement) -> bool:
    """Tell whether words stand directly before and behind a link: "why <a> is dear"."""
    previous, above = anchor.getprevious(), anchor.getparent()
    before = previous.tail if previous is not None else above.text if above is not None else None
    return (before or "").strip()[-1:].isalpha() and (anchor.tail or "").strip()[:1].isalpha()


def _is_headline(anchor: HtmlElement) -> bool:
    """Say whether a link is what a heading says, beside at most labels in elements of their own."""
    above = anchor.getparent()
    while above is not None and above.tag not in _BREAKS:
        above = above.getparent()
    if above is None or above.tag not in _TITLE_TAGS or len("".join(anchor.itertext()).split()) < 4:
        return False
    return not any(letter.isalnum() for text in (above.text, *(child.tail for child in above)) for letter in text or "")


def in_sentence(element: HtmlElement) -> bool:
    """Say whether *element* is part of a line with words of its own around it: cut out, a sentence would lack words.

    An opening ("Read more:"), a date or a label beside it are not words of a sentence.
    """
    if element.tag in _BREAKS:
        return False
    before, after = _beside(element, forward=False), _beside(element, forward=True)
    rest = clean(after)
    if before and not heading_verdict(before) and not is_date(before) and len(lead_in(before)) < len(before) - 3:
        return any(letter.isalnum() for letter in before)
    return any(letter.isalnum() for letter in rest) and not is_date(rest.strip("()")) and not is_button(rest)


_REACH = 40
"""Neighbours that are read at most, so that a line of a thousand links does not cost a million reads."""
_UNLINKED = XPath("descendant-or-self::text()[not(ancestor-or-self::a)]")


def _beside(element: HtmlElement, *, forward: bool) -> str:
    """Return the text of the line before or after *element*, without that of other links."""
    found: list[str] = []
    node: HtmlElement | None = element
    while node is not None and node.tag not in _BREAKS:
        found.append((node.tail or "") if forward else "")
        for sibling in islice(node.itersiblings(preceding=not forward), _REACH):
            broken = next((e for e in sibling.iter() if e.tag in _BREAKS), None) is not None
            inner = "" if broken or not isinstance(sibling.tag, str) else "".join(cast("list[str]", _UNLINKED(sibling)))
            found += [inner, sibling.tail or ""] if forward else [sibling.tail or "", inner]
            if broken:
                return " ".join("".join(found if forward else reversed(found)).split())
        node = node.getparent()
        if node is not None and not forward:
            found.append(node.text or "")
    return " ".join("".join(found if forward else reversed(found)).split())


LinesRead: TypeAlias = dict[HtmlElement, tuple[list[Line], list[HtmlElement]]]
"""Element → its lines and pictures."""


class _Reader:
    def __init__(self) -> None:
        self.lines: list[Line] = []
        self.images: list[HtmlElement] = []
        self._line = Line()
        self._parted = False
        """Whether an inline element has just ended."""

    def read(self, root: HtmlElement) -> None:
        anchor = next((e for e in root.iterancestors("a") if e.get("href")), None)
        # (element, anchor around it, titled, leaving it); a stack, because real pages nest thousands deep
        stack: list[tuple[HtmlElement, HtmlElement | None, bool, bool]] = [(root, anchor, False, False)]
        while stack:
            element, link, titled, leaving = stack.pop()
            breaks = element.tag in _BREAKS
            if leaving:
                if breaks:
                    self.end_line()
                if element is not root:
                    self.add(element.tail, link, element.getparent(), titled=titled)
                continue
            stack.append((element, link, titled, True))
            if not isinstance(element.tag, str) or element.tag in SILENT:
                if element.tag == "noscript":
                    self.images += element.iter("img")
                continue
            if breaks:
                self.end_line()
            before = element.getprevious()
            if before is not None and not before.tail and isinstance(before.tag, str):
                self._parted = True
            if element.tag == "img":
                self.images.append(element)
            inner = element if element.tag == "a" and element.get("href") else link
            if link is not None and _is_label(element, link):
                inner = None  # beside the title, not in it
            heavy = titled or element.tag in _TITLE_TAGS or _names_title(element)
            self.add(element.text, inner, element, titled=heavy)
            stack.extend((child, inner, heavy, False) for child in reversed(element))

    def add(self, text: str | None, anchor: HtmlElement | None, element: HtmlElement, *, titled: bool) -> None:
        """Add text to the line; neighbouring text of one anchor becomes one piece."""
        if not text or not (text.strip() or self._line.pieces):
            return
        pieces = self._line.pieces
        if pieces and pieces[-1].anchor is anchor:
            # <span>Politics</span><span>New talks</span>: no blank in the source, one on the screen
            pieces[-1].text += f" {text}" if self._parted else text
            pieces[-1].titled = pieces[-1].titled or (titled and bool(text.strip()))
        elif text.strip():
            pieces.append(Piece(text, anchor, element, titled))
        self._parted = False

    def end_line(self) -> None:
        """Begin a new line."""
        for piece in self._line.pieces:
            piece.text = " ".join(piece.text.split())
        if self._line.pieces:
            self.lines.append(self._line)
            self._line = Line()


_LABEL = re.compile(
    r"(?:^|[\W_])(?:\w*kicker|top-?line|over-?line|dachzeile|eyebrow|labels?|badge|flag|premium|paid|category|section|rubri\w+"
    r"|topic|tag|time\w*|date|author|byline|duration|counter|sr-only|visually-?hidden|screen-reader\w*)(?:$|[\W_])"
)


def _is_label(element: HtmlElement, link: HtmlElement) -> bool:
    """Say whether an element within a link holds its label or date: by its name, where other words are the title."""
    name = (element.get("class") or "").lower()
    if element.tag != "time" and (element.tag in _TITLE_TAGS or _names_title(element) or not _LABEL.search(name)):
        return False
    length = len("".join(element.itertext()).strip())
    return length <= 40 and length + 12 <= len("".join(link.itertext()).strip())


def _names_title(element: HtmlElement) -> bool:
    name = (element.get("class") or "").lower()
    return "title" in name or "headline" in name
