"""Repair: the stories of the whole store anew, by the very run that ``storykin dedupe FILE`` makes.

While articles arrive, each is compared with what its keys in the index find. Repair compares all candidates of the
whole corpus, leaves out what a portal's template puts on every page, and writes back what differs. It ends in the same
stories whatever the order in which the articles came, and in those of an export clustered offline.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, TypeVar

from dedupe.corpus.documents import Document
from dedupe.corpus.in_memory import Row, cluster_documents
from dedupe.text.days import known_by
from storage.articles.collection import article_rows, unjudge
from storage.base.documents import batches, now
from storage.duplicates import decide, manual_decisions
from storage.duplicates.band_index import fingerprint_rows
from storage.duplicates.comparisons import Comparisons
from storage.duplicates.standing import ALONE, Standing
from storage.duplicates.standings import member, place_by_hand, with_facts, write
from storage.records import StoryFacts
from storage.teasers import link_targets, teasers

if TYPE_CHECKING:
    from storage.database.store import Store

_CHUNK = 500

T = TypeVar("T")


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
    wanted: dict[str, Standing] = {}
    for row in cluster_documents(_documents(store), ignore_urls=True, progress=_told(progress)):
        articles += 1
        wanted |= _standings(row)
    progress("writing what changed")
    wanted |= _placed_by_hand(store, wanted)
    wanted = {key: standing for key, standing in wanted.items() if standing != ALONE}
    changed = _write(store, wanted, started)
    repeating = [standing.of for standing in wanted.values() if standing.of]
    progress("marking teasers")  # after the decisions: a copy of the story is no other story
    marked, _ = teasers.annotate(store)
    progress("linking related stories")
    linked, _ = link_targets.link(store)
    return RepairSummary(
        articles=articles,
        decided=decided,
        clusters=len(set(repeating)),
        duplicates=len(repeating),
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
    fields = dict.fromkeys(("text", "title", "portal", "published", "published_raw", "withdrawn.at"), 1)
    for row in article_rows(store).find({}, fields).sort("_id", 1):
        yield Document(
            row["_id"],
            row["text"],
            title=row["title"],
            source=row["portal"],
            date=known_by(row["published"], row.get("published_raw", "")),
            withdrawn=bool(row.get("withdrawn")),
        )


def _standings(row: Row) -> dict[str, Standing]:
    """Return the standing of a repeated article and of the head of its story."""
    if row.relation is None or row.relation == "version" or row.score is None or row.most_complete is None:
        return {}
    facts = StoryFacts(original=row.original, most_complete=row.most_complete)
    own = Standing(row.cluster, row.relation, row.score, row.duplicate_of, facts)
    return {row.id: own, row.cluster: Standing(story=facts)}


def _placed_by_hand(store: Store, wanted: Mapping[str, Standing]) -> dict[str, Standing]:
    """Return the standings in the stories of which anything was decided by hand."""
    decided = list(manual_decisions.iterate(store))
    if not decided:
        return {}
    ids = {key for one in decided for key in one.couple}
    heads = ids | {head for key in ids if (head := wanted.get(key, ALONE).of)}
    here = heads | {key for key, standing in wanted.items() if standing.of in heads}
    texts = Comparisons(store)
    texts.load(here)
    members = {key: member(article, texts.prepared(key)) for key in here if (article := texts.article(key))}
    found = {key: wanted.get(key, ALONE) for key in members}
    complete = {standing.of or key: standing.story.most_complete for key, standing in found.items() if standing.story}
    return with_facts(found | place_by_hand(texts, members, found, decided), members, complete)


def _write(store: Store, wanted: Mapping[str, Standing], started: datetime) -> int:
    """Write the standings that differ from the recorded ones; return how many did."""
    fields = ("of", "relation", "score", "kept_in", "by_hand", "role")
    recorded: dict[str, tuple[Any, ...]] = {}
    shown = {f"duplicate.{name}": 1 for name in fields} | {"story": 1}
    anything = {"$or": [{"duplicate.of": {"$exists": True}}, {"story.most_complete": {"$exists": True}}]}
    for row in article_rows(store).find(anything, shown):
        found, story = row.get("duplicate") or {}, row.get("story") or {}
        told = [found.get(name) for name in fields[:-2]]
        told += [bool(found.get("by_hand")), bool(found.get("role")) or not found]
        recorded[row["_id"]] = (*told, story.get("original"), story.get("most_complete"))
    differing = sorted(key for key in wanted.keys() | recorded.keys() if _told_of(wanted.get(key)) != recorded.get(key))
    _index_anew(store, differing, wanted)
    changed = 0
    for chunk in batches(differing, _CHUNK):
        texts = Comparisons(store)
        texts.load({*chunk, *(of for key in chunk if (of := wanted.get(key, ALONE).of))})
        here = {key: wanted.get(key, ALONE) for key in chunk if texts.article(key)}
        changed += len(write(store, texts, here, before=started))
    return changed


def _told_of(standing: Standing | None) -> tuple[Any, ...] | None:
    """Return what :func:`_write` compares of a standing; ``None`` of an article that stands alone."""
    if standing is None or standing.story is None:
        return None
    role = True  # none recorded: decided by an older storykin, so it is written anew
    score = None if standing.of is None else standing.score
    told = standing.of, standing.relation, score, standing.kept_in, bool(standing.by_hand), role
    return (*told, standing.story.original, standing.story.most_complete)


def _index_anew(store: Store, differing: Iterable[str], wanted: Mapping[str, Standing]) -> None:
    """Give rows in the index to texts that were found through an exact copy, where that one has changed since."""
    for chunk in batches(differing, _CHUNK):
        own = {key for key in chunk if key not in wanted or wanted[key].relation != "exact"}
        own -= {row["_id"] for row in fingerprint_rows(store).find({"_id": {"$in": list(own)}}, {"_id": 1})}
        if own:
            unjudge(store, own)
            decide.decide(store, sorted(own))
