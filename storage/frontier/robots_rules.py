"""robots.txt of each host as it was last read, so that a day's crawls and workers share one reading of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from storage.records import SCHEMA_VERSION, Record

if TYPE_CHECKING:
    from storage.database.store import Store

MAX_AGE = 86_400.0
"""Seconds for which rules may be used without reading them again: RFC 9309, 2.4."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HostRules(Record):
    """The answer of one origin's ``/robots.txt``."""

    origin: str
    """``https://vov.vn``, with the port where it is not the scheme's own."""
    host: str
    status: int = 0
    """0 where no answer came."""
    problem: str = ""
    """Why the host is skipped; empty where its rules were read, or there are none."""
    crawl_delay: float = 0.0
    """Seconds that the file asks for, whatever is kept."""
    tdmrep: str = ""
    """The origin's ``/.well-known/tdmrep.json``, where it has one."""
    fetched: datetime | None = None
    """UTC, by the server's clock; set when it is stored."""


def put(store: Store, rules: HostRules, body: bytes) -> None:
    """Store what ``/robots.txt`` of an origin answered just now, in the place of the answer before."""
    fields: dict[str, Any] = {
        "host": rules.host,
        "status": rules.status,
        "problem": rules.problem,
        "crawl_delay": rules.crawl_delay,
        "body": body,
        "tdmrep": rules.tdmrep,
        "schema_version": SCHEMA_VERSION,
    }
    change = {"$set": fields, "$currentDate": {"fetched": True}}
    store.db["host_rules"].update_one({"_id": rules.origin}, change, upsert=True)


def fresh(store: Store, origin: str, max_age: float = MAX_AGE) -> tuple[HostRules, bytes] | None:
    """Return the rules of *origin* that are younger than *max_age* seconds, with the file.

    Refusals are not returned: whether a host still cannot be read is found out anew in each run.
    """
    young = {"$gt": ["$fetched", {"$subtract": ["$$NOW", int(max_age * 1000)]}]}
    row = store.db["host_rules"].find_one({"_id": origin, "problem": "", "$expr": young})
    return (_rules(row), bytes(row["body"])) if row else None


def iterate(store: Store, host: str = "") -> Iterator[HostRules]:
    """Yield the rules of *host*, or of all, by origin, without its files."""
    wanted = {"host": host} if host else {}
    yield from map(_rules, store.db["host_rules"].find(wanted, {"body": 0, "tdmrep": 0}).sort("_id"))


def _rules(row: dict[str, Any]) -> HostRules:
    return HostRules.from_json({**row, "origin": row["_id"]})
