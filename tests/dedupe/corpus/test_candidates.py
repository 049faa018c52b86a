"""Candidates: all that share a key, linear where everything shares one."""

from __future__ import annotations

from itertools import combinations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from dedupe.corpus.candidates import COMMON, HOT_BUCKET, SHARED_SAMPLES, band_pairs, bucket_pairs, passage_pairs
from dedupe.corpus.verify import components


def as_set(pairs: np.ndarray) -> set[tuple[int, int]]:
    return {(int(a), int(b)) for a, b in pairs}


@given(st.lists(st.integers(-3, 3), max_size=40))
@settings(deadline=None)
def test_equal_keys_are_paired(keys: list[int]) -> None:
    found = bucket_pairs(np.array(keys, dtype=np.int64))
    assert len(found) == len(as_set(found))
    assert as_set(found) == {(a, b) for a, b in combinations(range(len(keys)), 2) if keys[a] == keys[b]}


@given(st.lists(st.lists(st.integers(0, 2), min_size=6, max_size=6), max_size=3))
@settings(deadline=None)
def test_bands_are_united(columns: list[list[int]]) -> None:
    found = band_pairs([np.array(column, dtype=np.int64) for column in columns])
    wanted = {(a, b) for column in columns for a, b in combinations(range(6), 2) if column[a] == column[b]}
    assert as_set(found) == wanted
    assert len(found) == len(wanted)


def test_a_hot_bucket_is_linear_and_its_first_text_meets_all() -> None:
    size = 100_000
    found = bucket_pairs(np.zeros(size, dtype=np.int64))
    assert len(found) < 9 * size
    assert len(found) == len(np.unique(found, axis=0))
    assert (found[:, 0] < found[:, 1]).all()
    assert np.unique(found[found[:, 0] == 0, 1]).size == size - 1


def test_bucket_sizes_around_the_cap() -> None:
    for size in (HOT_BUCKET - 1, HOT_BUCKET, HOT_BUCKET + 1):
        found = as_set(bucket_pairs(np.zeros(size, dtype=np.int64)))
        assert (len(found) == size * (size - 1) // 2) == (size <= HOT_BUCKET)
        assert not bucket_pairs(np.zeros(size, dtype=np.int64), most=size - 1).size


@given(st.lists(st.sets(st.integers(0, 8)), max_size=6))
@settings(deadline=None)
def test_passages_are_shared_samples(texts: list[set[int]]) -> None:
    values = np.array([value << 59 for text in texts for value in text], dtype=np.uint64)
    owners = np.array([number for number, text in enumerate(texts) for _ in text], dtype=np.int64)
    found = as_set(passage_pairs(values, owners, len(texts)))
    pairs = combinations(range(len(texts)), 2)
    assert found == {(a, b) for a, b in pairs if len(texts[a] & texts[b]) >= SHARED_SAMPLES}


def test_a_sample_twice_in_one_text_counts_once() -> None:
    values = np.array([80, 80, 80, 80], dtype=np.uint64)
    assert not passage_pairs(values, np.array([0, 0, 1, 1]), 2).size


def test_common_property_is_no_passage() -> None:
    owners = np.tile(np.arange(COMMON + 1), 2)
    values = np.repeat(np.array([16, 32], dtype=np.uint64), COMMON + 1)
    assert not passage_pairs(values, owners, COMMON + 1).size


@given(st.sets(st.tuples(st.integers(0, 12), st.integers(0, 12)).filter(lambda pair: pair[0] < pair[1])))
@settings(deadline=None)
def test_components_are_those_of_the_graph(pairs: set[tuple[int, int]]) -> None:
    found = [as_set(part) for part in components(np.array(sorted(pairs), dtype=np.int64).reshape(-1, 2))]
    assert sum(map(len, found)) == len(pairs)
    assert set().union(*found) == pairs
    nodes = [{node for pair in part for node in pair} for part in found]
    assert all(not (one & other) for one, other in combinations(nodes, 2))
    for part in found:  # each is connected: growing from any pair reaches all
        reached = set(next(iter(part)))
        while grown := {node for pair in part if reached & set(pair) for node in pair} - reached:
            reached |= grown
        assert reached == {node for pair in part for node in pair}
