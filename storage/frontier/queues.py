"""What of a portal's frontier comes next: of each host its best entries, the hosts in turn.

Every query runs on the index ``lease_order``, so its cost does not grow with the frontier: the hosts are read by
skipping from one to the next, and of each only as many entries as are wanted.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from itertools import zip_longest
from typing import TYPE_CHECKING, Any

from storage.frontier import hosts
from storage.frontier.collection import frontier_rows

if TYPE_CHECKING:
    from storage.database.store import Store
    from storage.frontier.hosts import Budget

LEASE_ORDER = (("attempts", 1), ("priority", 1), ("depth", 1), ("_id", 1))
"""Attempts first: a page that kills its worker goes behind the others and cannot stop a crawl."""

MOST_HOSTS = 50
"""Hosts of a portal that one lease looks at; where more have entries, any 50 of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClosedHost:
    """A host with queued entries that may not be asked now."""

    host: str
    rest: float
    """Seconds until its rest is over; 0 if it has none."""
    spent: bool
    """Its budget of the day is used up."""
    why: str
    """Answer that the rest follows from."""


def best(store: Store, portal: str, count: int, budget: Budget | None = None) -> list[str]:
    """Return the ids of about *count* queued entries that are due, of the open hosts in turn, best first."""
    names = _open_hosts(store, portal, budget)
    if not names:
        return []
    each = -(-count // len(names))
    first, *others = (_best_of(portal, name, each) for name in names)
    unions = [{"$unionWith": {"coll": "frontier", "pipeline": steps}} for steps in others]
    of_host: dict[str, list[str]] = {}
    for row in frontier_rows(store).aggregate([*first, *unions]):
        of_host.setdefault(row["host"], []).append(row["_id"])
    return [key for turn in zip_longest(*of_host.values()) for key in turn if key is not None]


def closed(store: Store, portal: str, budget: Budget | None = None) -> list[ClosedHost]:
    """Return the hosts with queued entries where none of them may be asked now; nothing if any may."""
    rest = {"$max": [0, {"$subtract": ["$known.rest", "$$NOW"]}]}
    steps = [*_known_hosts(portal), {"$set": {"is_closed": hosts.closed(budget, "$known."), "ms": rest}}]
    rows = list(frontier_rows(store).aggregate(steps))
    if not all(row["is_closed"] for row in rows):
        return []
    return [
        ClosedHost(
            host=row["_id"],
            rest=(row["ms"] or 0) / 1000,
            spent=not row["ms"],
            why=row.get("known", {}).get("why", ""),
        )
        for row in rows
    ]


def _open_hosts(store: Store, portal: str, budget: Budget | None) -> list[str]:
    is_open = {"$match": {"$expr": {"$not": [hosts.closed(budget, "$known.")]}}}
    rows = frontier_rows(store).aggregate([*_known_hosts(portal), is_open, {"$project": {"_id": 1}}])
    found = sorted(row["_id"] for row in rows)
    return found if len(found) <= MOST_HOSTS else random.sample(found, MOST_HOSTS)


def _known_hosts(portal: str) -> list[dict[str, Any]]:
    """Return the steps to the hosts with queued entries and what is ``known`` of each."""
    return [
        {"$match": {"portal": portal, "state": "queued"}},
        {"$group": {"_id": "$host"}},
        {"$lookup": {"from": "hosts", "localField": "_id", "foreignField": "_id", "as": "known"}},
        {"$set": {"known": {"$first": "$known"}}},
    ]


def _best_of(portal: str, host: str, count: int) -> list[dict[str, Any]]:
    # No "due" sorts before every time, so an entry that never waited is due.
    due = {"portal": portal, "state": "queued", "host": host, "$expr": {"$lte": ["$due", "$$NOW"]}}
    return [{"$match": due}, {"$sort": dict(LEASE_ORDER)}, {"$limit": count}, {"$project": {"host": 1}}]
