"""Claims of exact texts: ``_id`` is the hash of the normalised text, so that one article holds each text.

Only the holder of a text has keys in the index: those of a text copied a million times would be hot. Claiming is the
first stage of a decision.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from pymongo import WriteConcern

from dedupe.text.exact import exact_hash
from storage.base.documents import insert_missing
from storage.records import SCHEMA_VERSION

if TYPE_CHECKING:
    from storage.database.store import Store
    from storage.duplicates.batch import Batch, Case


def claim(store: Store, wanted: Sequence[tuple[bytes, str]]) -> dict[bytes, str]:
    """Claim each ``(exact hash, article id)`` that nobody holds; return which article holds each of the hashes now.

    Acknowledged by the primary alone: where a claim is lost in a fail-over, twins are still found by their bands.
    """
    first: dict[bytes, str] = {}
    for exact, article in wanted:
        first.setdefault(exact, article)
    fresh = [{"_id": exact, "article": article, "schema_version": SCHEMA_VERSION} for exact, article in first.items()]
    claims = store.db["exact"].with_options(write_concern=WriteConcern(1))
    inserted = {bytes(key) for key in insert_missing(claims, fresh)}
    held = {exact: first[exact] for exact in inserted}
    others = list(first.keys() - inserted)
    if others:
        held |= {bytes(row["_id"]): row["article"] for row in claims.find({"_id": {"$in": others}})}
    return held


def claim_texts(batch: Batch) -> None:
    """Claim the exact texts of a batch. Who finds a text held by another article is that one's twin."""
    left = [case for case in batch.cases.values() if case.fingerprint.words]
    while left:
        held = claim(batch.store, [(case.fingerprint.exact, case.id) for case in left])
        batch.texts.load(set(held.values()) - batch.cases.keys())
        again = []
        for case in left:
            holder = held.get(case.fingerprint.exact)
            if holder is None:  # gone since
                again.append(case)
            elif holder == case.id:
                case.twin = ""
            elif _has_text(batch, holder, case):
                case.twin = holder
            elif not _steal(batch.store, case.fingerprint.exact, holder, case.id):
                again.append(case)
        left = again


def _steal(store: Store, exact: bytes, holder: str, article: str) -> bool:
    """Take the claim of *exact* from *holder*; ``False`` if it is not that one's any more."""
    mine = {"$set": {"article": article}}
    return store.db["exact"].update_one({"_id": exact, "article": holder}, mine).matched_count == 1


def _has_text(batch: Batch, holder: str, case: Case) -> bool:
    """Return whether *holder* still has the exact text of *case*."""
    twin = batch.cases.get(holder)
    if twin:
        return twin.fingerprint.exact == case.fingerprint.exact
    article = batch.texts.article(holder)
    if article is None:
        return False
    own = batch.texts.article(case.id) or {}
    if (article["text"], article["title"]) == (own["text"], own["title"]):
        return True
    return exact_hash(article["text"], article["title"]) == case.fingerprint.exact
