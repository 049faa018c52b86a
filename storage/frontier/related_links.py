"""Edges: which article shows which story as related, once a pair, with how the link was found and how often."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from pymongo import UpdateOne

from storage.base.documents import document_of, insert_missing, now
from storage.records import SCHEMA_VERSION, Article, Record, RelatedStory, article_id

if TYPE_CHECKING:
    from pymongo.collection import Collection as MongoCollection

    from storage.database.read_only import ReadOnly
    from storage.database.store import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class Edge(Record):
    """A link from an article to a story it shows as related; ``story`` is as its latest page showed it."""

    source: str
    """Id of the article with the link."""
    target: str
    """Id that the story has, or will have when it is crawled."""
    portal: str
    story: RelatedStory
    to_article: str = ""
    """Id of the stored article that it leads to; empty where none is known: see ``storage.teasers.link_targets``."""
    linked_by: str = ""
    """By what the article was found: ``address``, ``title`` or ``blurb``."""
    first_seen: datetime | None = None
    last_seen: datetime | None = None


def put_many(store: Store, articles: Iterable[Article], run_id: str = "", *, reprocessed: bool = False) -> int:
    """Store an edge for every related story of *articles* that has an address; return how many are new.

    :param reprocessed: the pages were fetched before and are read anew: a link was seen when its page was fetched
    """
    moment = now()
    made = [
        _document(article, story, (article.fetched or moment) if reprocessed else moment, run_id)
        for article in articles
        for story in article.related
        if story.url
    ]
    inserted = insert_missing(_edges(store), made)
    seen = [
        UpdateOne({"_id": edge["_id"]}, {"$set": {"story": edge["story"]}, "$max": {"last_seen": edge["last_seen"]}})
        for edge in made
        if edge["_id"] not in inserted
    ]
    update(store, seen)
    return len(inserted)


def refile(store: Store, source: str, now: str) -> None:
    """Give the edges of the article *source* to the article *now*."""
    rows = list(_edges(store).find({"source": source}))
    insert_missing(_edges(store), [{**row, "_id": _key(now, row["target"]), "source": now} for row in rows])
    _edges(store).delete_many({"_id": {"$in": [row["_id"] for row in rows]}})


def update(store: Store, operations: Sequence[UpdateOne]) -> int:
    """Write changes of edges, in any order; return how many edges they changed."""
    return _edges(store).bulk_write(operations, ordered=False).modified_count if operations else 0


def edge_rows(store: Store) -> ReadOnly:
    """Return the stored edges for reading."""
    return _edges(store)


def iterate(store: Store, *, portal: str = "", source: str = "") -> Iterator[Edge]:
    """Yield edges by source and position; an empty argument filters nothing."""
    wanted = {name: value for name, value in (("portal", portal), ("source", source)) if value}
    for row in edge_rows(store).find(wanted).sort([("source", 1), ("story.position", 1), ("_id", 1)]):
        yield Edge.from_json(row)


def _edges(store: Store) -> MongoCollection[dict[str, Any]]:
    return store.db["edges"]


def _document(article: Article, story: RelatedStory, moment: datetime, run_id: str) -> dict[str, Any]:
    source, target = article_id(article.canonical_url or article.url), article_id(story.key)
    return {
        "_id": _key(source, target),
        "source": source,
        "target": target,
        "portal": article.portal,
        "story": document_of(story),
        "first_seen": moment,
        "last_seen": moment,
        "first_run": run_id,
        "schema_version": SCHEMA_VERSION,
    }


def _key(source: str, target: str) -> str:
    return hashlib.blake2b(f"{source}{target}".encode(), digest_size=16).hexdigest()
