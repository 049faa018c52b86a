"""Claims of exact texts: ``_id`` is the hash of the normalised text, so that one article holds each text.

A claim settles twins at once where bands cannot: a text copied a million times has hot bands only. It is the first
stage of a decision.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pymongo import WriteConcern

from dedupe.text.exact import exact_hash
from storage.base.documents import insert_missing
from storage.records import SCHEMA_VERSION

if TYPE_CHECKING:
    from storage.database.store import Store
    from storage.duplicates.batch import Batch, Case


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


def claim_texts(batch: Batch, cases: Sequence[Case]) -> None:
    """Claim exact texts. Who finds a text claimed by another article follows that one."""
    if not cases:
        return
    held = claim(batch.store, [(case.fingerprint.exact, case.id) for case in cases], batch.worker)
    batch.neighbours.look_up({one.article for one in held.values()} - batch.cases.keys())
    for case in cases:
        held_by = held.get(case.fingerprint.exact)
        if held_by is None:  # gone since; claimed again in the next round
            continue
        if held_by.article == case.id:
            case.claims = False
        elif _holds(batch, held_by.article, case):
            case.claims, case.leader = False, held_by.article
        elif _abandoned(batch, held_by, case):
            steal(batch.store, case.fingerprint.exact, held_by.article, case.id, batch.worker)
        else:
            case.awaits = {held_by.article}


def _holds(batch: Batch, holder: str, case: Case) -> bool:
    """Return whether *holder* still has the exact text of *case* and is decided or being decided."""
    twin = batch.cases.get(holder)
    if twin:
        return twin.fingerprint.exact == case.fingerprint.exact
    return batch.neighbours.known(holder) is not None and _has_text(batch, holder, case)


def _has_text(batch: Batch, holder: str, case: Case) -> bool:
    article, own = batch.texts.article(holder), batch.texts.article(case.id)
    if article is None or own is None:
        return False
    return bool(article["text"] == own["text"]) or exact_hash(article["text"]) == case.fingerprint.exact


def _abandoned(batch: Batch, held_by: Claim, case: Case) -> bool:
    """Return whether the holder of a claim no longer has the text, or never came to say that it is at it."""
    sign = ("claim", held_by.worker)
    return not _has_text(batch, held_by.article, case) or batch.neighbours.is_gone(
        held_by.article, held_by.worker, sign
    )
