"""Older texts of articles: what each held, what the page changed of it, and when that was stored."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from pymongo import UpdateOne

from storage.base.documents import now, record_of
from storage.records import Article, Record

if TYPE_CHECKING:
    from storage.database.read_only import ReadOnly
    from storage.database.store import Store

COMPARED = ("title", "text", "published", "modified", "authors", "section", "tags", "image", "free_access")
"""Fields of an article that are compared to say what changed, in this order."""

DECIDED = frozenset({"duplicate", "story", "twin", "beside"})
"""Fields in which deduplication says where the article stands, not what a text of it says."""
FOUND = frozenset({"found_as", "found_on"})
"""Fields in which the crawl says how the article was first found."""

# What deduplication, pulls, withdrawal and the crawl's way say about the article, not about this text of it.
_NOT_KEPT = frozenset({"_id", "teasers", "stamp", "unpulled", "withdrawn", "judged"}) | FOUND | DECIDED


@dataclass(frozen=True, slots=True, kw_only=True)
class Version(Record):
    """An older text of an article."""

    article: Article
    version: int
    """Its number; the first text is 1."""
    changed: tuple[str, ...] = ()
    """Fields in which the text that took its place differs from it, of :data:`COMPARED`."""
    replaced: datetime | None = None
    """When that one was stored, UTC."""
    reason: str = ""
    """``reprocessed``: the page was as before and ``storykin reprocess`` read it otherwise; else empty."""


def version_rows(store: Store) -> ReadOnly:
    """Return the older texts for reading."""
    return store.db["versions"]


def versions(store: Store, key: str) -> list[Version]:
    """Return the older texts of the article with the id *key*, oldest first."""
    rows = version_rows(store).find({"article": key}).sort([("version", 1), ("_id", 1)])
    return [version_of(row) for row in rows]


def version_of(row: Mapping[str, Any]) -> Version:
    """Return a document of ``versions`` as the record that it holds."""
    return Version(
        article=record_of(Article, {**row, "id": row["article"]}),
        version=row["version"],
        changed=tuple(row.get("changed", ())),
        replaced=row.get("replaced"),
        reason=row.get("reason", ""),
    )


def changes_between(older: Mapping[str, Any], newer: Mapping[str, Any]) -> list[str]:
    """Return the names of the fields in which two documents of an article differ; white space is no difference."""
    return [name for name in COMPARED if _comparable(older.get(name)) != _comparable(newer.get(name))]


def keep(store: Store, replaced: Sequence[tuple[Mapping[str, Any], Mapping[str, Any]]], reason: str = "") -> None:
    """Keep older documents, given with the newer ones, each text of an article once.

    :param reason: see :attr:`Version.reason`
    """
    operations = []
    for document, newer in replaced:
        older = {name: value for name, value in document.items() if name not in _NOT_KEPT}
        older |= {"article": document["_id"], "changed": changes_between(document, newer), "replaced": now()}
        older |= {"reason": reason} if reason else {}
        key = {"_id": f"{document['_id']}:{document['content']}"}
        operations.append(UpdateOne(key, {"$setOnInsert": older}, upsert=True))
    if operations:
        store.db["versions"].bulk_write(operations, ordered=False)


def _comparable(value: Any) -> Any:
    if isinstance(value, str):
        return " ".join(value.split())
    # Of times a document holds the milliseconds.
    return value.replace(microsecond=value.microsecond // 1000 * 1000) if isinstance(value, datetime) else value or None
