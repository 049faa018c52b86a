"""The reason of each copy in two sentences, and pairs that were kept apart."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import UTC, datetime

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dedupe.compare.similarity import compare, prepare
from dedupe.minhash.fingerprint import sign
from dedupe.minhash.params import DEFAULT_PARAMS
from dedupe.report.near_misses import kept_apart, most_alike
from dedupe.report.reasons import because, explained, passages, where
from dedupe.report.report import Copy, RepeatedStory
from dedupe.report.scores import SCORE_BINS, SCORED, bin_of, histogram


def words(seed: int, count: int = 120) -> list[str]:
    draw = random.Random(seed)
    return [f"từ{draw.randrange(3000)}" for _ in range(count)]


def copy(text: str, **fields: object) -> Copy:
    return replace(Copy(url="https://a.example/1", portal="a", title="t", id="1", text=text), **fields)


@pytest.mark.parametrize("share", [0.99, 0.8, 0.72])
def test_the_reason_that_is_told_is_the_one_that_decided(share: float) -> None:
    """Relation and figure of the first sentence are those of the comparison."""
    text = words(1, 300)
    other = [*text[: int(300 * share)], *words(2, 300 - int(300 * share))]
    found = compare(prepare(" ".join(text)), prepare(" ".join(other)))
    assert found.relation == "near"
    told = because(found.relation, found.reason, found.score)
    assert told == f"A near copy: {found.score:.0%} of the shorter text stands in the other, and 70% is enough."


def test_each_rule_has_its_sentence() -> None:
    assert because("exact", "", 1.0) == "An exact copy: the same words in the same order."
    assert because("contained", "", 0.95).startswith("A cut or extended copy: 95%")
    assert "half of all word runs" in because("near", "60% of the shorter text stands in the other", 0.6)
    edited = "edited throughout: 85% of the shorter text's words stand in the other in order"
    assert because("near", edited, 0.5) == f"A near copy, {edited}, and 80% is enough."
    assert because("different", "only 40% of it", 0.4) == "Kept apart: only 40% of it."


def test_second_sentence_says_where_or_how_far() -> None:
    first = copy("The ferry sails at noon from the old harbour.")
    moved = copy("THE FERRY sails at noon from the new harbour, weather permitting.", portal="b", agency=True)
    story = RepeatedStory(copies=(first, replace(moved, relation="near", score=0.9)))
    (_, told) = explained(story, in_full=False).copies
    assert told.reason.endswith("It stands on another portal (b), with the credit of a news agency.")
    (_, told) = explained(story, in_full=True).copies
    assert told.reason.endswith(
        "They differ in 1 passage, 2 words only in the representative and 4 only here; the longest one in common has 7."
    )
    assert told.differences == (("old harbour.", "new harbour, weather permitting."),)
    assert where(first, first) == "It stands on the same portal."


@given(st.lists(st.sampled_from(["ab", "cd", "ef", "gh", ".", ","]), max_size=40), st.randoms())
def test_passages_count_every_word_once(text: list[str], draw: random.Random) -> None:
    other = [word for word in text if draw.random() > 0.2]
    found = passages(" ".join(text), " ".join(other))
    assert found.shared + found.only_there == len(text)
    assert found.shared + found.only_here == len(other)
    assert found.longest <= found.shared


@given(st.lists(st.tuples(st.sampled_from([*SCORED, "version"]), st.floats(0, 1), st.integers(1, 9))))
def test_histogram_loses_no_pair(scores: list[tuple[str, float, int]]) -> None:
    bars = histogram(scores)
    assert sum(map(sum, bars.values())) == sum(pairs for relation, _, pairs in scores if relation in SCORED)
    assert all(len(counts) == SCORE_BINS for counts in bars.values())


@given(st.floats(0, 1))
def test_a_score_lies_in_its_bar(score: float) -> None:
    assert bin_of(score) / SCORE_BINS <= score + 1e-9
    assert score <= (bin_of(score) + 1) / SCORE_BINS


def test_most_alike_pairs_of_different_clusters_come_first() -> None:
    text = words(1, 200)
    texts = [
        " ".join(text),
        " ".join([*text[:190], *words(2, 10)]),  # same cluster as the first: no near miss
        " ".join([*text[:150], *words(3, 50)]),
        " ".join([*text[:120], *words(4, 80)]),
        " ".join(words(5, 200)),
        "",
        "",
    ]
    pairs = most_alike(sign(texts).signatures, np.array([0, 0, 1, 2, 3, 4, 5]))
    assert set(pairs[0]) in ({0, 2}, {1, 2})
    clusters = [0, 0, 1, 2, 3, 4, 5]
    assert all(clusters[a] != clusters[b] for a, b in pairs)
    assert all(not {5, 6} & {a, b} for a, b in pairs)  # texts without words are like nothing
    assert len({frozenset((clusters[a], clusters[b])) for a, b in pairs}) == len(pairs)
    assert most_alike(sign(texts).signatures, np.array(clusters), most=1) == pairs[:1]
    assert most_alike(np.zeros((0, DEFAULT_PARAMS.num_perm), np.uint32), np.zeros(0, np.int64)) == []


def test_pairs_kept_apart_are_compared_anew_and_named_by_the_earlier() -> None:
    text = words(1, 200)
    late = copy(" ".join(text), id="late", published=datetime(2026, 1, 2, tzinfo=UTC))
    early = copy(" ".join([*text[:120], *words(2, 80)]), id="early", published=datetime(2026, 1, 1, tzinfo=UTC))
    unlike = copy(" ".join(words(9, 200)), id="unlike")
    (pair,) = kept_apart([(late, early), (late, unlike)])
    assert [one.id for one in pair.copies] == ["early", "late"]
    assert pair.copies[1].relation == "different"
    assert pair.copies[1].reason.startswith("Kept apart: only ")
    twin = copy(" ".join(text), id="twin")
    (pair,) = kept_apart([(late, twin)])
    assert "the two alone would be one story" in pair.copies[1].reason
