"""The rows of the dedupe report, added up by the database."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any, get_args

from dedupe.report.report import RELATIONS, SAME_URL, PortalNumbers, RepeatedLine, Scope
from dedupe.report.scores import BY_HAND, Histogram, histogram
from dedupe.text.exact import MOST_CHARACTERS, Notices
from storage.articles.claims import CONTRADICTED
from storage.articles.collection import article_rows
from storage.frontier import runs
from storage.frontier.collection import frontier_rows
from storage.records import RelatedKind

if TYPE_CHECKING:
    from storage.database.store import Store
    from storage.frontier.runs import Run

_OUTCOMES = {"listing": "listings", "not article": "not_articles", "failure": "failures", "gone": "failures"}
_KINDS: tuple[RelatedKind, ...] = get_args(RelatedKind)
_ALL = Scope()


def articles_of(scope: Scope) -> dict[str, Any]:
    """Return the filter for the articles of *scope*. The articles of a run are those that it stored first."""
    wanted: dict[str, Any] = {}
    if scope.portal:
        wanted["portal"] = scope.portal
    if scope.since:
        wanted["updated"] = {"$gte": scope.since}
    if scope.run:
        wanted["first_run"] = scope.run
    return wanted


def _entries_of(scope: Scope) -> dict[str, Any]:
    """Return the filter for the frontier's entries of *scope*, those of a run as long as no later one fetched them."""
    wanted: dict[str, Any] = {}
    if scope.portal:
        wanted["portal"] = scope.portal
    if scope.since:
        wanted["finished"] = {"$gte": scope.since}
    if scope.run:
        wanted["run"] = scope.run
    return wanted


def portal_numbers(store: Store, scope: Scope = _ALL) -> Iterator[PortalNumbers]:
    """Yield the numbers of each portal in *scope*: fetched pages by outcome, articles, duplicates by relation.

    A page counts as an article page if it is an article, or an address that ended at an article known by another
    address. Pages without an article are counted from the frontier as it is now. For a run that has ended they are
    taken from the run's own counts, because later runs ask for the same listings again.
    """
    found = {row["_id"]: row for row in _article_sums(store, scope)}
    for row in _rights_sums(store, scope):
        found[row["_id"]["portal"]].setdefault("rights", {})[row["_id"]["right"]] = row["articles"]
    for name, articles in _notices(store, scope).items():
        found[name]["notices"] = articles
    pages: dict[str, dict[str, Mapping[str, int]]] = {}
    for row in _page_sums(store, scope):
        pages.setdefault(row["_id"]["portal"], {})[row["_id"]["outcome"]] = row
    run = runs.get(store, scope.run) if scope.run and not scope.since else None
    own = {run.portal: _counted(run)} if run and run.finished and scope.portal in ("", run.portal) else {}
    for name in sorted(found.keys() | pages.keys() | {name for name, counts in own.items() if any(counts.values())}):
        yield replace(_numbers(name, found.get(name, {}), pages.get(name, {})), **own.get(name, {}))


def repeated_lines(store: Store, scope: Scope = _ALL, top: int = 10) -> Iterator[RepeatedLine]:
    """Yield the *top* lines that were kept out of the texts of most pages, a page counted once a line."""
    dropped = {
        "$filter": {
            "input": "$paragraphs",
            "cond": {"$in": ["$$this.verdict", ["promo", "related", "repeated"]]},
        }
    }
    line = {"text": "$$this.text", "verdict": "$$this.verdict"}
    distinct = {"$setUnion": [{"$map": {"input": dropped, "in": line}}, []]}
    steps: list[dict[str, Any]] = [
        {"$match": articles_of(scope)},
        {"$project": {"portal": 1, "line": distinct}},
        {"$unwind": "$line"},
        {"$match": {"line.text": {"$regex": r"[\p{L}\p{N}]"}}},
        {"$group": {"_id": {"portal": "$portal", "line": "$line"}, "pages": {"$sum": 1}}},
        {"$sort": {"pages": -1, "_id": 1}},
        {"$limit": max(1, top)},
    ]
    for row in article_rows(store).aggregate(steps, allowDiskUse=True):
        text, verdict = row["_id"]["line"]["text"], row["_id"]["line"]["verdict"]
        yield RepeatedLine(text=text, portal=row["_id"]["portal"], pages=row["pages"], verdict=verdict)


def similarities(store: Store, scope: Scope = _ALL) -> Histogram:
    """Return how many duplicates in *scope* that texts made have which similarity, by relation."""
    steps: list[dict[str, Any]] = [
        {"$match": articles_of(scope) | {"duplicate.of": {"$exists": True}, "duplicate.by_hand": {"$ne": True}}},
        {"$group": {"_id": {"relation": "$duplicate.relation", "score": "$duplicate.score"}, "n": {"$sum": 1}}},
    ]
    rows = article_rows(store).aggregate(steps, allowDiskUse=True)
    return histogram((row["_id"]["relation"], row["_id"]["score"], row["n"]) for row in rows)


def _rights_sums(store: Store, scope: Scope) -> Iterator[Mapping[str, Any]]:
    """Count the articles of each portal by what it says may be done with them."""
    steps: list[dict[str, Any]] = [
        {"$match": articles_of(scope)},
        {"$project": {"portal": 1, "rights": 1}},
        {"$unwind": "$rights"},
        {"$group": {"_id": {"portal": "$portal", "right": "$rights"}, "articles": {"$sum": 1}}},
    ]
    yield from article_rows(store).aggregate(steps)


def _notices(store: Store, scope: Scope) -> Counter[str]:
    """Count the articles of each portal whose short text stands under many titles."""
    found = Notices()
    short = articles_of(scope) | {"measures.characters": {"$lte": MOST_CHARACTERS}}
    for row in article_rows(store).find(short, {"portal": 1, "title": 1, "text": 1}):
        found.add(row["text"], row["title"], row["portal"])
    return found.by_source()


def _article_sums(store: Store, scope: Scope) -> Iterator[dict[str, Any]]:
    """Add up the articles of each portal."""
    is_copy = {"$ne": [{"$type": "$duplicate.of"}, "missing"]}
    by_hand = {"$eq": ["$duplicate.by_hand", True]}
    judged = {"$and": [is_copy, {"$not": [by_hand]}]}
    saved = {"$add": ["$measures.repeated_characters", {"$cond": [judged, "$measures.characters", 0]}]}
    group: dict[str, Any] = {
        "articles": {"$sum": 1},
        "characters": {"$sum": {"$add": ["$measures.characters", "$measures.repeated_characters"]}},
        "related": {"$sum": "$measures.related"},
        **{f"of kind {kind}": {"$sum": _stories_of(kind)} for kind in _KINDS},
        "contradicted": _count({"$in": [CONTRADICTED, {"$ifNull": ["$quality", []]}]}),
        "versions": {"$sum": {"$subtract": ["$version", 1]}},
        "repeated_entries": {"$sum": "$measures.repeated_entries"},
        "saved": {"$sum": saved},
        "cross_portal": _count({"$and": [is_copy, {"$not": ["$duplicate.same_portal"]}]}),
        "agency": _count({"$and": [is_copy, "$duplicate.agency"]}),
    }
    for relation in RELATIONS[1:-1]:
        group[relation] = _count({"$and": [judged, {"$eq": ["$duplicate.relation", relation]}]})
    group[BY_HAND] = _count({"$and": [is_copy, by_hand]})
    steps: list[dict[str, Any]] = [
        {"$match": articles_of(scope)},
        {"$group": {"_id": "$portal", **group}},
    ]
    yield from article_rows(store).aggregate(steps)


def _page_sums(store: Store, scope: Scope) -> Iterator[Mapping[str, Any]]:
    """Count the settled addresses of each portal by outcome; of article pages only those of a known article.

    An address that once gave an article and fails now is still that article's.
    """
    settled: dict[str, Any] = {
        "$or": [{"outcome": {"$in": list(_OUTCOMES)}, "article": {"$exists": False}}, {"change": "alias"}]
    }
    outcome = {"$cond": [{"$eq": ["$change", "alias"]}, "article", "$outcome"]}
    steps: list[dict[str, Any]] = [
        {"$match": _entries_of(scope) | settled},
        {
            "$group": {
                "_id": {"portal": "$portal", "outcome": outcome},
                "pages": {"$sum": 1},
                "characters": {"$sum": "$characters"},
            }
        },
    ]
    yield from frontier_rows(store).aggregate(steps)


def _stories_of(kind: str) -> dict[str, Any]:
    """Return how many related stories of an article are of *kind*; those stored without one are ``related``."""
    is_it = {"$eq": [{"$ifNull": ["$$this.kind", "related"]}, kind]}
    return {"$size": {"$filter": {"input": {"$ifNull": ["$related", []]}, "cond": is_it}}}


def _count(condition: Any) -> dict[str, Any]:
    return {"$sum": {"$cond": [condition, 1, 0]}}


def _numbers(portal: str, sums: Mapping[str, Any], pages: Mapping[str, Mapping[str, int]]) -> PortalNumbers:
    alias = pages.get("article", {"pages": 0, "characters": 0})
    duplicates = {relation: sums.get(relation, 0) for relation in RELATIONS[1:]}
    return PortalNumbers(
        portal=portal,
        article_pages=sums.get("articles", 0) + alias["pages"],
        **_settled(pages),
        duplicates={SAME_URL: alias["pages"], **duplicates},
        cross_portal=sums.get("cross_portal", 0),
        agency=sums.get("agency", 0),
        repeated_entries=sums.get("repeated_entries", 0),
        related_stories=sums.get("related", 0),
        related_kinds={kind: found for kind in _KINDS if (found := sums.get(f"of kind {kind}", 0))},
        contradicted=sums.get("contradicted", 0),
        notices=sums.get("notices", 0),
        rights=sums.get("rights", {}),
        versions=sums.get("versions", 0),
        characters=sums.get("characters", 0) + alias["characters"],
        characters_saved=sums.get("saved", 0) + alias["characters"],
    )


def _counted(run: Run) -> dict[str, Any]:
    """Return the pages without an article that *run* counted, by the field that counts them."""
    failures = run.counts.get("failures", 0) + run.counts.get("withdrawn", 0)
    return {name: run.counts.get(name, 0) for name in ("listings", "not_articles")} | {"failures": failures}


def _settled(pages: Mapping[str, Mapping[str, int]]) -> dict[str, Any]:
    """Return the pages without an article by the field that counts them."""
    counts = dict.fromkeys(_OUTCOMES.values(), 0)
    for outcome, field in _OUTCOMES.items():
        counts[field] += pages[outcome]["pages"] if outcome in pages else 0
    return counts
