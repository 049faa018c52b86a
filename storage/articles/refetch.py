"""Known articles that are due to be fetched again, by their age and by when they were last looked at."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from storage.articles.collection import article_rows
from storage.base.documents import batches
from storage.frontier import frontier
from storage.frontier.entry import entry_id

if TYPE_CHECKING:
    from storage.database.store import Store

PRIORITY = 40
"""Of entries queued here: after what was never read, whose priority is 0, or in feeds its age in days."""

BATCH = 5_000
_TOMORROW = timedelta(days=1)


def queue_due(
    store: Store, portal: str, steps: Sequence[tuple[timedelta, timedelta]], moment: datetime, run_id: str = ""
) -> int:
    """Queue the articles of *portal* that are due at *moment* to be fetched again; return how many.

    The age of an article counts from its publication. If that is not known, or lies in the future, the age counts from
    when the article was first seen. An article whose last fetch failed waits as long as one that was read. Articles
    that were withdrawn by hand are never due.

    :param steps: pairs (articles younger than this, are due this often), with growing ages; older articles are never
        due
    :param run_id: the run that queues them
    """
    queued, least = 0, timedelta(0)
    for age, every in steps:
        due = _due(store, portal, moment, least=least, age=age, every=every)
        for ids in batches(due, BATCH):
            queued += frontier.requeue(
                store,
                portal,
                states=("done", "failed", "dead"),
                ids=ids,
                run_id=run_id,
                before=moment - every,
                priority=PRIORITY,
            )
        least = age
    return queued


def _due(
    store: Store, portal: str, moment: datetime, *, least: timedelta, age: timedelta, every: timedelta
) -> Iterator[str]:
    """Yield the ids of the entries whose articles have an age from *least* to *age* and were not seen for *every*."""
    by_date = {"$gt": moment - age, "$lte": moment - least if least else moment + _TOMORROW}
    first_seen = {"$or": [{"published": None}, {"published": {"$gt": moment + _TOMORROW}}], "first_seen": by_date}
    # What was first seen after a time was last seen after it: that bound keeps undated articles of long ago out.
    for dated, bound in (({"published": by_date}, {}), (first_seen, {"$gt": moment - age})):
        seen = {"$lte": moment - every, **bound}
        wanted = {"portal": portal, **dated, "last_seen": seen, "withdrawn.by": {"$ne": "hand"}}
        for row in article_rows(store).find(wanted, {"entry": 1, "canonical_url": 1}).batch_size(BATCH):
            yield row["entry"] or entry_id(portal, row["canonical_url"])
