"""Records as MongoDB documents: native times, text that BSON can hold, the hash that tells a changed text; new ones."""

from __future__ import annotations

import hashlib
import json
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import fields
from datetime import UTC, datetime
from functools import cache
from itertools import islice
from operator import attrgetter
from typing import TYPE_CHECKING, Any, TypeVar

from pymongo import InsertOne
from pymongo.errors import BulkWriteError

from storage.records import SCHEMA_VERSION, Article, Record, utc_text

if TYPE_CHECKING:
    from pymongo.collection import Collection

T = TypeVar("T")
RecordT = TypeVar("RecordT", bound=Record)

_DUPLICATE_KEY = 11000


def document_of(record: Record) -> dict[str, Any]:
    """Return *record* as a document with ``schema_version``; times stay datetimes, tuples become lists."""
    return _native(record) | {"schema_version": SCHEMA_VERSION}  # type: ignore[no-any-return]


def record_of(kind: type[RecordT], document: Mapping[str, Any]) -> RecordT:
    """Return the record that :func:`document_of` wrote; fields of the store are ignored."""
    return kind.from_json(document)


def now() -> datetime:
    """Return the time in UTC, to the millisecond: what a document can hold."""
    moment = datetime.now(UTC)
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)


def content_hash(article: Article) -> str:
    """Return 32 hex digits that change when title, text or time of publication of *article* change.

    White space and the limits of paragraphs do not count, nor what stands around the text: a page whose related
    stories, comments or time of modification alone differ is no new version.
    """
    words = [" ".join(text.split()) for text in (article.title, article.text)]
    published = utc_text(article.published) if article.published else ""
    return _hash(unicodedata.normalize("NFC", "\0".join([*words, published])))


def details_hash(document: Mapping[str, Any]) -> str:
    """Return 32 hex digits that change when a field of an article's document does that its page alone decides."""
    own = {name: value for name, value in document.items() if name not in _NOT_OF_THE_PAGE}
    return _hash(json.dumps(own, ensure_ascii=False, default=str))


_NOT_OF_THE_PAGE = frozenset(
    {"id", "url", "aliases", "fetched", "page_digest", "warc_file", "warc_offset", "schema_version", "rights_source"}
)
"""The last one has the times of reading; what it comes to stands in ``rights``."""


def _hash(text: str) -> str:
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


def measures_of(article: Article) -> dict[str, int]:
    """Return the counts of one page that reports add up. The article holds them, so no report reads whole texts.

    ``repeated_entries`` counts the titles, blurbs and paragraphs that repeat others on the same page,
    ``repeated_characters`` the characters in them.
    """
    dropped = [part.text for part in article.paragraphs if part.verdict in {"repeated", "related"}]
    titles = [(story.title, max(0, story.title_copies - 1)) for story in article.related]
    blurbs = [(story.blurb, max(0, story.blurb_copies - 1)) for story in article.related]
    return {
        "characters": len(article.text),
        "related": len(article.related),
        "repeated_entries": len(dropped) + sum(copies for _, copies in titles + blurbs),
        "repeated_characters": sum(map(len, dropped)) + sum(len(text) * copies for text, copies in titles + blurbs),
    }


def batches(rows: Iterable[T], size: int) -> Iterator[list[T]]:
    """Yield *rows* in lists of *size*, the last one shorter; one list is in memory at a time."""
    rows = iter(rows)
    while batch := list(islice(rows, size)):
        yield batch


def insert_missing(collection: Collection[dict[str, Any]], documents: Sequence[Mapping[str, Any]]) -> set[Any]:
    """Insert those *documents* whose ``_id`` the collection does not have; return the ids inserted.

    An insert costs the server half of an upsert, and most documents are new.

    :raises BulkWriteError: for any other error than a duplicate key
    """
    if not documents:
        return set()
    ids = [document["_id"] for document in documents]
    try:
        collection.bulk_write([InsertOne(dict(document)) for document in documents], ordered=False)
    except BulkWriteError as error:
        problems = error.details["writeErrors"]
        if error.details["writeConcernErrors"] or any(one["code"] != _DUPLICATE_KEY for one in problems):
            raise
        there = {one["index"] for one in problems}
        return {key for index, key in enumerate(ids) if index not in there}
    return set(ids)


def _native(value: Any) -> Any:
    kind = type(value)
    if kind is str:
        return value if value.isascii() else encodable(value)
    if kind is tuple:
        return [_native(member) for member in value]
    if issubclass(kind, Record):
        names, values = _reader(kind)  # type: ignore[arg-type]
        return dict(zip(names, map(_native, values(value)), strict=True))
    return value


@cache
def _reader(kind: type[Any]) -> tuple[tuple[str, ...], Callable[[Any], tuple[Any, ...]]]:
    """Return the names of a record's fields, and what reads them all at once."""
    names = tuple(field.name for field in fields(kind))
    return names, attrgetter(*names)


def encodable(text: str) -> str:
    """Return *text* with lone surrogates replaced: BSON is UTF-8, and JSON on a page may hold ``\\ud800``."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-8", "replace").decode()
    return text
