"""Steps that bring a database written by an older storykin to the current schema, one version at a time.

Each step can be run again after it was killed: it looks for documents of the old form only, and the version in ``meta``
is raised when all of its documents are done.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pymongo import UpdateOne

from storage.articles.collection import marks
from storage.base.documents import content_hash, details_hash, document_of, record_of
from storage.database.indexes import META, build
from storage.errors import StorageError
from storage.records import SCHEMA_VERSION, Article

if TYPE_CHECKING:
    from pymongo.database import Database

    from storage.database.store import Store

BATCH = 500

Advance = Callable[[int], None]
"""Told of the documents changed since the last call."""


@dataclass(frozen=True, slots=True)
class Step:
    """From one version of the schema to the next."""

    to: int
    what: str
    """What changes, in words."""
    run: Callable[[Database[dict[str, Any]], Advance], int]
    """Does it and returns how many documents were changed."""


@dataclass(frozen=True, slots=True)
class AppliedStep:
    """A step that was taken."""

    to: int
    what: str
    documents: int


def version_of(store: Store) -> int:
    """Return the schema version of the database; the current one where it is empty."""
    schema = store.db[META].find_one({"_id": "schema"})
    return int(schema["schema_version"]) if schema else SCHEMA_VERSION


def migrate(store: Store, advance: Advance = lambda documents: None) -> Iterator[AppliedStep]:
    """Take every step that the database lacks, yield each, then build the current indexes.

    :param store: opened with ``prepare=False``
    :raises StorageError: if a crawl is under way, or a newer storykin wrote the database
    """
    version = version_of(store)
    if version > SCHEMA_VERSION:
        raise StorageError(
            f"the database {store.db.name} has schema {version}, this storykin knows {SCHEMA_VERSION}: upgrade storykin"
        )
    busy = store.db["locks"].find_one({"$expr": {"$gt": ["$until", "$$NOW"]}})
    if busy and version < SCHEMA_VERSION:
        raise StorageError(f"{busy['_id']} is being crawled (run {busy['run']}): migrate when no crawl runs")
    for step in STEPS:
        if step.to > version:
            changed = step.run(store.db, advance)
            store.db[META].update_one({"_id": "schema"}, {"$set": {"schema_version": step.to}}, upsert=True)
            yield AppliedStep(step.to, step.what, changed)
    build(store.db)


def _to_2(database: Database[dict[str, Any]], advance: Advance) -> int:
    """Hashes that tell versions apart also take the time of publication, and leave white space out."""
    changed = 0
    for name in ("articles", "versions"):
        operations = []
        for row in database[name].find({"schema_version": {"$lt": 2}}):
            operations.append(UpdateOne({"_id": row["_id"]}, {"$set": _hashes_of_2(row, name)}))
            if len(operations) == BATCH:
                changed += _write(database, name, operations, advance)
        changed += _write(database, name, operations, advance)
    return changed


def _hashes_of_2(row: Mapping[str, Any], name: str) -> dict[str, Any]:
    article = record_of(Article, {**row, "id": row["_id"]})
    content = content_hash(article)
    fields: dict[str, Any] = {"content": content, "schema_version": 2}
    if name == "articles":
        fields |= {"details": details_hash(document_of(article)), **marks()}
        # A text that was judged stays so: only its hash has another form.
        fields |= {"judged": content} if row["judged"] == row["content"] else {}
    return fields


def _write(database: Database[dict[str, Any]], name: str, operations: list[UpdateOne], advance: Advance) -> int:
    if operations:
        database[name].bulk_write(operations, ordered=False)
        advance(len(operations))
    count = len(operations)
    operations.clear()
    return count


STEPS: tuple[Step, ...] = (Step(2, "versions are told apart by title, words and time of publication", _to_2),)
"""In order; the last one leads to ``SCHEMA_VERSION``."""
