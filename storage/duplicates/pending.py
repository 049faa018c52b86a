"""The second stage of a decision: articles enter the index as pending, and only then look for candidates."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import TYPE_CHECKING

from storage.articles.collection import article_rows
from storage.duplicates import band_index

if TYPE_CHECKING:
    from storage.duplicates.batch import Batch, Case


def enter(batch: Batch, cases: Sequence[Case]) -> None:
    """Insert *cases* as pending, and only then look for candidates."""
    if not cases:
        return
    token = uuid.uuid4().hex
    for case in cases:
        case.token = token
    entries = [case.entry for case in cases]
    band_index.insert_pending(batch.store, entries, batch.worker)
    found = band_index.candidates(batch.store, entries)
    for case in cases:
        case.candidates = found[case.id]
    batch.neighbours.note({row.id: row for case in cases for row in case.candidates}.values())
    _look_for_merged(batch, {row.id for case in cases for row in case.candidates if row.of} - batch.cases.keys())
    ends = {end.id for case in cases for row in case.candidates if (end := batch.neighbours.end(row.id)[0])}
    batch.texts.prepare(ends.union(case.id for case in cases if case.candidates))


def _look_for_merged(batch: Batch, members: set[str]) -> None:
    """Load those of *members* that a decision made by hand put where they are: unlike the root, maybe."""
    if members and batch.store.db["decisions"].find_one({"verdict": "same"}, {"_id": 1}):
        wanted = {"_id": {"$in": list(members)}, "duplicate.by_hand": True}
        batch.merged |= {row["_id"] for row in article_rows(batch.store).find(wanted, {"_id": 1})}
        batch.texts.load(batch.merged)
