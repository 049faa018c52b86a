"""Runs of combining marks, wherever they stand."""

from __future__ import annotations

import unicodedata

import pytest

from dedupe.intake.marks import MOST, few_marks


@pytest.mark.parametrize("before", range(0, 2 * MOST, 7))
@pytest.mark.parametrize("more", [1, 2, MOST])
def test_a_run_is_cut_wherever_it_stands(before: int, more: int) -> None:
    kept = "x" * before + "a" + MOST * "\u0301"
    assert few_marks(kept + more * "\u0301" + "b") == kept + "b"


def test_every_combining_mark_is_known() -> None:
    marks = [chr(code) for code in range(0x110000) if unicodedata.combining(chr(code))]
    assert [mark for mark in marks if len(few_marks("a" + (MOST + 1) * mark)) > MOST + 1] == []


def test_text_of_letters_that_are_no_marks_stays() -> None:
    text = "ắ" * 100 + " " + "a" + MOST * "\u0301" + "b"
    assert few_marks(text) == text
