"""A long text is read in pieces, and reads as it would in one."""

from __future__ import annotations

import random

import numpy as np
import pytest

from dedupe.text import normalise, shingles
from dedupe.text.normalise import words, words_of
from dedupe.text.shingles import exact_keys, word_hashes

ALPHABET = "abcé ựÁờ oà hoà kh  ,.;\n\u0301\u0307İßﬁ①。、，中文字ไทย\u200b\u00adΣσς가각\u1161ㅏ٠١أآ"


@pytest.mark.parametrize("seed", range(12))
def test_pieces_have_the_words_of_the_whole(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    draw = random.Random(seed)
    text = "".join(draw.choice(ALPHABET) for _ in range(3000))
    whole, found = word_hashes([text, "x"]), words(normalise.normalise(text))
    keys = exact_keys(whole)[0]
    for module in (normalise, shingles):
        monkeypatch.setattr(module, "LONG", 100)
    monkeypatch.setattr(shingles, "_EXACT_BLOCK", 64)
    pieces = word_hashes([text])
    assert np.array_equal(pieces.values, whole.values[: whole.offsets[1]])
    assert np.array_equal(exact_keys(pieces)[0], keys)
    assert words_of(text) == found


@pytest.mark.parametrize("text", ["😀 " * 300, " " * 500, ". " * 300 + "end"])
def test_pieces_without_words_add_none(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    whole, found = word_hashes([text]).values, words(normalise.normalise(text))
    for module in (normalise, shingles):
        monkeypatch.setattr(module, "LONG", 100)
    assert np.array_equal(word_hashes([text]).values, whole)
    assert words_of(text) == found
