"""Runs: what was started with which arguments, how it ended; and one run a portal at a time.

The lock is a document of ``locks`` that its owner renews. It is free again when its time has passed, and at once
where the owner was a process of this machine that is gone.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal

from pymongo import ReturnDocument
from pymongo.errors import DuplicateKeyError

from storage.base.documents import document_of, now
from storage.base.workers import is_dead, worker_id
from storage.errors import StorageError
from storage.records import Record

if TYPE_CHECKING:
    from storage.database.store import Store

RunState = Literal["running", "ended", "killed"]

LOCK_SECONDS = 60.0
"""Time for which a lock holds without a :func:`heartbeat`."""


class AlreadyRunningError(StorageError):
    """Another process crawls the portal; the message says which one and since when."""

    exit_code = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Run(Record):
    """One run of a command on a portal."""

    id: str
    portal: str
    arguments: Mapping[str, Any] = field(default_factory=dict)
    version: str = ""
    worker: str = ""
    """``host:pid:start`` of the process that began it."""
    helpers: tuple[str, ...] = ()
    """Processes that joined it."""
    started: datetime | None = None
    moment: datetime | None = None
    """The time whose pages it reads, where that is not :attr:`started`: of a replay."""
    finished: datetime | None = None
    """``None`` while it runs."""
    exit_code: int | None = None
    """``None`` while it runs, and for a run that was killed."""
    verdict: str = ""
    """Why the code is what it is, in words."""
    counts: Mapping[str, int] = field(default_factory=dict)
    measures: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    """Groups of counts by which runs are compared; a count of 0 is absent."""
    live: Mapping[str, int] = field(default_factory=dict)
    """Counts of the process that began it, at its last heartbeat."""
    queued: int = 0
    """Addresses that waited for the next run when it ended."""
    accepted: bool = False
    """Declared by :func:`accept` to be how the portal is from now on."""

    @property
    def read_at(self) -> datetime:
        """The time whose pages it reads: what it is compared with other runs by."""
        found = self.moment or self.started
        assert found is not None  # set by begin()
        return found

    @property
    def seconds(self) -> float | None:
        """How long it took; ``None`` while it runs."""
        if self.started is None or self.finished is None:
            return None
        return (self.finished - self.started).total_seconds()


def begin(
    store: Store,
    portal: str,
    *,
    arguments: Mapping[str, Any] | None = None,
    version: str = "",
    moment: datetime | None = None,
    join: bool = False,
    seconds: float = LOCK_SECONDS,
) -> Run:
    """Begin a run of *portal*, or with *join* become a helper of the one that is under way.

    :param moment: the time whose pages a replay reads
    :raises AlreadyRunningError: if another run is under way and *join* is not set
    """
    started = now()
    run = Run(
        id=f"{portal}-{started:%Y%m%dT%H%M%S}-{secrets.token_hex(3)}",
        portal=portal,
        arguments=dict(arguments or {}),
        version=version,
        worker=worker_id(),
        started=started,
        moment=moment,
    )
    held = _lock(store, run, seconds)
    if held["run"] != run.id:
        if not join:
            raise AlreadyRunningError(_holder(portal, held))
        return _joined(store, held["run"], run)
    fields = document_of(run)
    del fields["id"]
    store.db["runs"].insert_one({"_id": run.id, **fields})
    return run


def heartbeat(store: Store, run: Run, seconds: float = LOCK_SECONDS, *, live: Mapping[str, int] | None = None) -> bool:
    """Renew the lock of *run*; ``False`` if another run has it by now. A helper's heartbeat renews nothing.

    :param live: counts so far, for those who look at the run
    """
    mine = {"_id": run.portal, "run": run.id, "worker": worker_id()}
    until = [{"$set": {"until": {"$add": ["$$NOW", int(seconds * 1000)]}}}]
    if store.db["locks"].update_one(mine, until).matched_count:
        if live is not None:
            store.db["runs"].update_one({"_id": run.id}, {"$set": {"live": dict(live)}})
        return True
    return run.worker != worker_id()


def finish(
    store: Store,
    run: Run,
    *,
    exit_code: int,
    counts: Mapping[str, int],
    verdict: str = "",
    measures: Mapping[str, Mapping[str, int]] | None = None,
    queued: int = 0,
) -> None:
    """Add the counts of this process to *run*. The process that began the run also ends it and gives the lock back.

    The counts of a process are added once, also if it calls this again because an answer was lost.

    :param exit_code: the exit code of the run
    :param counts: what this process counted, by name
    :param verdict: the verdict on the run in words
    :param measures: further counts by group and name
    :param queued: entries that still wait
    """
    change: dict[str, Any] = {}
    sums = {f"counts.{name}": number for name, number in counts.items()}
    for group, members in (measures or {}).items():
        sums |= {f"measures.{group}.{name}": number for name, number in members.items()}
    if sums:
        change["$inc"] = sums
    owner = run.worker == worker_id()
    if owner:
        change["$set"] = {"finished": now(), "exit_code": exit_code, "verdict": verdict, "queued": queued}
    if change:
        change["$push"] = {"counted": worker_id()}
        store.db["runs"].update_one({"_id": run.id, "counted": {"$ne": worker_id()}}, change)
    if owner:
        store.db["locks"].delete_one({"_id": run.portal, "run": run.id})


def get(store: Store, run_id: str) -> Run | None:
    """Return the run with the id *run_id*."""
    row = store.db["runs"].find_one({"_id": run_id})
    return _run(row) if row else None


def history(
    store: Store,
    portal: str = "",
    limit: int = 20,
    *,
    before: datetime | None = None,
    measures: Collection[str] | None = None,
) -> list[Run]:
    """Return the last *limit* runs, newest first.

    :param portal: only its runs; empty for those of all portals
    :param before: only runs that began before it
    :param measures: groups of :attr:`Run.measures` to read, which holds no other ones then; ``None`` for all
    """
    wanted: dict[str, Any] = {"portal": portal} if portal else {}
    if before is not None:
        wanted["started"] = {"$lt": before}
    read = None if measures is None else _BESIDE_MEASURES + [f"measures.{group}" for group in measures]
    rows = store.db["runs"].find(wanted, read).sort([("started", -1), ("_id", 1)]).limit(limit).batch_size(limit + 1)
    return [_run(row) for row in rows.to_list()]


def whole(store: Store, some: Sequence[Run]) -> list[Run]:
    """Return *some* runs, in their order, with all their measures."""
    rows = {row["_id"]: row for row in store.db["runs"].find({"_id": {"$in": [run.id for run in some]}})}
    return [_run(rows[run.id]) if run.id in rows else run for run in some]


def portals(store: Store) -> list[str]:
    """Return the names of the portals that were crawled, sorted."""
    return sorted(filter(None, store.db["runs"].distinct("portal")))


def find(store: Store, prefix: str) -> list[Run]:
    """Return the runs whose id, or its last part, begins with *prefix*, newest first, at most 20 of them."""
    begins = {"_id": {"$regex": f"^(.*-)?{re.escape(prefix)}[^-]*$|^{re.escape(prefix)}"}}
    rows = store.db["runs"].find(begins).sort("started", -1).limit(20)
    return [_run(row) for row in rows]


def latest(store: Store) -> list[Run]:
    """Return the last run of each portal that came to its end, by portal."""
    ended = {"finished": {"$ne": None}, "exit_code": {"$ne": None}}
    steps: list[dict[str, Any]] = [
        {"$match": ended},
        {"$sort": {"portal": 1, "started": -1}},
        {"$group": {"_id": "$portal", "run": {"$first": "$$ROOT"}}},
        {"$sort": {"_id": 1}},
    ]
    return [_run(row["run"]) for row in store.db["runs"].aggregate(steps, allowDiskUse=True)]


def accept(store: Store, run: Run) -> None:
    """Declare *run* to be as the portal is from now on: later runs are compared with none before it."""
    store.db["runs"].update_one({"_id": run.id}, {"$set": {"accepted": True}})


def states(store: Store, some: Iterable[Run]) -> dict[str, RunState]:
    """Return for each run, by id, whether it is under way, has ended, or was killed before its end."""
    held = under_way(store)
    return {run.id: "running" if run.id in held else "killed" if run.exit_code is None else "ended" for run in some}


def under_way(store: Store) -> set[str]:
    """Return the ids of the runs that are under way."""
    alive = store.db["locks"].find({"$expr": {"$gt": ["$until", "$$NOW"]}})
    return {row["run"] for row in alive if not is_dead(row["worker"])}


_BESIDE_MEASURES = [one.name for one in fields(Run) if one.name != "measures"]


def _run(row: Mapping[str, Any]) -> Run:
    return Run.from_json({**row, "id": row["_id"]})


def _lock(store: Store, run: Run, seconds: float) -> Mapping[str, Any]:
    """Take the portal's lock where it is free; return who has it then."""
    locks = store.db["locks"]
    before = locks.find_one({"_id": run.portal})
    # Taken from a dead owner only as long as the lock is still that one's.
    dead = before["run"] if before and is_dead(before["worker"]) else ""
    free = {
        "$or": [
            {"$lte": ["$until", "$$NOW"]},  # a missing "until" sorts before every time
            {"$eq": ["$run", {"$literal": dead}]},
        ]
    }
    mine = {
        "run": {"$literal": run.id},
        "worker": {"$literal": run.worker},
        "since": "$$NOW",
        "until": {"$add": ["$$NOW", int(seconds * 1000)]},
    }
    take = [{"$set": {name: {"$cond": [free, value, f"${name}"]} for name, value in mine.items()}}]
    try:
        held = locks.find_one_and_update({"_id": run.portal}, take, upsert=True, return_document=ReturnDocument.AFTER)
    except DuplicateKeyError:  # two first locks at once; the other one has it
        held = locks.find_one_and_update({"_id": run.portal}, take, return_document=ReturnDocument.AFTER)
    assert held is not None  # found or upserted
    if held["run"] == run.id and before:
        _bury(store, before["run"])
    return held


def _bury(store: Store, run_id: str) -> None:
    """Note that a run whose lock was taken over never came to its end."""
    ended = {"$set": {"finished": now(), "verdict": "killed before its end"}}
    store.db["runs"].update_one({"_id": run_id, "finished": None}, ended)


def _joined(store: Store, run_id: str, helper: Run) -> Run:
    row = store.db["runs"].find_one_and_update(
        {"_id": run_id}, {"$addToSet": {"helpers": helper.worker}}, return_document=ReturnDocument.AFTER
    )
    if row is None:
        raise AlreadyRunningError(f"{helper.portal}: the run {run_id} is only just beginning; try again in a moment")
    return _run(row)


def _holder(portal: str, held: Mapping[str, Any]) -> str:
    host, pid, _ = held["worker"].rsplit(":", 2)
    return (
        f"{portal} is being crawled since {held['since']:%Y-%m-%d %H:%M:%S} UTC by process {pid} on "
        f"{host.partition('/')[0]} (run {held['run']}): wait for its end, or help it with --join"
    )
