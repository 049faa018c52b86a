"""Partition: clusters that agree with the pairs, no chains."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import combinations

from hypothesis import given, settings
from hypothesis import strategies as st

from dedupe.corpus.jaccard import partition

Pairs = Mapping[tuple[int, int], float]
PAIRS = st.dictionaries(
    st.tuples(st.integers(0, 6), st.integers(0, 6)).filter(lambda pair: pair[0] < pair[1]), st.floats(0.5, 1)
)


def disagreements(clusters: list[list[int]], pairs: Pairs) -> int:
    together = {pair for cluster in clusters for pair in combinations(cluster, 2)}
    return len(together ^ set(pairs))


@given(PAIRS)
@settings(max_examples=200, deadline=None)
def test_no_move_of_one_member_agrees_with_more_pairs(pairs: Pairs) -> None:
    clusters = partition(pairs)
    nodes = [node for cluster in clusters for node in cluster]
    assert len(nodes) == len(set(nodes))
    assert clusters == sorted(sorted(cluster) for cluster in clusters)
    alone = [[node] for node in sorted({node for pair in pairs for node in pair} - set(nodes))]
    found = disagreements(clusters, pairs)
    for source in [*clusters, *alone]:
        for node in source:
            rest = [[other for other in part if other != node] for part in [*clusters, *alone]]
            moved = [[*rest[:i], [*part, node], *rest[i + 1 :]] for i, part in enumerate(rest)]
            assert min(disagreements(other, pairs) for other in [*moved, [*rest, [node]]]) >= found


@given(PAIRS)
@settings(deadline=None)
def test_the_order_of_the_pairs_does_not_matter(pairs: Pairs) -> None:
    assert partition(pairs) == partition(dict(reversed(pairs.items())))


def test_a_clique_is_one_cluster() -> None:
    assert partition(dict.fromkeys(combinations(range(30), 2), 0.8)) == [list(range(30))]


def test_a_chain_is_not_one_cluster() -> None:
    clusters = partition({(number, number + 1): 0.9 for number in range(1000)})
    assert max(map(len, clusters)) <= 2


def test_a_member_that_disagrees_with_most_of_its_cluster_leaves_it() -> None:
    pairs = dict.fromkeys([(0, 2), (0, 4), (1, 2), (1, 4), (1, 5), (2, 3), (2, 4), (2, 5), (3, 4), (3, 5), (4, 5)], 0.5)
    assert partition(pairs) == [[1, 2, 3, 4, 5]]


def test_two_cliques_with_a_bridge_stay_two() -> None:
    pairs = dict.fromkeys([*combinations(range(5), 2), *combinations(range(5, 10), 2), (4, 5)], 0.9)
    assert partition(pairs) == [[0, 1, 2, 3, 4], [5, 6, 7, 8, 9]]


def test_a_star_of_many_is_done_in_time() -> None:
    assert len(partition({(0, number): 0.9 for number in range(1, 20_000)})) == 1
