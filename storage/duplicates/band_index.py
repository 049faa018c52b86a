"""The duplicate index: one document an article with the keys by which it is found, under a multikey index.

The keys are the bands of its signature, and a few of how its text begins: a text cut to its beginning shares hardly a
band with the whole.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING, Any

from pymongo import DeleteOne, ReplaceOne, UpdateOne, WriteConcern

from dedupe.minhash.params import DEFAULT_PARAMS, MinHashParams
from dedupe.text.shingles import lead_keys, word_hashes
from storage.base.documents import insert_missing, now
from storage.errors import StorageError
from storage.records import SCHEMA_VERSION

if TYPE_CHECKING:
    from pymongo.collection import Collection as MongoCollection

    from dedupe.minhash.params import Fingerprint
    from storage.database.read_only import ReadOnly
    from storage.database.store import Store

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
_LEAD = 1000  # characters in which the first words of a text stand


@dataclass(frozen=True, slots=True)
class Entry:
    """What the index is to hold of an article."""

    id: str
    content: str
    fingerprint: Fingerprint
    keys: tuple[int, ...]
    """By which it is found, ascending."""


def entries_of(found: Iterable[tuple[str, str, str, Fingerprint]]) -> list[Entry]:
    """Return the entries of articles, given as id, content hash, text and fingerprint."""
    listed = list(found)
    leads = lead_keys(word_hashes([text[:_LEAD] for _, _, text, _ in listed]))
    return [
        Entry(key, content, print_, tuple(sorted({*print_.bands, *lead})))
        for (key, content, _, print_), lead in zip(listed, leads, strict=True)
    ]


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


def signed(entry: Entry) -> dict[str, Any]:
    """Return the fields of a row that depend on how its text was signed."""
    return {
        "exact": entry.fingerprint.exact,
        "signature": entry.fingerprint.signature,
        "bands": list(entry.keys),
        "words": entry.fingerprint.words,
    }


def put(store: Store, entries: Sequence[Entry]) -> None:
    """Write *entries*, whatever stood there before.

    Acknowledged by the primary alone: the decisions that follow are majority writes, which come after these.
    """
    made = {entry.id: row_of(entry) for entry in entries}
    rows = _rows(store).with_options(write_concern=WriteConcern(1))
    missing = insert_missing(rows, list(made.values()))
    there = [ReplaceOne({"_id": key}, made[key], upsert=True) for key in made.keys() - missing]
    if there:
        rows.bulk_write(there, ordered=False)


def row_of(entry: Entry) -> dict[str, Any]:
    """Return *entry* as a row of the index."""
    return {"_id": entry.id, "content": entry.content, **signed(entry), "at": now(), "schema_version": SCHEMA_VERSION}


def candidates(
    store: Store, keys: Mapping[str, Collection[int]], *, cap: int = BAND_CAP, most: int = MOST_CANDIDATES
) -> dict[str, list[str]]:
    """Return for each article of *keys* the *most* other articles that share the most keys with it, in this order.

    Keys with more than *cap* rows are left out.
    """
    result: dict[str, list[str]] = {}
    ids = list(keys)
    for start in range(0, len(ids), _QUERIED):
        asked = {key: set(keys[key]) for key in ids[start : start + _QUERIED]}
        by_key = _matching(store, asked, cap)
        for key, own in asked.items():
            shared = Counter(chain.from_iterable(filter(None, map(by_key.get, own))))
            del shared[key]
            ranked = sorted(shared.items(), key=lambda one: (-one[1], one[0]))
            result[key] = [other for other, _ in ranked[:most]]
    return result


def keys_of(store: Store, ids: Collection[str]) -> dict[str, list[int]]:
    """Return the keys of those of *ids* that the index has."""
    found = _rows(store).find({"_id": {"$in": list(ids)}}, {"bands": 1})
    return {row["_id"]: row.get("bands") or [] for row in found}


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


def _matching(store: Store, asked: Mapping[str, Collection[int]], cap: int) -> dict[int, list[str]]:
    """Return which rows have each key of *asked*, and those of *asked* themselves, which are not read again."""
    hot: set[int] = set()
    while True:
        by_key: defaultdict[int, list[str]] = defaultdict(list)
        for ident, keys in asked.items():
            for key in keys:
                if key not in hot:
                    by_key[key].append(ident)
        hotter: set[int] = set()
        wanted = {"bands": {"$in": list(by_key)}, "_id": {"$nin": list(asked)}}
        with _rows(store).find(wanted, {"bands": 1}, batch_size=_ROWS_AT_ONCE) as cursor:
            for read, row in enumerate(cursor, start=1):
                for holders in filter(None, map(by_key.get, row["bands"])):
                    holders.append(row["_id"])
                if read % _READ_LIMIT == 0:
                    hotter = {key for key, holders in by_key.items() if len(holders) > cap}
                    if hotter:
                        break
        if not hotter:
            return {key: holders for key, holders in by_key.items() if len(holders) <= cap}
        hot |= hotter
