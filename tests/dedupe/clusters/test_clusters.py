"""Clusters keep their promise for any two members, whatever the order of the input."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dedupe.clusters.clusters import PROMISE, Cluster, Link, Member, Pair, cluster, uncompared
from dedupe.compare.similarity import SAME_CONTAINMENT, SAME_JACCARD

DAY = datetime(2026, 3, 12, tzinfo=UTC)


def _groups(found: list[Cluster]) -> list[list[str]]:
    return sorted(sorted([one.representative, *(link.id for link in one.members)]) for one in found)


def _contained(a: str, b: str, score: float = 1.0) -> Pair:
    return Pair(a, b, "contained", score)


def test_a_short_text_in_two_long_ones_does_not_merge_them() -> None:
    members = [Member("long1", words=900), Member("long2", words=800), Member("short", words=160)]
    found = cluster(members, [_contained("short", "long1"), _contained("short", "long2")])
    assert _groups(found) in ([["long1"], ["long2", "short"]], [["long1", "short"], ["long2"]])


def test_a_digest_does_not_merge_its_stories() -> None:
    members = [Member("digest", words=900), Member("a", words=300), Member("b", words=300)]
    found = cluster(members, [_contained("a", "digest"), _contained("b", "digest")])
    assert _groups(found) == [["a", "digest"], ["b"]]


def test_what_follows_from_the_representative_needs_no_comparison() -> None:
    members = [Member("wire", words=400), Member("x", words=420), Member("y", words=390)]
    found = cluster(members, [Pair("wire", "x", "near", 0.95), Pair("wire", "y", "near", 0.97)])
    assert _groups(found) == [["wire", "x", "y"]]


@pytest.mark.parametrize(("score", "together"), [(0.1, False), (0.5, True), (0.9, False)])
def test_a_refused_pair_keeps_apart_unless_it_only_lacks_some_overlap(score: float, *, together: bool) -> None:
    members = [Member("a", words=400), Member("b", words=400), Member("c", words=400)]
    pairs = [Pair("a", "b", "near", 0.99), Pair("b", "c", "near", 0.9), Pair("a", "c", None, score)]
    assert _groups(cluster(members, pairs)) == ([["a", "b", "c"]] if together else [["a", "b"], ["c"]])


def test_representative_is_the_earliest_then_own_text_then_the_smallest_id() -> None:
    def winner(*members: Member) -> str:
        pairs = [Pair(a.id, b.id, "near", 0.9) for a, b in combinations(members, 2)]
        (found,) = cluster(members, pairs)
        assert all(link.of == found.representative for link in found.members)
        return found.representative

    assert winner(Member("b", DAY, words=9), Member("a", DAY + timedelta(1), words=9)) == "b"
    assert winner(Member("b", None, words=9), Member("c", DAY, agency=True, words=9)) == "c"
    assert winner(Member("a", DAY, agency=True, words=9), Member("b", DAY, words=9)) == "b"
    assert winner(Member("b", DAY, words=9), Member("a", DAY.replace(tzinfo=None), words=9)) == "a"


def test_exact_copies_are_one_text() -> None:
    members = [Member(name, DAY + timedelta(hours=i), words=300) for i, name in enumerate("cabde")]
    pairs = [Pair("a", "b", "exact", 1.0), Pair("b", "c", "exact", 1.0), Pair("c", "d", "near", 0.8)]
    assert cluster(members, pairs) == [
        Cluster("c", (Link("a", "c", "exact", 1.0), Link("b", "c", "exact", 1.0), Link("d", "c", "near", 0.8))),
        Cluster("e", ()),
    ]


def test_a_million_pairs_of_one_story_are_quick() -> None:
    """A hot band: 20,000 copies and near copies as a star; quadratic work would run into the time limit."""
    members = [Member(f"{i:06}", words=300 + i % 3) for i in range(20_000)]
    pairs = [Pair("000000", member.id, "exact" if i % 4 else "near", 0.98) for i, member in enumerate(members) if i]
    (found,) = cluster(members, pairs)
    assert len(found.members) == len(members) - 1


def test_bad_input_is_named() -> None:
    with pytest.raises(ValueError, match="share an id"):
        cluster([Member("a"), Member("a")], [])
    with pytest.raises(ValueError, match="no member: 'a', 'z'"):
        cluster([Member("a")], [Pair("a", "z", "near", 0.9)])
    assert cluster([], []) == []


WORDS = st.frozensets(st.integers(0, 25), min_size=1)


def _compared(texts: list[frozenset[int]], drop: random.Random | None = None) -> tuple[list[Member], list[Pair]]:
    """Texts as sets of shingles, compared as ``compare`` does; some pairs unknown with *drop*."""
    members = [Member(f"t{i}", DAY + timedelta(hours=i * 7 % 5), words=len(text)) for i, text in enumerate(texts)]
    pairs = []
    for i, j in combinations(range(len(texts)), 2):
        shared = len(texts[i] & texts[j])
        score = shared / min(len(texts[i]), len(texts[j]))
        jaccard = shared / len(texts[i] | texts[j])
        same = score >= SAME_CONTAINMENT or jaccard >= SAME_JACCARD
        relation = "exact" if jaccard == 1 else "near" if jaccard >= SAME_JACCARD else "contained"
        if drop is None or drop.random() < 0.5:
            pairs.append(Pair(f"t{i}", f"t{j}", relation if same else None, score))
    return members, pairs


@settings(deadline=None)
@given(st.lists(WORDS, max_size=9), st.none() | st.integers(0, 9))
def test_the_promise_holds_for_any_two_members(texts: list[frozenset[int]], seed: int | None) -> None:
    members, pairs = _compared(texts, None if seed is None else random.Random(seed))
    found = cluster(members, pairs)
    assert sorted(name for group in _groups(found) for name in group) == sorted(member.id for member in members)
    for one in found:
        names = [one.representative, *(link.id for link in one.members)]
        for a, b in combinations(names, 2):
            left, right = texts[int(a[1:])], texts[int(b[1:])]
            assert len(left & right) >= PROMISE * min(len(left), len(right)) - 1e-9
        for link in one.members:
            # Verified itself, or by a comparison of other copies of the same two texts.
            ends = {texts[int(link.id[1:])], texts[int(link.of[1:])]}
            assert len(ends) == 1 or any(pair.relation and _texts_of(pair, texts) == ends for pair in pairs)


def _texts_of(pair: Pair, texts: list[frozenset[int]]) -> set[frozenset[int]]:
    return {texts[int(pair.a[1:])], texts[int(pair.b[1:])]}


@settings(deadline=None)
@given(st.lists(WORDS, max_size=9), st.randoms(use_true_random=False))
def test_the_order_of_the_input_means_nothing(texts: list[frozenset[int]], rng: random.Random) -> None:
    members, pairs = _compared(texts)
    expected = cluster(members, pairs)
    rng.shuffle(members)
    rng.shuffle(pairs)
    turned = [Pair(p.b, p.a, p.relation, p.score) if rng.random() < 0.5 else p for p in pairs]
    assert cluster(members, turned) == expected


def test_uncompared_names_the_missing_sides_of_triangles() -> None:
    pairs = [Pair("a", "b", "near", 0.9), Pair("c", "b", "near", 0.9), Pair("b", "d", None, 0.2)]
    assert list(uncompared(pairs)) == [("a", "c")]
    assert list(uncompared([*pairs, Pair("c", "a", None, 0.5)])) == []
    assert list(uncompared(pairs, most=1)) == []
