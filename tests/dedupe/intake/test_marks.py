"""Runs of combining marks, wherever they stand."""

from __future__ import annotations

import pytest

from dedupe.intake.marks import MOST, few_marks


@pytest.mark.parametrize("before", range(0, 2 * MOST, 7))
@pytest.mark.parametrize("more", [1, 2, MOST])
def test_a_run_is_cut_wherever_it_stands(before: int, more: int) -> None:
    kept = "x" * before + "a" + MOST * "\u0301"
    assert few_marks(kept + more * "\u0301" + "b") == kept + "b"


def test_text_of_letters_that_are_no_marks_stays() -> None:
    text = "ắ" * 100 + " " + "a" + MOST * "\u0301" + "b"
    assert few_marks(text) == text
