"""Every address that did not become an article: at which stage, why, after how many attempts, when."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from pymongo import DeleteOne, UpdateOne

from storage.documents import document_of
from storage.records import Record

if TYPE_CHECKING:
    from storage.frontier import FrontierEntry
    from storage.mongo import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure(Record):
    """One address without an article. ``id`` is that of its frontier entry."""

    id: str
    portal: str
    url: str
    stage: str
    """``fetch``, ``robots``, ``extract`` or ``store``; ``judge`` for a page that is no article."""
    reason: str
    status: int = 0
    """HTTP status, 0 where none came."""
    attempts: int = 0
    referrer: str = ""
    run: str = ""
    at: datetime | None = None
    """UTC, by the server's clock; set when it is stored."""


def of_entry(entry: FrontierEntry, stage: str, reason: str, *, status: int = 0, run_id: str = "") -> Failure:
    """Return the failure of a frontier *entry*."""
    return Failure(
        id=entry.id,
        portal=entry.portal,
        url=entry.url,
        stage=stage,
        reason=reason,
        status=status,
        attempts=entry.attempts,
        referrer=entry.referrer,
        run=run_id,
    )


def record(store: Store, failures: Iterable[Failure]) -> None:
    """Store *failures*, the last one for each entry."""
    operations = [_upsert(failure) for failure in failures]
    if operations:
        store.db["failures"].bulk_write(operations, ordered=False)


def clear(store: Store, ids: Collection[str]) -> int:
    """Forget the failures of entries that ended well after all; return how many there were."""
    if not ids:
        return 0
    found = [row["_id"] for row in store.db["failures"].find({"_id": {"$in": list(ids)}}, {"_id": 1})]
    if found:
        store.db["failures"].bulk_write([DeleteOne({"_id": key}) for key in found], ordered=False)
    return len(found)


def iterate(store: Store, *, portal: str = "", stage: str = "", run_id: str = "") -> Iterator[Failure]:
    """Yield stored failures, newest first; an empty argument filters nothing."""
    wanted = {name: value for name, value in (("portal", portal), ("stage", stage), ("run", run_id)) if value}
    for row in store.db["failures"].find(wanted).sort([("at", -1), ("_id", 1)]):
        yield Failure.from_json({**row, "id": row["_id"]})


def grouped(store: Store, portal: str = "") -> list[tuple[str, str, str, int]]:
    """Return ``(portal, stage, reason, count)`` for every group of like failures, largest first."""
    key = {"portal": "$portal", "stage": "$stage", "reason": "$reason"}
    steps: list[dict[str, Any]] = [
        {"$match": {"portal": portal} if portal else {}},
        {"$group": {"_id": key, "n": {"$sum": 1}}},
        {"$sort": {"n": -1, "_id": 1}},
    ]
    rows = store.db["failures"].aggregate(steps, allowDiskUse=True)
    return [(row["_id"]["portal"], row["_id"]["stage"], row["_id"]["reason"], row["n"]) for row in rows]


def _upsert(failure: Failure) -> UpdateOne:
    fields = document_of(failure)
    del fields["id"], fields["at"]
    return UpdateOne({"_id": failure.id}, {"$set": fields, "$currentDate": {"at": True}}, upsert=True)
