"""Depths that turn out smaller than they first were.

How deep a page lies decides whether its links are followed, and the way it is first reached on need not be the
shortest: after a kill, after a failed try or with several workers, pages come in another order. So that a crawl ends
with the same pages in any order, a shorter way to a page counts for what lies behind it as well: its related stories
come nearer with it, and a page that was ``cut`` at the limit, its links left out, is read again.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from pymongo import UpdateOne

from storage.frontier.collection import frontier_entries, frontier_rows
from storage.frontier.entry import AFRESH, entry_id
from storage.frontier.related_links import edge_rows

if TYPE_CHECKING:
    from storage.database.store import Store

AGAIN: Mapping[str, Any] = {
    "$set": AFRESH,
    "$unset": {"known": "", "cut": "", "finished": "", "token": "", "worker": "", "until": ""},
    "$currentDate": {"due": True},
}
"""Has a page read again, as if its links were unknown."""

_HEAD = {"depth": 1, "priority": 1, "state": 1, "article": 1, "cut": 1, "along": 1}


def heads(store: Store, ids: Collection[str]) -> dict[str, dict[str, Any]]:
    """Return of the entries *ids* that are stored what :func:`lowered` needs, by id."""
    return {row["_id"]: row for row in frontier_rows(store).find({"_id": {"$in": list(ids)}}, _HEAD)}


def lowered(
    store: Store, portal: str, nearer: Mapping[str, tuple[int, int]], there: Mapping[str, Mapping[str, Any]]
) -> list[UpdateOne]:
    """Return the updates that bring entries to the depth and priority of *nearer*, those behind them first.

    To be written in this order: whoever is killed on the way finds the first entry as deep as before and begins anew.

    :param there: :func:`heads` of the entries
    """
    updates: list[UpdateOne] = []
    for key, (depth, priority) in nearer.items():
        updates += _nearer(there[key], depth, priority)
    reached = {key: depth for key, (depth, _) in nearer.items() if depth < there[key]["depth"]}
    level = [_Way(depth, there[key]) for key, depth in reached.items() if _leads_on(there[key])]
    while level:
        behind = _behind(store, portal, level)
        rows = heads(store, behind.keys())
        level = []
        for key, row in rows.items():
            if behind[key] < reached.get(key, row["depth"]):
                reached[key] = behind[key]
                updates += _nearer(row, behind[key], row["priority"])
                if _leads_on(row):
                    level.append(_Way(behind[key], row))
    return updates[::-1]


def requeue_cut(store: Store, portal: str, limit: int, run_id: str = "") -> int:
    """Queue pages again that an earlier crawl did not follow, but one to the depth *limit* does; return how many."""
    chosen = {"portal": portal, "cut": True, "state": "done", "depth": {"$lt": limit}}
    again = {**AGAIN, "$set": {**AFRESH, "run": run_id}}
    return frontier_entries(store).update_many(chosen, again).modified_count


def _leads_on(row: Mapping[str, Any]) -> bool:
    """Say whether the links of a page stand in ``edges``. Those of other listings are read in every run."""
    return row["state"] == "done" and not row.get("cut") and bool(row.get("article"))


def _nearer(row: Mapping[str, Any], depth: int, priority: int) -> list[UpdateOne]:
    """Return the updates of one entry, the last of them first."""
    updates = [UpdateOne({"_id": row["_id"]}, {"$min": {"depth": depth, "priority": priority}})]
    if depth < row["depth"] and (row.get("cut") or row["state"] == "leased"):
        # One that is leased now may be cut before this is written.
        updates.append(UpdateOne({"_id": row["_id"], "state": "done", "cut": True, "depth": {"$gt": depth}}, AGAIN))
    return updates


class _Way(NamedTuple):
    """A page that has come nearer."""

    depth: int
    row: Mapping[str, Any]

    def goes_along(self, kind: str) -> bool:
        return not self.row.get("along") or kind in self.row["along"]


def _behind(store: Store, portal: str, level: Sequence[_Way]) -> dict[str, int]:
    """Return the depths of the entries that the articles of *level* lead to, along the kinds that were followed."""
    ways: defaultdict[str, list[_Way]] = defaultdict(list)
    for way in level:
        ways[way.row["article"]].append(way)
    wanted = {"source": {"$in": list(ways)}}
    behind: dict[str, int] = {}
    for link in edge_rows(store).find(wanted, {"source": 1, "story": 1}):
        story = link["story"]
        key = entry_id(portal, story["canonical_url"] or story["url"])
        for way in ways[link["source"]]:
            if way.goes_along(story.get("kind", "related")):
                behind[key] = min(way.depth + 1, behind.get(key, way.depth + 1))
    return behind
