"""Consumers: by name, how far each has pulled, what it pulls, and which process pulls for it now.

A consumer has one writer. Who pulls claims the consumer before it writes a row, keeps the claim while it writes, and
asks for it once more before its file takes the place of another; so two pulls into one file cannot lose rows.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from pymongo.errors import DuplicateKeyError
from pymongo.read_concern import ReadConcern
from pymongo.read_preferences import ReadPreference

from dedupe.errors import InputError
from storage.articles import change_marks
from storage.base.documents import now
from storage.base.workers import is_dead, worker_id
from storage.errors import StorageError
from storage.export.pull import START, Cursor
from storage.records import SCHEMA_VERSION

if TYPE_CHECKING:
    from storage.database.store import Store
    from storage.export.selection import Selection

CLAIM_SECONDS = 300.0
"""A claim that was not renewed for so long is taken from a process of another machine; it is renewed at a third."""


class AlreadyPulledError(StorageError):
    """Another process pulls for the consumer; the message says which one and since when."""

    exit_code = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Consumer:
    """Who pulls."""

    name: str
    cursor: Cursor
    """``start`` before the first pull has ended."""
    selection: Mapping[str, Any]
    """``Selection.to_json`` of its pulls."""
    fields: tuple[str, ...] | None = None
    """Columns of its pulls; ``None`` before the first, and where an older storykin pulled."""
    pulled: datetime | None = None
    """When its last pull ended."""
    claimed_by: str = ""
    """Worker that pulls for it now."""
    claimed: datetime | None = None


class Claim:
    """The right to pull for *consumer*, until the block of :func:`claimed` ends."""

    def __init__(self, store: Store, consumer: Consumer, token: str) -> None:
        self.consumer = consumer
        self._store = store
        self._token = token
        self._renewed = time.monotonic()

    def renew(self, *, at_once: bool = False) -> None:
        """Keep the claim; costs a write only now and then, unless *at_once*.

        :raises AlreadyPulledError: if another process took it
        """
        if not at_once and time.monotonic() - self._renewed < CLAIM_SECONDS / 3:
            return
        mine = {"_id": self.consumer.name, "claim.token": self._token}
        if not self._store.db["consumers"].update_one(mine, {"$set": {"claim.until": _until()}}).matched_count:
            raise _lost(self.consumer.name)
        self._renewed = time.monotonic()

    def advance(self, upto: Cursor, selection: Mapping[str, Any], fields: Sequence[str]) -> None:
        """Note that the consumer has been given everything up to *upto*.

        :raises AlreadyPulledError: if another process took the claim
        """
        row = {
            "cursor": {"key": upto.key, "seq": upto.seq},
            "selection": dict(selection),
            "fields": list(fields),
            "pulled": now(),
            "schema_version": SCHEMA_VERSION,
        }
        mine = {"_id": self.consumer.name, "claim.token": self._token}
        if not self._store.db["consumers"].update_one(mine, {"$set": row}).matched_count:
            raise _lost(self.consumer.name)

    def require_same(self, selection: Selection, columns: Sequence[str] | None = None) -> None:
        """Do nothing if the consumer, where it goes on, pulls with the same selection and, where given, columns.

        :raises InputError: else
        """
        before, wanted = self.consumer, selection.to_json()
        if before.pulled is None:
            return
        if columns is not None and before.fields not in (None, tuple(columns)):
            raise InputError(
                f"consumer {before.name} pulls the columns {', '.join(before.fields or ())}, not {', '.join(columns)}: "
                "use another name, or begin anew with --since start"
            )
        if dict(before.selection) != wanted:
            everything = "of all distinct articles"
            raise InputError(
                f"consumer {before.name} pulls with the selection {dict(before.selection) or everything}, not "
                f"{wanted or everything}: use another name, or begin anew (storykin consumers reset {before.name})"
            )


@contextmanager
def claimed(store: Store, name: str) -> Iterator[Claim]:
    """Yield the claim on the consumer *name*, which is made where there is none.

    :raises InputError: if *name* is empty
    :raises AlreadyPulledError: if another process pulls for it
    """
    if not name.strip():
        raise InputError("the consumer's name is empty: name who pulls, such as warehouse")
    token = secrets.token_hex(8)
    claim = {"token": token, "worker": worker_id(), "since": now(), "until": _until()}
    consumers = store.db["consumers"]
    free: list[dict[str, Any]] = [{"claim": None}, {"claim.until": {"$lt": now()}}]
    held = consumers.find_one({"_id": name}, {"claim": 1})
    if held and held.get("claim") and is_dead(held["claim"]["worker"]):
        free.append({"claim.token": held["claim"]["token"]})
    try:
        consumers.update_one({"_id": name, "$or": free}, {"$set": {"claim": claim}}, upsert=True)
    except DuplicateKeyError:
        raise _held(name, get(store, name)) from None
    consumer = get(store, name)
    assert consumer is not None
    try:
        yield Claim(store, consumer, token)
    finally:
        consumers.update_one({"_id": name, "claim.token": token}, {"$unset": {"claim": ""}})
        consumers.delete_one({"_id": name, "cursor": None, "claim": None})  # its first pull did not end


def get(store: Store, name: str) -> Consumer | None:
    """Return the consumer *name*, ``None`` if nobody pulls under that name."""
    row = _surely(store).find_one({"_id": name})
    return _consumer(row) if row else None


def iterate(store: Store) -> Iterator[Consumer]:
    """Yield the consumers by name."""
    yield from map(_consumer, _surely(store).find().sort("_id", 1))


def lag(store: Store, consumer: Consumer) -> int | None:
    """Return how many articles changed since the consumer's last pull, ``None`` where it is of another database."""
    key, _ = change_marks.head(store)
    if consumer.cursor.key and consumer.cursor.key != key:
        return None
    return change_marks.count_after(store, consumer.cursor.seq)


def reset(store: Store, name: str) -> None:
    """Let the next pull of the consumer *name* begin at the start, with whatever it then selects.

    :raises InputError: if there is no such consumer
    :raises AlreadyPulledError: if somebody pulls for it now
    """
    _require(store, name)
    with claimed(store, name):
        start = {"cursor": {"key": "", "seq": 0}, "selection": {}, "fields": [], "schema_version": SCHEMA_VERSION}
        store.db["consumers"].update_one({"_id": name}, {"$set": start, "$unset": {"pulled": ""}})


def delete(store: Store, name: str) -> None:
    """Forget the consumer *name*; exports that it was given stay as they are.

    :raises InputError: if there is no such consumer
    :raises AlreadyPulledError: if somebody pulls for it now
    """
    _require(store, name)
    with claimed(store, name):
        store.db["consumers"].update_one({"_id": name}, {"$unset": {"cursor": ""}})


def _require(store: Store, name: str) -> None:
    if get(store, name) is None:
        known = ", ".join(one.name for one in iterate(store)) or "none"
        raise InputError(f"there is no consumer {name!r} (consumers: {known})")


def _surely(store: Store) -> Any:
    return store.db["consumers"].with_options(
        read_concern=ReadConcern("majority"), read_preference=ReadPreference.PRIMARY
    )


def _consumer(row: Mapping[str, Any]) -> Consumer:
    cursor, claim = row.get("cursor"), row.get("claim") or {}
    return Consumer(
        name=row["_id"],
        cursor=Cursor(cursor["key"], cursor["seq"]) if cursor else Cursor.parse(START),
        selection=row.get("selection") or {},
        fields=tuple(row["fields"]) if row.get("fields") else None,
        pulled=row.get("pulled"),
        claimed_by=claim.get("worker", ""),
        claimed=claim.get("since"),
    )


def _until() -> datetime:
    return now() + timedelta(seconds=CLAIM_SECONDS)


def _held(name: str, holder: Consumer | None) -> AlreadyPulledError:
    who = holder.claimed_by if holder and holder.claimed_by else "another process"
    since = f" since {holder.claimed:%Y-%m-%d %H:%M:%S} UTC" if holder and holder.claimed else ""
    return AlreadyPulledError(
        f"consumer {name} is being pulled for by {who}{since}: let it end, or give each process a consumer of its own"
    )


def _lost(name: str) -> AlreadyPulledError:
    return AlreadyPulledError(
        f"consumer {name} was taken over by another process, which did not hear of this one for "
        f"{CLAIM_SECONDS:.0f} s: nothing was written; pull again"
    )
