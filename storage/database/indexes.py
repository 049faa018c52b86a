"""Every collection's indexes and the version of the documents, in one place."""

from __future__ import annotations

import hashlib
from typing import Any

from pymongo import ASCENDING, DESCENDING, IndexModel
from pymongo.database import Database
from pymongo.errors import OperationFailure

from storage.errors import StorageError
from storage.records import SCHEMA_VERSION

META = "meta"
"""Holds one document, ``schema``: the version that the database was written with and its set of indexes."""

MOVE = "move"
"""``_id`` of the document in :data:`META` that marks a database as the target of an unfinished move."""

WINDOW_DAYS = 90
"""Age at which a fingerprint leaves the index: copies follow within days (Silcock et al., arXiv 2210.04261)."""

INDEXES: dict[str, list[IndexModel]] = {
    "articles": [
        # Of a portal by date; with last_seen, storage.articles.refetch finds what is due in the index alone.
        IndexModel(
            [("portal", ASCENDING), ("published", DESCENDING), ("last_seen", ASCENDING)], name="portal_published"
        ),
        IndexModel([("published", DESCENDING)], name="published"),
        IndexModel([("fetched", DESCENDING)], name="fetched"),
        IndexModel([("aliases", ASCENDING)], name="aliases"),
        IndexModel([("duplicate.of", ASCENDING)], name="duplicate_of", sparse=True),
        # Of those that have the exact text of another one.
        IndexModel([("twin", ASCENDING)], name="twin", sparse=True),
        IndexModel([("updated", ASCENDING)], name="updated"),
        # Only of articles that were changed since somebody pulled: storage.articles.change_marks.
        IndexModel([("unpulled", ASCENDING)], name="unpulled", partialFilterExpression={"unpulled": True}),
    ],
    "decisions": [IndexModel([("articles", ASCENDING)], name="articles")],
    "changes": [IndexModel([("seq", ASCENDING)], name="seq")],
    "versions": [IndexModel([("article", ASCENDING), ("version", ASCENDING)], name="article_version")],
    "pages": [
        IndexModel([("portal", ASCENDING), ("fetched", ASCENDING)], name="portal_fetched"),
        IndexModel([("article", ASCENDING)], name="article"),
        IndexModel([("expires", ASCENDING)], name="expires", expireAfterSeconds=0),
    ],
    "fingerprints": [
        # Sparse: a text without words has no bands. Multikey: one index entry a band.
        IndexModel([("bands", ASCENDING)], name="bands", sparse=True),
        IndexModel([("at", ASCENDING)], name="window", expireAfterSeconds=WINDOW_DAYS * 86_400),
    ],
    "edges": [
        IndexModel([("source", ASCENDING), ("story.position", ASCENDING)], name="source_position"),
        IndexModel([("target", ASCENDING)], name="target"),
        IndexModel([("to_article", ASCENDING)], name="to_article", sparse=True),
        IndexModel([("portal", ASCENDING), ("source", ASCENDING)], name="portal_source"),
    ],
    "frontier": [
        # Of each host, in the order in which entries are leased: storage.frontier.queues.LEASE_ORDER.
        IndexModel(
            [(name, ASCENDING) for name in ("portal", "state", "host", "attempts", "priority", "depth", "_id")],
            name="lease_order",
        ),
        # Few: those at the limit of depth of their crawl.
        IndexModel([("portal", ASCENDING), ("depth", ASCENDING)], name="cut", partialFilterExpression={"cut": True}),
    ],
    "host_rules": [IndexModel([("host", ASCENDING)], name="host")],
    "host_days": [IndexModel([("day", DESCENDING), ("host", ASCENDING)], name="day_host")],
    "failures": [IndexModel([("portal", ASCENDING), ("at", DESCENDING)], name="portal_at")],
    "runs": [
        # In the order of storage.frontier.runs.history: of a portal, of all.
        IndexModel([("portal", ASCENDING), ("started", DESCENDING), ("_id", ASCENDING)], name="portal_started"),
        IndexModel([("started", DESCENDING), ("_id", ASCENDING)], name="started"),
    ],
}
CHANGED_INDEX_CODES = frozenset({85, 86})
"""IndexOptionsConflict and IndexKeySpecsConflict: https://github.com/mongodb/mongo/blob/v6.0/src/mongo/base/error_codes.yml"""


def ensure(database: Database[dict[str, Any]]) -> None:
    """Bring a new database to the current schema; one read where it is current already.

    :raises StorageError: if an older or a newer storykin wrote it, or a move into it is unfinished
    """
    held = {row["_id"]: row for row in database[META].find({"_id": {"$in": ["schema", MOVE]}})}
    if MOVE in held:
        raise StorageError(
            f"the database {database.name} holds an unfinished move from {held[MOVE]['source']}: run that "
            "storykin db move again, or drop it"
        )
    if schema := held.get("schema"):
        _require_known(database.name, int(schema["schema_version"]))
        if schema.get("indexes") == fingerprint():
            return
    build(database)


def check(database: Database[dict[str, Any]]) -> bool:
    """Make sure that this storykin can read the database, without writing to it; ``False`` if it holds nothing yet.

    :raises StorageError: if an older or a newer storykin wrote it
    """
    if schema := database[META].find_one({"_id": "schema"}):
        _require_known(database.name, int(schema["schema_version"]))
    return schema is not None


def build(database: Database[dict[str, Any]]) -> None:
    """Make all indexes and note that the database has the current schema."""
    for collection, models in INDEXES.items():
        _create(database, collection, models)
    database[META].update_one(
        {"_id": "schema"},
        {"$set": {"schema_version": SCHEMA_VERSION, "indexes": fingerprint()}},
        upsert=True,
    )


def fingerprint() -> str:
    """Return a short hash of all index definitions, which changes when one of them does."""
    words = repr(sorted((name, [repr(model.document) for model in models]) for name, models in INDEXES.items()))
    return hashlib.blake2b(words.encode(), digest_size=8).hexdigest()


def _require_known(name: str, version: int) -> None:
    if version > SCHEMA_VERSION:
        raise StorageError(
            f"the database {name} was written by a newer storykin (schema {version}, this one reads "
            f"{SCHEMA_VERSION}): upgrade storykin, or name another database in MONGODB_URI"
        )
    if version < SCHEMA_VERSION:
        raise StorageError(
            f"the database {name} was written by an older storykin (schema {version}, this one reads "
            f"{SCHEMA_VERSION}): back it up, then run storykin db migrate"
        )


def _create(database: Database[dict[str, Any]], collection: str, models: list[IndexModel]) -> None:
    try:
        database[collection].create_indexes(models)
    except OperationFailure as problem:
        if problem.code not in CHANGED_INDEX_CODES:
            raise
        _recreate_changed(database, collection, models)


def _recreate_changed(database: Database[dict[str, Any]], collection: str, models: list[IndexModel]) -> None:
    for model in models:
        try:
            database[collection].create_indexes([model])
        except OperationFailure as problem:
            if problem.code not in CHANGED_INDEX_CODES:
                raise
            database[collection].drop_index(model.document["name"])
            database[collection].create_indexes([model])
