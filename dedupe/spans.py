"""The matching and differing stretches of two texts, for people to read."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from dedupe.alignment import align
from dedupe.text import normalise

_WORD = re.compile(r"\S+")
_LEAST = 3  # words; a shorter match between two differences is chance (an article, a name) and reads as noise


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of both texts as they are written; where they differ one side may be empty."""

    same: bool
    """Whether the normalised words are equal."""
    a: str
    b: str


def spans(a_text: str, b_text: str) -> list[Span]:
    """Return the stretches that cover both texts in order; the a sides joined give a's text, likewise b's,
    unless there is nothing but white space.

    Words are compared normalised, so case, quotes, NFD and punctuation make no difference; a moved paragraph is same in
    one place and different in the other. Time grows nearly linearly with the length.

    >>> for span in spans("The bridge opened today.", "THE BRIDGE opened on Monday."):
    ...     print(span.same, repr(span.a), repr(span.b))
    True 'The bridge opened ' 'THE BRIDGE opened '
    False 'today.' 'on Monday.'
    """
    a_text, b_text = unicodedata.normalize("NFC", a_text), unicodedata.normalize("NFC", b_text)
    (a_keys, a_starts), (b_keys, b_starts) = _keyed(a_text), _keyed(b_text)
    merged: list[tuple[bool, int, int]] = []  # same, end in a, end in b
    blocks = align(a_keys, b_keys)
    for i, block in enumerate(blocks):
        inner = 0 < i < len(blocks) - 1
        same = block.same and not (inner and block.a_end - block.a_start < _LEAST)
        if merged and merged[-1][0] == same:
            merged.pop()
        merged.append((same, block.a_end, block.b_end))
    found = []
    i = j = 0
    for same, a_end, b_end in merged:
        found.append(Span(same, a_text[a_starts[i] : a_starts[a_end]], b_text[b_starts[j] : b_starts[b_end]]))
        i, j = a_end, b_end
    return found


def _keyed(text: str) -> tuple[list[str], list[int]]:
    """Return a key for each run of characters between blanks, and where each starts, the text's end last."""
    keys, starts = [], []
    known: dict[str, str] = {}
    for match in _WORD.finditer(text):
        word = match[0]
        if word not in known:
            known[word] = normalise(word)
        keys.append(known[word])
        starts.append(match.start())
    return keys, ([0, *starts[1:]] if starts else []) + [len(text)]
