"""A cheap look at what two texts do not share, before anything is aligned."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from math import inf
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from dedupe.text.codepoints import TONE_MOVES

_MOVED = re.compile("|".join(TONE_MOVES.values()))  # the text may spell it the other way


class HasWords(Protocol):
    """A text with its words, and their hashes in the same order."""

    @property
    def text(self) -> str:
        """As it was given."""

    @property
    def words(self) -> Sequence[str]:
        """Of the normalised text."""

    @property
    def word_hashes(self) -> NDArray[np.uint64]:
        """Of each word."""

    @property
    def telling(self) -> NDArray[np.bool_] | None:
        """Which words may be figures or names, where that is known."""


def may_exchange_contents(a: HasWords, b: HasWords, least: float = 2) -> bool:
    """Tell whether each text may have *least* figures or names that the other one lacks; a "no" can be relied on.

    Most copies are cut, extended or reworded in small letters: for them, neither text need be searched for names.
    Where :func:`most_exchanged` is known, this need be asked only of texts for which it is large enough.
    """
    sizes = a.word_hashes.size, b.word_hashes.size
    _, place = np.unique(np.concatenate([a.word_hashes, b.word_hashes]), return_inverse=True)
    surplus = np.bincount(place[: sizes[0]], minlength=place.max(initial=0) + 1)
    surplus -= np.bincount(place[sizes[0] :], minlength=surplus.size)
    if min(surplus[surplus > 0].sum(), -surplus[surplus < 0].sum()) < least:
        return False
    own, other = (a, place[: sizes[0]], surplus), (b, place[sizes[0] :], -surplus)
    return _has_telling(*own, least) and _has_telling(*other, least)


def most_exchanged(a: HasWords, b: HasWords) -> float:
    """Return how many figures and names each text has at most that the other one lacks; infinity if that is unknown."""
    if a.telling is None or b.telling is None:
        return inf
    from dedupe.compare import compiled  # which read the two

    return compiled.fewest_exclusive(a.word_hashes, a.telling, b.word_hashes, b.telling)


def has_telling(words: Sequence[str], text: str) -> bool:
    """Tell whether one of *words* may be a figure or a name in *text*; a "no" can be relied on."""
    return not unicodedata.is_normalized("NFC", text) or any(_is_telling(word, text) for word in words)


def _has_telling(text: HasWords, place: NDArray[np.intp], surplus: NDArray[np.intp], least: float) -> bool:
    """Tell whether *least* of the words that *text* has more often are figures or may be names."""
    if not unicodedata.is_normalized("NFC", text.text):
        return True  # the words below would not be found in it
    found, seen = 0, set()
    for index in np.flatnonzero(surplus[place] > 0).tolist():
        if place[index] not in seen:
            seen.add(place[index])
            found += int(surplus[place[index]]) * _is_telling(text.words[index], text.text)
            if found >= least:
                return True
    return False


def _is_telling(word: str, text: str) -> bool:
    """Tell whether *word* is a figure, or capitalised in *text* other than at the start of a later sentence."""
    if word[0].isdigit() or _MOVED.search(word):
        return True
    initial = word[0].upper()
    if initial == word[0] or word.upper() in text:
        return True
    capitalised = initial + word[1:]
    place = text.find(capitalised)
    while place >= 0:
        before = text[max(place - 2, 0) : place]
        if not (before.endswith("\n") or (before[-1:] == " " and before[0] in ".!?…:")):
            return True
        place = text.find(capitalised, place + 1)
    return False
