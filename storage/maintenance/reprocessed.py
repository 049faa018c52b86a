"""Storing what the current version reads in pages that were fetched before: see ``storykin reprocess``."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from storage.articles import articles, pages
from storage.articles.collection import article_rows
from storage.base.documents import content_hash, now
from storage.duplicates import decide
from storage.frontier import related_links
from storage.records import SCHEMA_VERSION, Article, RawPage
from storage.write import refiling

if TYPE_CHECKING:
    from storage.database.store import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class Reread:
    """A page that was read anew, and the article that it gave, if any."""

    raw: RawPage
    article: Article | None = None


def documents(store: Store, ids: Iterable[str]) -> dict[str, dict[str, Any]]:
    """Return the stored documents of the articles *ids*, by id."""
    return {row["_id"]: row for row in article_rows(store).find({"_id": {"$in": sorted(set(ids))}})}


def put(store: Store, rereads: Sequence[Reread], reader: str) -> dict[str, str | None]:
    """Store articles, decisions and edges as a crawl does, then mark the pages as read by *reader*.

    Safe to kill and to repeat: the mark comes last, and every step changes nothing the second time.

    :param reader: empty: the pages are not in the store, and nothing is marked
    :returns: by article the id of the one that it was judged to repeat; ``None`` if it repeats none
    """
    found = [(one.raw, one.article) for one in rereads if one.article]
    some = [article for _, article in found]
    stored = articles.put_many(store, some, entries=[raw.entry for raw, _ in found], reprocessed=True)
    refiling.refile(store, stored)
    decisions = decide.decide(store, refiling.ids(stored))
    filed = [one.filed(article) for one, article in zip(stored, some, strict=True)]
    related_links.put_many(store, filed, reprocessed=True)
    if reader:
        ids = {raw.entry: (one.id, content_hash(a)) for (raw, a), one in zip(found, stored, strict=True)}
        pages.mark_read(store, [(one.raw, *ids.get(one.raw.entry, ("", ""))) for one in rereads], reader)
    return {one.id: one.duplicate.of if one.duplicate else None for one in decisions}


def pages_done(store: Store, key: str) -> int:
    """Return how many pages of the WARC file *key* were read and stored; 0 for one that was never begun."""
    row = store.db["reprocessed"].find_one({"_id": key}, {"pages": 1})
    return int(row["pages"]) if row else 0


def note_pages_done(store: Store, key: str, name: str, count: int) -> None:
    """Note that the first *count* pages of the WARC file *key* are stored."""
    fields = {"file": name, "pages": count, "at": now(), "schema_version": SCHEMA_VERSION}
    store.db["reprocessed"].update_one({"_id": key}, {"$set": fields}, upsert=True)
