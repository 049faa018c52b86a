"""Feeds and sitemaps: RSS, Atom, news sitemaps and indexes of sitemaps, as lists of addresses. Pure.

One reader for all of them, on lxml: XML is read in time linear in its length, no entity is resolved, nothing is
loaded, and what is broken is read as far as it goes. Elements count by their namespace: beside the address of a page
stand those of its pictures, players and translations.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from html import unescape
from typing import Literal
from urllib.parse import urljoin, urlsplit

from lxml import etree

from crawler.article.page.dates import parse_time
from crawler.urls.canonical import fetch_url
from dedupe.intake.content_encoding import UnpackingError, gunzipped
from dedupe.intake.limits import MAX_SITEMAP

FeedKind = Literal["feed", "sitemap", "sitemap index"]

MAX_ELEMENTS = 1_000_000
"""Most elements of one feed, twenty of each entry of the longest sitemap; as a tree each takes some 130 bytes."""
MAX_ENTRIES = 50_000
"""Most entries of one sitemap (the same); what stands behind them is not read."""
MAX_SITEMAPS = 50
"""Most sitemaps of one index that are asked for: the newest, then the first and the last of those without a date."""

_KINDS: dict[str, FeedKind] = {
    "rss": "feed", "rdf": "feed", "feed": "feed", "urlset": "sitemap", "sitemapindex": "sitemap index",
}  # fmt: skip
_ENTRY_TAGS = frozenset({"item", "entry", "url"})
# The first of these that can be read: publication before update.
_DATE_TAGS = ("publication_date", "pubdate", "published", "issued", "date", "updated", "modified", "lastmod")
# W3C dates of sitemaps and Atom, RFC 822 dates of RSS: read at once, in microseconds.
_STANDARD_DATE = re.compile(r"\s*(?:\d{4}-\d\d-\d\d|(?:[A-Za-z]{3},\s*)?\d{1,2} [A-Za-z]{3} \d{4} \d\d:)")
_OTHER_DATES = 100
"""Dates of other forms, and unreadable ones, that are looked at in one feed; each may take 90 ms."""
_NO_DATE = re.compile(r"\b(?:0000|0001|1970)-\d\d?-\d\d?|\b[A-Za-z]{3},? (?:0000|0001|1970)\b")
"""Dates that programs write where they have none: the first day of their calendar."""
_NOISE = 65_536
"""Bytes at the beginning in which the XML is looked for; some programs print notices before it."""
_BEGINS = re.compile(rb"<(?:[\w-]{1,20}:)?(?:rss|rdf|feed|urlset|sitemapindex)\b", re.IGNORECASE)
_BARE = re.compile(rb"&(?!(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});)")
"""An ampersand that begins no reference: of addresses as they stand in a browser."""
_ADDRESS = re.compile(r"https?://\S+\Z", re.IGNORECASE)
_MARKUP = re.compile(
    rb"\A(?:\xef\xbb\xbf)?\s*(?:<!--.*?-->\s*)?<(?:!doctype\s+html|html|head|body|script|meta)\b", re.IGNORECASE
)
_MONTH = re.compile(r"(?<!\d)(20\d\d)[/_-]?(0?[1-9]|1[0-2])(?!\d)")


class NotAFeedError(ValueError):
    """An answer is neither a feed nor a sitemap; the message says what it is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedEntry:
    """One address that a feed or sitemap names."""

    url: str
    """Absolute address, to be requested."""
    title: str = ""
    published: datetime | None = None
    """When the story appeared or last changed, UTC."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """What one feed or sitemap holds."""

    kind: FeedKind
    entries: tuple[FeedEntry, ...] = ()
    """Pages, in the order they stand, one an address."""
    sitemaps: tuple[FeedEntry, ...] = ()
    """Further sitemaps that an index names."""
    unread: int = 0
    """Entries without an address, with the address of an earlier entry, or behind the first :data:`MAX_ENTRIES`."""


def expand(address: str, moment: datetime) -> tuple[str, ...]:
    """Return *address* for the month of *moment* and for the month before, or as it is without placeholders.

    Placeholders: ``{year}``, ``{month}`` (``7``), ``{month2}`` (``07``). Of a portal whose index lacks the current
    month the addresses are built, not looked up.

    >>> expand("https://example.vn/sitemaps/{year}/{month}.xml", datetime(2026, 1, 31))
    ('https://example.vn/sitemaps/2026/1.xml', 'https://example.vn/sitemaps/2025/12.xml')
    """
    before = moment.replace(day=1) - timedelta(days=1)
    made = []
    for day in (moment, before):
        values = {"year": f"{day.year}", "month": f"{day.month}", "month2": f"{day.month:02}"}
        one = address
        for name, value in values.items():
            one = one.replace(f"{{{name}}}", value)
        made.append(one)
    return tuple(dict.fromkeys(made))


def parse_feed(body: bytes, url: str) -> Feed:
    """Return what the feed or sitemap *body*, fetched from *url*, holds; gzip is undone.

    :raises NotAFeedError: where it is something else, such as an HTML page that was sent with status 200
    """
    try:
        text = gunzipped(body, MAX_SITEMAP)
    except UnpackingError as problem:
        raise NotAFeedError(f"not a feed: {problem}") from None
    if _MARKUP.match(text):
        raise NotAFeedError("not a feed: HTML")
    if lines := _text_lines(text):
        return _feed("sitemap", (_address(line, url) for line in lines))
    if text.count(b"<") - text.count(b"</") > MAX_ELEMENTS:
        raise NotAFeedError(f"not a feed: too large, more than {MAX_ELEMENTS:,} elements")
    root = _root(text)
    if root is None:
        raise NotAFeedError("not a feed: no XML" if text.strip() else "not a feed: empty")
    if _name(root) == "html":
        raise NotAFeedError("not a feed: HTML")
    kind = _KINDS.get(_name(root))
    if kind is None:
        raise NotAFeedError(f"not a feed: XML with the root <{_name(root)}>")
    dates = _Dates()
    tags = {"sitemap"} if kind == "sitemap index" else _ENTRY_TAGS
    elements = root if kind == "sitemap index" else root.iter()
    return _feed(kind, (_entry(one, url, dates) for one in elements if _name(one) in tags))


def _feed(kind: FeedKind, found: Iterator[FeedEntry | None]) -> Feed:
    entries: dict[str, FeedEntry] = {}
    unread = 0
    for entry in found:
        if entry is not None and len(entries) < MAX_ENTRIES:
            unread += entry.url in entries
            entries.setdefault(entry.url, entry)
        else:
            unread += 1
    one_a_page = tuple(entries.values())
    if kind == "sitemap index":
        return Feed(kind=kind, sitemaps=one_a_page, unread=unread)
    return Feed(kind=kind, entries=one_a_page, unread=unread)


def _text_lines(text: bytes) -> list[str]:
    """Return the lines of a sitemap in plain text (sitemaps.org: one address a line); nothing of other texts."""
    if not text.lstrip(b"\xef\xbb\xbf \t\r\n")[:8].lower().startswith((b"http://", b"https://")):
        return []
    return [line for line in map(str.strip, text.decode("utf-8-sig", "replace").splitlines()) if line]


def _address(line: str, base: str) -> FeedEntry | None:
    link = fetch_url(line, base) if _ADDRESS.match(line) else ""
    return FeedEntry(url=link) if link else None


def age_in_days(entry: FeedEntry, moment: datetime) -> int | None:
    """Return how many whole days before *moment* the entry appeared; 0 if later, ``None`` where it has no date."""
    return None if entry.published is None else max(0, (moment - entry.published).days)


def sitemaps_since(feed: Feed, moment: datetime, days: int) -> list[FeedEntry]:
    """Return the sitemaps of an index that may hold something of the *days* before *moment*, newest first.

    The month in an address counts as well as ``lastmod``: some portals write today's date on every line.
    """
    recent = []
    for one in feed.sitemaps:
        age = age_in_days(one, moment)
        if (age is None or age <= days) and not _is_of_old_month(one.url, moment - timedelta(days=days)):
            recent.append((days + 1 if age is None else age, one))
    recent.sort(key=lambda found: found[0])
    dated = sum(age <= days for age, _ in recent)
    if len(recent) > MAX_SITEMAPS and dated < MAX_SITEMAPS:
        # Portals append the newest or put it first: a part of both ends.
        last = (MAX_SITEMAPS - dated + 1) // 2
        recent[MAX_SITEMAPS - last : -last] = []
    return [one for _, one in recent[:MAX_SITEMAPS]]


class _Dates:
    """Reads the dates of one feed, until :data:`_OTHER_DATES` of them were in no standard form: these are slow."""

    def __init__(self) -> None:
        self._left = _OTHER_DATES

    def read(self, text: str, url: str) -> datetime | None:
        """Return the moment that *text* names, in UTC, or ``None``."""
        if not self._left or _NO_DATE.search(text):
            return None
        moment = parse_time(text, url=url)
        if moment is None or not _STANDARD_DATE.match(text):
            self._left -= 1
        return moment


def _is_of_old_month(url: str, horizon: datetime) -> bool:
    found = _MONTH.search(urlsplit(url).path)
    return found is not None and (int(found[1]), int(found[2])) < (horizon.year, horizon.month)


def _root(text: bytes) -> etree._Element | None:
    """Return the root element; where nothing can be read in the declared encoding, that of the text as UTF-8."""
    begins = _BEGINS.search(text[:_NOISE])
    if begins:
        declared = text.rfind(b"<?xml", 0, begins.start())
        text = text[declared if declared >= 0 else begins.start() :]
    text = text.lstrip()
    if b"\0" not in text[:4]:
        text = _REFERENCE.sub(_whole, _escaped(text))
    for encoding in (None, "utf-8"):
        parser = etree.XMLParser(
            recover=True, resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, encoding=encoding
        )
        try:
            root = etree.fromstring(text, parser)
        except (etree.XMLSyntaxError, ValueError):
            continue
        if root is not None:
            return root
    return None


_REFERENCE = re.compile(rb"&#(?:x([0-9a-f]{1,8})|([0-9]{1,8}));", re.IGNORECASE)


def _whole(found: re.Match[bytes]) -> bytes:
    """Return a reference as it is, one to half of a surrogate pair as U+FFFD: libxml2 takes it, lxml fails on it."""
    number = int(found[1], 16) if found[1] else int(found[2])
    return b"&#xFFFD;" if 0xD800 <= number <= 0xDFFF else found[0]


def _escaped(text: bytes) -> bytes:
    """Return *text* with its bare ampersands written as references; libxml2 drops them with the name behind them."""
    pieces, at = [], 0
    while at < len(text):
        opened = text.find(b"<![CDATA[", at)
        closed = text.find(b"]]>", opened) if opened >= 0 else -1
        end = opened if closed >= 0 else len(text)
        pieces.append(_BARE.sub(b"&amp;", text[at:end]))
        at = closed + 3 if closed >= 0 else len(text)
        pieces.append(text[end:at])
    return b"".join(pieces)


def _entry(element: etree._Element, base: str, dates: _Dates) -> FeedEntry | None:
    """Return the entry of an ``item``, ``entry``, ``url`` or ``sitemap``; ``None`` where it names no page."""
    written = _link(element)
    if not written.startswith(("https://", "http://")):
        base = urljoin(base, element.base or "")  # xml:base
    link = fetch_url(written, base) if written else ""
    if not link:
        return None
    texts: dict[str, str] = {}
    # Titles and dates further down are those of pictures, authors and sources; Google's stand below news:news.
    for one in (*element, *(below for child in element if _name(child) == "news" for below in child)):
        name = _name(one)
        if (name == "title" and (_is_own(one, element) or one.getparent() is not element)) or name in _DATE_TAGS:
            texts.setdefault(name, _text(one))
    moments = (dates.read(texts[name], link) for name in _DATE_TAGS if texts.get(name))
    published = next((moment for moment in moments if moment), None)
    return FeedEntry(url=link, title=unescape(texts.get("title", "")), published=published)


def _link(element: etree._Element) -> str:
    """Return the address as written: the portal's own where a feed service stands between, ``loc``, RSS's ``link``,
    Atom's alternate link, of several the HTML page, else an id that is an address.
    """
    written: list[tuple[int, str]] = []
    for child in element:
        name, own = _name(child), _is_own(child, element)
        if name == "origlink":
            written.append((0, _text(child)))
        elif own and (name == "loc" or (name == "link" and not child.get("href") and not child.get("rel"))):
            written.append((1, _text(child)))
        elif name == "link" and (own or _is_atom(child)) and (child.get("rel") or "alternate").lower() == "alternate":
            kind = (child.get("type") or "html").lower()
            written.append((2 if own and "html" in kind else 4 if own else 3, child.get("href") or _text(child)))
        elif own and name == "guid" and child.get("isPermaLink", "true").strip().lower() == "true":
            written.append((5, _text(child)))
        elif own and name == "id":
            written.append((6, _text(child)))
    usable = [(rank, text) for rank, text in written if text and (rank in (1, 2, 3, 4) or _ADDRESS.match(text))]
    return min(usable, key=lambda found: found[0])[1] if usable else ""


def _is_own(child: etree._Element, element: etree._Element) -> bool:
    """Say whether *child* is of the namespace of *element*, and not of one that its prefix fails to declare."""
    tag, of = child.tag, element.tag
    if not isinstance(tag, str) or not isinstance(of, str):
        return False
    return tag.rpartition("}")[0] == of.rpartition("}")[0] and tag.count(":", tag.rfind("}") + 1) <= of.count(
        ":", of.rfind("}") + 1
    )


def _is_atom(element: etree._Element) -> bool:
    return isinstance(element.tag, str) and element.tag.startswith("{http://www.w3.org/2005/Atom}")


def _name(element: etree._Element) -> str:
    """Return the local name in lower case; empty for comments, entities and processing instructions."""
    tag = element.tag
    return tag.rpartition("}")[2].rpartition(":")[2].lower() if isinstance(tag, str) else ""


def _text(element: etree._Element) -> str:
    """Return the text of *element* on one line; of entities, which stay unresolved, only those of HTML are read."""
    pieces = [element.text or ""]
    for child in element:
        pieces += [unescape(child.text or "") if child.tag is etree.Entity else _text(child), child.tail or ""]
    return " ".join("".join(pieces).split())
