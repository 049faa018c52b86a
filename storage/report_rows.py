"""The rows of the dedupe report, added up by the database."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from dedupe.report import RELATIONS, SAME_URL, Copy, PortalNumbers, RepeatedLine, RepeatedStory
from storage import clusters

if TYPE_CHECKING:
    from storage.mongo import Store

_COPIES_SHOWN = 50
_OUTCOMES = {"listing": "listings", "not article": "not_articles", "failure": "failures"}


def portal_numbers(store: Store, portal: str | None = None) -> Iterator[PortalNumbers]:
    """Yield the numbers of each portal, or of one: fetched pages by outcome, articles, duplicates by relation.

    An article page is an article, or an address that ended at an article which another address had brought.
    """
    found = {row["_id"]: row for row in _article_sums(store, portal)}
    pages: dict[str, dict[str, Mapping[str, int]]] = {}
    for row in _page_sums(store, portal):
        pages.setdefault(row["_id"]["portal"], {})[row["_id"]["outcome"]] = row
    for name in sorted(found.keys() | pages.keys()):
        yield _numbers(name, found.get(name, {}), pages.get(name, {}))


def repeated_stories(store: Store, portal: str | None = None, top: int = 10) -> Iterator[RepeatedStory]:
    """Yield the *top* stories with most copies, of those with a copy on *portal* if given."""
    for root, _, portals in clusters.sizes(store):
        if top <= 0:
            return
        first = store.db["articles"].find_one({"_id": root}, _SHOWN)
        if first is None or (portal and portal not in {first["portal"], *portals}):
            continue
        copies = store.db["articles"].find({"duplicate.of": root}, _SHOWN).sort("_id", 1).limit(_COPIES_SHOWN)
        yield RepeatedStory(copies=(_copy(first, representative=True), *map(_copy, copies)))
        top -= 1


def repeated_lines(store: Store, portal: str | None = None, top: int = 10) -> Iterator[RepeatedLine]:
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
        {"$match": {"portal": portal} if portal else {}},
        {"$project": {"portal": 1, "line": distinct}},
        {"$unwind": "$line"},
        {"$group": {"_id": {"portal": "$portal", "line": "$line"}, "pages": {"$sum": 1}}},
        {"$sort": {"pages": -1, "_id": 1}},
        {"$limit": max(1, top)},
    ]
    for row in store.db["articles"].aggregate(steps, allowDiskUse=True):
        text, verdict = row["_id"]["line"]["text"], row["_id"]["line"]["verdict"]
        yield RepeatedLine(text=text, portal=row["_id"]["portal"], pages=row["pages"], verdict=verdict)


_SHOWN = dict.fromkeys(("url", "portal", "title", "duplicate"), 1)


def _article_sums(store: Store, portal: str | None) -> Iterator[Mapping[str, Any]]:
    """Add up the articles of each portal."""
    is_copy = {"$ne": [{"$type": "$duplicate.of"}, "missing"]}
    saved = {"$add": ["$measures.repeated_characters", {"$cond": [is_copy, "$measures.characters", 0]}]}
    group: dict[str, Any] = {
        "articles": {"$sum": 1},
        "characters": {"$sum": {"$add": ["$measures.characters", "$measures.repeated_characters"]}},
        "related": {"$sum": "$measures.related"},
        "repeated_entries": {"$sum": "$measures.repeated_entries"},
        "saved": {"$sum": saved},
        "cross_portal": _count({"$and": [is_copy, {"$not": ["$duplicate.same_portal"]}]}),
        "agency": _count({"$and": [is_copy, "$duplicate.agency"]}),
    }
    for relation in RELATIONS[1:]:
        group[relation] = _count({"$eq": ["$duplicate.relation", relation]})
    steps: list[dict[str, Any]] = [
        {"$match": {"portal": portal} if portal else {}},
        {"$group": {"_id": "$portal", **group}},
    ]
    yield from store.db["articles"].aggregate(steps)


def _page_sums(store: Store, portal: str | None) -> Iterator[Mapping[str, Any]]:
    """Count the settled addresses of each portal by outcome; of article pages only those of a known article.

    An address that once gave an article and fails now is still that article's.
    """
    settled: dict[str, Any] = {
        "$or": [{"outcome": {"$in": list(_OUTCOMES)}, "article": {"$exists": False}}, {"change": "alias"}]
    }
    outcome = {"$cond": [{"$eq": ["$change", "alias"]}, "article", "$outcome"]}
    steps: list[dict[str, Any]] = [
        {"$match": {"portal": portal, **settled} if portal else settled},
        {
            "$group": {
                "_id": {"portal": "$portal", "outcome": outcome},
                "pages": {"$sum": 1},
                "characters": {"$sum": "$characters"},
            }
        },
    ]
    yield from store.db["frontier"].aggregate(steps)


def _count(condition: Any) -> dict[str, Any]:
    return {"$sum": {"$cond": [condition, 1, 0]}}


def _numbers(portal: str, sums: Mapping[str, int], pages: Mapping[str, Mapping[str, int]]) -> PortalNumbers:
    alias = pages.get("article", {"pages": 0, "characters": 0})
    duplicates = {relation: sums.get(relation, 0) for relation in RELATIONS[1:]}
    return PortalNumbers(
        portal=portal,
        article_pages=sums.get("articles", 0) + alias["pages"],
        **{field: pages[name]["pages"] if name in pages else 0 for name, field in _OUTCOMES.items()},
        duplicates={SAME_URL: alias["pages"], **duplicates},
        cross_portal=sums.get("cross_portal", 0),
        agency=sums.get("agency", 0),
        repeated_entries=sums.get("repeated_entries", 0),
        related_stories=sums.get("related", 0),
        characters=sums.get("characters", 0) + alias["characters"],
        characters_saved=sums.get("saved", 0) + alias["characters"],
    )


def _copy(row: Mapping[str, Any], *, representative: bool = False) -> Copy:
    shown = {"url": row["url"], "portal": row["portal"], "title": row["title"]}
    if representative or not row["duplicate"]:
        return Copy(**shown)
    found = row["duplicate"]
    return Copy(**shown, relation=found["relation"], score=found["score"], reason=found["reason"])
