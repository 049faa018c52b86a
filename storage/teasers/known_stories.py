"""The titles and leads of all stored articles, a bounded number in memory at a time."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import TYPE_CHECKING

from dedupe.entries.teasers import KnownStories, KnownStory
from storage.articles.collection import article_rows

if TYPE_CHECKING:
    from storage.database.store import Store

BLOCK = 50_000
"""Stories prepared at once, about 200 MB; a store of more is read once for each block."""

_FIELDS = dict.fromkeys(("portal", "title", "lead", "duplicate.of"), 1)


def blocks(store: Store, size: int = BLOCK) -> Iterator[tuple[KnownStories, bool]]:
    """Yield the stored stories in blocks of *size* by id, and whether the block is the last; at least one block.

    Copies are known by their decisions: let these be settled before.
    """
    rows = (
        KnownStory(
            id=row["_id"],
            story=(row.get("duplicate") or {}).get("of") or row["_id"],
            portal=row["portal"],
            title=row["title"],
            lead=row["lead"],
        )
        for row in article_rows(store).find({}, _FIELDS).sort("_id", 1)
    )
    ahead = list(islice(rows, size))
    while True:
        block, ahead = ahead, list(islice(rows, size))
        yield KnownStories(block), not ahead
        if not ahead:
            return
