"""Repair: the clusters of the whole store anew from all verified pairs, by the rule that offline runs use.

While articles arrive, the first of a story leads it. Repair alone elects representatives again, and ends in the
same clusters whatever the order in which the articles came.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any, TypeVar

from pymongo import DeleteOne, UpdateOne

from dedupe.clusters import Cluster, Member, Pair, cluster, uncompared
from dedupe.text import normalise, words
from storage import comparisons, fingerprints
from storage.articles import Duplicate
from storage.comparisons import Comparisons
from storage.documents import document_of, now

if TYPE_CHECKING:
    from storage.mongo import Store

_CHUNK = 500
_EXACT = "exact"

Row = Mapping[str, Any]
T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class RepairSummary:
    """What a repair did."""

    articles: int
    """Articles in the store."""
    decided: int
    """Articles that had no decision on their present text."""
    pairs: int
    """Pairs of articles that repeat each other."""
    compared: int
    """Pairs compared by this repair."""
    clusters: int
    """Stories that stand in the store more than once."""
    duplicates: int
    changed: int
    """Articles whose decision changed."""


def repair(store: Store, progress: Callable[[str], None] = lambda _: None) -> RepairSummary:
    """Derive all clusters anew and write back what changed. May run beside a crawl, and may be killed.

    :param progress: told in words what is being done
    """
    progress("comparing changed articles again")
    compared = _check_stale(store)
    progress("deciding articles without a decision")
    decided = _decide_open(store)
    progress("reading verified pairs")
    exact, others = _pairs(store)
    first = _first_copies({name for pair in others for name in (pair.a, pair.b)}, exact)
    others, lifted = _lift(store, others, first)
    progress("comparing articles that a third one links")
    closing = list(uncompared(others))
    others += list(_compare(store, closing))
    progress("clustering")
    members = _members(store, first)
    known = [pair for pair in (*exact, *others) if pair.a in members and pair.b in members]
    found = cluster(members.values(), known)
    changed = _write(store, found)
    stories = [one for one in found if one.members]
    return RepairSummary(
        articles=store.db["articles"].estimated_document_count(),
        decided=decided,
        pairs=sum(pair.relation is not None for pair in known),
        compared=compared + lifted + len(closing),
        clusters=len(stories),
        duplicates=sum(len(one.members) for one in stories),
        changed=changed,
    )


def _chunks(rows: Iterable[T], size: int = _CHUNK) -> Iterator[list[T]]:
    rows = iter(rows)
    while chunk := list(islice(rows, size)):
        yield chunk


def _check_stale(store: Store) -> int:
    """Compare pairs again of which an article changed; forget those that repeat each other no more."""
    count = 0
    for chunk in _chunks(store.db["pairs"].find({}, {"a": 1, "b": 1, "relation": 1, "contents": 1})):
        contents = _contents(store, {row[side] for row in chunk for side in ("a", "b")})
        stale = [row for row in chunk if [contents.get(row["a"]), contents.get(row["b"])] != row["contents"]]
        if not stale:
            continue
        count += len(stale)
        texts = Comparisons(store)
        texts.load({row[side] for row in stale for side in ("a", "b")})
        for row in stale:
            texts.compare(row["a"], row["b"])
        verified = texts.verified()
        comparisons.record(store, verified)
        kept = {(pair.a, pair.b) for pair in verified}
        _forget(store, [row for row in stale if (row["a"], row["b"]) not in kept])
    return count


def _contents(store: Store, ids: Collection[str]) -> dict[str, str]:
    rows = store.db["articles"].find({"_id": {"$in": list(ids)}}, {"content": 1})
    return {row["_id"]: row["content"] for row in rows}


def _forget(store: Store, gone: Sequence[Row]) -> None:
    """Delete pairs. A copy of an exact text that its holder no longer has must look for others itself."""
    if not gone:
        return
    orphans = {row[side] for row in gone if row["relation"] == _EXACT for side in ("a", "b")}
    indexed = store.db["fingerprints"].find({"_id": {"$in": list(orphans)}}, {"_id": 1})
    orphans -= {row["_id"] for row in indexed}
    store.db["articles"].update_many({"_id": {"$in": list(orphans)}}, {"$set": {"judged": ""}})
    store.db["pairs"].bulk_write([DeleteOne({"_id": row["_id"]}) for row in gone], ordered=False)


def _decide_open(store: Store) -> int:
    undecided = store.db["articles"].find({"$expr": {"$ne": ["$judged", "$content"]}}, {"_id": 1})
    return sum(len(fingerprints.decide(store, [row["_id"] for row in chunk])) for chunk in _chunks(undecided))


def _pairs(store: Store) -> tuple[list[Pair], list[Pair]]:
    """Return the pairs of exact copies and the others."""
    exact: list[Pair] = []
    others: list[Pair] = []
    for row in store.db["pairs"].find({}, {"a": 1, "b": 1, "relation": 1, "score": 1}):
        found = exact if row["relation"] == _EXACT else others
        found.append(Pair(row["a"], row["b"], row["relation"], row["score"]))
    return exact, others


def _first_copies(names: Collection[str], exact: Sequence[Pair]) -> dict[str, str]:
    """Return, for *names* and all exact copies, the smallest id among the copies of the same text."""
    first = {name: name for name in names}

    def root(name: str) -> str:
        first.setdefault(name, name)
        while first[name] != name:
            first[name] = first[first[name]]
            name = first[name]
        return name

    for pair in exact:
        low, high = sorted((root(pair.a), root(pair.b)))
        first[high] = low
    return {name: root(name) for name in list(first)}


def _lift(store: Store, pairs: Sequence[Pair], first: Mapping[str, str]) -> tuple[list[Pair], int]:
    """Return *pairs* between the first copies of their texts, and how many were compared for that.

    Which of two exact copies was compared with others depends on which came first.
    """
    own = {(pair.a, pair.b): pair for pair in pairs if first[pair.a] == pair.a and first[pair.b] == pair.b}
    moved = set()
    for pair in pairs:
        a, b = sorted((first[pair.a], first[pair.b]))
        if a != b and (a, b) not in own:
            moved.add((a, b))
    return [*own.values(), *_compare(store, sorted(moved))], len(moved)


def _compare(store: Store, couples: Iterable[tuple[str, str]]) -> Iterator[Pair]:
    """Yield the comparisons of *couples* that are both stored, those that are no duplicates too."""
    for chunk in _chunks(couples):
        texts = Comparisons(store)
        texts.load({name for couple in chunk for name in couple})
        for a, b in chunk:
            found = texts.compare(a, b)
            if found is not None:
                yield Pair(a, b, found.relation, found.score)


def _members(store: Store, first: Mapping[str, str]) -> dict[str, Member]:
    """Return the articles of *first* that are stored; copies of one text have its number of words in common."""
    counted: dict[str, int] = {}
    for chunk in _chunks(first):
        for row in store.db["fingerprints"].find({"_id": {"$in": chunk}}, {"words": 1}):
            counted[first[row["_id"]]] = row["words"]
    for chunk in _chunks(sorted(set(first.values()) - counted.keys())):  # older than the window of the index
        for row in store.db["articles"].find({"_id": {"$in": chunk}}, {"text": 1}):
            counted[row["_id"]] = len(words(normalise(row["text"])))
    members = {}
    for chunk in _chunks(first):
        for row in store.db["articles"].find({"_id": {"$in": chunk}}, {"published": 1, "agency": 1}):
            size = counted.get(first[row["_id"]], 0)
            members[row["_id"]] = Member(row["_id"], row["published"], row["agency"], size)
    return members


def _write(store: Store, found: Sequence[Cluster]) -> int:
    """Write the decisions that differ from the stored ones; return how many did."""
    wanted = {link.id: link.of for one in found for link in one.members}
    stored = {
        row["_id"]: row["duplicate"]["of"]
        for row in store.db["articles"].find({"duplicate.of": {"$exists": True}}, {"duplicate.of": 1})
    }
    differing = sorted(key for key in wanted.keys() | stored.keys() if wanted.get(key) != stored.get(key))
    for chunk in _chunks(differing):
        texts = Comparisons(store)
        texts.load({name for key in chunk for name in (key, wanted.get(key)) if name})
        _write_chunk(store, {key: _duplicate(texts, key, wanted.get(key)) for key in chunk}, texts)
    return len(differing)


def _duplicate(texts: Comparisons, key: str, of: str | None) -> Duplicate | None:
    article = texts.article(key)
    return texts.duplicate(key, of) if article and of else None


def _write_chunk(store: Store, decided: Mapping[str, Duplicate | None], texts: Comparisons) -> None:
    moment = now()
    in_articles, in_index = [], []
    for key, duplicate in decided.items():
        article = texts.article(key)
        if article is None:
            continue
        still = {"_id": key, "content": article["content"]}
        fields = {"duplicate": document_of(duplicate) if duplicate else None, "updated": moment}
        in_articles.append(UpdateOne(still, {"$set": fields}))
        settled = still | {"state": {"$in": ["root", "member"]}}
        row = {"state": "member", "of": duplicate.of} if duplicate else {"state": "root", "of": None}
        in_index.append(UpdateOne(settled, {"$set": row}))
    if in_articles:
        # The articles last: they tell the next repair what is left to do.
        store.db["fingerprints"].bulk_write(in_index, ordered=False)
        store.db["articles"].bulk_write(in_articles, ordered=False)
