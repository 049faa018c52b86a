"""Deciding which articles repeat others while any number of writers store articles at once.

Each article is put into the index first, and only then looked around for: of two twins, one stands in the index before
the other looks. What is found is not weighed against what an earlier decision made of it. The articles that are linked
with each other are brought to what :func:`storage.duplicates.standings.standings` says of all of them, the very
decision that repair and ``storykin dedupe FILE`` make; so it does not matter in which order they came.

A writer that was not alone looks again after its write, until it finds nothing to change. So whoever writes last has
seen what all others put there, and where one writes from what it saw too early, it is the one that mends it. A writer
that is killed leaves its articles undecided; they are decided when their pages are fetched again, or by repair.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from storage.articles.collection import article_rows, unjudge
from storage.base.documents import record_of
from storage.duplicates import band_index
from storage.duplicates.batch import Batch
from storage.duplicates.exact_claims import claim_texts
from storage.duplicates.standing import Standing
from storage.duplicates.standings import standings, write
from storage.duplicates.surroundings import Surroundings
from storage.duplicates.writers import UnderWay
from storage.records import Duplicate

if TYPE_CHECKING:
    from dedupe.minhash.params import MinHashParams
    from storage.database.store import Store

BATCH = 200
"""Articles decided together."""
_AT_ONCE = 2
_PASSES = 20
"""How often a writer looks again; others that keep changing the same articles look again themselves."""


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
    fresh: Mapping[str, Mapping[str, Any]] | None = None,
) -> list[Decision]:
    """Decide which of the stored articles *ids* repeat others, record the decisions in the articles, return them.

    Articles that are decided already stay as they are. More than ``BATCH`` articles are taken in batches, two at a
    time: while one batch waits for the server, the other compares texts.

    :param params: parameters of the signatures; by default those of the database
    :param fresh: documents that were just inserted, by id; they are not read again
    :raises StorageError: if the database holds fingerprints with other parameters
    """
    if params is None:
        params = band_index.params_of(store)
    else:
        band_index.require_params(store, params)
    batches = [ids[start : start + BATCH] for start in range(0, len(ids), BATCH)]
    given = fresh or {}
    if len(batches) < 2:
        return [decision for batch in batches for decision in _decide_batch(store, params, batch, given)]
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        found = list(pool.map(lambda batch: _decide_batch(store, params, batch, given), batches))
    # Read again: one batch may have found more of another one's stories.
    known = {one.id for batch in found for one in batch}
    shown = {"content": 1, "duplicate": 1}
    rows = {row["_id"]: row for row in article_rows(store).find({"_id": {"$in": sorted(known)}}, shown)}
    return [_recorded(rows[key]) for key in ids if key in rows]


def redecide(store: Store, ids: Sequence[str]) -> list[Decision]:
    """Decide the stored articles *ids* anew, whatever stood in them, and record and return it."""
    unjudge(store, ids)
    return decide(store, ids)


def settle(store: Store, ids: Collection[str]) -> None:
    """Bring the stories of *ids* to what is known of them now: after one was withdrawn, or set apart by hand."""
    under_way = UnderWay(store)
    _settle(Batch(store, band_index.params_of(store)), under_way, ids)


def _decide_batch(
    store: Store, params: MinHashParams, ids: Sequence[str], fresh: Mapping[str, Mapping[str, Any]]
) -> list[Decision]:
    under_way = UnderWay(store)  # before anything is read that another one may be about to write
    batch = Batch(store, params)
    stored = batch.open(ids, fresh)
    if batch.cases:
        claim_texts(batch)
        batch.enter()
        _settle(batch, under_way, batch.cases, fresh=fresh.keys())
    else:
        under_way.end()
    return [_recorded(article) for key in stored if (article := batch.texts.article(key))]


def _settle(batch: Batch, under_way: UnderWay, ids: Collection[str], *, fresh: Collection[str] = ()) -> None:
    """Write where the articles *ids* and all that is linked with them stand, until nothing is left to change."""
    store, texts, keys = batch.store, batch.texts, batch.keys
    twins = {case.id: case.twin for case in batch.cases.values() if case.twin}
    judged: Collection[str] = batch.cases
    around, again = Surroundings(store, texts), False
    for _ in range(_PASSES):
        found: dict[str, Standing] = {}
        for component in around.around(ids, twins, keys, fresh=fresh, again=again):
            found |= standings(texts, component)
        changed = write(store, texts, found, judged)
        # Articles that stood alone before are not compared again: later articles are compared with them.
        ids = {key for key in found if found[key].story or found[key].beside or key in changed}
        if under_way.end() or not ids or (again and not changed):
            return
        under_way.go_on()
        judged, fresh, again = (), (), True
        keys = {key: keys[key] for key in ids if key in keys}
    under_way.end()


def _recorded(article: Mapping[str, Any]) -> Decision:
    duplicate = record_of(Duplicate, article["duplicate"]) if article["duplicate"] else None
    return Decision(id=article["_id"], content=article["content"], duplicate=duplicate)
