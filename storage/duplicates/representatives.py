"""Who represents a story when its representative is withdrawn, or comes back: no story leaves an export with one text.

A withdrawn article represents others only where all of them are withdrawn; it stays in the cluster, as a copy. The
next one is the first by :func:`dedupe.clusters.clusters.sort_key` that all others repeat; where there is none, the
first, and those that do not repeat it have one of their own. Any two members of a cluster share enough to stay together
(``dedupe.clusters.clusters.PROMISE``), whoever represents them.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from dedupe.clusters.clusters import sort_key
from storage.duplicates import clusters, constrained
from storage.duplicates.comparisons import Comparisons
from storage.duplicates.constrained import Placed, member

if TYPE_CHECKING:
    from storage.database.store import Store

Rows = Mapping[str, Mapping[str, Any]]
"""What ``constrained_clusters.read`` tells of each article."""

_TRIED = 20
"""Members tried as the one that all others repeat: nearly always the first is."""
_TIMES = 5


def settle(store: Store, ids: Collection[str]) -> list[str]:
    """Let the clusters of *ids* be represented as they should be, now that *ids* are withdrawn, or back.

    Decisions made by hand hold. Returns the articles that these set free, which are to be decided anew.
    """
    for _ in range(_TIMES):  # again where another writer changed one of the articles meanwhile
        changed: dict[str, Placed] = {}
        rows: dict[str, Mapping[str, Any]] = {}
        for root in {clusters.root_of(store, key) for key in ids}:
            found = constrained.read(store, clusters.ids(store, root))
            if len(found) > 1 and _is_to_change(found, root, ids):
                changed |= successors(Comparisons(store), found)
                rows |= found
        changed = {key: place for key, place in changed.items() if _representative(rows[key]) != place.of}
        if constrained.write(store, rows, changed):
            return constrained.enforce(store, list(changed)) if changed else []
    return []  # others keep changing them; the next repair comes to the same


def successors(texts: Comparisons, rows: Rows) -> dict[str, Placed]:
    """Return where the members of one cluster belong, their present representative apart."""
    order = sorted(rows, key=lambda key: sort_key(member(rows[key])))
    texts.load(order)
    led = _led(texts, [key for key in order if not rows[key].get("withdrawn")])
    leaders = sorted(set(led.values()))
    for key in (key for key in order if rows[key].get("withdrawn")):
        led[key] = _nearest(texts, key, leaders)
    return {key: Placed(of) for key, of in led.items()}


def is_survived(rows: Rows, root: str) -> bool:
    """Return whether the representative *root* of the cluster *rows* is withdrawn and another one is not."""
    return bool(rows[root].get("withdrawn")) and any(not row.get("withdrawn") for row in rows.values())


def _is_to_change(rows: Rows, root: str, ids: Collection[str]) -> bool:
    first = sort_key(member(rows[root]))
    return is_survived(rows, root) or any(sort_key(member(rows[key])) < first for key in rows.keys() & set(ids))


def _representative(row: Mapping[str, Any]) -> str:
    return str((row.get("duplicate") or {}).get("of") or row["_id"])


def _led(texts: Comparisons, order: Sequence[str]) -> dict[str, str]:
    """Return the representative of each of *order*, of which the first go first."""
    found: dict[str, str] = {}
    left = list(order)
    while left:
        whole = (one for one in left[:_TRIED] if all(_repeats(texts, other, one) for other in left))
        leader = next(whole, left[0])
        found |= {key: leader for key in left if _repeats(texts, key, leader)}
        left = [key for key in left if key not in found]
    return found


def _repeats(texts: Comparisons, key: str, other: str) -> bool:
    compared = texts.compare(key, other)
    return key == other or bool(compared and compared.relation)


def _nearest(texts: Comparisons, key: str, leaders: Sequence[str]) -> str:
    """Return which of *leaders* the article *key* repeats most, itself if none."""
    compared = [(one, found) for one in leaders if (found := texts.compare(key, one)) and found.relation]
    if not compared:
        return key
    return min(compared, key=lambda pair: (pair[1].relation != "exact", -pair[1].score, pair[0]))[0]
