"""Decisions made by hand: two articles are the same story, or are not, whatever the comparison of their texts says.

The collection ``decisions`` has one document a pair. Nothing but :func:`remove` takes one away, so each outlives every
later crawl, ``storykin dedupe --all`` and ``--rebuild``. What follows from them: ``storage.duplicates.standings``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from pymongo import InsertOne
from pymongo.errors import BulkWriteError

from dedupe.clusters.constraints import Constraints, Couple, Verdict, couple
from dedupe.errors import InputError
from storage.articles.collection import article_rows
from storage.base.documents import document_of, encodable, record_of
from storage.records import Record

if TYPE_CHECKING:
    from storage.database.store import Store

_DUPLICATE_KEY = 11000


@dataclass(frozen=True, slots=True, kw_only=True)
class HandDecision(Record):
    """What somebody decided about two articles."""

    a: str
    """Id; the smaller of the two."""
    b: str
    verdict: Verdict
    at: datetime
    by: str
    """``user@host``."""
    reason: str = ""

    @property
    def couple(self) -> Couple:
        """Both ids."""
        return self.a, self.b

    def __str__(self) -> str:
        """Return who decided, when and why."""
        return f"{self.by} on {self.at:%Y-%m-%d}{f' ({self.reason})' if self.reason else ''}"


class ContradictionError(InputError):
    """A decision that an earlier one stands against."""


def decision(one: str, other: str, verdict: Verdict, *, at: datetime, by: str, reason: str = "") -> HandDecision:
    """Return the decision that two articles are, or are not, one story; the order of the two makes no difference.

    :param at: when it was made
    :param by: who made it
    """
    a, b = couple(one, other)
    return HandDecision(a=a, b=b, verdict=verdict, at=at, by=encodable(by), reason=encodable(reason))


def iterate(store: Store, ids: Iterable[str] | None = None) -> Iterator[HandDecision]:
    """Yield all decisions, or those about *ids*, oldest first."""
    wanted = {} if ids is None else {"articles": {"$in": list(ids)}}
    for row in store.db["decisions"].find(wanted).sort([("at", 1), ("_id", 1)]):
        yield record_of(HandDecision, row)


def connected(store: Store, ids: Iterable[str]) -> list[HandDecision]:
    """Return the decisions about *ids* and about all that they lead to, oldest first."""
    found: dict[Couple, HandDecision] = {}
    asked: set[str] = set()
    ahead = set(ids)
    while ahead:
        asked |= ahead
        fresh = {one.couple: one for one in iterate(store, ahead)}
        found |= fresh
        ahead = {key for one in fresh for key in one} - asked
    return sorted(found.values(), key=lambda one: (one.at, one.couple))


def constraints(decided: Iterable[HandDecision]) -> Constraints:
    """Return what *decided*, oldest first, demands.

    Two people may contradict each other at the same moment, which :func:`add` cannot see: the later one is left out.
    """
    held = Constraints()
    for one in decided:
        held.add(one.a, one.b, one.verdict)
    return held


def add(store: Store, given: Sequence[HandDecision]) -> list[HandDecision]:
    """Store decisions, all or none; return the new ones. A decision that is stored already keeps its time and reason.

    :raises ContradictionError: if an earlier decision contradicts one of them; the message names both and the remedy
    """
    known = connected(store, {key for one in given for key in one.couple})
    held = constraints(known)
    stored = {one.couple: one for one in known}
    for one in given:
        against = held.add(one.a, one.b, one.verdict)
        if against is not None:
            raise _refused(store, one, stored[against])
    fresh = [one for one in given if one.couple not in stored]
    try:
        if fresh:
            store.db["decisions"].bulk_write([InsertOne(_document(one)) for one in fresh], ordered=False)
    except BulkWriteError as problem:
        if any(one["code"] != _DUPLICATE_KEY for one in problem.details["writeErrors"]):
            raise
    return fresh


def remove(store: Store, one: str, other: str) -> HandDecision | None:
    """Take a decision back and return it; ``None`` if nothing was decided about the two."""
    row = store.db["decisions"].find_one_and_delete({"_id": _key(*couple(one, other))})
    return record_of(HandDecision, row) if row else None


def urls(store: Store, ids: Iterable[str]) -> Mapping[str, str]:
    """Return the addresses of the articles *ids*; one that is not stored keeps its id."""
    wanted = list(ids)
    rows = article_rows(store).find({"_id": {"$in": wanted}}, {"url": 1})
    return dict(zip(wanted, wanted, strict=True)) | {row["_id"]: row["url"] for row in rows}


def _document(one: HandDecision) -> dict[str, Any]:
    return document_of(one) | {"_id": _key(one.a, one.b), "articles": [one.a, one.b]}


def _key(a: str, b: str) -> str:
    return f"{a} {b}"


def _refused(store: Store, wanted: HandDecision, against: HandDecision) -> ContradictionError:
    named = urls(store, {*wanted.couple, *against.couple})
    did = {"same": "merged", "apart": "held apart"}
    return ContradictionError(
        f"{named[wanted.a]} and {named[wanted.b]} cannot be {did[wanted.verdict]}, because {named[against.a]} and "
        f"{named[against.b]} were {did[against.verdict]} by {against}; to take that back: "
        f"storykin cluster forget {named[against.a]} {named[against.b]}"
    )
