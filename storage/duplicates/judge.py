"""The third stage of a decision: each pending article is held against what its candidates lead to."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from dedupe.clusters.clusters import PROMISE
from dedupe.compare.similarity import SAME_CONTAINMENT, Comparison
from storage.articles.collection import article_rows
from storage.duplicates import band_index, manual_decisions
from storage.duplicates.band_index import Row

if TYPE_CHECKING:
    from storage.duplicates.batch import Batch, Case

_MEMBERS_CHECKED = 50


def judge(batch: Batch, cases: Iterable[Case]) -> bool:
    """Decide what can be decided now and write it; return whether anything moved."""
    moved: list[Case] = []
    # From large to small ids: those that yield then hold up nobody of their own batch.
    for case in sorted(cases, key=lambda one: one.id, reverse=True):
        before = (case.final, case.leader, case.token, case.claims)
        if case.leader:
            _follow(batch, case)
        elif case.token:
            _weigh(batch, case)
        if (case.final, case.leader, case.token, case.claims) != before:
            moved.append(case)
    _write(batch, moved)
    return bool(moved)


def _weigh(batch: Batch, case: Case) -> None:
    """Compare a pending article with the ends its candidates lead to: member, yield, wait, or root."""
    case.awaits = set()
    settled: list[tuple[Comparison, str]] = []
    undecided: set[str] = set()
    asked: set[str] = {case.id}
    for candidate in case.candidates:
        end, passed = batch.neighbours.end(candidate.id)
        if end is not None and end.state == "root" and _joins_merged(batch, case, candidate.id, end.id):
            return
        if end is None or end.id in asked:
            continue
        asked.add(end.id)
        found = batch.texts.compare(case.id, end.id)
        if found is None or not found.relation:
            continue
        if end.state == "root" and _fits(batch, case, found, end.id):
            settled.append((found, end.id))
        elif end.state == "pending":
            undecided.add(end.id)
            case.awaits |= passed
    if settled:
        best = min(settled, key=lambda one: (one[0].relation != "exact", -one[0].score, one[1]))
        case.final, case.found = Row(case.id, "member", best[1]), best[0]
    elif undecided and min(undecided) < case.id:
        case.leader = min(undecided)
    elif not undecided:
        case.final = Row(case.id, "root")


def _joins_merged(batch: Batch, case: Case, member: str, root: str) -> bool:
    """Decide a case that is a copy of a *member* merged by hand: it goes where that one went."""
    if member not in batch.merged or root == case.id or _held_apart(batch, case, root):
        return False
    found, with_root = batch.texts.compare(case.id, member), batch.texts.compare(case.id, root)
    if found is None or not found.relation or with_root is None or with_root.relation:
        return False
    case.final, case.found, case.why = Row(case.id, "member", root), with_root, "as a text merged by hand"
    return True


def _fits(batch: Batch, case: Case, found: Comparison, root: str) -> bool:
    """Return whether the cluster of *root* keeps its promise with *case* in it: see ``dedupe.clusters.clusters``.

    A short text contained in two different long ones must not merge these. Checked against members already
    recorded; what two writers link at the same moment is left to repair.
    """
    if _held_apart(batch, case, root):
        return False
    if found.jaccard >= 0.7:
        return True
    members = article_rows(batch.store).find({"duplicate.of": root}, {"_id": 1}).limit(_MEMBERS_CHECKED)
    # What is recorded of those that are decided anew beside this one is not true any more.
    ids = {row["_id"] for row in members} - batch.cases.keys()
    ids |= {other.id for other in batch.cases.values() if other.final and other.final.of == root}
    ids.discard(case.id)
    batch.texts.load(ids)
    compared = [batch.texts.compare(case.id, key) for key in sorted(ids)]
    return all(one is None or one.relation or PROMISE <= one.score < SAME_CONTAINMENT for one in compared)


def _held_apart(batch: Batch, case: Case, root: str) -> bool:
    """Return whether it was decided by hand that *case* is no story with one of the cluster of *root*."""
    if batch.by_hand is None:
        batch.by_hand = manual_decisions.constraints(manual_decisions.connected(batch.store, batch.cases))
    barred = batch.by_hand.barred(case.id)
    if not barred:
        return False
    here = {root, *(other.id for other in batch.cases.values() if other.final and other.final.of == root)}
    stored = {"_id": {"$in": list(barred)}, "duplicate.of": root}
    return not barred.isdisjoint(here) or article_rows(batch.store).count_documents(stored, limit=1) > 0


def _follow(batch: Batch, case: Case) -> None:
    """Take over the word of the leader once it has one; start anew if that is not this article's word."""
    end, passed = batch.neighbours.end(case.leader)
    if end is not None and end.state in {"pending", "yielded"} and end.id != case.id:
        case.awaits = passed
        return
    if end is not None and end.state == "root" and end.id != case.id:
        found = batch.texts.compare(case.id, end.id)
        if found is not None and found.relation and _fits(batch, case, found, end.id):
            case.final, case.found = Row(case.id, "member", end.id), found
            return
    case.leader, case.token = "", ""


def _write(batch: Batch, moved: Sequence[Case]) -> None:
    """Write the states of rows; a case whose token was lost starts anew."""
    verdicts = [
        (case.entry, case.final or Row(case.id, "yielded", case.leader))
        for case in moved
        if case.token and (case.final or case.leader)
    ]
    for key in band_index.settle(batch.store, verdicts) if verdicts else ():
        case = batch.cases[key]
        case.final, case.leader, case.token = None, "", ""
