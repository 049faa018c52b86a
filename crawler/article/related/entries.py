"""The stories of related blocks: anchors grouped by the page they lead to, with title, blurb, picture and date."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from urllib.parse import urljoin, urlsplit

from lxml.html import HtmlElement

from crawler.article.page.letters import without_marks
from crawler.article.page.sentences import ends_sentence
from crawler.article.related.groups import owners_of
from crawler.article.related.headings import fold, heading_verdict
from crawler.article.related.lines import Line, Piece
from crawler.article.related.link_text import clean, is_button, is_date, is_title, lead_in, without_labels

MAX_TITLE = 200
"""Characters; a longer anchor text is a whole card."""
MIN_BLURB = 40
"""Characters; a shorter line beside a title is a label, a place or a name."""

MIN_SLUG = 4
"""Words of three letters and more in an address, from which on they name its story."""

_WORDS = re.compile(r"[a-z]{3,}")
_TRAILING_DATE = re.compile(
    r"[\s|•·,–(-]*(?<!\d)(?:\d{1,2}[./-]\d{1,2}[./-](?:19|20)\d{2}|(?:19|20)\d{2}[./年-]\d{1,2}[./月-]\d{1,2}日?)"
    r"(?:\s*\(\w{1,3}\))?(?:[\s,]+\d{1,2}:\d{2}(?::\d{2})?)?\)?$"
)
_ELLIPSIS = re.compile(r"[\s,;:]*(?:\.{2,}|…)[\s\])]*$")


@dataclass(slots=True)
class Entry:
    """What the blocks of a page say about one story."""

    url: str
    """Address to fetch."""
    found_by: str
    anchors: list[HtmlElement] = field(default_factory=list)
    linked: list[Piece] = field(default_factory=list)
    loose: list[Piece] = field(default_factory=list)
    images: list[HtmlElement] = field(default_factory=list)
    _title: str | None = field(default=None, init=False, repr=False)

    def merge(self, other: Entry) -> None:
        """Add what another block says about the same story."""
        self.anchors += other.anchors
        self.linked += other.linked
        self.loose += other.loose
        self.images += other.images
        self._title = None

    def title(self) -> str:
        """Return the story's title: a heading or the first real anchor text, else what an attribute says."""
        if self._title is None:  # asked for in each block and at the end
            self._title = self._best_title()
        return self._title

    def _best_title(self) -> str:
        foreign = self._foreign()
        candidates = [
            piece
            for piece in self.linked
            if is_title(piece.text) and len(piece.text) <= MAX_TITLE and piece.text not in foreign
        ]
        best = _longest(piece.text for piece in candidates if piece.titled)
        best = best or next((piece.text for piece in candidates if len(piece.text) >= 20), "")
        best = best or _longest(piece.text for piece in candidates)
        best = best or _longest(
            p.text for p in self.loose if p.titled and is_title(p.text) and len(p.text) <= MAX_TITLE
        )
        best = best or _longest(name for name in self._names() if is_title(name) and len(name) <= MAX_TITLE)
        best = best or _longest(piece.text for piece in self.linked if is_title(piece.text))
        best = self._whole(best)
        return clean(without_labels(_TRAILING_DATE.sub("", best.removeprefix(lead_in(best))))) or best

    def _foreign(self) -> set[str]:
        """Return the link texts that name another story: an editor put this address under two headlines.

        Where the words of the address stand in one of two unlike texts and hardly in the other, the first is its.
        """
        texts = {piece.text for piece in self.linked if len(piece.text) <= 120}
        if len(texts) > 1:
            texts = {text for text in texts if is_title(text) and not ends_sentence(text)}
        if len(texts) < 2:
            return set()
        slug = set(_WORDS.findall(without_marks(urlsplit(self.url).path.lower())))
        if len(slug) < MIN_SLUG:
            return set()
        words = {text: _WORDS.findall(without_marks(text.lower())) for text in texts}
        shares = {text: len(slug.intersection(words[text])) / len(slug) for text in texts}
        return {text for text, share in shares.items() if share < 0.2} if max(shares.values()) >= 0.5 else set()

    def _whole(self, title: str) -> str:
        """Return the text that a title cut with an ellipsis is the beginning of, where the cards hold it."""
        if not _is_cut(title):
            return title
        texts = [clean(piece.text) for piece in (*self.linked, *self.loose)] + list(self._names())
        longer = (text for text in texts if len(title) < len(text) <= MAX_TITLE and same_line(title, text))
        return next(longer, title)

    def _names(self) -> Iterator[str]:
        for anchor in self.anchors:
            yield clean(anchor.get("title") or "")
            yield clean(anchor.get("aria-label") or "")
        for image in self.images:
            yield clean(image.get("alt") or "")

    def blurb(self, title: str) -> str:
        """Return the longest running text of the story's cards that is not its title; empty if there is none."""
        key = fold(title)
        found, foreign = "", self._foreign()
        for piece in (*self.linked, *self.loose):
            text = clean(piece.text)
            if len(text) < MIN_BLURB or len(text) <= len(found) or piece.text in foreign:
                continue
            folded = fold(text)
            if folded in key or (key in folded and len(folded) < len(key) + MIN_BLURB) or same_line(text, title):
                continue
            if is_date(text) or is_button(text) or heading_verdict(text):
                continue
            found = text
        return found

    def copies(self, text: str) -> int:
        """Count the lines of the story's cards that repeat *text*, also cut short or in another Unicode form."""
        if not text:
            return 0
        key = fold(text)
        return sum(_repeats(piece.text, key) for piece in (*self.linked, *self.loose))

    def image(self, base: str) -> str:
        """Return the absolute address of the first picture of the story's cards; empty if there is none."""
        for image in self.images:
            source = image_source(image)
            try:
                if source:
                    return urljoin(base, source)
            except ValueError:
                continue
        return ""

    def published(self) -> datetime | None:
        """Return the moment that a ``<time datetime>`` of the cards names, where it has a timezone."""
        elements = [piece.element for piece in self.loose] + [e for a in self.anchors for e in a.iter("time")]
        moments = (_moment(element.get("datetime")) for element in elements if element.tag == "time")
        return next((moment for moment in moments if moment is not None), None)


def same_line(line: str, text: str) -> bool:
    """Say whether *line* is *text*, after its opening, or the beginning of it followed by an ellipsis.

    >>> same_line("Đọc thêm: Giá dầu tăng", "Giá dầu tăng")
    True
    >>> same_line("Oil prices rise in Asia…", "Oil prices rise in Asia today")
    True
    """
    return _repeats(line, fold(text))


def _repeats(line: str, key: str) -> bool:
    """Say whether *line* is the folded text *key*, as :func:`same_line` does."""
    if fold(line) == key or ((opening := lead_in(line)) and fold(line[len(opening) :]) == key):
        return True
    cut = fold(_ELLIPSIS.sub("", line)) if _is_cut(line) else ""
    return len(cut) >= 20 and key.startswith(cut)


def _is_cut(line: str) -> bool:
    """Say whether *line* ends in an ellipsis; most hold none, and looking where it might begin takes long."""
    return ("…" in line or ".." in line) and _ELLIPSIS.search(line) is not None


def image_source(image: HtmlElement) -> str:
    """Return the address of a picture: a lazy attribute before ``src``, the first of a ``srcset``."""
    for name in ("data-src", "data-original", "data-lazy-src", "data-lazy", "src", "data-srcset", "srcset"):
        value = (image.get(name) or "").strip()
        if "srcset" in name:
            value = " ".join(value.split(",")[0].split()[:1])
        if value and not value.startswith("data:"):
            return value
    return ""


def group_entries(
    found: list[Line], images: list[HtmlElement], stories: dict[HtmlElement, str], urls: dict[str, str], found_by: str
) -> dict[str, Entry]:
    """Group the lines and pictures of one block by story.

    :param stories: anchor → identity of the story it leads to
    :param urls: identity → address to fetch
    """
    owners = owners_of(stories)
    entries = {key: Entry(urls[key], found_by) for key in dict.fromkeys(stories.values())}
    for anchor, key in stories.items():
        entries[key].anchors.append(anchor)
    before = ""
    for line in found:
        for piece in line.pieces:
            own = stories.get(piece.anchor, "") if piece.anchor is not None else ""
            key = own or (_owner(piece.element, owners) if piece.anchor is None else "") or ""
            if own:
                entries[own].linked.append(piece)
            elif piece.anchor is None and (key or before):
                entries[key or before].loose.append(piece)
            before = key or before
    for image in images:
        key = _owner(image, owners)
        if key:
            entries[key].images.append(image)
    return entries


def _owner(element: HtmlElement, owners: dict[HtmlElement, str]) -> str:
    known = owners.get(element)
    if known is not None:
        return known
    return next((owners[above] for above in element.iterancestors() if above in owners), "")


def _longest(texts: Iterable[str]) -> str:
    return max(texts, key=len, default="")


def _moment(value: str | None) -> datetime | None:
    try:
        moment = datetime.fromisoformat((value or "").strip())
    except ValueError:
        return None
    return moment.astimezone(UTC) if moment.tzinfo is not None else None
