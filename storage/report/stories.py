"""The stories of the dedupe report: which stand in the store more than once, with their texts where they are shown."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from heapq import nsmallest
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from dedupe.compare.similarity import compare, prepare
from dedupe.minhash.params import signature_array
from dedupe.report.checks import Facts, Link, Suspect
from dedupe.report.near_misses import kept_apart, most_alike
from dedupe.report.originals import with_original
from dedupe.report.reasons import explained
from dedupe.report.report import Copy, RepeatedStory, Scope
from dedupe.report.scores import BY_HAND, THRESHOLD
from storage.articles.collection import article_rows
from storage.base.documents import batches
from storage.duplicates.band_index import fingerprint_rows
from storage.report.rows import articles_of

if TYPE_CHECKING:
    from storage.database.store import Store

T = TypeVar("T")
_COPIES_SHOWN = 50
_VERSIONS_SHOWN = 5
_LINK = tuple(f"duplicate.{name}" for name in ("of", "relation", "score", "by_hand"))
_READ_AT_ONCE = 100  # stories
_SIGNATURES = 300_000  # read for pairs that are alike: 75 MB
_SHOWN = dict.fromkeys(("url", "portal", "title", "duplicate", "published", "agency"), 1)


@dataclass(frozen=True, slots=True)
class Outline:
    """A story without its texts."""

    root: str
    """Id of its representative."""
    copies: int
    margin: float
    """How far the copy most in doubt is from the threshold; 1 where all are exact, 2 for a story of versions alone."""
    links: tuple[str, ...] = ()
    """Ids of the copies to show, those most in doubt."""
    earliest: datetime | None = None
    """When the first of all copies was published, as far as it is known."""


def outlines(store: Store, scope: Scope) -> list[Outline]:
    """Return the stories with a copy in *scope*, most copies first; with a portal also those that it had first."""
    wanted = articles_of(Scope(since=scope.since, run=scope.run))
    doubt = {"$abs": {"$subtract": ["$duplicate.score", THRESHOLD]}}
    clear = {"$or": [{"$eq": ["$duplicate.relation", "exact"]}, {"$eq": ["$duplicate.by_hand", True]}]}
    margin = {"$cond": [clear, 1, doubt]}
    steps: list[dict[str, Any]] = [
        {"$match": wanted | {"duplicate.of": {"$exists": True}}},
        {"$project": {"portal": 1, "of": "$duplicate.of", "margin": margin, "published": 1}},
        {
            "$group": {
                "_id": "$of",
                "portals": {"$addToSet": "$portal"},
                "links": {"$push": {"id": "$_id", "margin": "$margin"}},
                "earliest": {"$min": "$published"},
            }
        },
    ]
    found = [_outline(row, scope) for row in article_rows(store).aggregate(steps, allowDiskUse=True)]
    if scope.portal:
        ours = _roots_on(store, scope.portal, [outline.root for outline, here in found if not here])
        found = [(outline, here or outline.root in ours) for outline, here in found]
    return sorted((outline for outline, here in found if here), key=lambda one: (-one.copies, one.root))


def _outline(row: Mapping[str, Any], scope: Scope) -> tuple[Outline, bool]:
    """Return a story, and whether one of its copies is in *scope*."""
    shown = nsmallest(_COPIES_SHOWN, row["links"], key=lambda link: (link["margin"], link["id"]))
    outline = Outline(
        row["_id"], len(row["links"]), shown[0]["margin"], tuple(link["id"] for link in shown), row["earliest"]
    )
    return outline, not scope.portal or scope.portal in row["portals"]


def _roots_on(store: Store, portal: str, roots: Sequence[str]) -> set[str]:
    ours: set[str] = set()
    for some in batches(roots, _READ_AT_ONCE):
        rows = article_rows(store).find({"_id": {"$in": some}, "portal": portal}, {"_id": 1})
        ours |= {row["_id"] for row in rows}
    return ours


def versioned(store: Store, scope: Scope) -> Iterator[Outline]:
    """Yield the stories of *scope* that have older texts and no copy, by id."""
    wanted = articles_of(scope) | {"version": {"$gt": 1}}
    for row in article_rows(store).find(wanted, {"_id": 1}).sort("_id", 1):
        if not article_rows(store).count_documents({"duplicate.of": row["_id"]}, limit=1):
            yield Outline(row["_id"], 0, 2.0)


def alike(store: Store, scope: Scope) -> Iterator[RepeatedStory]:
    """Yield pairs of articles that are alike but no single story, with their texts; at least one is in *scope*.

    Only the latest ``_SIGNATURES`` fingerprints of the index are compared.
    """
    ids, signatures = _signatures(store)
    if len(ids) < 2:
        return
    clusters = dict.fromkeys(ids)
    linked = article_rows(store).find({"duplicate.of": {"$exists": True}}, {"duplicate.of": 1})
    clusters |= {row["_id"]: row["duplicate"]["of"] for row in linked if row["_id"] in clusters}
    _, numbers = np.unique(np.array([of or key for key, of in clusters.items()]), return_inverse=True)
    pairs = [(ids[a], ids[b]) for a, b in most_alike(signatures, numbers.astype(np.int64))]
    wanted = {"_id": {"$in": [key for pair in pairs for key in pair]}}
    rows = {row["_id"]: row for row in article_rows(store).find(wanted, _SHOWN | {"text": 1})}
    ours = {row["_id"] for row in article_rows(store).find(wanted | articles_of(scope), {"_id": 1})}
    known = [pair for pair in pairs if rows.keys() >= set(pair) and not ours.isdisjoint(pair)]
    yield from kept_apart((_first(rows[a]), _first(rows[b])) for a, b in known)


def _signatures(store: Store) -> tuple[list[str], NDArray[np.uint32]]:
    """Return the ids and the signatures, shape (ids, permutations), of the index, by id."""
    newest = fingerprint_rows(store).find({}, {"signature": 1}).sort("at", -1).limit(_SIGNATURES)
    rows = sorted((row["_id"], bytes(row["signature"])) for row in newest)
    joined = b"".join(signature for _, signature in rows)
    values = signature_array(joined)
    return [key for key, _ in rows], values.reshape(len(rows), values.size // max(len(rows), 1))


def in_doubt_first(found: Iterable[Outline]) -> list[Outline]:
    """Return the stories with the closest decision first, exact copies last."""
    return sorted(found, key=lambda one: (round(one.margin, 4), -one.copies, one.root))


def stories(store: Store, found: Iterable[Outline], *, in_full: bool = False) -> Iterator[RepeatedStory]:
    """Yield the stories with their texts and the reason of each copy, read a hundred at a time.

    :param in_full: align the texts, for the passages that differ: see :func:`dedupe.report.reasons.explained`
    """
    for some in batches(found, _READ_AT_ONCE):
        ids = [key for outline in some for key in (outline.root, *outline.links)]
        rows = {row["_id"]: row for row in article_rows(store).find({"_id": {"$in": ids}}, _SHOWN | {"text": 1})}
        older = _older(store, [outline.root for outline in some])
        for outline in some:
            if outline.root in rows:
                story = _story(outline, rows, older.get(outline.root, []))
                if len(story.copies) > 1:
                    yield explained(story, in_full=in_full)


def _older(store: Store, roots: Sequence[str]) -> dict[str, list[Mapping[str, Any]]]:
    """Return the older texts of some articles, newest first."""
    found: dict[str, list[Mapping[str, Any]]] = {}
    shown = _SHOWN | {"text": 1, "article": 1, "version": 1}
    for row in store.db["versions"].find({"article": {"$in": list(roots)}}, shown).sort("version", -1):
        found.setdefault(row["article"], []).append(row)
    return found


def _story(outline: Outline, rows: Mapping[str, Any], older: Sequence[Mapping[str, Any]]) -> RepeatedStory:
    first = rows[outline.root]
    copies = [_copy(rows[key]) for key in outline.links if key in rows]
    shown = older[:_VERSIONS_SHOWN]
    more = outline.copies - len(outline.links) + len(older) - len(shown)
    texts = with_original([_first(first), *copies], outline.earliest)
    return RepeatedStory(copies=(*texts, *(_version(row, first) for row in shown)), more=more)


def _first(row: Mapping[str, Any]) -> Copy:
    return Copy(
        id=row["_id"],
        url=row["url"],
        portal=row["portal"],
        title=row["title"],
        published=row.get("published"),
        agency=bool(row.get("agency")),
        text=row["text"],
    )


def _copy(row: Mapping[str, Any]) -> Copy:
    found = row["duplicate"]
    names = ("relation", "score", "reason", "role")
    values = {name: found.get(name, "") for name in names}
    return replace(_first(row), **values | ({"relation": BY_HAND} if found.get("by_hand") else {}))


def _version(row: Mapping[str, Any], current: Mapping[str, Any]) -> Copy:
    found = compare(prepare(row["text"], row["title"]), prepare(current["text"], current["title"]))
    clause = f"{found.score:.0%} of the shorter text stands in the other"
    return replace(_first(row), relation="version", score=round(found.score, 4), reason=clause)


def links(store: Store, scope: Scope) -> Iterator[Link]:
    """Yield the copies in *scope* with the articles that they repeat, without their texts."""
    fields = dict.fromkeys(("title", "published", "measures.characters", *_LINK), 1)
    wanted = articles_of(scope) | {"duplicate.of": {"$exists": True}}
    for some in batches(article_rows(store).find(wanted, fields), _READ_AT_ONCE):
        roots = {row["_id"]: row for row in _rows_of(store, {row["duplicate"]["of"] for row in some}, fields)}
        for row in some:
            found = row["duplicate"]
            if found["of"] in roots:
                relation = BY_HAND if found.get("by_hand") else found["relation"]
                yield Link(_facts(row), _facts(roots[found["of"]]), relation, found["score"])


def texts_of(store: Store, suspects: Iterable[Suspect]) -> dict[str, Copy]:
    """Return the texts of *suspects* by id; of a copy with the reason that was recorded."""
    wanted = {facts.id for suspect in suspects for facts in (suspect.link.copy, suspect.link.kept)}
    rows = _rows_of(store, wanted, _SHOWN | {"text": 1})
    return {row["_id"]: _copy(row) if row.get("duplicate") else _first(row) for row in rows}


def _rows_of(store: Store, ids: Collection[str], fields: Mapping[str, int]) -> Iterable[Mapping[str, Any]]:
    return article_rows(store).find({"_id": {"$in": sorted(ids)}}, fields)


def _facts(row: Mapping[str, Any]) -> Facts:
    size = row.get("measures", {}).get("characters", 0)
    published = row.get("published")
    return Facts(row["_id"], row["title"], size, published.replace(tzinfo=UTC) if published else None)
