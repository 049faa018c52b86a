"""Precision and recall of the decision about two texts, from pairs that people labelled."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from math import sqrt
from typing import Any

from dedupe.compare.similarity import SAME_CONTAINMENT

THRESHOLDS = tuple(round(step / 20, 2) for step in range(6, 21))
"""Scores from .3 on; what is below shares no more than two reports on one event do."""
_Z = 1.959964  # 95 %, two-sided


@dataclass(frozen=True, slots=True)
class Labelled:
    """A pair of texts that somebody judged."""

    same: bool
    """Whether they are one story in the same words."""
    score: float
    """``Comparison.score``."""
    joined: bool
    """Whether storykin made them one."""


@dataclass(frozen=True, slots=True)
class Share:
    """A share with its 95 % interval; ``None`` where nothing was counted."""

    hits: int
    of: int
    value: float | None
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Quality:
    """How good a rule is on labelled pairs."""

    precision: Share
    """Of the pairs that the rule joins, those that are one story."""
    recall: Share
    """Of the pairs that are one story, those that the rule joins."""

    def to_json(self) -> dict[str, Any]:
        """Return plain values."""
        return asdict(self)


def wilson(hits: int, of: int) -> Share:
    """Return a share with its Wilson score interval (Wilson 1927; Brown, Cai & DasGupta 2001, eq. 4).

    >>> found = wilson(9, 10)
    >>> found.value, round(found.low, 3), round(found.high, 3)
    (0.9, 0.596, 0.982)
    """
    if not of:
        return Share(0, 0, None, 0.0, 1.0)
    share, square = hits / of, _Z**2
    centre = (share + square / (2 * of)) / (1 + square / of)
    half = _Z / (1 + square / of) * sqrt(share * (1 - share) / of + square / (4 * of**2))
    return Share(hits, of, share, max(0.0, centre - half), min(1.0, centre + half))


def as_decided(pairs: Iterable[Labelled]) -> Quality:
    """Return how good storykin's whole rule is on *pairs*."""
    return _quality((one.same, one.joined) for one in pairs)


def at_threshold(pairs: Iterable[Labelled], threshold: float) -> Quality:
    """Return how good it would be to join all pairs with at least the score *threshold*, whatever else they say."""
    return _quality((one.same, one.score >= threshold) for one in pairs)


def nearest_first(scores: Iterable[tuple[float, bool]], count: int) -> list[int]:
    """Return the places of *count* pairs, by turns of those joined and those not, nearest to the threshold first.

    :param scores: of each pair its score, and whether it was joined

    >>> nearest_first([(0.9, True), (0.72, True), (0.1, False), (0.69, False)], 3)
    [1, 3, 0]
    """
    listed = list(enumerate(scores))
    sides = [
        sorted((abs(score - SAME_CONTAINMENT), place) for place, (score, joined) in listed if joined is wanted)
        for wanted in (True, False)
    ]
    turns = [(turn, side, place) for side, found in enumerate(sides) for turn, (_, place) in enumerate(found)]
    return [place for _, _, place in sorted(turns)[:count]]


def _quality(verdicts: Iterable[tuple[bool, bool]]) -> Quality:
    counted = list(verdicts)
    both = sum(same and joined for same, joined in counted)
    joined = sum(joined for _, joined in counted)
    return Quality(wilson(both, joined), wilson(both, sum(same for same, _ in counted)))
