"""What a running MongoDB says of itself, its clients and the store's collections."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

from pymongo.errors import OperationFailure

from storage.database.store import APPLICATION, Store, application

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
    """Other storykin commands, as ``storykin 0.1.0 pid 4711``; ``None`` where the user may not see them."""
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
