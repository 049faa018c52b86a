"""Compiled comparison reads the words that numpy reads, and never hides a figure or a name that was exchanged."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dedupe.compare.prepared import SHINGLE_SIZE, prepare, prepare_all
from dedupe.compare.similarity import compare
from dedupe.text.shingles import word_hashes

compiled = pytest.importorskip("dedupe.compare.compiled", reason="needs numba: the extra fast")

WORDS = [
    "the",
    "old",
    "bridge",
    "Monday",
    "Hà",
    "Nội",
    "hoà",
    "12,5",
    "2026",
    "post-Brexit",
    "東京",
    "๓",
    "(Nam)",
    "e\u0301",
]
TEXTS = st.one_of(
    st.text(alphabet="ab àoỳuqÀ.1\u0301\u00ad\u200d中ßİ😀\u0e31๓\ud800\n-", max_size=60),
    st.lists(st.sampled_from(WORDS), max_size=60).map(" ".join),
    st.lists(st.sampled_from(WORDS), min_size=40, max_size=80).map(". ".join),
)


@given(st.lists(TEXTS, max_size=8))
@settings(max_examples=300, deadline=None)
def test_reads_the_words_that_numpy_reads(texts: list[str]) -> None:
    hashes, marks = compiled.marked_words(texts)
    expected = word_hashes(texts)
    assert (hashes.offsets == expected.offsets).all()
    assert (hashes.values == expected.values).all()
    assert marks.size == hashes.values.size


@given(TEXTS)
@settings(max_examples=300, deadline=None)
def test_every_figure_and_every_name_is_marked_where_it_stands_as_one(text: str) -> None:
    page = prepare(text)
    _, marks = compiled.marked_words([text])
    marked = {word for word, mark in zip(page.words, marks.tolist(), strict=False) if mark}
    told = {word for counter in page.contents for word in counter}
    if len(page.words) == marks.size:
        assert told <= marked


@given(TEXTS, TEXTS)
@settings(max_examples=300, deadline=None)
def test_counts_the_marked_words_that_one_text_has_more_often(a: str, b: str) -> None:
    hashes, marks = compiled.marked_words([a, b])
    (a_words, a_marks), (b_words, b_marks) = (
        (hashes.values[start:end], marks[start:end]) for start, end in pairwise(hashes.offsets.tolist())
    )
    counts = Counter(a_words.tolist()), Counter(b_words.tolist())
    telling = set(a_words[a_marks].tolist()), set(b_words[b_marks].tolist())
    of_a = sum(count for word, count in (counts[0] - counts[1]).items() if word in telling[0])
    of_b = sum(count for word, count in (counts[1] - counts[0]).items() if word in telling[1])
    assert compiled.fewest_exclusive(a_words, a_marks, b_words, b_marks) == min(of_a, of_b)


def test_one_text_prepared_alone_and_in_a_batch_compares_alike() -> None:
    template = "Gold in {} rose to {} million dong on {} March, the {} Company said in its bulletin for the day. "
    fill = "Traders expect calm weeks before the harvest, as in other years, and small shops keep their prices. " * 3
    texts = [
        template.format(place, price, day, firm) * 2 + fill
        for place, price, day, firm in [("Hanoi", 68, 15, "Nam"), ("Vinh", 71, 16, "Sao"), ("Hanoi", 68, 15, "Nam")]
    ] * 30
    batch = prepare_all(texts)
    assert all(page.telling is not None for page in batch)
    for a in range(3):
        for b in range(3):
            assert compare(batch[a], batch[b]) == compare(prepare(texts[a]), prepare(texts[b]))
    assert compare(batch[0], batch[1]).relation is None


@given(st.lists(TEXTS, min_size=1, max_size=8))
@settings(max_examples=200, deadline=None)
def test_makes_the_shingle_sets_that_numpy_makes_and_counts_what_two_share(texts: list[str]) -> None:
    words = word_hashes(texts)
    sets, ends = compiled.shingle_sets(words, SHINGLE_SIZE)
    own = [sets[start:end] for start, end in pairwise(ends)]
    assert [one.tolist() for one in own] == [prepare(text).shingles.tolist() for text in texts]
    first = own[0]
    assert [compiled.shared_count(first, one) for one in own] == [np.intersect1d(first, one).size for one in own]
