"""Moving a database to another server: everything is copied, then compared document by document.

The source is only read. A move that was interrupted is gone on with by the same command; until it is whole, storykin
refuses to work with the target.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias, cast

from bson.codec_options import CodecOptions
from bson.raw_bson import RawBSONDocument
from pymongo import ReplaceOne
from pymongo.collection import Collection
from pymongo.errors import BulkWriteError

from storage.database.indexes import META, MOVE, build
from storage.errors import StorageError

if TYPE_CHECKING:
    from storage.database.store import Store

BATCH_BYTES = 8 * 1024 * 1024
"""Bytes written together; the server takes up to 48 MB a message."""
_RAW: CodecOptions[RawBSONDocument] = CodecOptions(document_class=RawBSONDocument)
_Rows: TypeAlias = Collection[RawBSONDocument]
_DUPLICATE_KEY = 11000

Advance = Callable[[str, int], None]
"""Told of (collection, documents copied since the last call)."""


@dataclass(frozen=True, slots=True)
class Moved:
    """One collection that stands whole in the target."""

    collection: str
    documents: int


def move(source: Store, target: Store, advance: Advance = lambda collection, documents: None) -> Iterator[Moved]:
    """Copy every collection of *source* to *target* and compare; yield each when it is whole.

    :param target: opened with ``prepare=False``: it holds nothing, or an unfinished move from the same database
    :raises StorageError: if a crawl runs in the source, the target holds something else, or the two differ in the end
    """
    _require_quiet(source)
    _claim(source, target)
    build(target.db)
    for name in sorted(set(source.db.list_collection_names()) - {META}):
        _copy(_raw(source, name), _raw(target, name), name, advance)
        count = _require_same(_raw(source, name), _raw(target, name), name)
        yield Moved(name, count)
    meta = [row for row in source.db[META].find() if row["_id"] != MOVE]
    for row in meta:
        target.db[META].replace_one({"_id": row["_id"]}, row, upsert=True)
    target.db[META].delete_one({"_id": MOVE})
    yield Moved(META, len(meta))


def _require_quiet(source: Store) -> None:
    busy = source.db["locks"].find_one({"$expr": {"$gt": ["$until", "$$NOW"]}})
    if busy:
        raise StorageError(f"{busy['_id']} is being crawled (run {busy['run']}): move the database when no crawl runs")


def _claim(source: Store, target: Store) -> None:
    identity = f"{source.db.name} {_identity(source)}"
    mark = target.db[META].find_one({"_id": MOVE})
    if mark is None:
        held = [name for name in target.db.list_collection_names() if target.db[name].find_one({}, {"_id": 1})]
        if held:
            raise StorageError(
                f"the database {target.db.name} there is not empty (it has {', '.join(sorted(held)[:3])}): name "
                "another one in the path of the URI"
            )
        target.db[META].insert_one({"_id": MOVE, "source": identity})
    elif mark["source"] != identity:
        raise StorageError(
            f"the database {target.db.name} there holds an unfinished move from another database: drop it, or name "
            "another one in the path of the URI"
        )


def _identity(store: Store) -> str:
    """Return what tells one server's database from another's of the same name."""
    hello = store.client.admin.command("hello")
    return str(hello.get("setName", "")) + "@" + str(hello.get("me", store.client.address))


def _raw(store: Store, name: str) -> _Rows:
    return cast("_Rows", store.db.get_collection(name, codec_options=cast("Any", _RAW)))


def _copy(source: _Rows, target: _Rows, name: str, advance: Advance) -> None:
    batch: list[RawBSONDocument] = []
    size = 0
    # By _id, and from the last one that is there: an interrupted move goes on where it was.
    last = next(iter(target.find({}, {"_id": 1}).sort("_id", -1).limit(1)), None)
    wanted: dict[str, Any] = {"_id": {"$gte": last["_id"]}} if last is not None else {}
    for row in source.find(wanted).sort("_id", 1):
        batch.append(row)
        size += len(row.raw)
        if size >= BATCH_BYTES:
            _insert(target, batch)
            advance(name, len(batch))
            batch, size = [], 0
    if batch:
        _insert(target, batch)
        advance(name, len(batch))


def _insert(target: _Rows, batch: list[RawBSONDocument]) -> None:
    try:
        target.insert_many(batch, ordered=False)
    except BulkWriteError as problem:
        errors = (problem.details or {}).get("writeErrors", [])
        if any(error["code"] != _DUPLICATE_KEY for error in errors):
            raise


def _require_same(source: _Rows, target: _Rows, name: str) -> int:
    """Compare both in the order of ``_id``; mend what an expiry or an earlier move left different.

    :raises StorageError: if they differ still
    """
    here, there = (iter(one.find({}).sort("_id", 1)) for one in (source, target))
    count, a, b = 0, next(here, None), next(there, None)
    while a is not None or b is not None:
        if a is not None and b is not None and a.raw == b.raw:
            count, a, b = count + 1, next(here, None), next(there, None)
        elif b is None or (a is not None and _before(a, b)):
            assert a is not None
            count += _mend(source, target, a["_id"], name)
            a = next(here, None)
        elif a is None or _before(b, a):
            _mend(source, target, b["_id"], name)
            b = next(there, None)
        else:
            count += _mend(source, target, a["_id"], name)
            a, b = next(here, None), next(there, None)
    return count


def _before(a: RawBSONDocument, b: RawBSONDocument) -> bool:
    return bool(a["_id"] < b["_id"])


def _mend(source: _Rows, target: _Rows, key: Any, name: str) -> int:
    """Make one document of the target that of the source, or remove it; return how many there are then."""
    row = source.find_one({"_id": key})
    if row is None:  # it expired
        target.delete_one({"_id": key})
        return 0
    target.bulk_write([ReplaceOne({"_id": key}, row, upsert=True)])
    found = target.find_one({"_id": key})
    if found is None or found.raw != row.raw:
        raise StorageError(f"{name}: the document {key!r} differs after the move: is something writing to either side?")
    return 1
