"""Teasers: paragraphs of stored articles that are the title or the lead of another known story.

What other pages teach is an annotation beside the extraction. ``text`` and the verdicts stay as the page alone gave
them; ``teasers`` of an article is derived anew by ``storykin dedupe --all``, to the same result whatever came first.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from typing import TYPE_CHECKING, Any, TypeVar

from dedupe.entries.teasers import Announcement, KnownStories, best
from storage.articles.collection import Update, article_rows, update
from storage.base.documents import batches, now
from storage.records import KEPT_VERDICTS, Teaser
from storage.teasers.known_stories import BLOCK, blocks

if TYPE_CHECKING:
    from storage.database.store import Store

BATCH = 200
"""Articles looked through together."""

_FIELDS = dict.fromkeys(("paragraphs.text", "paragraphs.verdict", "content", "duplicate.of", "teasers"), 1)

T = TypeVar("T")
Found = dict[tuple[str, int], list[Announcement]]
"""What each paragraph announces, by article and index."""


def annotate(store: Store, block: int = BLOCK) -> tuple[int, int]:
    """Mark the likely teasers in all articles; return how many paragraphs are marked, and how many articles changed.

    An article whose text changes meanwhile is left to the next time.
    """
    earlier: Found = {}
    marked = changed = 0
    for known, last in blocks(store, block):
        for rows in batches(article_rows(store).find({}, _FIELDS).sort("_id", 1), BATCH):
            found = _found(known, rows, earlier)
            if not last:
                earlier |= found
                continue
            wanted = {row["_id"]: _teasers(row, found) for row in rows}
            marked += sum(map(len, wanted.values()))
            changed += _write(store, [row for row in rows if row.get("teasers", []) != wanted[row["_id"]]], wanted)
    return marked, changed


def _found(known: KnownStories, rows: Iterable[Mapping[str, Any]], earlier: Found) -> Found:
    """Return what the paragraphs of *rows* announce, together with what *earlier* blocks gave."""
    places = [(row["_id"], index, text) for row in rows for index, text in _own_paragraphs(row)]
    announced = known.announced([text for _, _, text in places])
    found: Found = {}
    for (key, index, _), here in zip(places, announced, strict=True):
        if together := [*earlier.get((key, index), ()), *here]:
            found[key, index] = together
    return found


def _own_paragraphs(row: Mapping[str, Any]) -> Iterator[tuple[int, str]]:
    """Yield the paragraphs that make up the text, without the first: what opens a text is its own lead."""
    kept = (
        (index, paragraph["text"])
        for index, paragraph in enumerate(row["paragraphs"])
        if paragraph["verdict"] in KEPT_VERDICTS
    )
    return islice(kept, 1, None)


def _teasers(row: Mapping[str, Any], found: Found) -> list[dict[str, Any]]:
    own = (row.get("duplicate") or {}).get("of") or row["_id"]
    teasers = []
    for index, _ in _own_paragraphs(row):
        if one := best(found.get((row["_id"], index), ()), own):
            teasers.append(Teaser(paragraph=index, of=one.known.id, part=one.part, score=one.score).to_json())
    return teasers


def _write(store: Store, rows: Iterable[Mapping[str, Any]], wanted: Mapping[str, list[dict[str, Any]]]) -> int:
    moment = now()
    operations = [
        Update(
            {"_id": row["_id"], "content": row["content"]},
            {"$set": {"teasers": wanted[row["_id"]], "updated": moment}},
        )
        for row in rows
    ]
    return update(store, operations).modified
