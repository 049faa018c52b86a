"""Which stored article an edge leads to, also where its address alone does not tell.

A related story's address may answer under another one, or be that of a page that was never fetched while its title
or blurb is the title or lead of a stored article. ``to_article`` of an edge is derived anew by ``storykin dedupe
--all``, so that articles which arrive later are found as well.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal

from pymongo import UpdateOne

from dedupe.entries.repeats import BLURB_SHARE
from dedupe.entries.teasers import TEASER_SHARE, Announcement, KnownStories, best
from storage.articles.collection import article_rows
from storage.base.documents import batches
from storage.frontier import related_links
from storage.frontier.related_links import edge_rows
from storage.teasers.known_stories import BLOCK, blocks

if TYPE_CHECKING:
    from storage.database.store import Store

BATCH = 500
"""Edges looked through together."""

LinkedBy = Literal["address", "title", "blurb"]
"""By what of the related story the article was found."""
Target = tuple[str, LinkedBy]
Found = dict[tuple[str, str], list[Announcement]]
"""What title and blurb announce, by edge and part."""

_FIELDS = dict.fromkeys(
    ("source", "target", "portal", "story.url", "story.canonical_url", "story.title", "story.blurb"), 1
) | {
    "to_article": 1,
    "linked_by": 1,
}


def link(store: Store, block: int = BLOCK) -> tuple[int, int]:
    """Link all edges to the articles they lead to; return how many are linked, and how many changed."""
    earlier: Found = {}
    linked = changed = 0
    for known, last in blocks(store, block):
        for rows in batches(edge_rows(store).find({}, _FIELDS).sort("_id", 1), BATCH):
            found = _found(known, rows, earlier)
            if not last:
                earlier |= found
                continue
            wanted = _targets(store, rows, found)
            linked += len(wanted)
            changed += _write(store, rows, wanted)
    return linked, changed


def _found(known: KnownStories, rows: Iterable[Mapping[str, Any]], earlier: Found) -> Found:
    """Return what titles and blurbs announce, together with what *earlier* blocks gave."""
    lines = [
        ((row["_id"], part), row["story"][part]) for row in rows for part in ("title", "blurb") if row["story"][part]
    ]
    announced = known.announced([text for _, text in lines])
    return {
        key: together
        for (key, _), here in zip(lines, announced, strict=True)
        if (together := [*earlier.get(key, ()), *here])
    }


def _targets(store: Store, rows: Sequence[Mapping[str, Any]], found: Found) -> dict[str, Target]:
    """Return the articles of edges: by address where that is known, else by words that only one story has."""
    by_address = _by_address(store, rows)
    stories = _stories(store, {row["source"] for row in rows})
    targets: dict[str, Target] = {}
    for row in rows:
        if row["_id"] in by_address:
            targets[row["_id"]] = by_address[row["_id"]], "address"
        elif target := _by_words(row, found, stories.get(row["source"], row["source"])):
            targets[row["_id"]] = target
    return targets


def _by_address(store: Store, rows: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    articles = article_rows(store)
    wanted = {row["_id"]: row for row in rows}
    there = {row["_id"] for row in articles.find({"_id": {"$in": [row["target"] for row in rows]}}, {"_id": 1})}
    found = {key: row["target"] for key, row in wanted.items() if row["target"] in there}
    urls = sorted({url for key, row in wanted.items() if key not in found for url in _addresses(row["story"])})
    aliases: dict[str, str] = {}
    for article in articles.find({"aliases": {"$in": urls}}, {"aliases": 1}).sort("_id", -1):
        aliases.update(dict.fromkeys(article["aliases"], article["_id"]))  # of two with one alias the smaller id
    for key, row in wanted.items():
        of = next((aliases[url] for url in _addresses(row["story"]) if url in aliases), "")
        if key not in found and of and of != row["source"]:
            found[key] = of
    return found


def _addresses(story: Mapping[str, Any]) -> list[str]:
    return list(filter(None, (story.get("canonical_url"), story["url"])))


def _stories(store: Store, ids: Iterable[str]) -> dict[str, str]:
    rows = article_rows(store).find({"_id": {"$in": list(ids)}, "duplicate.of": {"$exists": True}}, {"duplicate.of": 1})
    return {row["_id"]: row["duplicate"]["of"] for row in rows}


def _by_words(row: Mapping[str, Any], found: Found, own: str) -> Target | None:
    """Return what the edge's words announce: its title another title, its blurb a lead, and both no two stories."""
    titles = [one for one in found.get((row["_id"], "title"), ()) if one.part == "title" or one.score < 1]
    leads = [one for one in found.get((row["_id"], "blurb"), ()) if one.part == "lead"]
    by_title = _only(titles, row["portal"], own, TEASER_SHARE)
    by_blurb = _only(leads, row["portal"], own, BLURB_SHARE)
    if by_title and by_blurb and by_title.known.story != by_blurb.known.story:
        return None
    if by_title:
        return by_title.known.id, "title"
    return (by_blurb.known.id, "blurb") if by_blurb else None


def _only(found: Sequence[Announcement], portal: str, own: str, least: float) -> Announcement | None:
    """Return the one story announced. Equal words of two stories decide nothing but on the edge's own portal."""
    others = [one for one in found if one.known.story != own]
    equal = [one for one in others if one.score == 1]
    chosen = [one for one in equal if one.known.portal == portal] or equal or others
    if len({one.known.story for one in chosen if one.score == 1}) > 1:
        return None
    return best(chosen, own, least)


def _write(store: Store, rows: Iterable[Mapping[str, Any]], wanted: Mapping[str, Target]) -> int:
    operations = []
    for row in rows:
        target = wanted.get(row["_id"])
        if target == ((row["to_article"], row["linked_by"]) if row.get("to_article") else None):
            continue
        change: dict[str, Any] = {"$unset": {"to_article": "", "linked_by": ""}}
        if target:
            change = {"$set": {"to_article": target[0], "linked_by": target[1]}}
        operations.append(UpdateOne({"_id": row["_id"], "story.title": row["story"]["title"]}, change))
    return related_links.update(store, operations)
