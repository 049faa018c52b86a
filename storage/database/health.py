"""What a database server says of itself: whether a crawl can rely on it, its clients, sizes of collections."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

from pymongo.errors import OperationFailure, PyMongoError, WriteConcernError, WTimeoutError
from pymongo.write_concern import WriteConcern

from storage.base.driver_errors import brief
from storage.database.indexes import INDEXES, META
from storage.database.store import APPLICATION, Store, application

_COMPRESSORS = ["snappy", "zlib", "zstd"]
WRITE_MILLISECONDS = 5_000
"""A majority that takes longer than this to confirm one small write is none to rely on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """The facts; the judgement on them is the caller's."""

    version: str
    database: str
    replica_set: str
    """Its name; empty for a server that is alone."""
    write_problem: str
    """Why a small write was not confirmed by the majority; empty if it was."""
    schema: int | None
    """Version of the documents; ``None`` in a database that nothing was written to."""
    missing_indexes: tuple[str, ...]
    """As ``collection.name``: absent, or with other keys."""
    free_bytes: int | None
    """On the server's disk; ``None`` where the user may not ask."""
    compresses: bool
    """Whether it would take compressed messages."""
    clock_seconds: float
    """How far the server's clock is ahead of this machine's, to the length of one round trip."""


def health(store: Store) -> Health:
    """Ask the server of *store*; writes one document to ``meta``.

    :raises pymongo.errors.PyMongoError: if it does not answer
    """
    before = datetime.now(UTC)
    hello = store.client.admin.command("hello", compression=_COMPRESSORS)
    after = datetime.now(UTC)
    there = hello["localTime"].replace(tzinfo=UTC)
    schema = store.db[META].find_one({"_id": "schema"})
    return Health(
        version=str(store.client.server_info()["version"]),
        database=store.db.name,
        replica_set=str(hello.get("setName", "")),
        write_problem=_write_problem(store),
        schema=int(schema["schema_version"]) if schema else None,
        missing_indexes=tuple(_missing_indexes(store)) if schema else (),
        free_bytes=_free_bytes(store),
        compresses=bool(hello.get("compression")),
        clock_seconds=(there - before).total_seconds() - (after - before).total_seconds() / 2,
    )


def _write_problem(store: Store) -> str:
    majority = WriteConcern("majority", wtimeout=WRITE_MILLISECONDS)
    meta = store.db[META].with_options(write_concern=majority)
    try:
        meta.update_one({"_id": "doctor"}, {"$currentDate": {"at": True}}, upsert=True)
    except (WTimeoutError, WriteConcernError):
        return f"the majority of the replica set did not confirm a write within {WRITE_MILLISECONDS / 1000:g} s"
    except PyMongoError as problem:
        return brief(problem, store.uri)
    return ""


def _missing_indexes(store: Store) -> Iterator[str]:
    there = set(store.db.list_collection_names())
    for collection, models in INDEXES.items():
        # Of a collection that does not exist yet, the indexes are made with it.
        found: Mapping[str, Any] = store.db[collection].index_information() if collection in there else {}
        for model in models:
            name = model.document["name"]
            if name not in found or list(found[name]["key"]) != list(model.document["key"].items()):
                yield f"{collection}.{name}"


def _free_bytes(store: Store) -> int | None:
    try:
        stats = store.db.command("dbStats")
    except OperationFailure:
        return None
    if "fsTotalSize" not in stats:
        return None
    return int(stats["fsTotalSize"] - stats["fsUsedSize"])


UNAUTHORISED = 13


@dataclass(frozen=True, slots=True)
class CollectionSize:
    """One collection's content; *bytes* is what its documents and indexes take on disk."""

    name: str
    documents: int
    bytes: int


@dataclass(frozen=True, slots=True)
class ServerStatus:
    """A server and one database on it."""

    version: str
    database: str
    clients: tuple[str, ...] | None
    """Other storykin commands, as ``storykin 0.2.0 pid 4711``; ``None`` where the user may not see them."""
    collections: tuple[CollectionSize, ...]

    @property
    def bytes(self) -> int:
        """What the database takes on disk."""
        return sum(collection.bytes for collection in self.collections)

    def to_json(self) -> dict[str, Any]:
        """Return plain JSON values."""
        return asdict(self) | {"bytes": self.bytes}


def server_status(store: Store) -> ServerStatus:
    """Ask the server of *store*; nothing is written.

    :raises pymongo.errors.PyMongoError: if it does not answer
    """
    return ServerStatus(
        version=str(store.client.server_info()["version"]),
        database=store.db.name,
        clients=_clients(store),
        collections=tuple(sorted(_collections(store), key=lambda one: one.name)),
    )


def _clients(store: Store) -> tuple[str, ...] | None:
    connections: list[dict[str, Any]] = [
        {"$currentOp": {"allUsers": True, "idleConnections": True, "localOps": True}},
        {"$match": {"appName": {"$regex": f"^{APPLICATION} "}}},
        {"$group": {"_id": "$appName"}},
    ]
    try:
        names = {str(row["_id"]) for row in store.client.admin.aggregate(connections)}
    except OperationFailure as problem:
        if problem.code == UNAUTHORISED:
            return None
        raise
    return tuple(sorted(names - {application()}))


def _collections(store: Store) -> Iterator[CollectionSize]:
    for name in store.db.list_collection_names(filter={"type": "collection"}):
        row = next(iter(store.db[name].aggregate([{"$collStats": {"storageStats": {}}}])))["storageStats"]
        yield CollectionSize(name, int(row["count"]), int(row["storageSize"]) + int(row["totalIndexSize"]))
