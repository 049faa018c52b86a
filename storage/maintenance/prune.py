"""Upkeep: what a database no longer needs, by age. Articles, edges and decisions are never pruned."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from storage.database.store import Store

Query = Callable[[datetime], dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Prunable:
    """A collection whose old documents may go."""

    collection: str
    what: str
    """What goes, in words."""
    default: timedelta | None
    """Age from which it goes unless another is given; ``None``: only where an age is given."""
    query: Query
    """What is older than a moment."""


_DAY = timedelta(days=1)

PRUNABLE: dict[str, Prunable] = {
    "frontier": Prunable(
        "frontier",
        "finished frontier entries (an address that is linked to again is asked for once more)",
        365 * _DAY,
        lambda before: {"state": {"$in": ["done", "failed", "dead"]}, "finished": {"$lt": before}},
    ),
    "pages": Prunable("pages", "raw responses", None, lambda before: {"fetched": {"$lt": before}}),
    "versions": Prunable(
        "versions", "older texts of articles that were changed", None, lambda before: {"replaced": {"$lt": before}}
    ),
    "failures": Prunable("failures", "failures", 90 * _DAY, lambda before: {"at": {"$lt": before}}),
    "runs": Prunable("runs", "finished runs", 365 * _DAY, lambda before: {"finished": {"$lt": before}}),
    "hosts": Prunable(
        "host_days",
        "days of the hosts' ledgers",
        730 * _DAY,
        lambda before: {"day": {"$lt": f"{before:%Y-%m-%d}"}},
    ),
}


@dataclass(frozen=True, slots=True)
class Pruned:
    """What was, or would be, pruned of one collection."""

    name: str
    what: str
    before: datetime
    documents: int


def prune(
    store: Store, ages: Mapping[str, timedelta | None], now: datetime, *, pretend: bool = False
) -> Iterator[Pruned]:
    """Delete what is older than its age in *ages*; yield what was deleted.

    :param ages: ages by the names of :data:`PRUNABLE`. A name that is missing has its default; ``None`` keeps
        everything
    :param now: the time from which ages count
    :param pretend: count only
    """
    for name, one in PRUNABLE.items():
        age = ages.get(name, one.default)
        if age is None:
            continue
        before = now - age
        collection, wanted = store.db[one.collection], one.query(before)
        count = collection.count_documents(wanted) if pretend else collection.delete_many(wanted).deleted_count
        yield Pruned(name, one.what, before, count)
