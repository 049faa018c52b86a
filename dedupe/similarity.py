"""The verify step: whether two texts are one story, from their exact shingle sets and their aligned words.

The rule in two sentences: two texts are one story if at least 70 % of the shorter one's word-3-grams stand in the other
(the wording of the portal's template discounted), or half of all of them do. They are not, however alike, where
figures and names are put in place of each other throughout a fixed frame, or where two short pages share
everything but what each one is about.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from dedupe.figures import capitals
from dedupe.shingles import shingle_hashes, word_hashes
from dedupe.text import normalise, words

Relation = Literal["exact", "near", "contained"]

SHINGLE_SIZE = 3
SAME_CONTAINMENT = 0.7
SAME_JACCARD = 0.5


@dataclass(frozen=True, eq=False)
class Prepared:
    """A text prepared once, to be compared often."""

    text: str
    title: str
    word_hashes: NDArray[np.uint64]
    """Of every word, in order."""
    shingles: NDArray[np.uint32]
    """Distinct word-3-gram hashes, ascending; those of ``dedupe.shingles``."""

    @cached_property
    def words(self) -> list[str]:
        """The words of the normalised text, in order."""
        return words(normalise(self.text))

    @cached_property
    def names(self) -> frozenset[str]:
        """Normalised words that are capitalised inside a sentence."""
        return frozenset(words(normalise(" ".join(capitals(self.text).inside))))


@dataclass(frozen=True, slots=True)
class Comparison:
    """The verdict on two texts and the figures that it rests on."""

    relation: Relation | None
    score: float
    """Share of the shorter text's 3-grams that the other has, template discounted; 1 for exact copies."""
    jaccard: float
    containment: float
    reason: str
    """Why, in words."""


def prepare(text: str, title: str = "") -> Prepared:
    """Prepare *text* for :func:`compare`."""
    hashes = word_hashes([text])
    shingles, _ = shingle_hashes(hashes, SHINGLE_SIZE)
    return Prepared(text, title, hashes.values, np.unique(shingles))


def compare(a: Prepared, b: Prepared, template: Collection[int] = ()) -> Comparison:
    """Tell whether *a* and *b* are one story.

    :param template: shingle hashes that many pages of the portal share, see ``Prepared.shingles``
    """
    if np.array_equal(a.word_hashes, b.word_hashes):
        if not a.word_hashes.size:
            return Comparison(None, 0.0, 0.0, 0.0, "no words to compare")
        return Comparison("exact", 1.0, 1.0, 1.0, "the same words in the same order")
    left, right = a.shingles, b.shingles
    shared = np.intersect1d(left, right, assume_unique=True).size
    containment = shared / max(1, min(left.size, right.size))
    jaccard = shared / max(1, left.size + right.size - shared)
    if containment < SAME_CONTAINMENT and jaccard < SAME_JACCARD:
        return Comparison(
            None, containment, jaccard, containment, f"only {containment:.0%} of the shorter text in the other"
        )
    relation: Relation = "near" if jaccard >= SAME_JACCARD else "contained"
    return Comparison(
        relation, containment, jaccard, containment, f"{containment:.0%} of the shorter text in the other"
    )
