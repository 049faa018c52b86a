"""The frontier: which addresses of a portal wait, are under way or are finished, shared by all workers.

An entry is ``queued → leased → done | failed | dead``. A lease carries a token that every later write is
filtered by, and ends at a time by the server's clock. ``failed`` was decided, ``dead`` ran out of attempts.
"""

from __future__ import annotations

import uuid
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from pymongo import UpdateOne

from storage.base.documents import batches, encodable, insert_missing
from storage.base.workers import is_dead
from storage.frontier import depths, failures, queues
from storage.frontier.collection import frontier_entries
from storage.frontier.entry import AFRESH, EntryKind, EntryState, FrontierEntry, KnownPage, entry_id
from storage.records import SCHEMA_VERSION

if TYPE_CHECKING:
    from storage.database.store import Store
    from storage.frontier.hosts import Budget

__all__ = ["EntryKind", "EntryState", "FrontierEntry", "entry_id"]

MAX_ATTEMPTS = 5
"""Leases after which an entry is ``dead``; a lease given back unused, or lost with its process, does not count."""

MAX_DEATHS = 25
"""Leases lost with a killed process after which an entry is ``dead``: a page hardly kills a crawl, as it is taken
apart elsewhere, and whoever kills one ten times loses no page that was leased each time and never asked for."""

MAX_RUNS = 5
"""Runs that an entry may fail in before :func:`retry` calls it ``dead``."""

# An own lease that outlived its end by this long was lost (an answer that never came), not held.
_OWN_GRACE_MS = 300_000


def add(
    store: Store,
    entries: Iterable[FrontierEntry],
    run_id: str = "",
    *,
    there: Mapping[str, dict[str, Any]] | None = None,
) -> int:
    """Queue the *entries* that are not in the frontier yet; return how many were new.

    An entry that is in the frontier keeps its state. Its depth and priority become the smaller of the old and the new
    value, and the pages behind it come nearer as well (:mod:`storage.frontier.depths`).

    :param run_id: the run that found the entries
    :param there: result of ``depths.heads`` for the entries, if the caller has just read it; further rows do no harm
    """
    nearest: dict[str, FrontierEntry] = {}
    for entry in entries:
        key = entry.id
        nearest[key] = _nearest(nearest[key], entry) if key in nearest else entry
    if not nearest:
        return 0
    there = depths.heads(store, nearest.keys()) if there is None else there
    fresh = [_document(key, entry, run_id) for key, entry in nearest.items() if key not in there]
    inserted = insert_missing(frontier_entries(store), fresh)
    late = [row["_id"] for row in fresh if row["_id"] not in inserted]
    there = {**there, **(depths.heads(store, late) if late else {})}
    for portal in {entry.portal for entry in nearest.values()}:
        nearer = {
            key: (entry.depth, entry.priority)
            for key, entry in nearest.items()
            if entry.portal == portal and key in there and _is_nearer(entry, there[key])
        }
        if updates := depths.lowered(store, portal, nearer, there):
            frontier_entries(store).bulk_write(updates)
    return len(inserted)


def lease(
    store: Store,
    portal: str,
    worker: str,
    count: int,
    seconds: float,
    *,
    max_attempts: int = MAX_ATTEMPTS,
    budget: Budget | None = None,
    run_id: str = "",
) -> list[FrontierEntry]:
    """Lease up to *count* queued entries of *portal* to *worker* for *seconds*; no entry is leased twice at a time.

    The hosts that may be asked now share *count*, and the best entries of each are taken. A host that rests, or that
    has used up its *budget* of the day, gets none. If too few entries are queued, expired leases of other workers are
    taken back.

    :param max_attempts: leases that an entry may lose before it fails
    :param run_id: recorded with entries that fail so
    """
    entries = _take(store, queues.best(store, portal, 4 * count, budget), worker, count, seconds)
    if (short := count - len(entries)) and reclaim(store, portal, worker, max_attempts, run_id):
        entries += _take(store, queues.best(store, portal, 4 * short, budget), worker, short, seconds)
    return entries


def reclaim(store: Store, portal: str, worker: str, max_attempts: int = MAX_ATTEMPTS, run_id: str = "") -> int:
    """Give back the expired leases of *portal* that *worker* does not hold itself; return how many.

    Own leases are left out: after a stall a worker would lease again what it still works on.
    """
    ends = {"$cond": [{"$eq": ["$worker", worker]}, {"$add": ["$until", _OWN_GRACE_MS]}, "$until"]}
    lapsed = {"portal": portal, "state": "leased", "$expr": {"$lt": [ends, "$$NOW"]}}
    return _give_back(store, lapsed, max_attempts, "its lease ran out", run_id)


def free_dead_workers(store: Store, portal: str, max_deaths: int = MAX_DEATHS, run_id: str = "") -> int:
    """Give back at once all leases of dead processes of this machine; return how many entries.

    :param max_deaths: an entry whose lease was lost to killed processes this often fails
    :param run_id: recorded with entries that fail
    """
    held = {"portal": portal, "state": "leased"}
    dead = [worker for worker in frontier_entries(store).distinct("worker", held) if is_dead(worker)]
    if not dead:
        return 0
    lost = held | {"worker": {"$in": dead}}
    return _give_back(store, lost, max_deaths, "its worker was killed", run_id, killed=True)


def free_lost(store: Store, portal: str, worker: str, run_id: str = "") -> int:
    """Give back at once all leases of *worker* and of dead processes of this machine; return how many entries.

    *worker* must hold no entry. If the answer to :func:`lease` was lost on its way, entries are leased and nobody
    knows.
    """
    mine = {"portal": portal, "state": "leased", "worker": worker}
    dead = free_dead_workers(store, portal, run_id=run_id)
    return dead + frontier_entries(store).update_many(mine, _unused()).modified_count


def release(store: Store, entries: Iterable[FrontierEntry]) -> int:
    """Give unused leases back, as if they had not been taken; return how many were still held."""
    return sum(frontier_entries(store).update_many(held, _unused()).modified_count for held in _held(entries))


def renew(store: Store, entries: Collection[FrontierEntry], seconds: float) -> set[str]:
    """Extend leases to *seconds* from now and return the ids that are still held."""
    later = [{"$set": {"until": {"$add": ["$$NOW", int(seconds * 1000)]}}}]
    kept: set[str] = set()
    for held in _held(entries):
        frontier_entries(store).update_many(held, later)
        kept.update(document["_id"] for document in frontier_entries(store).find(held, {"_id": 1}))
    return kept


def fail(
    store: Store,
    entry: FrontierEntry,
    reason: str,
    *,
    stage: str = "fetch",
    status: int = 0,
    retry_in: float | None = None,
    max_attempts: int = MAX_ATTEMPTS,
    run_id: str = "",
) -> EntryState:
    """End the lease of *entry* without a page.

    :param reason: why, in words
    :param stage: where it failed
    :param status: HTTP status, 0 without an answer
    :param retry_in: seconds after which the entry is tried again; ``None``: it is not
    :param max_attempts: attempts after which the entry is not tried again
    :param run_id: the run that asked
    :returns: ``queued`` if it is tried again, ``dead`` if its attempts are used up, else ``failed``
    """
    state: EntryState = "failed" if retry_in is None else "queued"
    if state == "queued" and entry.attempts >= max_attempts:
        state = "dead"
    if state != "queued":
        failures.record(store, [failures.of_entry(entry, stage, reason, status=status, run_id=run_id)])
        finish(store, [(entry, {"state": state, "outcome": "failure", "reason": reason, "run": run_id})])
        return state
    wait = {"$add": ["$$NOW", int((retry_in or 0) * 1000)]}
    changes = {"state": "queued", "reason": {"$literal": reason}, "due": wait}
    ended: list[dict[str, Any]] = [{"$set": changes}, {"$unset": ["token", "worker", "until"]}]
    frontier_entries(store).update_one({"_id": entry.id, "token": entry.token}, ended)
    return state


def finish(store: Store, ended: Sequence[tuple[FrontierEntry, Mapping[str, Any]]]) -> set[str]:
    """Write the final fields of leased entries, filtered by their tokens; return the ids whose lease was lost.

    Ending an entry again with the token that ended it is no loss.
    """
    operations: list[UpdateOne] = []
    for entry, fields in ended:
        held: dict[str, Any] = {"_id": entry.id, "token": entry.token, "state": "leased"}
        counted, forgotten = _failed_runs(fields)
        unset = {"token": "", "worker": "", "until": ""} | forgotten
        if fields.get("cut"):  # unless a shorter way to it was found meanwhile
            nearer = held | {"depth": {"$lt": entry.depth}}
            again = {**depths.AGAIN, "$set": {**AFRESH, "ended_by": entry.token}}
            operations.append(UpdateOne(nearer, again))
            held["depth"] = {"$gte": entry.depth}
        else:
            unset["cut"] = ""
        change = {
            "$set": {**fields, "ended_by": entry.token},
            "$unset": unset,
            "$currentDate": {"finished": True},
            **counted,
        }
        operations.append(UpdateOne(held, change))
    if not operations or frontier_entries(store).bulk_write(operations, ordered=False).matched_count == len(ended):
        return set()
    tokens = {entry.id: entry.token for entry, _ in ended}
    rows = frontier_entries(store).find({"_id": {"$in": list(tokens)}}, {"ended_by": 1})
    ours = {row["_id"] for row in rows if row.get("ended_by") == tokens[row["_id"]]}
    return set(tokens) - ours


def refile(store: Store, key: str, article: str, now: str) -> None:
    """Have the entry *key*, which led to *article*, lead to the article *now*."""
    frontier_entries(store).update_one({"_id": key, "article": article}, {"$set": {"article": now}})


def requeue(
    store: Store,
    portal: str,
    *,
    states: Collection[EntryState] = ("failed", "dead"),
    kinds: Collection[EntryKind] | None = None,
    ids: Collection[str] | None = None,
    run_id: str = "",
    before: datetime | None = None,
    priority: int | None = None,
) -> int:
    """Queue finished entries again with no attempts counted; return how many.

    :param states, kinds, ids: which entries; every kind and id by default
    :param before: only entries that ended before this time
    :param priority: the new priority
    :param run_id: the run that asks for them; recorded with each entry
    """
    chosen: dict[str, Any] = {"portal": portal, "state": {"$in": sorted(set(states) - {"queued", "leased"})}}
    if kinds is not None:
        chosen["kind"] = {"$in": list(kinds)}
    if ids is not None:
        chosen["_id"] = {"$in": list(ids)}
    if before is not None:
        chosen["finished"] = {"$lte": before}
    fields = {**AFRESH, "run": run_id} | ({} if priority is None else {"priority": priority})
    again = {
        "$set": fields,
        "$unset": {"failed_runs": ""},
        "$currentDate": {"due": True},
    }
    return frontier_entries(store).update_many(chosen, again).modified_count


def retry(store: Store, portal: str, ids: Collection[str], run_id: str = "", max_runs: int = MAX_RUNS) -> int:
    """Queue the failed entries among *ids* again; return how many.

    Entries that failed in *max_runs* runs or more become ``dead`` instead. They stay in ``failures``, and only
    :func:`requeue` brings them back.

    :param run_id: the run that retries; recorded with each entry
    """
    chosen = {"_id": {"$in": list(ids)}, "portal": portal, "state": "failed"}
    worn = chosen | {"failed_runs": {"$gte": max_runs}}
    frontier_entries(store).update_many(worn, {"$set": {"state": "dead", "run": run_id}})
    again = {"$set": {**AFRESH, "run": run_id}, "$currentDate": {"due": True}}
    return frontier_entries(store).update_many(chosen, again).modified_count


def counts(store: Store, portal: str) -> dict[EntryState, int]:
    """Return how many entries of *portal* are in each state, the empty ones included."""
    found: dict[EntryState, int] = {"queued": 0, "leased": 0, "done": 0, "failed": 0, "dead": 0}
    steps: list[dict[str, Any]] = [{"$match": {"portal": portal}}, {"$group": {"_id": "$state", "n": {"$sum": 1}}}]
    found.update({row["_id"]: row["n"] for row in frontier_entries(store).aggregate(steps)})
    return found


def queued(store: Store, portals: Collection[str]) -> Counter[str]:
    """Return how many entries of each of *portals* wait; nothing but their keys in the index is read."""
    waiting = {"state": "queued", "portal": {"$in": list(portals)}}
    steps: list[dict[str, Any]] = [{"$match": waiting}, {"$group": {"_id": "$portal", "n": {"$sum": 1}}}]
    return Counter({row["_id"]: row["n"] for row in frontier_entries(store).aggregate(steps)})


def ends(store: Store, ids: Collection[str]) -> Counter[str]:
    """Count what became of the entries *ids*: ``stored`` as articles, ``no article``, ``failed``, or they ``wait``."""
    found: Counter[str] = Counter()
    for some in batches(ids, 10_000):  # a query must stay below 16 MiB
        for row in frontier_entries(store).find({"_id": {"$in": some}}, {"state": 1, "article": 1}):
            ended = {"done": "no article", "failed": "failed", "dead": "failed"}.get(row["state"], "wait")
            found["stored" if row.get("article") else ended] += 1
    return found


def is_idle(store: Store, portal: str) -> bool:
    """Return whether nothing of *portal* is queued or leased by anyone."""
    open_entry = {"portal": portal, "state": {"$in": ["queued", "leased"]}}
    return frontier_entries(store).find_one(open_entry, {"_id": 1}) is None


def is_leased(store: Store, portal: str) -> bool:
    """Return whether anything of *portal* is leased by anyone."""
    return frontier_entries(store).find_one({"portal": portal, "state": "leased"}, {"_id": 1}) is not None


def _failed_runs(fields: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, str]]:
    """Return what counts one more failed run, and what forgets them where the entry ended well."""
    if fields.get("state") == "failed":
        return {"$inc": {"failed_runs": 1}}, {}
    return {}, ({"failed_runs": ""} if fields.get("state") == "done" else {})


def _document(key: str, entry: FrontierEntry, run_id: str) -> dict[str, Any]:
    return {
        "_id": key,
        "portal": entry.portal,
        "url": encodable(entry.url),
        "key": encodable(entry.key or entry.url),
        "host": entry.host,
        "kind": entry.kind,
        "depth": entry.depth,
        "priority": entry.priority,
        "referrer": encodable(entry.referrer),
        "state": "queued",
        "attempts": 0,
        "run": run_id,
        "schema_version": SCHEMA_VERSION,
    }


def _nearest(entry: FrontierEntry, other: FrontierEntry) -> FrontierEntry:
    """Return *entry* with the smaller depth and priority of both."""
    depth, priority = min(entry.depth, other.depth), min(entry.priority, other.priority)
    return (
        entry if (depth, priority) == (entry.depth, entry.priority) else replace(entry, depth=depth, priority=priority)
    )


def _is_nearer(entry: FrontierEntry, stored: Mapping[str, Any]) -> bool:
    return bool(entry.depth < stored["depth"] or entry.priority < stored["priority"])


def _take(store: Store, best: Sequence[str], worker: str, count: int, seconds: float) -> list[FrontierEntry]:
    """Lease *count* of the *best*, more of which are given: other workers see the same ones at the same moment.

    Update those still queued, then read back what carries the token.
    """
    frontier, token = frontier_entries(store), uuid.uuid4().hex
    mine = {
        "state": "leased",
        "token": token,
        "worker": {"$literal": worker},
        "attempts": {"$add": ["$attempts", 1]},
        "until": {"$add": ["$$NOW", int(seconds * 1000)]},
    }
    won, tried = 0, 0
    while won < count and tried < len(best):
        wanted = best[tried : tried + count - won]
        tried += len(wanted)
        still = {"_id": {"$in": wanted}, "state": "queued"}
        won += frontier.update_many(still, [{"$set": mine}]).modified_count
    rows = {row["_id"]: row for row in frontier.find({"_id": {"$in": best[:tried]}, "token": token})} if won else {}
    return [_entry(rows[key]) for key in best[:tried] if key in rows]


def _entry(row: Mapping[str, Any]) -> FrontierEntry:
    return FrontierEntry(
        portal=row["portal"],
        url=row["url"],
        key=row["key"],
        kind=row["kind"],
        depth=row["depth"],
        priority=row["priority"],
        referrer=row["referrer"],
        attempts=row["attempts"] - row.get("deaths", 0),
        token=row["token"],
        known=KnownPage(**row["known"]) if row.get("known") else None,
        article=row.get("article", ""),
    )


def _held(entries: Iterable[FrontierEntry]) -> list[dict[str, Any]]:
    """Return one filter for each token among *entries*."""
    by_token: defaultdict[str, list[str]] = defaultdict(list)
    for entry in entries:
        by_token[entry.token].append(entry.id)
    return [{"_id": {"$in": ids}, "token": token, "state": "leased"} for token, ids in by_token.items() if token]


def _unused() -> list[dict[str, Any]]:
    """Return the update that ends a lease as if it had not been taken."""
    return [
        {"$set": {"state": "queued", "attempts": {"$max": [0, {"$subtract": ["$attempts", 1]}]}}},
        {"$unset": ["token", "worker", "until"]},
    ]


_DEATHS: dict[str, Any] = {"$add": [{"$ifNull": ["$deaths", 0]}, 1]}
_ATTEMPTS: dict[str, Any] = {"$subtract": ["$attempts", {"$ifNull": ["$deaths", 0]}]}


def _give_back(store: Store, lost: Mapping[str, Any], most: int, why: str, run_id: str, *, killed: bool = False) -> int:
    """Queue lost leases again; bury and record those whose attempts, or deaths where *killed*, have come to *most*."""
    count, change = (_DEATHS, {"$inc": {"deaths": 1}}) if killed else (_ATTEMPTS, {})
    frontier, all_lost = frontier_entries(store), [{"$expr": lost["$expr"]}] if "$expr" in lost else []
    lost = {name: value for name, value in lost.items() if name != "$expr"}
    worn = list(frontier.find({**lost, "$and": [*all_lost, {"$expr": {"$gte": [count, most]}}]}))
    if worn:
        reason = f"{why} {most} times"
        entries = [_entry(row) for row in worn]
        ended = {"state": "dead", "outcome": "failure", "reason": reason, "run": run_id}
        failures.record(store, [failures.of_entry(entry, "fetch", reason, run_id=run_id) for entry in entries])
        finish(store, [(entry, ended) for entry in entries])
    back = {"$set": {"state": "queued", "reason": why}, "$unset": {"token": "", "worker": "", "until": ""}, **change}
    fresh = {**lost, "$and": [*all_lost, {"$expr": {"$lt": [count, most]}}]}
    return frontier.update_many(fresh, back).modified_count + len(worn)
