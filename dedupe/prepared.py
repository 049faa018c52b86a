"""A text prepared once, to be compared often."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from dedupe.figures import capitals, is_figure
from dedupe.shingles import shingle_hashes, word_hashes
from dedupe.text import normalise, words

Shingles = NDArray[np.uint32]

SHINGLE_SIZE = 3
_LEAD = 30
_LEAD_REACH = 4000  # characters; what stands further down is no lead
_PROSE = 6  # words of a line of prose; shorter ones are menus, bylines, headings


@dataclass(frozen=True, eq=False)
class Prepared:
    """A text prepared once, to be compared often."""

    text: str
    title: str
    word_hashes: NDArray[np.uint64]
    """Of every word, in order."""
    shingles: Shingles
    """Distinct word-3-gram hashes, ascending; those of ``dedupe.shingles``."""

    @cached_property
    def words(self) -> list[str]:
        """The words of the normalised text, in order."""
        return words(normalise(self.text))

    @cached_property
    def names(self) -> frozenset[str]:
        """Normalised words that are capitalised inside a sentence."""
        return frozenset(words(normalise(" ".join(capitals(self.text).inside))))

    @cached_property
    def contents(self) -> tuple[Counter[str], Counter[str]]:
        """How often each figure and each name occurs."""
        return Counter(filter(is_figure, self.words)), Counter(word for word in self.words if word in self.names)

    @cached_property
    def title_words(self) -> list[str]:
        """The words of the normalised title."""
        return words(normalise(self.title)) if self.title else []

    @cached_property
    def lead_words(self) -> list[str]:
        """The first words of prose, that is of lines of six words and more."""
        lines: list[str] = []
        count = 0
        for line in self.text[:_LEAD_REACH].splitlines():
            size = len(line.split())
            if size >= _PROSE:
                lines.append(line)
                count += size
            if count >= _LEAD:
                break
        return words(normalise("\n".join(lines)))[:_LEAD]


def prepare(text: str, title: str = "") -> Prepared:
    """Prepare *text* for :func:`compare`; *title*, where known, helps to tell pages of one template apart."""
    return prepare_all([text], [title])[0]


def prepare_all(texts: list[str], titles: list[str] | None = None) -> list[Prepared]:
    """Prepare many texts at once, which is several times faster than one by one."""
    hashes = word_hashes(texts)
    shingles, offsets = shingle_hashes(hashes, SHINGLE_SIZE)
    return [
        Prepared(
            text,
            titles[i] if titles else "",
            hashes.values[hashes.offsets[i] : hashes.offsets[i + 1]],
            np.unique(shingles[offsets[i] : offsets[i + 1]]),
        )
        for i, text in enumerate(texts)
    ]
