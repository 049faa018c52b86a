"""Decisions by hand over clusters: every one holds, and nothing else changes."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dedupe.clusters.clusters import Member, sort_key
from dedupe.clusters.constraints import Constraints, Verdict, constrained, couple

DAY = datetime(2026, 3, 12, tzinfo=UTC)
NAMES = "abcdefghij"
MEMBERS = {name: Member(name, DAY + timedelta(hours=n * 7 % 10), words=300) for n, name in enumerate(NAMES)}

Decided = list[tuple[str, str, Verdict]]
DECISIONS = st.lists(
    st.tuples(st.sampled_from(NAMES), st.sampled_from(NAMES), st.sampled_from(["same", "apart"])).filter(
        lambda one: one[0] != one[1]
    ),
    max_size=8,
)
CLUSTERS = st.lists(st.integers(0, 4), min_size=len(NAMES), max_size=len(NAMES))


def clusters_of(numbers: list[int]) -> dict[str, str]:
    groups: dict[int, list[str]] = {}
    for name, number in zip(NAMES, numbers, strict=True):
        groups.setdefault(number, []).append(name)
    return {name: min(group, key=lambda one: sort_key(MEMBERS[one])) for group in groups.values() for name in group}


def held(decided: Decided) -> tuple[Constraints, Decided]:
    found, taken = Constraints(), []
    for a, b, verdict in decided:
        if found.add(a, b, verdict) is None:
            taken.append((a, b, verdict))
    return found, taken


def groups(representatives: dict[str, str]) -> set[frozenset[str]]:
    return {frozenset(n for n, r in representatives.items() if r == root) for root in set(representatives.values())}


@given(CLUSTERS, DECISIONS)
def test_decisions_hold_and_nothing_else_changes(numbers: list[int], decided: Decided) -> None:
    before = clusters_of(numbers)
    constraints, taken = held(decided)
    after = constrained(before, MEMBERS, constraints)
    assert after.keys() == before.keys()
    assert all(after[root] == root for root in after.values())
    for a, b, verdict in taken:
        assert (after[a] == after[b]) == (verdict == "same")
    touched = {before[name] for name in constraints.ids}
    for name, root in before.items():
        if root not in touched:
            assert after[name] == root
    for a, b in combinations(NAMES, 2):
        parted = any(verdict == "apart" for _, _, verdict in taken)
        if before[a] == before[b] and after[a] != after[b]:
            assert parted
            one, other = ({n for n in NAMES if after[n] == after[x]} for x in (a, b))
            assert any(not constraints.barred(x).isdisjoint(other) for x in one), "split without need"
        if before[a] != before[b] and after[a] == after[b]:
            part = {n for n in NAMES if after[n] == after[a]}
            assert any(verdict == "same" and {x, y} <= part for x, y, verdict in taken), "merged without need"


@given(CLUSTERS, DECISIONS, st.randoms(use_true_random=False))
def test_the_order_means_nothing(numbers: list[int], decided: Decided, rng: random.Random) -> None:
    before = clusters_of(numbers)
    constraints, taken = held(decided)
    expected = constrained(before, MEMBERS, constraints)
    names = list(NAMES)
    rng.shuffle(names)
    rng.shuffle(taken)
    turned = [(b, a, verdict) if rng.random() < 0.5 else (a, b, verdict) for a, b, verdict in taken]
    again, all_taken = held(turned)
    assert all_taken == turned, "decisions without contradiction have none in any order"
    assert constrained({n: before[n] for n in names}, {n: MEMBERS[n] for n in names}, again) == expected


@given(CLUSTERS, DECISIONS)
def test_doing_it_again_changes_nothing(numbers: list[int], decided: Decided) -> None:
    constraints, _ = held(decided)
    once = constrained(clusters_of(numbers), MEMBERS, constraints)
    assert constrained(once, MEMBERS, constraints) == once


@given(DECISIONS)
def test_what_is_refused_contradicts_what_is_named(decided: Decided) -> None:
    found = Constraints()
    verdicts: dict[tuple[str, str], Verdict] = {}
    for a, b, verdict in decided:
        against = found.add(a, b, verdict)
        if against is None:
            verdicts.setdefault(couple(a, b), verdict)
        else:
            assert verdicts[against] != verdict
            assert found.contradiction(b, a, verdict) is not None


@pytest.mark.parametrize(
    ("decided", "wanted"),
    [
        ([("a", "d", "same")], {"abcdef"}),
        ([("a", "b", "apart")], {"ac", "b", "def"}),
        ([("a", "b", "apart"), ("a", "c", "apart")], {"a", "bc", "def"}),
        ([("b", "e", "same"), ("b", "a", "apart")], {"ac", "bdef"}),
        ([("b", "e", "same"), ("c", "f", "apart")], {"abcde", "f"}),
    ],
)
def test_examples(decided: Decided, wanted: set[str]) -> None:
    members = {name: Member(name) for name in "abcdef"}
    before = dict.fromkeys("abc", "a") | dict.fromkeys("def", "d")
    after = constrained(before, members, held(decided)[0])
    assert {"".join(sorted(group)) for group in groups(after)} == wanted


def test_the_representative_stays_unless_it_left() -> None:
    members = {"root": Member("root", DAY), "old": Member("old", DAY - timedelta(1)), "new": Member("new", DAY)}
    before = dict.fromkeys(members, "root")
    kept = constrained(before, members, held([("old", "new", "apart")])[0])
    assert kept == {"root": "root", "old": "root", "new": "new"}
    left = constrained(before, members, held([("root", "old", "apart"), ("root", "new", "apart")])[0])
    assert left == {"root": "root", "old": "old", "new": "old"}


def test_a_cluster_of_many_copies_with_one_set_apart_is_quick() -> None:
    """20,000 copies: quadratic work would run into the time limit."""
    members = {f"{n:05}": Member(f"{n:05}", words=300) for n in range(20_000)}
    constraints = Constraints()
    for name in members:
        if name != "00007":
            constraints.add("00007", name, "apart")
    after = constrained(dict.fromkeys(members, "00000"), members, constraints)
    assert {name for name, root in after.items() if root != "00000"} == {"00007"}
