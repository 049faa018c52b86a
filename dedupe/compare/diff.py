"""The matching and differing stretches of two texts: to be read by people, or kept with a decision."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from heapq import nlargest
from itertools import accumulate
from typing import NamedTuple

import numpy as np

from dedupe.compare.alignment import Block, align
from dedupe.text.codepoints import CLASS_MASK, CODE_MASK, SEPARATOR, decode, fold_codes
from dedupe.text.normalise import normalise

_WORD = re.compile(r"\S+\s*")  # with the blanks behind it
_LEAST = 3  # words; a shorter match between two differences is chance (an article, a name) and reads as noise
MOST_PLACES = 40
"""Stretches kept of a pair of texts, the longest: what an edited copy needs, and a bound for a live ticker."""


class Span(NamedTuple):
    """A stretch of both texts as they are written; where they differ one side may be empty."""

    same: bool
    """Whether the normalised words are equal."""
    a: str
    b: str


class Place(NamedTuple):
    """A stretch as character offsets, ``a_text[a_start:a_end]`` beside ``b_text[b_start:b_end]``, of texts in NFC."""

    same: bool
    a_start: int
    a_end: int
    b_start: int
    b_end: int


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
    return [
        Span(place.same, a_text[place.a_start : place.a_end], b_text[place.b_start : place.b_end])
        for place in _places(a_text, b_text)
    ]


def places(a_text: str, b_text: str, most: int = MOST_PLACES) -> list[Place]:
    """Return where the stretches of :func:`spans` stand, in order; of more than *most*, the longest.

    >>> [tuple(place) for place in places("The bridge opened today.", "THE BRIDGE opened on Monday.")]
    [(True, 0, 18, 0, 18), (False, 18, 24, 18, 28)]
    """
    if a_text == b_text:
        size = len(unicodedata.normalize("NFC", a_text))
        return [Place(True, 0, size, 0, size)] if size else []
    found = _places(unicodedata.normalize("NFC", a_text), unicodedata.normalize("NFC", b_text))
    if len(found) <= most:
        return found
    return sorted(nlargest(most, found, key=lambda one: max(one.a_end - one.a_start, one.b_end - one.b_start)), key=_at)


def _at(place: Place) -> tuple[int, int]:
    return place.a_start, place.b_start


def _places(a_text: str, b_text: str) -> list[Place]:
    a_text, b_text = (text if text.strip() else "" for text in (a_text, b_text))
    head = _common_head(a_text, b_text)
    tail = _common_tail(a_text, b_text, head)
    a_end, b_end = len(a_text) - tail, len(b_text) - tail
    (a_words, a_starts), (b_words, b_starts) = _words(a_text, head, a_end), _words(b_text, head, b_end)
    key = _keys({*a_words, *b_words})
    blocks = align([key[word] for word in a_words], [key[word] for word in b_words])
    if head and not (blocks and blocks[0].same):
        blocks.insert(0, Block(True, 0, 0, 0, 0))
    if tail and not (blocks and blocks[-1].same):
        blocks.append(Block(True, len(a_words), len(a_words), len(b_words), len(b_words)))
    merged: list[tuple[bool, int, int]] = []  # same, end in a, end in b
    for i, block in enumerate(blocks):
        inner = 0 < i < len(blocks) - 1
        same = block.same and not (inner and block.a_end - block.a_start < _LEAST)
        if merged and merged[-1][0] == same:
            merged.pop()
        merged.append((same, block.a_end, block.b_end))
    found: list[Place] = []
    i = j = 0
    for same, a_stop, b_stop in merged:
        ends = (len(a_text), len(b_text)) if len(found) == len(merged) - 1 else (a_starts[a_stop], b_starts[b_stop])
        found.append(Place(same, i, ends[0], j, ends[1]))
        i, j = ends
    return found


def _common_head(a: str, b: str) -> int:
    """Return how many characters both begin with, up to the start of a word; equal ones need no alignment."""
    low, high = 0, min(len(a), len(b)) - 1
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if a[:middle] == b[:middle] else (low, middle - 1)
    while low > 0 and not (a[low - 1].isspace() and not a[low].isspace() and not b[low].isspace()):
        low -= 1
    return max(low, 0)


def _common_tail(a: str, b: str, head: int) -> int:
    """Return how many characters both end with, from the start of a word on, behind what both begin with."""
    low, high = 0, min(len(a), len(b)) - head
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if a[len(a) - middle :] == b[len(b) - middle :] else (low, middle - 1)
    while low > 0 and (a[-low].isspace() or not (_opens(a, len(a) - low) and _opens(b, len(b) - low))):
        low -= 1
    return low


def _opens(text: str, place: int) -> bool:
    """Tell whether a word may start at *place*."""
    return place == 0 or text[place - 1].isspace()


def _words(text: str, start: int, end: int) -> tuple[Sequence[str], Sequence[int]]:
    """Return the runs of characters between blanks from *start* to *end*, and where each starts, *end* last."""
    stretch = text[start:end]
    first = end - len(stretch.lstrip())
    return stretch.split(), list(accumulate(map(len, _WORD.findall(stretch)), initial=first))


def _keys(words: set[str]) -> dict[str, str]:
    """Return each word as it is compared: folded all at once, which is forty times as fast as one by one."""
    listed = [word for word in words if "&" not in word and "ß" not in word]
    entries = fold_codes("\n".join(listed))
    codes = entries & CODE_MASK
    parts = ((entries & CLASS_MASK) == SEPARATOR) & (codes != ord("\n"))
    folded = decode(np.where(parts, np.uint32(0x20), codes)).split("\n")
    if len(folded) != len(listed):  # a sign that folds to a line feed; the way below knows no lines
        listed, folded = [], []
    keys = dict(zip(listed, map(" ".join, map(str.split, folded)), strict=True))
    return {word: keys.get(word) or normalise(word) for word in words}
