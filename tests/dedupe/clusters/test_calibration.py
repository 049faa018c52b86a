"""Precision, recall and their intervals, and which pairs are asked about."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dedupe.clusters.calibration import Labelled, as_decided, at_threshold, nearest_first, wilson
from dedupe.compare.similarity import SAME_CONTAINMENT


@pytest.mark.parametrize(
    ("hits", "of", "low", "high"),
    # R: prop.test(hits, of, correct = FALSE)$conf.int
    [(0, 10, 0.0, 0.2775328), (5, 10, 0.2365931, 0.7634069), (10, 10, 0.7224672, 1.0), (81, 263, 0.2553295, 0.3661891)],
)
def test_intervals_are_those_of_wilson(hits: int, of: int, low: float, high: float) -> None:
    found = wilson(hits, of)
    assert (found.low, found.high) == pytest.approx((low, high), abs=2e-4)


@given(st.integers(1, 500).flatmap(lambda of: st.tuples(st.integers(0, of), st.just(of))))
def test_an_interval_holds_its_share(counted: tuple[int, int]) -> None:
    found = wilson(*counted)
    assert found.value is not None
    assert 0 <= found.low <= found.value + 1e-12
    assert found.value - 1e-12 <= found.high <= 1


def test_nothing_counted_says_nothing() -> None:
    assert wilson(0, 0).value is None
    assert as_decided([]).precision.value is None


def test_thresholds_and_the_decision_itself_are_counted_apart() -> None:
    pairs = [
        Labelled(same=True, score=0.9, joined=True),
        Labelled(same=True, score=0.6, joined=True),
        Labelled(same=False, score=0.8, joined=False),
        Labelled(same=True, score=0.4, joined=False),
    ]
    decided = as_decided(pairs)
    assert (decided.precision.hits, decided.precision.of, decided.recall.of) == (2, 2, 3)
    at = at_threshold(pairs, 0.7)
    assert (at.precision.hits, at.precision.of, at.recall.hits, at.recall.of) == (1, 2, 1, 3)
    assert at_threshold(pairs, 0.8).precision.of == 2, "the threshold itself is joined"


@given(st.lists(st.tuples(st.floats(0, 1), st.booleans()), max_size=30), st.integers(0, 40))
def test_both_sides_are_asked_about_by_turns_nearest_first(scores: list[tuple[float, bool]], count: int) -> None:
    found = nearest_first(scores, count)
    assert len(found) == len(set(found)) == min(count, len(scores))
    for side in (True, False):
        margins = [abs(scores[place][0] - SAME_CONTAINMENT) for place in found if scores[place][1] is side]
        assert margins == sorted(margins)
    sides = [scores[place][1] for place in found]
    fewer = min(sum(joined is side for _, joined in scores) for side in (True, False))
    assert all(one != other for one, other in pairwise(sides[: 2 * fewer]))
