"""Deciding which articles repeat others while any number of writers store articles at once.

Query, then insert, stores two originals whenever twins arrive together. Here an article is inserted as
``pending`` first, and only then looks for others: of two twins X < Y, one insert precedes the other's query. If
Y sees X, Y yields; otherwise X sees Y and waits for its word. Waits go from smaller to larger ids only, so
nobody waits in a circle. One that has yielded holds nobody up; it waits for the word of its leader, and is
verified against the root before it is linked to it.
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from pymongo import UpdateMany, UpdateOne

from dedupe.clusters.clusters import PROMISE
from dedupe.compare.similarity import SAME_CONTAINMENT, Comparison
from dedupe.minhash.fingerprint import fingerprints
from dedupe.text.exact import exact_hash
from storage.base.documents import document_of, record_of
from storage.base.workers import worker_id
from storage.database.change_marks import marks_if
from storage.duplicates import band_index, constrained, exact_claims, manual_decisions, representatives
from storage.duplicates.band_index import Entry, Row
from storage.duplicates.neighbours import PATIENCE_SECONDS, Neighbours
from storage.records import Duplicate

if TYPE_CHECKING:
    from dedupe.clusters.constraints import Constraints
    from dedupe.minhash.params import Fingerprint, MinHashParams
    from storage.database.store import Store

BATCH = 200
"""Articles decided together."""
_AT_ONCE = 2
_MEMBERS_CHECKED = 50
_POLL_SECONDS = (0.002, 0.05)


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What an article was judged to be; ``duplicate`` is ``None`` for one that repeats no other."""

    id: str
    content: str
    """Content hash of the text that was judged."""
    duplicate: Duplicate | None


def decide(
    store: Store,
    ids: Sequence[str],
    params: MinHashParams | None = None,
    *,
    rounds: int = 2,
    fresh: Mapping[str, Mapping[str, Any]] | None = None,
) -> list[Decision]:
    """Decide the stored articles *ids*, record it in them and return it; what is decided already stays.

    May wait for other writers, and takes over from dead ones. Of more than ``BATCH`` articles, two batches are on
    their way at a time, as two writers would be: while one waits for the server, the other compares.

    :param params: of the signatures; those of the database where none are given
    :param rounds: how often articles that a decision made by hand sets free may be decided anew
    :param fresh: documents of those that were just inserted, by id, which are not read again
    :raises StorageError: if the database holds fingerprints of other parameters
    """
    if params is None:
        params = band_index.params_of(store)
    else:
        band_index.require_params(store, params)
    batches = [ids[start : start + BATCH] for start in range(0, len(ids), BATCH)]
    given = fresh or {}
    if len(batches) < 2:
        return [decision for batch in batches for decision in _Batch(store, params, rounds).decide(batch, given)]
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        found = list(pool.map(lambda batch: _Batch(store, params, rounds).decide(batch, given), batches))
    return [decision for batch in found for decision in batch]


def redecide(store: Store, ids: Sequence[str], *, rounds: int = 2) -> list[Decision]:
    """Decide the stored articles *ids* anew, whatever stood in them, and record and return it."""
    store.db["articles"].update_many({"_id": {"$in": list(ids)}}, {"$set": {"judged": ""}})
    return decide(store, ids, rounds=rounds)


@dataclass(slots=True)
class _Case:
    """One article on its way to a decision."""

    id: str
    content: str
    fingerprint: Fingerprint
    token: str = ""
    """Empty until the article stands in the index as pending."""
    candidates: list[Row] = field(default_factory=list)
    leader: str = ""
    """The article that this one repeats, whose own decision it waits for."""
    claims: bool = True
    """Whether the exact text is still to be claimed."""
    awaits: set[str] = field(default_factory=set)
    final: Row | None = None
    found: Comparison | None = None
    """With the root, for one that is final and a member."""
    why: str = ""
    """Reason that goes before what was found."""

    @property
    def entry(self) -> Entry:
        return Entry(self.id, self.content, self.fingerprint, self.token)

    @property
    def row(self) -> Row:
        return self.final or Row(self.id, "yielded" if self.leader else "pending", self.leader or None)


class _Batch:
    """Up to ``BATCH`` articles decided together."""

    def __init__(self, store: Store, params: MinHashParams, rounds: int) -> None:
        self.store = store
        self.rounds = rounds
        self.params = params
        self.worker = worker_id()
        self.cases: dict[str, _Case] = {}
        self.by_hand: Constraints | None = None
        self.merged: set[str] = set()
        self.around = Neighbours(store, lambda key: self.cases[key].row if key in self.cases else None)
        self.texts = self.around.texts

    def decide(self, ids: Sequence[str], fresh: Mapping[str, Mapping[str, Any]]) -> list[Decision]:
        """Return the decisions of *ids* that are stored."""
        self.texts.take(fresh[key] for key in ids if key in fresh)
        self.texts.load(ids)
        stored = [article for key in ids if (article := self.texts.article(key))]
        open_ = [article for article in stored if article["judged"] != article["content"]]
        prints = fingerprints([article["text"] for article in open_], self.params)
        for article, found in zip(open_, prints, strict=True):
            self.cases[article["_id"]] = _Case(article["_id"], article["content"], found)
        self._run()
        made = {case.id: self._decision(case) for case in self.cases.values()}
        self._record(list(made.values()))
        made |= self._constrained()
        made |= self._succeeded(made.values())
        return [made.get(article["_id"]) or _recorded(article) for article in stored]

    def _run(self) -> None:
        for case in self.cases.values():
            if not case.fingerprint.words:  # resembles nothing
                case.final = Row(case.id, "root")
        pause, shown = _POLL_SECONDS[0], time.monotonic()
        while waiting := [case for case in self.cases.values() if case.final is None]:
            self._claim([case for case in waiting if case.claims])
            self._enter([case for case in waiting if not (case.claims or case.leader or case.token)])
            if self._judge(waiting):
                pause = _POLL_SECONDS[0]
                continue
            time.sleep(pause)
            pause = min(2 * pause, _POLL_SECONDS[1])
            if time.monotonic() - shown > PATIENCE_SECONDS / 4:
                band_index.beat(self.store, [case.entry for case in waiting if case.token])
                shown = time.monotonic()
            self.around.refresh({key for case in waiting for key in case.awaits})

    def _claim(self, cases: Sequence[_Case]) -> None:
        """Claim exact texts. Who finds a text claimed by another article follows that one."""
        if not cases:
            return
        held = exact_claims.claim(self.store, [(case.fingerprint.exact, case.id) for case in cases], self.worker)
        self.around.look_up({claim.article for claim in held.values()} - self.cases.keys())
        for case in cases:
            claim = held.get(case.fingerprint.exact)
            if claim is None:  # gone since; claimed again in the next round
                continue
            if claim.article == case.id:
                case.claims = False
            elif self._holds(claim.article, case):
                case.claims, case.leader = False, claim.article
            elif self._abandoned(claim, case):
                exact_claims.steal(self.store, case.fingerprint.exact, claim.article, case.id, self.worker)
            else:
                case.awaits = {claim.article}

    def _holds(self, holder: str, case: _Case) -> bool:
        """Return whether *holder* still has the exact text of *case* and is decided or being decided."""
        twin = self.cases.get(holder)
        if twin:
            return twin.fingerprint.exact == case.fingerprint.exact
        return self.around.known(holder) is not None and self._has_text(holder, case)

    def _has_text(self, holder: str, case: _Case) -> bool:
        article, own = self.texts.article(holder), self.texts.article(case.id)
        if article is None or own is None:
            return False
        return bool(article["text"] == own["text"]) or exact_hash(article["text"]) == case.fingerprint.exact

    def _abandoned(self, claim: exact_claims.Claim, case: _Case) -> bool:
        """Return whether the holder of a claim no longer has the text, or never came to say that it is at it."""
        sign = ("claim", claim.worker)
        return not self._has_text(claim.article, case) or self.around.is_gone(claim.article, claim.worker, sign)

    def _enter(self, cases: Sequence[_Case]) -> None:
        """Insert *cases* as pending, and only then look for candidates."""
        if not cases:
            return
        token = uuid.uuid4().hex
        for case in cases:
            case.token = token
        entries = [case.entry for case in cases]
        band_index.insert_pending(self.store, entries, self.worker)
        found = band_index.candidates(self.store, entries)
        for case in cases:
            case.candidates = found[case.id]
        self.around.note({row.id: row for case in cases for row in case.candidates}.values())
        self._look_for_merged({row.id for case in cases for row in case.candidates if row.of} - self.cases.keys())
        ends = {end.id for case in cases for row in case.candidates if (end := self.around.end(row.id)[0])}
        self.texts.prepare(ends.union(case.id for case in cases if case.candidates))

    def _look_for_merged(self, members: set[str]) -> None:
        """Load those of *members* that a decision made by hand put where they are: unlike the root, maybe."""
        if members and self.store.db["decisions"].find_one({"verdict": "same"}, {"_id": 1}):
            wanted = {"_id": {"$in": list(members)}, "duplicate.by_hand": True}
            self.merged |= {row["_id"] for row in self.store.db["articles"].find(wanted, {"_id": 1})}
            self.texts.load(self.merged)

    def _judge(self, cases: Iterable[_Case]) -> bool:
        """Decide what can be decided now and write it; return whether anything moved."""
        moved: list[_Case] = []
        # From large to small ids: those that yield then hold up nobody of their own batch.
        for case in sorted(cases, key=lambda one: one.id, reverse=True):
            before = (case.final, case.leader, case.token, case.claims)
            if case.leader:
                self._follow(case)
            elif case.token:
                self._weigh(case)
            if (case.final, case.leader, case.token, case.claims) != before:
                moved.append(case)
        self._write(moved)
        return bool(moved)

    def _weigh(self, case: _Case) -> None:
        """Compare a pending article with the ends its candidates lead to: member, yield, wait, or root."""
        case.awaits = set()
        settled: list[tuple[Comparison, str]] = []
        undecided: set[str] = set()
        asked: set[str] = {case.id}
        for candidate in case.candidates:
            end, passed = self.around.end(candidate.id)
            if end is not None and end.state == "root" and self._joins_merged(case, candidate.id, end.id):
                return
            if end is None or end.id in asked:
                continue
            asked.add(end.id)
            found = self.texts.compare(case.id, end.id)
            if found is None or not found.relation:
                continue
            if end.state == "root" and self._fits(case, found, end.id):
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

    def _joins_merged(self, case: _Case, member: str, root: str) -> bool:
        """Decide a case that is a copy of a *member* merged by hand: it goes where that one went."""
        if member not in self.merged or root == case.id or self._held_apart(case, root):
            return False
        found, with_root = self.texts.compare(case.id, member), self.texts.compare(case.id, root)
        if found is None or not found.relation or with_root is None or with_root.relation:
            return False
        case.final, case.found, case.why = Row(case.id, "member", root), with_root, "as a text merged by hand"
        return True

    def _fits(self, case: _Case, found: Comparison, root: str) -> bool:
        """Return whether the cluster of *root* keeps its promise with *case* in it: see ``dedupe.clusters.clusters``.

        A short text contained in two different long ones must not merge these. Checked against members already
        recorded; what two writers link at the same moment is left to repair.
        """
        if self._held_apart(case, root):
            return False
        if found.jaccard >= 0.7:
            return True
        members = self.store.db["articles"].find({"duplicate.of": root}, {"_id": 1}).limit(_MEMBERS_CHECKED)
        # What is recorded of those that are decided anew beside this one is not true any more.
        ids = {row["_id"] for row in members} - self.cases.keys()
        ids |= {other.id for other in self.cases.values() if other.final and other.final.of == root}
        ids.discard(case.id)
        self.texts.load(ids)
        compared = [self.texts.compare(case.id, key) for key in sorted(ids)]
        return all(one is None or one.relation or PROMISE <= one.score < SAME_CONTAINMENT for one in compared)

    def _held_apart(self, case: _Case, root: str) -> bool:
        """Return whether it was decided by hand that *case* is no story with one of the cluster of *root*."""
        if self.by_hand is None:
            self.by_hand = manual_decisions.constraints(manual_decisions.connected(self.store, self.cases))
        barred = self.by_hand.barred(case.id)
        if not barred:
            return False
        here = {root, *(other.id for other in self.cases.values() if other.final and other.final.of == root)}
        stored = {"_id": {"$in": list(barred)}, "duplicate.of": root}
        return not barred.isdisjoint(here) or self.store.db["articles"].count_documents(stored, limit=1) > 0

    def _follow(self, case: _Case) -> None:
        """Take over the word of the leader once it has one; start anew if that is not this article's word."""
        end, passed = self.around.end(case.leader)
        if end is not None and end.state in {"pending", "yielded"} and end.id != case.id:
            case.awaits = passed
            return
        if end is not None and end.state == "root" and end.id != case.id:
            found = self.texts.compare(case.id, end.id)
            if found is not None and found.relation and self._fits(case, found, end.id):
                case.final, case.found = Row(case.id, "member", end.id), found
                return
        case.leader, case.token = "", ""

    def _write(self, moved: Sequence[_Case]) -> None:
        """Write the states of rows; a case whose token was lost starts anew."""
        verdicts = [
            (case.entry, case.final or Row(case.id, "yielded", case.leader))
            for case in moved
            if case.token and (case.final or case.leader)
        ]
        for key in band_index.settle(self.store, verdicts) if verdicts else ():
            case = self.cases[key]
            case.final, case.leader, case.token = None, "", ""

    def _decision(self, case: _Case) -> Decision:
        duplicate = None
        if case.final and case.final.of and case.found:
            duplicate = self.texts.duplicate(case.id, case.final.of, case.found, why=case.why)
        return Decision(id=case.id, content=case.content, duplicate=duplicate)

    def _record(self, decisions: Sequence[Decision]) -> None:
        """Write decisions into the articles, as long as these still have the text that was judged."""
        band_index.remove(self.store, [case.id for case in self.cases.values() if not case.token])
        originals = [one for one in decisions if one.duplicate is None]
        operations: list[UpdateMany | UpdateOne] = [
            UpdateOne({"_id": one.id, "content": one.content}, [{"$set": _verdict(document_of(one.duplicate))}])
            for one in decisions
            if one.duplicate
        ]
        if originals:
            still = {
                "_id": {"$in": [one.id for one in originals]},
                "content": {"$in": [one.content for one in originals]},
            }
            operations.append(UpdateMany(still, [{"$set": _verdict(None)}]))
        if operations:
            self.store.db["articles"].bulk_write(operations, ordered=False)

    def _constrained(self) -> dict[str, Decision]:
        """Bring clusters to what was decided by hand, now that these decisions stand; return them where they differ."""
        decided = manual_decisions.connected(self.store, self.cases) if self.cases else ()
        if not decided:
            return {}
        alone = constrained.enforce(self.store, list(self.cases))
        if alone and self.rounds:
            redecide(self.store, alone, rounds=self.rounds - 1)
        touched = self.cases.keys() & {key for one in decided for key in one.couple}
        rows = self.store.db["articles"].find({"_id": {"$in": list(touched)}}, {"content": 1, "duplicate": 1})
        return {row["_id"]: _recorded(row) for row in rows if row["content"] == self.cases[row["_id"]].content}

    def _succeeded(self, made: Iterable[Decision]) -> dict[str, Decision]:
        """Let a copy of a withdrawn article represent its story, if nothing else does; return such decisions."""
        roots = {one.duplicate.of for one in made if one.duplicate}
        gone = [root for root in roots if (self.texts.article(root) or {}).get("withdrawn")]
        if not gone:
            return {}
        alone = representatives.settle(self.store, gone)
        if alone and self.rounds:
            redecide(self.store, alone, rounds=self.rounds - 1)
        rows = self.store.db["articles"].find({"_id": {"$in": list(self.cases)}}, {"content": 1, "duplicate": 1})
        return {row["_id"]: _recorded(row) for row in rows if row["content"] == self.cases[row["_id"]].content}


def _verdict(duplicate: dict[str, Any] | None) -> dict[str, Any]:
    """Return a pipeline's ``$set`` that records *duplicate*, as a change of the article only if it is one."""
    stored = {"$literal": duplicate}
    return {"duplicate": stored, "judged": "$content", **marks_if({"$ne": ["$duplicate", stored]})}


def _recorded(article: Mapping[str, Any]) -> Decision:
    """Return the decision that stands in *article*."""
    duplicate = record_of(Duplicate, article["duplicate"]) if article["duplicate"] else None
    return Decision(id=article["_id"], content=article["content"], duplicate=duplicate)
