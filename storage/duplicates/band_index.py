"""The duplicate index: one document an article with its bands under a multikey index.

A row is ``pending`` until its article is decided, ``yielded`` while it waits for the word of the article it
repeats, then ``root`` or ``member``; ``stale`` once a writer that was still at it is known to be gone.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING, Any, Literal

from pymongo import DeleteOne, ReplaceOne, UpdateMany, UpdateOne, WriteConcern

from dedupe.minhash.params import DEFAULT_PARAMS, MinHashParams
from storage.base.documents import insert_missing, now
from storage.errors import StorageError
from storage.records import SCHEMA_VERSION

if TYPE_CHECKING:
    from pymongo.collection import Collection as MongoCollection

    from dedupe.minhash.params import Fingerprint
    from storage.database.read_only import ReadOnly
    from storage.database.store import Store

State = Literal["pending", "yielded", "root", "member", "stale"]

BAND_CAP = 200
"""Rows of one band above which the band says nothing: template text, not a story."""
MOST_CANDIDATES = 50
"""Rows returned for an article, those that share most bands: a live ticker has hundreds of near copies."""

# Articles a query; larger queries are no faster (50 and 200 measured alike).
_QUERIED = 50
# Rows read before a query starts again without the bands that turned out hot: bounds what one query reads.
_READ_LIMIT = 20 * BAND_CAP
# Rows of an answer of the server. Its own limit is 16 MB, 30,000 rows that are all decoded at once.
_ROWS_AT_ONCE = 1000
_META = {"_id": "fingerprints"}
_OPEN = {"$in": ["pending", "yielded"]}
_SHOWN = {"state": 1, "of": 1, "token": 1, "beat": 1, "worker": 1}


@dataclass(frozen=True, slots=True)
class Row:
    """What the index says about one article."""

    id: str
    state: State
    of: str | None = None
    """The article that a ``member`` or ``yielded`` row repeats."""
    worker: str = ""
    sign_of_life: tuple[str, int] = ("", 0)
    """Token of the writer and the count of its beats: an undecided row that keeps this has lost its writer."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One article to be decided: its fingerprint, and the token that its writer goes by."""

    id: str
    content: str
    fingerprint: Fingerprint
    token: str


def params_of(store: Store) -> MinHashParams:
    """Return the parameters of the database's fingerprints; a database without any takes the default ones.

    :raises StorageError: if they are being made anew, or this storykin does not know such parameters
    """
    meta = store.db["meta"]
    stored = meta.find_one(_META)
    if stored is None:
        born = {"$setOnInsert": {"params": DEFAULT_PARAMS.to_json(), "schema_version": SCHEMA_VERSION}}
        meta.update_one(_META, born, upsert=True)
        stored = meta.find_one(_META) or {"params": DEFAULT_PARAMS.to_json()}
    if stored.get("next"):
        raise StorageError(
            f"the fingerprints of the database {store.db.name} are being made anew, and until all are, none can be "
            f"compared: wait for it, or run storykin dedupe --all --rebuild again if it was killed"
        )
    try:
        params = MinHashParams.from_json(stored["params"])
    except (TypeError, ValueError):
        params = None
    if params is None or params.to_json() != stored["params"]:
        raise _mismatch(store, stored["params"], DEFAULT_PARAMS)
    return params


def require_params(store: Store, params: MinHashParams) -> None:
    """Return if the database's fingerprints were made with *params*.

    :raises StorageError: if they were not, or are being made anew
    """
    stored = params_of(store)
    if stored != params:
        raise _mismatch(store, stored.to_json(), params)


def _mismatch(store: Store, stored: Mapping[str, Any], params: MinHashParams) -> StorageError:
    theirs = ", ".join(f"{name} {value}" for name, value in stored.items())
    return StorageError(
        f"the database {store.db.name} holds fingerprints of other parameters ({theirs}) than wanted here ({params}), "
        f"and the two cannot be compared: make them anew with storykin dedupe --all --rebuild"
    )


def begin_rebuild(store: Store, params: MinHashParams) -> None:
    """Note that all fingerprints are being made anew with *params*; from now on :func:`params_of` refuses."""
    begun = {"$set": {"next": params.to_json()}, "$setOnInsert": {"params": None, "schema_version": SCHEMA_VERSION}}
    store.db["meta"].update_one(_META, begun, upsert=True)


def end_rebuild(store: Store, params: MinHashParams) -> None:
    """Note that all fingerprints were made with *params*."""
    store.db["meta"].update_one(_META, {"$set": {"params": params.to_json()}, "$unset": {"next": ""}})


def signed(fingerprint: Fingerprint) -> dict[str, Any]:
    """Return the fields of a row that depend on how its text was signed."""
    return {
        "exact": fingerprint.exact,
        "signature": fingerprint.signature,
        "bands": sorted(set(fingerprint.bands)),
        "words": fingerprint.words,
    }


def insert_pending(store: Store, entries: Sequence[Entry], worker: str) -> None:
    """Write *entries* as ``pending`` under their tokens, whatever stood there before.

    Acknowledged by the primary alone: one lost in a fail-over is missed when it is settled, and made again.
    """
    made = {entry.id: row_of(entry, worker) for entry in entries}
    rows = _rows(store).with_options(write_concern=WriteConcern(1))
    missing = insert_missing(rows, list(made.values()))
    there = [ReplaceOne({"_id": key}, made[key], upsert=True) for key in made.keys() - missing]
    if there:
        rows.bulk_write(there, ordered=False)


def row_of(entry: Entry, worker: str, state: State = "pending") -> dict[str, Any]:
    """Return *entry* as a row of the index, as it is when a writer begins with it."""
    return {
        "_id": entry.id,
        "content": entry.content,
        **signed(entry.fingerprint),
        "state": state,
        "of": None,
        "token": entry.token,
        "beat": 0,
        "worker": worker,
        "at": now(),
        "schema_version": SCHEMA_VERSION,
    }


def candidates(
    store: Store, entries: Sequence[Entry], *, cap: int = BAND_CAP, most: int = MOST_CANDIDATES
) -> dict[str, list[Row]]:
    """Return, for each entry, the *most* rows that share bands with it, those that share most first.

    Bands with more than *cap* rows are left out.
    """
    result: dict[str, list[Row]] = {}
    for start in range(0, len(entries), _QUERIED):
        asked = entries[start : start + _QUERIED]
        found, by_band = _matching(store, asked, cap)
        for entry in asked:
            shared = Counter(chain.from_iterable(filter(None, map(by_band.get, set(entry.fingerprint.bands)))))
            del shared[entry.id]
            best = sorted(shared, key=lambda key: (-shared[key], key))[:most]
            result[entry.id] = [found[key] for key in best]
    return result


def rows(store: Store, ids: Collection[str]) -> dict[str, Row]:
    """Return the rows of *ids* that the index has."""
    return {row["_id"]: _row(row) for row in _rows(store).find({"_id": {"$in": list(ids)}}, _SHOWN)}


def settle(store: Store, verdicts: Sequence[tuple[Entry, Row]]) -> set[str]:
    """Write the states of rows, filtered by their tokens; return the ids whose token was lost."""
    alike: defaultdict[tuple[str, State, str | None], list[str]] = defaultdict(list)
    for entry, row in verdicts:
        alike[entry.token, row.state, row.of].append(entry.id)
    operations = [
        UpdateMany({"_id": {"$in": ids}, "token": token, "state": _OPEN}, {"$set": {"state": state, "of": of}})
        for (token, state, of), ids in alike.items()
    ]
    if not operations or _rows(store).bulk_write(operations, ordered=False).matched_count == len(verdicts):
        return set()
    tokens = {entry.id: entry.token for entry, _ in verdicts}
    found = rows(store, tokens).values()
    kept = {row.id for row in found if row.state != "stale" and row.sign_of_life[0] == tokens[row.id]}
    return tokens.keys() - kept


def beat(store: Store, entries: Iterable[Entry]) -> None:
    """Show that the writer of undecided rows is still at them."""
    listed = list(entries)
    held = {"_id": {"$in": [entry.id for entry in listed]}, "token": {"$in": [entry.token for entry in listed]}}
    _rows(store).update_many(held | {"state": _OPEN}, {"$inc": {"beat": 1}})


def abandon(store: Store, lost: Iterable[Row]) -> None:
    """Mark undecided rows as ``stale`` that have shown no further sign of life; their writer will notice."""
    operations = [
        UpdateMany(
            {"_id": row.id, "token": row.sign_of_life[0], "beat": row.sign_of_life[1], "state": _OPEN},
            {"$set": {"state": "stale"}},
        )
        for row in lost
    ]
    if operations:
        _rows(store).bulk_write(operations, ordered=False)


def remove(store: Store, ids: Collection[str]) -> None:
    """Take articles out of the index that are found through another one: copies of its exact text."""
    if ids:
        _rows(store).delete_many({"_id": {"$in": list(ids)}})


def update(store: Store, operations: Sequence[UpdateOne | DeleteOne]) -> None:
    """Write changes of the index, in any order."""
    if operations:
        _rows(store).bulk_write(operations, ordered=False)


def fingerprint_rows(store: Store) -> ReadOnly:
    """Return the index for reading."""
    return _rows(store)


def _rows(store: Store) -> MongoCollection[dict[str, Any]]:
    return store.db["fingerprints"]


def _row(found: Mapping[str, Any]) -> Row:
    return Row(found["_id"], found["state"], found["of"], found["worker"], (found["token"], found["beat"]))


def _matching(store: Store, asked: Sequence[Entry], cap: int) -> tuple[dict[str, Row], dict[int, list[str]]]:
    """Return the rows that have a band of *asked*, and which rows have each band that is not hot.

    The rows of *asked* themselves are known here: they take part without being read again.
    """
    own = {entry.id: Row(entry.id, "pending", sign_of_life=(entry.token, 0)) for entry in asked}
    hot: set[int] = set()
    while True:
        found = dict(own)
        by_band: defaultdict[int, list[str]] = defaultdict(list)
        for entry in asked:
            for band in set(entry.fingerprint.bands) - hot:
                by_band[band].append(entry.id)
        hotter: set[int] = set()
        wanted = {"bands": {"$in": list(by_band)}, "_id": {"$nin": list(own)}}
        with _rows(store).find(wanted, {**_SHOWN, "bands": 1}, batch_size=_ROWS_AT_ONCE) as cursor:
            for row in cursor:
                found[row["_id"]] = _row(row)
                for keys in filter(None, map(by_band.get, row["bands"])):
                    keys.append(row["_id"])
                if len(found) % _READ_LIMIT == 0:
                    hotter = {band for band, keys in by_band.items() if len(keys) > cap}
                    if hotter:
                        break
        if not hotter:
            return found, {band: keys for band, keys in by_band.items() if len(keys) <= cap}
        hot |= hotter
