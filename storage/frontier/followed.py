"""How far the entries of the frontier were followed."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING, Any

from storage.frontier.collection import frontier_rows

if TYPE_CHECKING:
    from storage.database.store import Store


def followed(store: Store, others: Mapping[str, Collection[str]]) -> set[str]:
    """Return those frontier entries of which one of the *others*, its entries by entry, was followed as far.

    Its links are surely queued where it has ended well: a crawl may have been killed before. Those of one that was
    ``cut`` at the limit of depth are not, and those of one that lies deeper end nearer to it.
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
