"""Consumers: by name, how far each has pulled and what it pulls."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from pymongo.errors import DuplicateKeyError
from pymongo.read_concern import ReadConcern
from pymongo.read_preferences import ReadPreference

from storage.base.documents import now
from storage.errors import StorageError
from storage.export.pull import Cursor
from storage.records import SCHEMA_VERSION

if TYPE_CHECKING:
    from storage.database.store import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class Consumer:
    """Who pulls."""

    name: str
    cursor: Cursor
    selection: Mapping[str, Any]
    """``Selection.to_json`` of its pulls."""
    pulled: datetime


def get(store: Store, name: str) -> Consumer | None:
    """Return the consumer *name*, ``None`` before its first pull."""
    row = store.db["consumers"].with_options(
        read_concern=ReadConcern("majority"), read_preference=ReadPreference.PRIMARY
    ).find_one({"_id": name})  # fmt: skip
    if row is None:
        return None
    cursor = Cursor(row["cursor"]["key"], row["cursor"]["seq"])
    return Consumer(name=name, cursor=cursor, selection=row["selection"], pulled=row["pulled"])


def advance(store: Store, name: str, before: Consumer | None, upto: Cursor, selection: Mapping[str, Any]) -> None:
    """Note that the consumer *name*, as *before* found it, has been given everything up to *upto*.

    :raises StorageError: if another process pulled for it meanwhile
    """
    row = {
        "cursor": {"key": upto.key, "seq": upto.seq},
        "selection": dict(selection),
        "pulled": now(),
        "schema_version": SCHEMA_VERSION,
    }
    consumers = store.db["consumers"]
    try:
        if before is None:
            consumers.insert_one({"_id": name} | row)
            return
        same = {"_id": name, "cursor": {"key": before.cursor.key, "seq": before.cursor.seq}}
        if consumers.update_one(same, {"$set": row}).matched_count:
            return
    except DuplicateKeyError:
        pass
    raise StorageError(
        f"consumer {name} was pulled for by another process at the same time: "
        "that one counts, drop the rows of this one; give each process a consumer of its own"
    )
