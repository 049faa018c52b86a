"""Similarities of a report: which bar of the histogram they belong to, how near to the threshold they are."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from dedupe.compare.similarity import SAME_CONTAINMENT

THRESHOLD = SAME_CONTAINMENT
"""Similarity from which on two texts count as one story: the line in the histogram."""
SCORE_BINS = 20
"""Bars of the histogram of similarities."""
SCORED = ("exact", "near", "contained", "different")
"""Relations that the histogram counts; ``different``: compared, alike, and kept apart."""

BY_HAND = "by hand"
"""Relation of texts that somebody merged: no figure decided it, and no histogram counts it."""

Histogram = Mapping[str, Sequence[int]]
"""Pairs by relation (:data:`SCORED`), ``SCORE_BINS`` counts each from similarity 0 to 1."""


def bin_of(score: float) -> int:
    """Return the bar of the histogram that *score* belongs to.

    >>> bin_of(0.0), bin_of(0.7), bin_of(1.0)
    (0, 14, 19)
    """
    return max(0, min(SCORE_BINS - 1, int(score * SCORE_BINS + 1e-9)))


def histogram(scores: Iterable[tuple[str, float, int]]) -> Histogram:
    """Return the histogram of ``(relation, score, pairs)``; other relations than :data:`SCORED` are left out."""
    bars = {relation: [0] * SCORE_BINS for relation in SCORED}
    for relation, score, pairs in scores:
        if relation in bars:
            bars[relation][bin_of(score)] += pairs
    return bars


def margin(relation: str, score: float) -> float:
    """Return how far a link is from the threshold: small where the decision was close; 1 where no figure decided.

    >>> round(margin("near", 0.72), 2), margin("exact", 1.0)
    (0.02, 1.0)
    """
    return 1.0 if relation in {"exact", "version", BY_HAND} else abs(score - THRESHOLD)
