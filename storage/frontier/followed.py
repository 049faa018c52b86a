"""How far the entries of the frontier were followed."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING, Any

from storage.frontier.collection import frontier_rows

if TYPE_CHECKING:
    from storage.database.store import Store


def followed(store: Store, others: Mapping[str, Collection[str]]) -> set[str]:
    """Return the frontier entries whose links are queued already, because another entry of the same page queued them.

    That holds for an entry if at least one of its *others* ended well, was not cut at the limit of depth, and lies no
    deeper than the entry itself. An entry that did not end well may belong to a crawl that was killed before it queued
    links.

    :param others: ids of the entries of the same page, by the id of the entry that is asked about
    """
    ids = {other for several in others.values() for other in several}
    if not ids:
        return set()
    fields = {"depth": 1, "outcome": 1, "finished": 1, "cut": 1}
    rows = {row["_id"]: row for row in frontier_rows(store).find({"_id": {"$in": [*ids | others.keys()]}}, fields)}
    whole = {key: rows[key]["depth"] for key in ids & rows.keys() if _has_ended_well(rows[key])}
    return {
        entry
        for entry, several in others.items()
        if entry in rows and any(whole[other] <= rows[entry]["depth"] for other in whole.keys() & several)
    }


def _has_ended_well(row: Mapping[str, Any]) -> bool:
    """Say whether the links of an entry were queued, be it in an earlier run: it may be under way again."""
    return bool(row.get("finished")) and row.get("outcome") != "failure" and not row.get("cut")
