"""Repair: the clusters of the whole store anew, by the very run that ``storykin dedupe FILE`` makes.

While articles arrive, the first of a story leads it, and each is compared with what its bands find. Repair
compares all candidates of the whole corpus, leaves out what a portal's template puts on every page, elects
representatives again, and writes back what differs. It ends in the same clusters whatever the order in which the
articles came, and in those of an export clustered offline.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, TypeVar

from pymongo import UpdateOne

from dedupe.clusters.kept import Choose
from dedupe.corpus.documents import Document
from dedupe.corpus.in_memory import Row, cluster_documents
from storage.articles.collection import Update, article_rows, unjudge, update
from storage.base.documents import batches, document_of, now
from storage.duplicates import band_index, constrained, decide, manual_decisions, representatives
from storage.duplicates.band_index import fingerprint_rows
from storage.duplicates.comparisons import Comparisons
from storage.duplicates.constrained import Placed
from storage.records import Duplicate
from storage.teasers import link_targets, teasers

if TYPE_CHECKING:
    from storage.database.store import Store

_AS_ONLINE = Choose(keep="first", by_source=True)
"""The earliest text represents a stored story, as it does while articles are stored."""
_CHUNK = 500

T = TypeVar("T")
Link = tuple[str, str, float]
"""Representative, relation, score."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RepairSummary:
    """What a repair did."""

    articles: int
    decided: int
    """Articles that had no decision on their present text."""
    clusters: int
    """Stories that stand in the store more than once."""
    duplicates: int
    changed: int
    """Articles whose decision changed."""
    teasers: int
    """Paragraphs that are the title or lead of another story: annotated, never cut."""
    linked: int
    """Related links that lead to a stored article."""


def repair(store: Store, progress: Callable[[str], None] = lambda _: None) -> RepairSummary:
    """Derive all clusters, teasers and links anew and write back what changed. May run beside a crawl, may be killed.

    An article that changes meanwhile keeps its own decision until the next repair. Texts wait in a temporary file
    about the size of the stored texts; memory is a few hundred bytes an article.

    :param progress: told in words what is being done
    """
    progress("deciding articles without a decision")
    decided = _decide_open(store)
    started, articles = now(), 0
    wanted: dict[str, Link] = {}
    for row in cluster_documents(_documents(store), ignore_urls=True, progress=_told(progress), choice=_AS_ONLINE):
        articles += 1
        link = _link(row)
        if link:
            wanted[row.id] = link
    _succeed(store, wanted)
    progress("writing what changed")
    by_hand = _constrain(store, wanted)
    changed = _write(store, wanted, started, by_hand)
    clusters = len({of for of, _, _ in wanted.values()})
    progress("marking teasers")  # after the decisions: a copy of the story is no other story
    marked, _ = teasers.annotate(store)
    progress("linking related stories")
    linked, _ = link_targets.link(store)
    return RepairSummary(
        articles=articles,
        decided=decided,
        clusters=clusters,
        duplicates=len(wanted),
        changed=changed,
        teasers=marked,
        linked=linked,
    )


def _told(progress: Callable[[str], None]) -> Callable[[str, int, int | None], None]:
    def tell(what: str, done: int, of: int | None) -> None:
        progress(f"{what} {done:,} of {of:,}" if of else f"{what} {done:,}")

    return tell


def _decide_open(store: Store) -> int:
    undecided = article_rows(store).find({"$expr": {"$ne": ["$judged", "$content"]}}, {"_id": 1})
    return sum(len(decide.decide(store, [row["_id"] for row in chunk])) for chunk in batches(undecided, _CHUNK))


def _documents(store: Store) -> Iterator[Document]:
    fields = dict.fromkeys(("text", "title", "portal", "published"), 1)
    for row in article_rows(store).find({}, fields).sort("_id", 1):
        yield Document(row["_id"], row["text"], title=row["title"], source=row["portal"], date=row["published"])


def _link(row: Row) -> Link | None:
    if row.duplicate_of is None or row.relation is None or row.score is None:
        return None
    return row.duplicate_of, row.relation, row.score


def _succeed(store: Store, wanted: dict[str, Link]) -> None:
    """Let others represent the stories in *wanted* whose representative is withdrawn."""
    roots = {of for of, _, _ in wanted.values()}
    gone = [row["_id"] for row in article_rows(store).find({"withdrawn": {"$ne": None}}, {"_id": 1})]
    together = {root: [root] for root in gone if root in roots}
    for key, (of, _, _) in wanted.items():
        if of in together:
            together[of].append(key)
    for root, members in together.items():
        rows = constrained.read(store, members)
        if not representatives.is_survived(rows, root):
            continue
        texts = Comparisons(store)
        for key, place in representatives.successors(texts, rows).items():
            wanted.pop(key, None)
            if duplicate := constrained.linked(texts, key, place):
                wanted[key] = duplicate.of, duplicate.relation, duplicate.score


def _constrain(store: Store, wanted: dict[str, Link]) -> Mapping[str, Placed]:
    """Bring *wanted* to what was decided by hand; return which articles that puts elsewhere."""
    decided = list(manual_decisions.iterate(store))
    if not decided:
        return {}
    placed = constrained.repaired(store, {key: of for key, (of, _, _) in wanted.items()}, decided)
    texts = Comparisons(store)
    texts.load({name for key, place in placed.items() for name in (key, place.of)})
    for key, place in placed.items():
        wanted.pop(key, None)
        if duplicate := constrained.linked(texts, key, place):
            wanted[key] = duplicate.of, duplicate.relation, duplicate.score
    return placed


def _write(store: Store, wanted: Mapping[str, Link], started: datetime, by_hand: Mapping[str, Placed]) -> int:
    """Write the decisions that differ from the stored ones; return how many did."""
    fields = dict.fromkeys(("duplicate.of", "duplicate.relation", "duplicate.score", "duplicate.role"), 1)
    stored: dict[str, tuple[Any, ...]] = {}
    for row in article_rows(store).find({"duplicate.of": {"$exists": True}}, fields):
        of, relation, score, role = (row["duplicate"].get(name, "") for name in ("of", "relation", "score", "role"))
        stored[row["_id"]] = (of, relation, score) if role else ()  # of an older storykin: is written anew
    differing = sorted(key for key in wanted.keys() | stored.keys() if wanted.get(key) != stored.get(key))
    _index_anew(store, differing, wanted)
    return sum(_write_chunk(store, chunk, wanted, started, by_hand) for chunk in batches(differing, _CHUNK))


def _index_anew(store: Store, differing: Iterable[str], wanted: Mapping[str, Link]) -> None:
    """Give rows in the index to texts that were found through an exact copy, where that one has changed since."""
    for chunk in batches(differing, _CHUNK):
        own = {key for key in chunk if key not in wanted or wanted[key][1] != "exact"}
        own -= {row["_id"] for row in fingerprint_rows(store).find({"_id": {"$in": list(own)}}, {"_id": 1})}
        if own:
            unjudge(store, own)
            decide.decide(store, sorted(own))


def _write_chunk(
    store: Store, keys: list[str], wanted: Mapping[str, Link], started: datetime, by_hand: Mapping[str, Placed]
) -> int:
    texts = Comparisons(store)
    texts.load({name for key in keys for name in (key, *wanted.get(key, ())[:1])})
    moment = now()
    in_index, in_articles = [], []
    for key in keys:
        place = by_hand.get(key)
        duplicate = constrained.linked(texts, key, place) if place else _duplicate(texts, key, wanted.get(key))
        row = {"state": "member", "of": duplicate.of} if duplicate else {"state": "root", "of": None}
        in_index.append(UpdateOne({"_id": key, "state": {"$in": ["root", "member"]}}, {"$set": row}))
        changed: dict[str, Any] = {"duplicate": document_of(duplicate) if duplicate else None, "updated": moment}
        in_articles.append(Update({"_id": key, "updated": {"$lt": started}}, {"$set": changed}))
    # The articles last: they tell the next repair what is left to do.
    band_index.update(store, in_index)
    return update(store, in_articles).modified


def _duplicate(texts: Comparisons, key: str, link: Link | None) -> Duplicate | None:
    article = texts.article(key)
    if link is None or article is None:
        return None
    of, relation, score = link
    root, found = texts.article(of), texts.compare(key, of)
    if found is not None and found.relation == relation:
        reason = found.reason
    else:
        reason = f"{score:.0%} of the shorter text stands in the other, the portal's template left out"
    return Duplicate(
        of=of,
        relation=relation,  # type: ignore[arg-type]  # versions are not asked for
        score=score,
        reason=reason,
        same_portal=root is not None and root["portal"] == article["portal"],
        agency=article["agency"],
        role=texts.role(key, of, relation, score) if root is not None else "",  # type: ignore[arg-type]  # as above
        spans=texts.spans(key, of) if root is not None else (),
    )
