"""Every address that did not become an article: at which stage, why, after how many attempts, when."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from pymongo import DeleteOne, UpdateOne

from storage.base.documents import document_of
from storage.records import Record

if TYPE_CHECKING:
    from storage.database.store import Store
    from storage.frontier.entry import FrontierEntry


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
    for row in store.db["failures"].find(_wanted(portal, stage, run_id)).sort([("at", -1), ("_id", 1)]):
        yield Failure.from_json({**row, "id": row["_id"]})


@dataclass(frozen=True, slots=True, kw_only=True)
class FailureGroup(Record):
    """Failures of one portal and stage whose reasons differ in addresses and figures only."""

    portal: str
    stage: str
    reason: str
    """Their common shape: :func:`reason_shape`."""
    count: int
    attempts: int
    """Most attempts of one of them."""
    oldest: datetime | None
    newest: datetime | None
    example: str
    """Address of one of them."""


def grouped(store: Store, portal: str = "", *, stage: str = "", run_id: str = "") -> list[FailureGroup]:
    """Return the groups of like failures, largest first; an empty argument filters nothing."""
    # Older storykin stored no shapes.
    unshaped = {"$cond": [{"$gt": ["$shape", None]}, None, "$reason"]}
    steps: list[dict[str, Any]] = [
        {"$match": _wanted(portal, stage, run_id)},
        {
            "$group": {
                "_id": {"portal": "$portal", "stage": "$stage", "shape": "$shape", "reason": unshaped},
                "count": {"$sum": 1},
                "attempts": {"$max": "$attempts"},
                "oldest": {"$min": "$at"},
                "newest": {"$max": "$at"},
                "example": {"$min": "$url"},
            }
        },
        {"$sort": {"_id": 1}},
    ]
    found: dict[tuple[str, str, str], FailureGroup] = {}
    for row in store.db["failures"].aggregate(steps, allowDiskUse=True):
        shape = row["_id"].get("shape") or reason_shape(row["_id"]["reason"])
        key = (row["_id"]["portal"], row["_id"]["stage"], shape)
        one = FailureGroup.from_json({**row, **row["_id"], "reason": shape})
        found[key] = _merged(found[key], one) if key in found else one
    return sorted(found.values(), key=lambda group: (-group.count, group.portal, group.stage, group.reason))


def reason_shape(reason: str) -> str:
    """Return *reason* without the parts that differ from page to page: addresses, quoted words, hashes, figures.

    An HTTP status stays, and so does a small number beside a word that counts attempts.

    >>> reason_shape("HTTP 503"), reason_shape("the article has 17.3 MiB, the store takes 15")
    ('HTTP 503', 'the article has N MiB, the store takes N')
    >>> reason_shape("ValueError: cannot read 'https://vov.example/a-1' at 0x7f3a2c")
    "ValueError: cannot read '…' at #"
    """
    shape = re.sub(r"'[^']{0,500}'|\"[^\"]{0,500}\"|“[^”]{0,500}”", "'…'", reason)
    shape = re.sub(r"https?://[^\s'\"<>)]+", "URL", shape)
    shape = re.sub(r"\b0x[0-9a-fA-F]+\b|\b(?=[0-9a-f]*\d)[0-9a-f]{8,}\b", "#", shape)
    return re.sub(r"(?<!HTTP )(?<!answered )(?<![\w.])\d+(?:[.,]\d+)*(?!\w)(?! times\b)", "N", shape)


def _merged(group: FailureGroup, other: FailureGroup) -> FailureGroup:
    times = [moment for one in (group, other) for moment in (one.oldest, one.newest) if moment is not None]
    return replace(
        group,
        count=group.count + other.count,
        attempts=max(group.attempts, other.attempts),
        oldest=min(times, default=None),
        newest=max(times, default=None),
        example=min(group.example, other.example),
    )


def _wanted(portal: str, stage: str, run_id: str) -> dict[str, str]:
    return {name: value for name, value in (("portal", portal), ("stage", stage), ("run", run_id)) if value}


def _upsert(failure: Failure) -> UpdateOne:
    fields = document_of(failure)
    del fields["id"], fields["at"]
    fields["shape"] = reason_shape(fields["reason"])
    return UpdateOne({"_id": failure.id}, {"$set": fields, "$currentDate": {"at": True}}, upsert=True)
