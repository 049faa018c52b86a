"""The collection ``frontier``: others read it through :func:`frontier_rows`; only this room writes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pymongo.collection import Collection as MongoCollection

    from storage.database.read_only import ReadOnly
    from storage.database.store import Store


def frontier_rows(store: Store) -> ReadOnly:
    """Return the entries for reading."""
    return frontier_entries(store)


def frontier_entries(store: Store) -> MongoCollection[dict[str, Any]]:
    """Return the entries for this room, which writes them."""
    return store.db["frontier"]
