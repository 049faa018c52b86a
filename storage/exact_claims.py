"""Claims of exact texts: ``_id`` is the hash of the normalised text, so that one article holds each text.

A claim settles twins at once where bands cannot: a text copied a million times has hot bands only.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bson import Binary
from pymongo import UpdateOne
from pymongo.errors import BulkWriteError

from storage.records import SCHEMA_VERSION

if TYPE_CHECKING:
    from storage.mongo import Store

_DUPLICATE_KEY = 11000


@dataclass(frozen=True, slots=True)
class Claim:
    """Who holds an exact text."""

    article: str
    worker: str
    expired: bool
    """The claim is older than the time that a writer has to decide an article."""


def claim(store: Store, wanted: Sequence[tuple[bytes, str]], worker: str, seconds: float) -> dict[bytes, Claim]:
    """Claim each ``(exact hash, article id)`` that nobody holds; return who holds each of the hashes now."""
    operations = [_claim(exact, article, worker) for exact, article in wanted]
    exact_claims = store.db["exact"]
    try:
        exact_claims.bulk_write(operations, ordered=False)
    except BulkWriteError as error:
        if any(failed["code"] != _DUPLICATE_KEY for failed in error.details["writeErrors"]):
            raise
    age = {"$dateDiff": {"startDate": "$at", "endDate": "$$NOW", "unit": "millisecond"}}
    shown = {"article": 1, "worker": 1, "expired": {"$gt": [age, int(seconds * 1000)]}}
    held = exact_claims.find({"_id": {"$in": [Binary(exact) for exact, _ in wanted]}}, shown)
    return {bytes(row["_id"]): Claim(row["article"], row["worker"], row["expired"]) for row in held}


def steal(store: Store, exact: bytes, holder: str, article: str, worker: str) -> bool:
    """Take the claim of *exact* from *holder*; ``False`` if it is not that one's any more."""
    mine = {"article": article, "worker": {"$literal": worker}, "at": "$$NOW"}
    taken = store.db["exact"].update_one({"_id": Binary(exact), "article": holder}, [{"$set": mine}])
    return taken.matched_count == 1


def _claim(exact: bytes, article: str, worker: str) -> UpdateOne:
    """Claim a free text; where the article holds it already, say that a writer is at it again."""
    mine: Mapping[str, object] = {"$in": ["$article", [None, article]]}
    free = {"$eq": [{"$type": "$article"}, "missing"]}
    ours = {"$or": [free, mine]}
    fields = {
        "article": {"$ifNull": ["$article", article]},
        "worker": {"$cond": [ours, {"$literal": worker}, "$worker"]},
        "at": {"$cond": [ours, "$$NOW", "$at"]},
        "schema_version": SCHEMA_VERSION,
    }
    return UpdateOne({"_id": Binary(exact)}, [{"$set": fields}], upsert=True)
