"""The ledger: what was asked of each host on each day (UTC), so that it can be shown to a portal's owner."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from pymongo import UpdateOne

from storage.records import SCHEMA_VERSION, Record

if TYPE_CHECKING:
    from storage.database.store import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class HostDay(Record):
    """One host on one day. ``requests`` counts all that was sent, robots.txt, redirects and retries included."""

    host: str
    day: str
    """``2026-03-14``, UTC."""
    requests: int = 0
    bytes: int = 0
    """Of the answers' bodies as they were sent, compressed or not."""
    answers: Mapping[str, int] = field(default_factory=dict)
    """Requests by class of status: ``2xx`` … ``5xx``; 429 by itself; ``none`` for those without an answer."""
    delay: float = 0.0
    """Seconds that were kept free between requests, summed up: their mean is ``delay / requests``."""
    rests: int = 0
    """Times that the host was left alone for a while, after 429 or 503."""
    agent: str = ""
    """User agent of the last requests; it names a contact."""

    @property
    def errors(self) -> int:
        """Requests that brought neither a page nor a redirect nor "unchanged"."""
        return sum(number for name, number in self.answers.items() if name not in ("2xx", "3xx"))


def add(store: Store, days: Iterable[HostDay]) -> None:
    """Add counts to the ledger, in one write."""
    operations = [_increment(one) for one in days]
    if operations:
        store.db["host_days"].bulk_write(operations, ordered=False)


def iterate(store: Store, *, host: str = "", day: str = "") -> Iterator[HostDay]:
    """Yield the ledger, newest day first and the hosts of a day by name; an empty argument filters nothing."""
    wanted = {name: value for name, value in (("host", host), ("day", day)) if value}
    for row in store.db["host_days"].find(wanted).sort([("day", -1), ("host", 1)]):
        yield HostDay.from_json(row)


def _increment(one: HostDay) -> UpdateOne:
    counts: dict[str, Any] = {"requests": one.requests, "bytes": one.bytes, "delay": one.delay, "rests": one.rests}
    counts |= {f"answers.{name}": number for name, number in one.answers.items()}
    fields = {"host": one.host, "day": one.day, "agent": one.agent, "schema_version": SCHEMA_VERSION}
    return UpdateOne({"_id": f"{one.host} {one.day}"}, {"$inc": counts, "$set": fields}, upsert=True)
