"""The duplicate index: one document an article with its bands under a multikey index.

A row is ``pending`` until its article is decided, ``yielded`` while it waits for the word of the article it
repeats, then ``root`` or ``member``; ``stale`` once a writer that was still at it is known to be gone.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from bson import Binary
from pymongo import UpdateOne

from storage.errors import StorageError
from storage.records import SCHEMA_VERSION
from storage.workers import is_dead

if TYPE_CHECKING:
    from pymongo.collection import Collection as MongoCollection

    from dedupe.minhash import Fingerprint, MinHashParams
    from storage.mongo import Store

State = Literal["pending", "yielded", "root", "member", "stale"]

BAND_CAP = 200
"""Rows of one band above which the band says nothing: template text, not a story."""
LEASE_SECONDS = 30
"""Time after which an undecided row of a writer elsewhere counts as abandoned."""

# Rows read before a query starts again without the bands that turned out hot: bounds what one batch reads.
_READ_LIMIT = 20 * BAND_CAP
_OPEN = {"$in": ["pending", "yielded"]}


@dataclass(frozen=True, slots=True)
class Row:
    """What the index says about one article."""

    id: str
    state: State
    of: str | None = None
    """The article that a ``member`` or ``yielded`` row repeats."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One article to be decided: its fingerprint, and the token that its writer goes by."""

    id: str
    content: str
    fingerprint: Fingerprint
    token: str


def require_params(store: Store, params: MinHashParams) -> None:
    """Make *params* those of the database if it has none yet.

    :raises StorageError: if the database holds fingerprints of other parameters
    """
    ours = params.to_json()
    born = {"$setOnInsert": {"params": ours, "schema_version": SCHEMA_VERSION}}
    meta = store.db["meta"]
    stored = meta.find_one({"_id": "fingerprints"})
    if stored is None:
        meta.update_one({"_id": "fingerprints"}, born, upsert=True)
        stored = meta.find_one({"_id": "fingerprints"})
    if stored is not None and stored["params"] != ours:
        raise StorageError(
            f"the database {store.db.name} holds fingerprints of other parameters ({stored['params']}) than "
            f"these ({ours}), and the two cannot be compared: run storykin dedupe --all --rebuild to sign its "
            "articles anew, or set the old parameters"
        )


def insert_pending(store: Store, entries: Sequence[Entry], worker: str) -> None:
    """Write *entries* as ``pending`` under their tokens, whatever stood there before."""
    _rows(store).bulk_write([_pending(entry, worker) for entry in entries], ordered=False)


def candidates(store: Store, entries: Sequence[Entry], cap: int = BAND_CAP) -> dict[str, list[Row]]:
    """Return, for each entry, the rows that share a band with it, those that share most first; at most *cap*.

    Bands with more than *cap* rows are left out.
    """
    bands = {band for entry in entries for band in entry.fingerprint.bands}
    found, counts, hot = _matching(store, bands, set(), cap)
    by_band: dict[int, list[str]] = {}
    for key, document in found.items():
        for band in document["bands"]:
            if counts[band] <= cap and band not in hot:
                by_band.setdefault(band, []).append(key)
    result: dict[str, list[Row]] = {}
    for entry in entries:
        shared = Counter(key for band in set(entry.fingerprint.bands) for key in by_band.get(band, ()))
        del shared[entry.id]
        best = sorted(shared, key=lambda key: (-shared[key], key))[:cap]
        result[entry.id] = [_row(found[key]) for key in best]
    return result


def rows(store: Store, ids: Collection[str]) -> dict[str, Row]:
    """Return the rows of *ids* that the index has."""
    fields = {"state": 1, "of": 1}
    return {row["_id"]: _row(row) for row in _rows(store).find({"_id": {"$in": list(ids)}}, fields)}


def settle(store: Store, verdicts: Sequence[tuple[Entry, Row]]) -> set[str]:
    """Write the states of rows, each filtered by its token; return the ids whose token was lost."""
    operations = [
        UpdateOne(
            {"_id": entry.id, "token": entry.token, "state": _OPEN},
            {"$set": {"state": row.state, "of": row.of}},
        )
        for entry, row in verdicts
    ]
    if _rows(store).bulk_write(operations, ordered=False).matched_count == len(operations):
        return set()
    tokens = {entry.id: entry.token for entry, _ in verdicts}
    ours = _rows(store).find({"_id": {"$in": list(tokens)}}, {"token": 1, "state": 1})
    kept = {row["_id"] for row in ours if row["token"] == tokens[row["_id"]] and row["state"] != "stale"}
    return set(tokens) - kept


def renew(store: Store, entries: Iterable[Entry]) -> None:
    """Extend the time of undecided rows."""
    held = {"_id": {"$in": [entry.id for entry in entries]}, "state": _OPEN}
    held["token"] = {"$in": [entry.token for entry in entries]}
    _rows(store).update_many(held, [{"$set": {"until": _lease_end()}}])


def expire(store: Store, ids: Collection[str]) -> None:
    """Mark those undecided rows among *ids* as ``stale`` whose writer is gone or has let its time pass."""
    undecided = {"_id": {"$in": list(ids)}, "state": _OPEN}
    late = {"$expr": {"$lt": ["$until", "$$NOW"]}}
    dead = [worker for worker in _rows(store).distinct("worker", undecided) if is_dead(worker)]
    gone = {"$or": [late, {"worker": {"$in": dead}}]}
    _rows(store).update_many({**undecided, **gone}, {"$set": {"state": "stale"}})


def remove(store: Store, ids: Collection[str]) -> None:
    """Take articles out of the index that are found through another one: copies of its exact text."""
    if ids:
        _rows(store).delete_many({"_id": {"$in": list(ids)}})


def _rows(store: Store) -> MongoCollection[dict[str, Any]]:
    return store.db["fingerprints"]


def _row(document: Mapping[str, Any]) -> Row:
    return Row(document["_id"], document["state"], document.get("of"))


def _lease_end() -> dict[str, Any]:
    return {"$add": ["$$NOW", LEASE_SECONDS * 1000]}


def _pending(entry: Entry, worker: str) -> UpdateOne:
    print_ = entry.fingerprint
    fields = {
        "content": entry.content,
        "exact": Binary(print_.exact),
        "signature": Binary(print_.signature),
        "bands": sorted(set(print_.bands)),
        "words": print_.words,
        "state": "pending",
        "of": None,
        "token": entry.token,
        "worker": {"$literal": worker},
        "until": _lease_end(),
        "at": "$$NOW",
        "schema_version": SCHEMA_VERSION,
    }
    return UpdateOne({"_id": entry.id}, [{"$set": fields}], upsert=True)


def _matching(
    store: Store, bands: set[int], hot: set[int], cap: int
) -> tuple[dict[str, Mapping[str, Any]], Counter[int], set[int]]:
    """Return the rows in *bands* without those only in *hot* ones, with the number of rows in each band."""
    found: dict[str, Mapping[str, Any]] = {}
    counts: Counter[int] = Counter()
    query = {"bands": {"$in": sorted(bands - hot)}}
    with _rows(store).find(query, {"bands": 1, "state": 1, "of": 1}) as cursor:
        for document in cursor:
            counts.update(bands.intersection(document["bands"]))
            found[document["_id"]] = document
            if len(found) % _READ_LIMIT == 0:
                hotter = {band for band, count in counts.items() if count > cap}
                if hotter - hot:
                    break
        else:
            return found, counts, hot
    return _matching(store, bands, hot | hotter, cap)
