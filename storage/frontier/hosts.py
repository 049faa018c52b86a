"""Hosts: when each may be asked next, shared by all workers on all machines, by the server's clock.

One document a host: ``next`` (first free turn), ``rest`` (no turn before that time: the host asked for it), the
Crawl-delay of its robots.txt, and what was asked of it today. A turn is one update, so two workers never get the same.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from pymongo import ReturnDocument
from pymongo.errors import DuplicateKeyError

from storage.records import SCHEMA_VERSION, Record

if TYPE_CHECKING:
    from pymongo.collection import Collection as MongoCollection

    from storage.database.store import Store

MAX_REST = 3600.0
"""Seconds for which a host is left alone at most, whatever Retry-After says; then it is asked once."""

_TODAY = {"$dateToString": {"date": "$$NOW", "format": "%Y-%m-%d"}}


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """Limits for one host and day (UTC); 0 is no limit."""

    requests: int = 0
    bytes: int = 0

    def __bool__(self) -> bool:
        """Say whether there is a limit at all."""
        return self.requests > 0 or self.bytes > 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """What :func:`claim` answers."""

    wait: float = 0.0
    """Seconds until the host may be asked; where the turn was not granted, until its rest is over."""
    delay: float = 0.0
    """Seconds that this turn keeps free behind it."""
    granted: bool = True
    spent: bool = False
    """Not granted because the budget of the day is used up."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Host(Record):
    """What is known of one host. ``rest`` may be over; times are the server's, UTC."""

    id: str
    next: datetime | None = None
    rest: datetime | None = None
    """Left alone until then."""
    why: str = ""
    """Answer that the rest follows from."""
    strikes: int = 0
    """Rests in a row."""
    crawl_delay: float = 0.0
    """Seconds, as the crawl keeps them; from robots.txt."""
    day: str = ""
    """Day of the two counts, ``2026-03-14``."""
    requests: int = 0
    bytes: int = 0


def claim(
    store: Store,
    host: str,
    delay: float,
    *,
    patience: float,
    budget: Budget | None = None,
    received: int = 0,
    counted: bool = True,
) -> Turn:
    """Take the next free turn of *host*: a time that no other worker gets, with a gap behind it.

    :param delay: seconds to the turn after it; the Crawl-delay stored with the host counts where it is longer
    :param patience: longest rest, in seconds, that is waited for; the turn is not granted where it lasts longer
    :param budget: not granted where it is used up for today
    :param received: bytes that came from the host since the last claim, counted for the budget
    :param counted: whether the turn counts for the budget
    """
    today = {"$eq": ["$day", _TODAY]}
    crawl_delay = {"$multiply": [{"$ifNull": ["$crawl_delay", 0]}, 1000]}
    limits = [{"$gte": [f"${name}", top]} for name, top in _limits(budget or Budget())]
    asked: dict[str, Any] = {
        "asked": "$$NOW",
        "day": _TODAY,
        "requests": {"$cond": [today, "$requests", 0]},
        "bytes": {"$add": [{"$cond": [today, "$bytes", 0]}, received]},
        "turn": {"$max": ["$$NOW", "$next", "$rest"]},
        "gap": {"$toLong": {"$max": [_ms(delay), crawl_delay]}},
        "schema_version": SCHEMA_VERSION,
    }
    rests = {"$gt": ["$rest", {"$add": ["$$NOW", _ms(patience)]}]}
    steps: list[dict[str, Any]] = [
        {"$set": asked},
        {"$set": {"spent": {"$or": limits}, "granted": {"$not": [{"$or": [rests, *limits]}]}}},
        {"$set": {"next": {"$cond": ["$granted", {"$add": ["$turn", "$gap"]}, "$next"]}}},
        {"$set": {"requests": {"$add": ["$requests", {"$cond": ["$granted", int(counted), 0]}]}}},
    ]
    row = _change(store, host, steps)
    return Turn(
        wait=(row["turn"] - row["asked"]).total_seconds(),
        delay=row["gap"] / 1000,
        granted=row["granted"],
        spent=row["spent"],
    )


def rest(store: Store, host: str, *, first: float, asked_for: float | None = None, why: str = "") -> float:
    """Leave *host* alone for a while; return for how many seconds from now.

    The first rest takes *asked_for* seconds, else *first*. A rest that follows within the length of the rest before
    takes at least twice as long, up to :data:`MAX_REST`. Answers to requests that were under way when the rest began do
    not lengthen it.

    :param first: seconds of the first rest, if the host asks for none
    :param asked_for: seconds that the host asked for (Retry-After)
    :param why: reason, for operators
    """
    again = {"$gt": [{"$add": ["$rest", "$rested"]}, "$$NOW"]}
    one_more = {"$add": [{"$cond": [again, {"$ifNull": ["$strikes", 0]}, 0]}, 1]}
    doubled = {"$multiply": [first, {"$pow": [2, {"$min": [{"$subtract": ["$strikes", 1]}, 20]}]}]}
    own = {"$cond": [{"$and": [{"$eq": ["$strikes", 1]}, asked_for is not None]}, 0, doubled]}
    wanted = min(asked_for or 0.0, MAX_REST)
    length = {"$toLong": {"$multiply": [1000, {"$min": [MAX_REST, {"$max": [wanted, own]}]}]}}
    end, new_end = {"$add": ["$$NOW", _ms(wanted)]}, {"$add": ["$$NOW", "$rested"]}
    known = {"why": {"$literal": why}, "asked": "$$NOW", "schema_version": SCHEMA_VERSION}
    steps: list[dict[str, Any]] = [
        {"$set": {**known, "under_way": {"$gt": ["$rest", "$$NOW"]}}},
        {"$set": {"strikes": {"$cond": ["$under_way", "$strikes", one_more]}}},
        {"$set": {"rested": {"$cond": ["$under_way", {"$max": ["$rested", _ms(wanted)]}, length]}}},
        {"$set": {"rest": {"$cond": ["$under_way", {"$max": ["$rest", end]}, new_end]}}},
        {"$unset": "under_way"},
    ]
    row = _change(store, host, steps)
    return float((row["rest"] - row["asked"]).total_seconds())


def set_crawl_delay(store: Store, host: str, seconds: float) -> None:
    """Note the Crawl-delay of *host*, for the turns of all workers from now on; 0 where robots.txt names none."""
    after = {"next": {"$max": ["$next", {"$add": ["$$NOW", _ms(seconds)]}]}} if seconds else {}
    _change(store, host, [{"$set": {"crawl_delay": seconds, "schema_version": SCHEMA_VERSION, **after}}])


def get(store: Store, host: str) -> Host | None:
    """Return what is known of *host*."""
    row = store.db["hosts"].find_one({"_id": host})
    return _host(row) if row else None


def iterate(store: Store, ids: Collection[str] | None = None) -> Iterator[Host]:
    """Yield all hosts, or those of *ids*, by name."""
    wanted = {} if ids is None else {"_id": {"$in": sorted(ids)}}
    return map(_host, store.db["hosts"].find(wanted).sort("_id"))


def resting(store: Store) -> list[Host]:
    """Return the hosts that are left alone now, by name."""
    return [_host(row) for row in store.db["hosts"].find({"$expr": {"$gt": ["$rest", "$$NOW"]}}).sort("_id")]


def closed(budget: Budget | None = None, at: str = "$") -> dict[str, Any]:
    """Return the expression that holds for a host document that may not be asked now: at rest, or its budget spent.

    :param at: path of the document in the pipeline, such as ``"$known."``
    """
    limits = [{"$gte": [f"{at}{name}", top]} for name, top in _limits(budget or Budget())]
    spent = {"$and": [{"$eq": [f"{at}day", _TODAY]}, {"$or": limits}]}
    return {"$or": [{"$gt": [f"{at}rest", "$$NOW"]}, spent]}


def _limits(budget: Budget) -> list[tuple[str, int]]:
    return [(name, top) for name, top in (("requests", budget.requests), ("bytes", budget.bytes)) if top]


def _ms(seconds: float) -> int:
    return int(seconds * 1000)


def _change(store: Store, host: str, steps: list[dict[str, Any]]) -> Mapping[str, Any]:
    """Apply *steps* to the document of *host*, made where there is none; return it."""
    hosts: MongoCollection[dict[str, Any]] = store.db["hosts"]
    try:
        row = hosts.find_one_and_update({"_id": host}, steps, upsert=True, return_document=ReturnDocument.AFTER)
    except DuplicateKeyError:  # two first turns at once: the document is there now
        row = hosts.find_one_and_update({"_id": host}, steps, return_document=ReturnDocument.AFTER)
    assert row is not None  # found or upserted
    return row


def _host(row: Mapping[str, Any]) -> Host:
    return Host.from_json({**row, "id": row["_id"]})
