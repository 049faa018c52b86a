"""Stored clusters made to agree with the decisions made by hand: after every decision of the crawl, and by repair."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pymongo import UpdateOne

from dedupe.clusters.clusters import Member
from dedupe.clusters.constraints import constrained
from storage.articles.collection import Update, article_rows, update
from storage.base.documents import document_of, now
from storage.duplicates import band_index, manual_decisions
from storage.duplicates.comparisons import Comparisons
from storage.duplicates.manual_decisions import HandDecision
from storage.records import Duplicate

if TYPE_CHECKING:
    from storage.database.store import Store

_FIELDS = dict.fromkeys(("published", "agency", "duplicate.of", "content", "withdrawn.at"), 1)
_TRIES = 20
_KEPT_TOGETHER = "together still after the one that both repeat was set apart by hand"


@dataclass(frozen=True, slots=True)
class Placed:
    """Where the decisions put an article."""

    of: str
    """Its representative; the article itself if it is to repeat none."""
    why: str = ""


def placed(
    representatives: Mapping[str, str], members: Mapping[str, Member], decided: Collection[HandDecision]
) -> dict[str, Placed]:
    """Return where *decided* puts the articles that *representatives* has elsewhere.

    :param decided: oldest first
    """
    found = constrained(representatives, members, manual_decisions.constraints(decided))
    changed = {}
    for key, of in found.items():
        if of != representatives[key]:
            merged = representatives[of] != representatives[key]
            why = _merged(representatives, decided, key) if merged else _KEPT_TOGETHER
            changed[key] = Placed(of, "" if of == key else why)
    return changed


def enforce(store: Store, ids: Collection[str]) -> list[str]:
    """Bring the stored clusters of *ids* to what was decided by hand; return those that repeat no other from now on.

    These may have no row in the index, or repeat another story: they are to be decided anew. One read where nothing
    was decided.
    """
    for _ in range(_TRIES):
        decided = manual_decisions.connected(store, ids)
        if not decided:
            return []
        rows, decided = _surroundings(store, decided)
        ends = {key: _end(rows, key) for key in rows}
        members = {key: member(row) for key, row in rows.items()}
        changed = placed(ends, members, decided)
        if write(store, rows, changed):
            return sorted(key for key, place in changed.items() if place.of == key)
    return []  # others keep changing these articles, and bring them to it themselves


def repaired(store: Store, representatives: Mapping[str, str], decided: Collection[HandDecision]) -> dict[str, Placed]:
    """Return where the decisions put articles, given the clusters of the whole store.

    :param representatives: of each article that repeats another one; a missing one stands for itself
    """
    ids = {key for one in decided for key in one.couple}
    touched = {representatives.get(key, key) for key in ids}
    here = touched | ids | {key for key, of in representatives.items() if of in touched}
    members = {key: member(row) for key, row in read(store, here).items()}
    return placed({key: representatives.get(key, key) for key in members}, members, decided)


def linked(texts: Comparisons, key: str, place: Placed) -> Duplicate | None:
    """Return the duplicate that an article placed by hand becomes; its articles are loaded in *texts*."""
    found = texts.compare(key, place.of)
    return None if place.of == key or found is None else texts.duplicate(key, place.of, found, why=place.why)


def _merged(representatives: Mapping[str, str], decided: Iterable[HandDecision], key: str) -> str:
    """Return the decision that led the cluster of *key* to another one."""
    own = representatives[key]
    for one in decided:
        sides = {representatives.get(name, name) for name in one.couple}
        if one.verdict == "same" and own in sides and len(sides) > 1:
            return f"merged by hand by {one}"
    return "merged by hand"


def _surroundings(store: Store, decided: list[HandDecision]) -> tuple[dict[str, Mapping[str, Any]], list[HandDecision]]:
    """Return the articles of all clusters that *decided* touches, and all decisions about these."""
    rows: dict[str, Mapping[str, Any]] = {}
    ahead = {key for one in decided for key in one.couple}
    while ahead:
        fresh = {
            row["_id"]: row
            for row in article_rows(store).find(
                {"$or": [{"_id": {"$in": list(ahead)}}, {"duplicate.of": {"$in": list(ahead)}}]}, _FIELDS
            )
            if row["_id"] not in rows
        }
        rows |= fresh
        ahead = {row["duplicate"]["of"] for row in fresh.values() if row.get("duplicate")} | fresh.keys()
        ahead -= rows.keys() - fresh.keys()
        if not fresh:
            decided = manual_decisions.connected(store, rows)
            ahead = {key for one in decided for key in one.couple} - rows.keys()
            known = {row["_id"] for row in article_rows(store).find({"_id": {"$in": list(ahead)}}, {"_id": 1})}
            ahead &= known
    return rows, decided


def _end(rows: Mapping[str, Mapping[str, Any]], key: str) -> str:
    """Return the article at which the links from *key* end."""
    passed: set[str] = set()
    while key not in passed and (duplicate := rows[key].get("duplicate")) and duplicate["of"] in rows:
        passed.add(key)
        key = duplicate["of"]
    return min(passed) if key in passed else key


def read(store: Store, ids: Collection[str]) -> dict[str, Mapping[str, Any]]:
    """Return what :func:`member` and :func:`write` need of the articles *ids*."""
    return {row["_id"]: row for row in article_rows(store).find({"_id": {"$in": list(ids)}}, _FIELDS)}


def member(row: Mapping[str, Any]) -> Member:
    """Return the stored article *row* as its cluster sees it."""
    agency, withdrawn = bool(row.get("agency")), bool(row.get("withdrawn"))
    return Member(row["_id"], published=row.get("published"), agency=agency, withdrawn=withdrawn)


def write(store: Store, rows: Mapping[str, Mapping[str, Any]], changed: Mapping[str, Placed]) -> bool:
    """Write where articles are placed now; ``False`` if one of them was changed by another writer meanwhile."""
    if not changed:
        return True
    texts = Comparisons(store)
    texts.load({*changed, *(place.of for place in changed.values())})
    in_index, in_articles, moment = [], [], now()
    for key, place in changed.items():
        duplicate = linked(texts, key, place)
        state = {"state": "member", "of": duplicate.of} if duplicate else {"state": "root", "of": None}
        in_index.append(UpdateOne({"_id": key, "state": {"$in": ["root", "member"]}}, {"$set": state}))
        before = (rows[key].get("duplicate") or {}).get("of")
        still = {"_id": key, "content": rows[key]["content"], "duplicate.of": before or {"$exists": False}}
        change = {"duplicate": document_of(duplicate) if duplicate else None, "updated": moment}
        in_articles.append(Update(still, {"$set": change}))
    band_index.update(store, in_index)
    return update(store, in_articles).matched == len(changed)
