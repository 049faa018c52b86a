"""Inserting what is not there yet: an insert costs the server half of an upsert, and most documents are new."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from pymongo import InsertOne
from pymongo.errors import BulkWriteError

if TYPE_CHECKING:
    from pymongo.collection import Collection

_DUPLICATE_KEY = 11000


def insert_missing(collection: Collection[dict[str, Any]], documents: Sequence[Mapping[str, Any]]) -> set[Any]:
    """Insert those *documents* whose ``_id`` the collection does not have; return the ids inserted.

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
