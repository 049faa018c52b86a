"""Claims of exact texts: ``_id`` is the hash of the normalised text, so that one article holds each text.

A claim settles twins at once where bands cannot: a text copied a million times has hot bands only.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pymongo import WriteConcern

from storage.base.insertion import insert_missing
from storage.records import SCHEMA_VERSION

if TYPE_CHECKING:
    from storage.database.store import Store


@dataclass(frozen=True, slots=True)
class Claim:
    """Who holds an exact text."""

    article: str
    worker: str
    """The process that made the claim."""


def claim(store: Store, wanted: Sequence[tuple[bytes, str]], worker: str) -> dict[bytes, Claim]:
    """Claim each ``(exact hash, article id)`` that nobody holds; return who holds each of the hashes now.

    Acknowledged by the primary alone: where a claim is lost in a fail-over, twins are still found by their bands.
    """
    first: dict[bytes, str] = {}
    for exact, article in wanted:
        first.setdefault(exact, article)
    fresh = [
        {"_id": exact, "article": article, "worker": worker, "schema_version": SCHEMA_VERSION}
        for exact, article in first.items()
    ]
    claims = store.db["exact"].with_options(write_concern=WriteConcern(1))
    inserted = {bytes(key) for key in insert_missing(claims, fresh)}
    held = {exact: Claim(first[exact], worker) for exact in inserted}
    others = list(first.keys() - inserted)
    if others:
        found = claims.find({"_id": {"$in": others}})
        held |= {bytes(row["_id"]): Claim(row["article"], row["worker"]) for row in found}
    return held


def steal(store: Store, exact: bytes, holder: str, article: str, worker: str) -> bool:
    """Take the claim of *exact* from *holder*; ``False`` if it is not that one's any more."""
    mine = {"$set": {"article": article, "worker": worker}}
    return store.db["exact"].update_one({"_id": exact, "article": holder}, mine).matched_count == 1
