"""Pairs of articles that people labelled, and those that are worth labelling next.

The collection ``labels`` has one document a pair. A label says what somebody saw and changes no cluster; it outlives
every re-run, and no pair is asked about twice.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from pymongo import UpdateOne

from dedupe.clusters.calibration import Labelled, nearest_first
from dedupe.clusters.constraints import couple
from dedupe.errors import InputError
from dedupe.report.report import Scope
from storage.articles.collection import article_rows
from storage.base.atomic_file import whole_file
from storage.base.documents import document_of, record_of
from storage.duplicates import manual_decisions
from storage.duplicates.comparisons import Comparisons
from storage.records import Record
from storage.report.stories import alike

if TYPE_CHECKING:
    from storage.database.store import Store

_READ = 2_000
"""Joined pairs looked at, those with the smallest scores: few have less than the threshold."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Label(Record):
    """What somebody said about two articles."""

    a: str
    """Id; the smaller of the two."""
    b: str
    same: bool
    score: float
    """When it was labelled."""
    joined: bool
    """Whether storykin had them as one story then."""
    at: datetime
    by: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PairText:
    """One text of a pair to be labelled."""

    id: str
    url: str
    portal: str
    title: str
    text: str
    published: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class UnlabelledPair:
    """A pair to be labelled."""

    one: PairText
    other: PairText
    score: float
    joined: bool
    reason: str


def iterate(store: Store) -> Iterator[Label]:
    """Yield all labels, oldest first."""
    for row in store.db["labels"].find().sort([("at", 1), ("_id", 1)]):
        yield record_of(Label, row)


def put_many(store: Store, labels: Iterable[Label]) -> int:
    """Store labels; return how many are of pairs that had none. A later label goes before an earlier one."""
    operations = []
    for one in labels:
        a, b = couple(one.a, one.b)
        key = {"_id": f"{a} {b}"}
        operations.append(UpdateOne(key, {"$set": document_of(one) | {"a": a, "b": b}}, upsert=True))
    return store.db["labels"].bulk_write(operations).upserted_count if operations else 0


def read(file: Path) -> list[Label]:
    """Return the labels of a JSON Lines file.

    :raises InputError: naming the line that is none
    """
    found = []
    for number, line in enumerate(file.read_text("utf-8").splitlines(), 1):
        try:
            found.append(Label.from_json(json.loads(line)))
        except (ValueError, TypeError, AttributeError) as problem:
            raise InputError(
                f"{file}, line {number}: no label ({problem}); see storykin cluster calibrate --help"
            ) from None
    return found


def write(file: Path, labels: Iterable[Label]) -> None:
    """Write labels as JSON Lines; the file appears when it is whole."""
    with whole_file(file) as stream:
        for one in labels:
            stream.write(json.dumps(one.to_json(), ensure_ascii=False).encode() + b"\n")


def questions(store: Store, *, portal: str = "", count: int = 20) -> list[UnlabelledPair]:
    """Return *count* pairs without a label, nearest to the threshold, by turns joined and kept apart by storykin.

    Left out are exact copies, and what a decision made by hand joined or parted.
    """
    asked = {(one.a, one.b) for one in iterate(store)} | {one.couple for one in manual_decisions.iterate(store)}
    found = [*_joined(store, portal), *_apart(store, portal)]
    fresh = [one for one in found if couple(one.one.id, one.other.id) not in asked]
    return [fresh[place] for place in nearest_first([(one.score, one.joined) for one in fresh], count)]


def judged(store: Store, labels: Iterable[Label]) -> list[Labelled]:
    """Return labels with the score that the present texts and rules give; with their own where an article is gone."""
    listed = list(labels)
    texts = Comparisons(store)
    texts.load({key for one in listed for key in (one.a, one.b)})
    found = []
    for one in listed:
        comparison = texts.compare(one.a, one.b)
        if comparison is None:
            found.append(Labelled(one.same, one.score, one.joined))
        else:
            found.append(Labelled(one.same, comparison.score, comparison.relation is not None))
    return found


def _joined(store: Store, portal: str) -> Iterator[UnlabelledPair]:
    wanted = {"duplicate.relation": {"$in": ["near", "contained"]}, "duplicate.by_hand": {"$ne": True}}
    if portal:
        wanted["portal"] = portal
    shown = dict.fromkeys(("url", "portal", "title", "text", "published", "duplicate"), 1)
    copies = list(article_rows(store).find(wanted, shown).sort([("duplicate.score", 1), ("_id", 1)]).limit(_READ))
    roots = {row["_id"]: row for row in article_rows(store).find(
        {"_id": {"$in": list({row["duplicate"]["of"] for row in copies})}}, shown
    )}  # fmt: skip
    for row in copies:
        found = row["duplicate"]
        if found["of"] in roots:
            one, other = (_side(side) for side in (roots[found["of"]], row))
            yield UnlabelledPair(
                one=one, other=other, score=found["score"], joined=True, reason=found.get("reason", "")
            )


def _apart(store: Store, portal: str) -> Iterator[UnlabelledPair]:
    for story in alike(store, Scope(portal=portal)):
        first, copy = story.copies
        one, other = (
            PairText(id=c.id, url=c.url, portal=c.portal, title=c.title, text=c.text, published=c.published)
            for c in (first, copy)
        )
        yield UnlabelledPair(one=one, other=other, score=copy.score, joined=False, reason=copy.reason)


def _side(row: dict[str, object]) -> PairText:
    names = ("url", "portal", "title", "text", "published")
    return PairText(id=str(row["_id"]), **{name: row.get(name) for name in names})  # type: ignore[arg-type]
