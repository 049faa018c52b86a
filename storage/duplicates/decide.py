"""Deciding which articles repeat others while any number of writers store articles at once.

Query, then insert, stores two originals whenever twins arrive together. Here an article is inserted as
``pending`` first, and only then looks for others: of two twins X < Y, one insert precedes the other's query. If
Y sees X, Y yields; otherwise X sees Y and waits for its word. Waits go from smaller to larger ids only, so
nobody waits in a circle. One that has yielded holds nobody up; it waits for the word of its leader, and is
verified against the root before it is linked to it.

The stages, in a line: :func:`claim_texts`, :func:`enter` and :func:`judge` until each article of a batch has its word,
:func:`record`, then what was decided by hand, then the succession of withdrawn articles.
"""

from __future__ import annotations

import time
from collections.abc import Collection, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

from storage.articles.collection import unjudge
from storage.duplicates import band_index, constrained, manual_decisions, representatives
from storage.duplicates.batch import Batch
from storage.duplicates.exact_claims import claim_texts
from storage.duplicates.judge import judge
from storage.duplicates.neighbours import PATIENCE_SECONDS
from storage.duplicates.pending import enter
from storage.duplicates.record import Decision, record, recorded, recorded_of

if TYPE_CHECKING:
    from dedupe.minhash.params import MinHashParams
    from storage.database.store import Store

__all__ = ["BATCH", "Decision", "decide", "redecide"]

BATCH = 200
"""Articles decided together."""
_AT_ONCE = 2
_POLL_SECONDS = (0.002, 0.05)


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
        return [decision for batch in batches for decision in _decide_batch(store, params, batch, given, rounds)]
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        found = list(pool.map(lambda batch: _decide_batch(store, params, batch, given, rounds), batches))
    return [decision for batch in found for decision in batch]


def redecide(store: Store, ids: Sequence[str], *, rounds: int = 2) -> list[Decision]:
    """Decide the stored articles *ids* anew, whatever stood in them, and record and return it."""
    unjudge(store, ids)
    return decide(store, ids, rounds=rounds)


def _decide_batch(
    store: Store, params: MinHashParams, ids: Sequence[str], fresh: Mapping[str, Mapping[str, Any]], rounds: int
) -> list[Decision]:
    batch = Batch(store, params)
    stored = batch.open(ids, fresh)
    _judge_all(batch)
    made = record(batch)
    made |= _bring_to_hand_decisions(batch, rounds)
    made |= _let_others_succeed(batch, made, rounds)
    return [made.get(article["_id"]) or recorded(article) for article in stored]


def _judge_all(batch: Batch) -> None:
    """Take all articles of *batch* to their words, and wait where another writer has one of them."""
    pause, shown = _POLL_SECONDS[0], time.monotonic()
    while waiting := batch.waiting():
        claim_texts(batch, [case for case in waiting if case.claims])
        enter(batch, [case for case in waiting if not (case.claims or case.leader or case.token)])
        if judge(batch, waiting):
            pause = _POLL_SECONDS[0]
            continue
        time.sleep(pause)
        pause = min(2 * pause, _POLL_SECONDS[1])
        if time.monotonic() - shown > PATIENCE_SECONDS / 4:
            band_index.beat(batch.store, [case.entry for case in waiting if case.token])
            shown = time.monotonic()
        batch.neighbours.refresh({key for case in waiting for key in case.awaits})


def _bring_to_hand_decisions(batch: Batch, rounds: int) -> dict[str, Decision]:
    """Bring clusters to what was decided by hand, now that these decisions stand; return what stands then."""
    if not (batch.cases and manual_decisions.connected(batch.store, batch.cases)):
        return {}
    return _anew(batch, constrained.enforce(batch.store, list(batch.cases)), rounds)


def _let_others_succeed(batch: Batch, made: Mapping[str, Decision], rounds: int) -> dict[str, Decision]:
    """Let a copy of a withdrawn article represent its story, if nothing else does; return what stands then."""
    roots = {one.duplicate.of for one in made.values() if one.duplicate}
    gone = [root for root in roots if (batch.texts.article(root) or {}).get("withdrawn")]
    return _anew(batch, representatives.settle(batch.store, gone), rounds) if gone else {}


def _anew(batch: Batch, alone: Collection[str], rounds: int) -> dict[str, Decision]:
    """Decide the articles *alone* anew, which a cluster set free; return what is recorded of *batch* thereafter."""
    if alone and rounds:
        redecide(batch.store, sorted(alone), rounds=rounds - 1)
    return recorded_of(batch)
