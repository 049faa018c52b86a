"""The records that data teams get in their hands. Standard library only, no driver, no HTML."""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from functools import cache
from types import UnionType
from typing import Any, Literal, Self, get_args, get_origin, get_type_hints

SCHEMA_VERSION = 2

Kind = Literal["paragraph", "heading", "list", "quote", "caption", "table", "code"]
Verdict = Literal["lead", "heading", "body", "caption", "promo", "related", "repeated", "left out"]
Place = Literal["before", "inside", "after"]
RelatedKind = Literal["related", "recommended", "same-section", "latest", "most-read", "next-previous"]
RelatedStatus = Literal["found", "none", "loaded by script"]
Change = Literal["new", "version", "unchanged", "alias"]
Relation = Literal["exact", "near", "contained"]
WithdrawnBy = Literal["portal", "hand"]
RightsSource = Literal["robots.txt", "tdmrep.json", "header", "meta", "json-ld", "link", "seed"]

RIGHTS = (
    "tdm:reserved", "tdm:not-reserved", "tdm-policy", "search:yes", "search:no", "ai-input:yes", "ai-input:no",
    "ai-train:yes", "ai-train:no", "ai-agents:refused", "ai-agents:allowed", "noai", "noimageai", "access:free",
    "access:paid", "licence", "agreed",
)  # fmt: skip
"""The words of ``Article.rights``; docs/data.md says what each means."""

DOUBTS: Mapping[str, str] = {
    "not an article": "the page was taken apart on request, though nothing says that it is an article",
    "empty": "the page holds no text of its own",
    "thin": "the text is shorter than a short report",
    "guarded": "the rules would have dropped nearly all of the text, so they dropped nothing",
    "body disputed": "the text and the densest block of the page have little in common",
    "densest block": "trafilatura found little or no text: the text is the element that holds most prose",
    "from script data": "the text stands in the page's data for scripts, not in what it shows",
    "mixed encoding": "bytes of two encodings stand in the page",
    "undecodable": "some bytes are text in no encoding that the page may have",
    "too deep": "the page nests more deeply than is read",
    "consent wall": "a consent wall is all that the page shows: its words are left out",
    "rendered": "read as a browser shows the page after its scripts",
    "not rendered": "it was to be rendered, and the browser failed on it",
    "cut in the archive": "the archive holds the beginning of the page only",
    "date ambiguous": "day and month could be either, and no other source settles it",
    "dates disagree": "a source of weight names another day",
    "zone assumed": "the clock has no zone: the host's country's was taken, else UTC",
    "date from address": "only the address names a day",
    "date guessed": "htmldate found the day, in markup of no known form",
    "date of an update": "the page names no other day",
    "language disagrees": "the text is in another language than the page declares",
    "canonical not believed": "rel=canonical on the page's own site names another story, a section or a placeholder",
    "canonical contradicts text": "the page claims another one's address, and another story is stored there",
}
"""The words of ``Article.quality`` and what each says. ``failed: reason`` stands there, too, where ``extract`` writes
a line about a page that could not be read."""
KEPT_VERDICTS: frozenset[Verdict] = frozenset({"lead", "heading", "body"})
"""Verdicts whose paragraphs make up ``Article.text``, in their order."""


class Record:
    """What the records share: conversion to and from plain JSON values."""

    __slots__ = ()

    def to_json(self) -> dict[str, Any]:
        """Return plain JSON values in declaration order; times as ``2026-01-02T03:04:05Z`` in UTC."""
        return {field.name: _plain(getattr(self, field.name)) for field in fields(self)}  # type: ignore[arg-type]

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> Self:
        """Return the record that :meth:`to_json` wrote; unknown keys are ignored, absent and null ones take defaults.

        :raises TypeError: if a mandatory field is missing
        """
        of: Any = cls
        kept = {}
        for name, read, may_be_null in _readers(of):
            value = values.get(name)
            if value is not None:
                kept[name] = read(value) if read else value
            elif may_be_null and name in values:
                kept[name] = None
        return cls(**kept)


@dataclass(frozen=True, slots=True, kw_only=True)
class Paragraph(Record):
    """One block of a page with the decision about it; the dropped ones are kept here too."""

    text: str
    kind: Kind = "paragraph"
    """What the markup says it is."""
    verdict: Verdict = "body"
    """What it was judged to be; ``KEPT_VERDICTS`` make up the text."""
    reason: str = ""
    """Why it was judged so, in words; never empty for a dropped paragraph."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RelatedStory(Record):
    """A link to another story that a page shows as related, once per canonical URL."""

    url: str
    """Address of the link, absolute, without fragment and tracking parameters; empty in plain text."""
    canonical_url: str = ""
    """Its canonical form, by which stories are joined; empty where it is :attr:`url`."""
    title: str
    blurb: str = ""
    image: str = ""
    published: datetime | None = None
    kind: RelatedKind = "related"
    """``related``: shown because of this article, by heading, place or topic; the others are lists that would stand on
    other pages too."""
    found_by: str = ""
    """Tier: ``selector``, ``related-class``, ``class``, ``heading``, ``data``, ``anchor`` or ``cards``."""
    place: Place = "after"
    """Where its first copy stands relative to the article's own text."""
    position: int = 0
    """0-based rank among the related stories of the page."""
    title_copies: int = 1
    blurb_copies: int = 0

    @property
    def key(self) -> str:
        """The canonical URL."""
        return self.canonical_url or self.url


@dataclass(frozen=True, slots=True, kw_only=True)
class RightsStatement(Record):
    """One thing that a portal says may be done with a page. A fact as it was read, no legal advice."""

    right: str
    """Of :data:`RIGHTS`."""
    source: RightsSource
    """Where: a file of the host, a header of the answer, the page, or the seed file (what was agreed)."""
    said: str = ""
    """As it is written there: a value, an address, the agents that are named."""
    read: datetime | None = None
    """When it was read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Article(Record):
    """A page's article: its own words, its related stories and the verdict on every paragraph."""

    id: str
    """Hash of the canonical URL in the store; the URL, or ``URL WARC-Date``, in offline files."""
    url: str
    """Address that answered."""
    canonical_url: str = ""
    """Identity of the story: see ``crawler.urls.canonical.canonical_url``."""
    own_url: str = ""
    """Its page's own address in canonical form, where it claims another one; empty where it claims none."""
    aliases: tuple[str, ...] = ()
    """Every other address seen for it, sorted."""
    portal: str = ""
    title: str = ""
    title_source: str = ""
    """Where the title was read: ``seed``, ``heading``, ``json-ld``, the name of a meta tag, ``title``."""
    lead: str = ""
    """First paragraph of ``text``."""
    text: str = ""
    """Lead, headings and body in order, joined by a blank line; no title, no captions. NFC."""
    paragraphs: tuple[Paragraph, ...] = ()
    body_source: str = ""
    """How the main text was found: ``trafilatura``, ``densest block`` or ``script data``; empty in plain text."""
    body_agreement: float | None = None
    """How much ``text`` and the page's densest block have in common, 0 to 1; ``None`` where there is none to ask."""
    captions: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()
    """Persons; what is no person only where no person is named."""
    authors_source: str = ""
    """``seed``, ``json-ld``, ``meta``, ``microdata`` or ``text``."""
    news_agency: str = ""
    """The news agency that the byline names: a known one by one name, however it is written."""
    published: datetime | None = None
    """UTC; a day without a clock is its midnight in UTC."""
    published_day: str = ""
    """``YYYY-MM-DD`` in the zone that the page names with the time, else in the portal's: the day that readers saw."""
    published_raw: str = ""
    """As the page writes it."""
    published_source: str = ""
    """``json-ld``, ``meta``, ``seed``, ``text``, ``address`` or ``htmldate``."""
    modified: datetime | None = None
    language: str = ""
    """ISO 639-1, lower case."""
    language_source: str = ""
    """``declared`` or ``text``."""
    section: str = ""
    section_source: str = ""
    """``json-ld``, ``meta`` or ``address``."""
    tags: tuple[str, ...] = ()
    image: str = ""
    free_access: bool | None = None
    """``False`` behind a paywall, ``None`` where the page does not say."""
    rights: tuple[str, ...] = ()
    """What the portal says may be done with it, in the words of :data:`RIGHTS`, one about each thing."""
    rights_source: tuple[RightsStatement, ...] = ()
    """Every statement found, with its place and time; of those about one thing the last one is in ``rights``."""
    quality: tuple[str, ...] = ()
    """Doubts about the extraction, such as ``thin`` or ``date ambiguous``; docs/quality.md lists them."""
    related: tuple[RelatedStory, ...] = ()
    related_status: RelatedStatus = "none"
    fetched: datetime | None = None
    page_digest: str = ""
    """SHA-256 of the page's bytes after Content-Encoding was undone; empty in plain text."""
    warc_file: str = ""
    """Name of the WARC file that holds the page: read from it, or recorded to it by the crawl."""
    warc_offset: int | None = None
    """Byte at which its record begins there, or the gzip member or zstd frame that holds the record."""
    extractor: str = ""
    """Versions that made this record, such as ``storykin 0.2.0, trafilatura 2.3.1``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RawPage:
    """One HTTP response as it was received, with all that extraction or a WARC file needs of it."""

    url: str
    """Address that answered."""
    body: bytes
    """Bytes after Content-Encoding was undone."""
    requested_url: str = ""
    """Address asked for; empty if it is ``url``."""
    redirects: tuple[str, ...] = ()
    """Addresses passed on the way, in order."""
    status: int = 200
    content_type: str = ""
    """The Content-Type header as sent."""
    etag: str = ""
    last_modified: str = ""
    """The headers ETag and Last-Modified as sent."""
    fetched: datetime | None = None
    """UTC."""
    portal: str = ""
    kind: str = ""
    """Of its frontier entry: ``start``, ``feed``, ``listing``, ``article`` or ``related``."""
    entry: str = ""
    """Id of its frontier entry."""
    article: str = ""
    """Id of the article that it became; empty if none."""
    content: str = ""
    """Hash of the text that it became (``storage.base.documents.content_hash``): tells versions apart."""
    warc_file: str = ""
    """Name of the WARC file that holds it."""
    warc_offset: int | None = None
    """See ``Article.warc_offset``."""
    doubts: tuple[str, ...] = ()
    """What was doubtful about the body before it was read, in the words of ``Article.quality``."""
    rights: tuple[RightsStatement, ...] = ()
    """What the files of its host and the headers of its answer say may be done with it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TextSpan(Record):
    """A passage ``text[start:end]`` beside ``text[of_start:of_end]`` of the article it repeats. One may be empty.

    Positions count characters of the stored texts, which are in NFC.
    """

    same: bool
    """Whether the normalised words are equal."""
    start: int
    end: int
    of_start: int
    of_end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Duplicate(Record):
    """Why an article counts as a repeat of another one."""

    of: str
    """Id of the article that is kept for the story."""
    relation: Relation
    score: float
    reason: str = ""
    same_portal: bool = False
    agency: bool = False
    """The article carries an agency's credit."""
    role: str = ""
    """What it is to the story: see ``dedupe.compare.roles``; empty in a decision of an older storykin."""
    by_hand: bool = False
    """It stands here because of a decision made by hand: see ``storage.duplicates.manual_decisions``."""
    kept_in: str | None = None
    """The kept article that says all of it: it is safe to drop. ``None`` if it says more, and is kept itself."""
    spans: tuple[TextSpan, ...] = ()
    """Where the two texts are the same and where they differ, in order; of more than 40 stretches the longest."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryFacts(Record):
    """Facts about a story that several articles tell; each of the articles holds the same facts."""

    original: str | None
    """Id of the earliest one; ``None`` where no time of publication is known."""
    most_complete: str
    """Id of the longest one against which the others were verified."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Teaser(Record):
    """A paragraph that is likely the teaser of another story: see ``storage.teasers.teasers``."""

    paragraph: int
    """Its index in ``Article.paragraphs``."""
    of: str
    """Id of the article that it announces."""
    part: Literal["title", "lead"]
    """What of that article it repeats."""
    score: float
    """1 where it is equal, else the share of its word-3-grams found there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Withdrawal(Record):
    """That an article is not to be used any more: see ``storage.write.withdrawal``."""

    at: datetime
    reason: str
    by: WithdrawnBy
    """``portal``: its page is gone, and the article is back when the page is; ``hand``: somebody here."""


def article_id(canonical_url: str) -> str:
    """Return the store's id of an article: 32 hex digits of BLAKE2b over the NFC form of its identity.

    >>> article_id("https://vov.vn/a-post1.vov") == article_id("https://vov.vn/a-post1.vov")
    True
    """
    key = unicodedata.normalize("NFC", canonical_url).encode("utf-8", "surrogatepass")
    return hashlib.blake2b(key, digest_size=16).hexdigest()


def utc_text(moment: datetime) -> str:
    """Return *moment* as ISO 8601 in UTC with a ``Z``.

    :raises ValueError: if *moment* has no timezone
    """
    if moment.tzinfo is None:
        raise ValueError(f"a time without timezone cannot be stored: {moment.isoformat()}")
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _plain(value: Any) -> Any:
    if isinstance(value, Record):
        return value.to_json()
    if isinstance(value, tuple):
        return [_plain(member) for member in value]
    return utc_text(value) if isinstance(value, datetime) else value


Read = Callable[[Any], Any]


@cache
def _readers(record: Any) -> tuple[tuple[str, Read | None, bool], ...]:
    """Return how each field of *record* is read, and whether it may be ``None``.

    Resolving the hints takes thirty times as long as a record.
    """
    hints = get_type_hints(record).items()
    return tuple((name, _reader(hint), isinstance(hint, UnionType)) for name, hint in hints)


def _reader(hint: Any) -> Read | None:
    """Return what makes a value of *hint* of a plain one; ``None`` where it stays as it is."""
    if isinstance(hint, UnionType):
        hint = next(part for part in get_args(hint) if part is not type(None))
    if get_origin(hint) is tuple:
        member = _reader(get_args(hint)[0])
        return tuple if member is None else lambda values: tuple(map(member, values))
    if isinstance(hint, type) and issubclass(hint, Record):
        return hint.from_json
    return _moment if hint is datetime else None


def _moment(value: Any) -> Any:
    if isinstance(value, str):
        return datetime.fromisoformat(value)
    if isinstance(value, datetime) and value.tzinfo is None:  # a driver hands out datetimes
        return value.replace(tzinfo=UTC)
    return value
