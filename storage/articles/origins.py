"""How a page was found: its frontier entry and the chain of pages that led to it. Reads only."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from storage.articles.collection import article_rows
from storage.frontier.collection import frontier_rows
from storage.frontier.entry import entry_id
from storage.frontier.failures import Failure
from storage.records import Record, article_id

if TYPE_CHECKING:
    from storage.database.store import Store

MOST_STEPS = 50
"""A chain is no longer: crawls that follow related stories stop at a depth of 8 unless told otherwise."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step(Record):
    """One page on the way, as the frontier knows it."""

    id: str
    """Of the frontier entry."""
    portal: str
    url: str
    """Address asked for."""
    kind: str
    """``start``, ``listing``, ``article`` or ``related``: how the link to it was seen."""
    depth: int
    state: str
    referrer: str = ""
    """Address of the page whose link was followed; empty for a start page."""
    outcome: str = ""
    reason: str = ""
    final_url: str = ""
    """Address that answered; empty if none did yet."""
    status: int = 0
    article: str = ""
    """Id of the article that it ended at."""
    finished: datetime | None = None


def entry_of(store: Store, article: str) -> str:
    """Return the id of the frontier entry that brought the article; empty for one that no crawl brought."""
    row = article_rows(store).find_one({"_id": article}, {"entry": 1})
    return str((row or {}).get("entry") or "")


def entries_at(store: Store, keys: Iterable[str]) -> list[str]:
    """Return the ids of the entries whose canonical URL is one of *keys*, on any portal."""
    portals = frontier_rows(store).distinct("portal")
    wanted = [entry_id(portal, key) for key in keys for portal in portals]
    return sorted(row["_id"] for row in frontier_rows(store).find({"_id": {"$in": wanted}}, {"_id": 1}))


def chain(store: Store, entry: str, canonical: Callable[[str], str]) -> list[Step]:
    """Return the page of *entry*, the page whose link led to it, and so on to the start page.

    Shorter where a page on the way is not known by the address it answered at.

    :param canonical: the identity of an address: ``crawler.urls.canonical.canonical_url`` with the portal's seed
    """
    steps: list[Step] = []
    while entry and entry not in {step.id for step in steps} and len(steps) < MOST_STEPS:
        row = frontier_rows(store).find_one({"_id": entry})
        if row is None:
            break
        steps.append(Step.from_json({**row, "id": row["_id"]}))
        entry = _referring(store, row, canonical)
    return steps


def failure_of(store: Store, entry: str) -> Failure | None:
    """Return the recorded failure of the frontier entry, if its last fetch ended in one."""
    row = store.db["failures"].find_one({"_id": entry})
    return Failure.from_json({**row, "id": row["_id"]}) if row else None


def _referring(store: Store, row: Mapping[str, Any], canonical: Callable[[str], str]) -> str:
    """Return the id of the entry of the page that *row* was found on; it is known by the address that answered."""
    referrer = row["referrer"]
    if not referrer:
        return ""
    own = entry_id(row["portal"], canonical(referrer))
    if frontier_rows(store).find_one({"_id": own}, {"_id": 1}):
        return own
    articles = article_rows(store)
    found = articles.find_one({"_id": article_id(canonical(referrer))}, {"entry": 1})
    found = found or articles.find_one({"aliases": referrer}, {"entry": 1})
    return str((found or {}).get("entry") or "")
