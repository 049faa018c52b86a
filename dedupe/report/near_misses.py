"""Pairs that are alike and were kept apart: what a reader who doubts the threshold wants to see."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import UTC, datetime

import numpy as np
from numpy.typing import NDArray

from dedupe.compare.similarity import compare, prepare
from dedupe.corpus.candidates import band_pairs
from dedupe.minhash.params import DEFAULT_PARAMS, EMPTY_SLOT, MinHashParams, band_column
from dedupe.report.reasons import because, where
from dedupe.report.report import Copy, RepeatedStory

MOST = 200
"""Pairs that a report compares and counts; those with the most alike signatures."""
SHOWN = 50
"""Of these, pairs with the closest decision that a browser of clusters holds."""
_OF_ONE = 3  # pairs that one cluster may stand in: a template's pages are all like each other, a few show it
_LEAST = 0.3  # share of the shorter text that two reports on one event have by chance
_BLOCK = 1 << 16  # pairs estimated at once


def most_alike(
    signatures: NDArray[np.uint32],
    clusters: NDArray[np.int64],
    *,
    params: MinHashParams = DEFAULT_PARAMS,
    most: int = MOST,
) -> list[tuple[int, int]]:
    """Return the *most* pairs of texts with the most alike signatures that stand in different clusters.

    Of two clusters one pair is returned, of one cluster ``_OF_ONE`` pairs at most; only pairs that share a band are
    looked at. Ties go to the first texts.

    :param signatures: shape (texts, params.num_perm)
    :param clusters: shape (texts,): a number for the cluster of each text
    """
    own = np.flatnonzero((signatures != EMPTY_SLOT).any(axis=1))
    signatures, clusters = signatures[own], clusters[own]
    columns = (
        band_column(signatures[:, band * params.rows : (band + 1) * params.rows], band) for band in range(params.bands)
    )
    pairs = band_pairs(columns)
    pairs = pairs[clusters[pairs[:, 0]] != clusters[pairs[:, 1]]]
    equal = np.zeros(len(pairs), dtype=np.int64)
    for start in range(0, len(pairs), _BLOCK):
        block = pairs[start : start + _BLOCK]
        equal[start : start + _BLOCK] = (signatures[block[:, 0]] == signatures[block[:, 1]]).sum(axis=1)
    found: dict[tuple[int, int], tuple[int, int]] = {}
    times: Counter[int] = Counter()
    for place in np.argsort(-equal, kind="stable").tolist():
        a, b = pairs[place].tolist()
        key = _ascending(int(clusters[a]), int(clusters[b]))
        if key not in found and max(times[key[0]], times[key[1]]) < _OF_ONE:
            found[key] = int(own[a]), int(own[b])
            times.update(key)
        if len(found) == most:
            break
    return list(found.values())


def _ascending(a: int, b: int) -> tuple[int, int]:
    return (a, b) if a < b else (b, a)


def kept_apart(pairs: Iterable[tuple[Copy, Copy]]) -> Iterator[RepeatedStory]:
    """Compare each pair again and yield it as a story whose copy is kept apart; pairs that are unlike are left out."""
    for one, other in pairs:
        first, second = sorted((one, other), key=_by_age)
        found = compare(prepare(first.text, first.title), prepare(second.text, second.title))
        if found.score < _LEAST:
            continue
        clause = found.reason
        if found.relation:
            clause = f"the two alone would be one story ({clause}), but not together with their clusters' other texts"
        reason = f"{because('different', clause, found.score)} {where(second, first)}"
        copy = replace(second, relation="different", score=round(found.score, 4), reason=reason)
        yield RepeatedStory(copies=(replace(first, relation="", score=1.0, reason=""), copy))


def _by_age(copy: Copy) -> tuple[bool, datetime, str]:
    """Sort by time of publication, unknown last; a time without timezone is UTC, as MongoDB's driver gives it."""
    published = copy.published or datetime.max.replace(tzinfo=UTC)
    return copy.published is None, published.replace(tzinfo=published.tzinfo or UTC), copy.id
