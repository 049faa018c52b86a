"""Feeds and sitemaps: RSS, Atom, news sitemaps and indexes of sitemaps, as lists of addresses. Pure.

One reader for all of them, on lxml: XML is read in time linear in its length, no entity is resolved, nothing is
loaded, and what is broken is read as far as it goes.
"""

from __future__ import annotations

import gzip
import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from html import unescape
from io import BytesIO
from typing import Literal
from urllib.parse import urljoin, urlsplit

from lxml import etree

from crawler.article.page.dates import parse_time
from crawler.urls.canonical import fetch_url

FeedKind = Literal["feed", "sitemap", "sitemap index"]

MAX_BYTES = 50 * 1024 * 1024
"""Longest sitemap, unpacked (sitemaps.org, protocol 0.9)."""
MAX_ENTRIES = 50_000
"""Most entries of one sitemap (the same); what stands behind them is not read."""
MAX_SITEMAPS = 50
"""Most sitemaps of one index that are asked for: the newest, then those without a date in their order."""

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
_GZIP = b"\x1f\x8b"
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
    """Absolute, to be requested."""
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
    text = _unpacked(body)
    root = None if _MARKUP.match(text) else _root(text)
    if _MARKUP.match(text) or (root is not None and _name(root) == "html"):
        raise NotAFeedError("not a feed: HTML")
    if root is None:
        raise NotAFeedError("not a feed: no XML" if text.strip() else "not a feed: empty")
    kind = _KINDS.get(_name(root))
    if kind is None:
        raise NotAFeedError(f"not a feed: XML with the root <{_name(root)}>")
    dates = _Dates()
    if kind == "sitemap index":
        return Feed(kind=kind, sitemaps=_once(_entry(one, url, dates) for one in root if _name(one) == "sitemap"))
    return Feed(kind=kind, entries=_once(_entry(one, url, dates) for one in root.iter() if _name(one) in _ENTRY_TAGS))


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
    return [one for _, one in sorted(recent, key=lambda found: found[0])[:MAX_SITEMAPS]]


class _Dates:
    """Reads the dates of one feed; what is in no standard form, and not cheap to read, a limited number of times."""

    def __init__(self) -> None:
        self._left = _OTHER_DATES

    def read(self, text: str, url: str) -> datetime | None:
        """Return the moment that *text* names, in UTC, or ``None``."""
        if not self._left:
            return None
        moment = parse_time(text, url=url)
        if moment is None or not _STANDARD_DATE.match(text):
            self._left -= 1
        return moment


def _is_of_old_month(url: str, horizon: datetime) -> bool:
    found = _MONTH.search(urlsplit(url).path)
    return found is not None and (int(found[1]), int(found[2])) < (horizon.year, horizon.month)


def _unpacked(body: bytes) -> bytes:
    if not body.startswith(_GZIP):
        return body
    try:
        with gzip.GzipFile(fileobj=BytesIO(body)) as packed:
            text = packed.read(MAX_BYTES + 1)
    except (OSError, EOFError, zlib.error) as problem:
        raise NotAFeedError(f"not a feed: gzip that cannot be unpacked: {problem}") from None
    if len(text) > MAX_BYTES:
        raise NotAFeedError(f"not a feed: unpacked it has more than {MAX_BYTES >> 20} MiB")
    return text


def _root(text: bytes) -> etree._Element | None:
    """Return the root element; where nothing can be read in the declared encoding, that of the text as UTF-8."""
    for encoding in (None, "utf-8"):
        parser = etree.XMLParser(
            recover=True, resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, encoding=encoding
        )
        try:
            root = etree.fromstring(text.lstrip(), parser)
        except (etree.XMLSyntaxError, ValueError):
            continue
        if root is not None:
            return root
    return None


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
        if name == "title" or name in _DATE_TAGS:
            texts.setdefault(name, _text(one))
    moments = (dates.read(texts[name], link) for name in _DATE_TAGS if texts.get(name))
    published = next((moment for moment in moments if moment), None)
    return FeedEntry(url=link, title=unescape(texts.get("title", "")), published=published)


def _link(element: etree._Element) -> str:
    """Return the address as written: ``loc``, RSS's ``link``, Atom's alternate link, else a ``guid`` that is one."""
    for child in element:
        name = _name(child)
        if name == "loc" or (name == "link" and not child.get("href")):
            if address := _text(child):
                return address
        elif name == "link" and child.get("rel", "alternate") == "alternate":
            return child.get("href") or ""
    for child in element:
        if _name(child) == "guid" and child.get("isPermaLink", "true") == "true":
            address = _text(child)
            return address if address.startswith(("http://", "https://")) else ""
    return ""


def _once(entries: Iterator[FeedEntry | None]) -> tuple[FeedEntry, ...]:
    found: dict[str, FeedEntry] = {}
    for entry in entries:
        if entry is not None:
            found.setdefault(entry.url, entry)
            if len(found) == MAX_ENTRIES:
                break
    return tuple(found.values())


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
