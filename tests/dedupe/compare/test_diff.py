"""Alignments cover both sides in order and are true; spans give both texts back letter by letter."""

from __future__ import annotations

import unicodedata
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from dedupe.compare.alignment import align
from dedupe.compare.diff import MOST_PLACES, places, spans
from dedupe.text.normalise import normalise

SEQUENCES = st.lists(st.sampled_from("abcdefg"), max_size=40)


@settings(deadline=None)
@given(SEQUENCES, SEQUENCES)
def test_blocks_cover_both_sides_and_same_is_same(a: list[str], b: list[str]) -> None:
    i = j = 0
    blocks = align(a, b)
    for block in blocks:
        assert (block.a_start, block.b_start) == (i, j)
        i, j = block.a_end, block.b_end
        if block.same:
            assert a[block.a_start : i] == b[block.b_start : j] != []
        else:
            assert block.a_start < i or block.b_start < j
    assert (i, j) == (len(a), len(b))
    assert all(one.same != other.same for one, other in pairwise(blocks))


@settings(deadline=None)
@given(SEQUENCES, SEQUENCES, SEQUENCES)
def test_an_insertion_is_found_whole(start: list[str], new: list[str], end: list[str]) -> None:
    marked = [f"new{i}" for i in range(len(new))]
    blocks = align([*start, *end], [*start, *marked, *end])
    differing = [block for block in blocks if not block.same]
    assert sum(block.a_end - block.a_start for block in differing) == 0
    assert sum(block.b_end - block.b_start for block in differing) == len(marked)


def test_long_sequences_take_no_quadratic_time() -> None:
    """Each would need more than 10^9 steps otherwise, and run into the suite's time limit."""
    n = 60_000
    assert len(align(["a"] * n, [*["a"] * (n // 2), "b", *["a"] * (n // 3)])) <= 3
    align([str(i % 7) for i in range(n)], [str(i % 5) for i in range(n)])
    align([str(i * i % 1009) for i in range(n)], [str(i * i * i % 1013) for i in range(n)])
    moved = [str(i) for i in range(n)]
    blocks = align(moved, moved[n // 2 :] + moved[: n // 2])
    assert sum(block.a_end - block.a_start for block in blocks if block.same) == n // 2


@settings(deadline=None)
@given(st.text(alphabet="ab \n.,\u0301độ", max_size=60), st.text(alphabet="ab \n.,\u0301độ", max_size=60))
def test_spans_give_both_texts_back(a: str, b: str) -> None:
    found = spans(a, b)
    assert "".join(span.a for span in found) == (unicodedata.normalize("NFC", a) if a.strip() else "")
    assert "".join(span.b for span in found) == (unicodedata.normalize("NFC", b) if b.strip() else "")
    for span in found:
        if span.same:
            assert normalise(span.a).split() == normalise(span.b).split() or not span.a.strip()


def test_spans_name_what_was_changed() -> None:
    a = "Cầu Phú Hoà thông xe sáng nay. Người dân hai bờ rất vui. Lễ cắt băng diễn ra lúc 8 giờ."
    b = unicodedata.normalize("NFD", "VOV.VN: CẦU PHÚ HÒA thông xe sáng nay. Lễ cắt băng diễn ra lúc 9 giờ.")
    found = [(span.same, span.a.strip(), span.b.strip()) for span in spans(a, b)]
    assert found[0] == (False, "", "VOV.VN:")
    assert found[1] == (True, "Cầu Phú Hoà thông xe sáng nay.", "CẦU PHÚ HÒA thông xe sáng nay.")
    assert found[2] == (False, "Người dân hai bờ rất vui.", "")
    assert found[3][0]
    assert found[4] == (False, "8", "9")
    assert found[5] == (True, "giờ.", "giờ.")


def test_a_chance_word_between_differences_is_no_match() -> None:
    found = spans("one two three alpha the beta four five six", "one two three gamma the delta four five six")
    assert [span.same for span in found] == [True, False, True]
    assert spans("", "") == []
    assert [span.same for span in spans("", "a b")] == [False]


@settings(deadline=None)
@given(st.text(alphabet="ab \n.,\u0301độ&", max_size=60), st.text(alphabet="ab \n.,\u0301độ&", max_size=60))
def test_places_are_where_the_spans_stand(a: str, b: str) -> None:
    a, b = unicodedata.normalize("NFC", a), unicodedata.normalize("NFC", b)
    found = places(a, b)
    if a != b:
        assert [(one.same, a[one.a_start : one.a_end], b[one.b_start : one.b_end]) for one in found] == [
            tuple(span) for span in spans(a, b)
        ]


def test_places_are_bounded_and_the_longest_stay() -> None:
    a = " ".join(f"one{n} two{n} three{n} four{n}" + " more" * (n % 7) + " apart" for n in range(200))
    b = a.replace("apart", "otherwise said")
    found = places(a, b)
    assert len(found) == MOST_PLACES
    assert found == sorted(found, key=lambda one: one.a_start)
    everything = places(a, b, 10**6)
    assert len(everything) > 300
    kept = min(max(one.a_end - one.a_start, one.b_end - one.b_start) for one in found)
    left_out = [one for one in everything if one not in found]
    assert all(max(one.a_end - one.a_start, one.b_end - one.b_start) <= kept for one in left_out)
