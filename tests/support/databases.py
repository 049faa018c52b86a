"""Databases that tests and benchmarks leave nothing of."""

from __future__ import annotations

from typing import Any

from pymongo.database import Database


def drop(database: Database[dict[str, Any]]) -> None:
    """Drop all collections of *database*, and with them itself: who may only read and write may not drop it at once."""
    for name in database.list_collection_names():
        database.drop_collection(name)
