"""The fourth stage of a decision: what was decided is written into the articles."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from storage.articles.collection import Update, article_rows, update
from storage.base.documents import document_of, record_of
from storage.duplicates import band_index
from storage.records import Duplicate

if TYPE_CHECKING:
    from storage.duplicates.batch import Batch, Case


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What an article was judged to be; ``duplicate`` is ``None`` for one that repeats no other."""

    id: str
    content: str
    """Content hash of the text that was judged."""
    duplicate: Duplicate | None


def record(batch: Batch) -> dict[str, Decision]:
    """Write the decisions of *batch* into the articles that still have the text that was judged; return them."""
    band_index.remove(batch.store, [case.id for case in batch.cases.values() if not case.token])
    made = {case.id: _decision(batch, case) for case in batch.cases.values()}
    originals = [one for one in made.values() if one.duplicate is None]
    updates = [
        _verdict({"_id": one.id, "content": one.content}, document_of(one.duplicate))
        for one in made.values()
        if one.duplicate
    ]
    if originals:
        still = {
            "_id": {"$in": [one.id for one in originals]},
            "content": {"$in": [one.content for one in originals]},
        }
        updates.append(_verdict(still, None))
    update(batch.store, updates)
    return made


def recorded_of(batch: Batch) -> dict[str, Decision]:
    """Return what stands in the articles of *batch* now, of those that still have the text that was judged."""
    rows = article_rows(batch.store).find({"_id": {"$in": list(batch.cases)}}, {"content": 1, "duplicate": 1})
    return {row["_id"]: recorded(row) for row in rows if row["content"] == batch.cases[row["_id"]].content}


def recorded(article: Mapping[str, Any]) -> Decision:
    """Return the decision that stands in *article*."""
    duplicate = record_of(Duplicate, article["duplicate"]) if article["duplicate"] else None
    return Decision(id=article["_id"], content=article["content"], duplicate=duplicate)


def _decision(batch: Batch, case: Case) -> Decision:
    duplicate = None
    if case.final and case.final.of and case.found:
        duplicate = batch.texts.duplicate(case.id, case.final.of, case.found, why=case.why)
    return Decision(id=case.id, content=case.content, duplicate=duplicate)


def _verdict(where: Mapping[str, Any], duplicate: dict[str, Any] | None) -> Update:
    """Return what records *duplicate* in the articles *where*, visible only where it is another one than before."""
    stored = {"$literal": duplicate}
    change = {"$set": {"duplicate": stored, "judged": "$content"}}
    return Update(where, change, visible={"$ne": ["$duplicate", stored]}, many=duplicate is None)
