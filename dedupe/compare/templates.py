"""Fixed frames with other contents: what two pages of one template share without being one story.

Two kinds. A bulletin (weather, market, lottery, police) keeps its sentences and puts other figures and names in. A
short page (video, hub) keeps captions and notices around a few sentences of its own.
"""

from __future__ import annotations

from collections.abc import Sequence, Set
from dataclasses import dataclass
from itertools import groupby

import numpy as np
from numpy.typing import NDArray

from dedupe.compare.alignment import align
from dedupe.compare.prepared import pair_hashes
from dedupe.text.figures import abbreviates

_PLACE = 8  # words; what is longer is another sentence, not another filling of the same
PLACES_PER_WORD = 0.015
"""Exchanged places a word of a bulletin: one of 100 words has two. Counters around a scraped text are further apart."""


@dataclass(frozen=True, slots=True)
class Exchanges:
    """What is exchanged between two aligned texts: counts of places, and of words."""

    figures_replaced: int = 0
    """Places where other figures stand."""
    figures_kept: int = 0
    names_replaced: int = 0
    """Places where other names stand."""
    names_kept: int = 0
    """Words of names that both have in the same place."""
    places: int = 0
    """Places with other figures, other names or both."""
    place_words: int = 0
    """Words of these places."""
    differing_words: int = 0
    """Words that are not the same, wherever they stand."""
    words: int = 0
    """Of the longer text."""

    @property
    def differ(self) -> bool:
        """Whether the fillings of the frame are exchanged throughout, as no edited reprint has them.

        Either most figures are, or many names, or hardly anything but figures and names. On real reprints at most a
        third of the figures (counts and times around the text) and 6 % of the names are, and where three places and
        more are exchanged, at most .3 of the differing words stand there; in bulletins .9 and more do.
        """
        if self.figures_replaced >= 2 and self.figures_replaced >= self.figures_kept:
            return True
        if self.figures_replaced >= 4 and 3 * self.figures_replaced >= 2 * self.figures_kept:
            return True
        if self.names_replaced >= 2 and 7 * self.names_replaced >= 3 * self.names_kept:
            return True
        dense = self.places >= 2 and self.places >= PLACES_PER_WORD * self.words
        return dense and 2 * self.place_words >= self.differing_words

    def __str__(self) -> str:
        figures = f"other figures in {self.figures_replaced} places and {self.figures_kept} kept"
        words = f"{self.place_words} of {self.differing_words} differing words"
        return f"{figures}, other names in {self.names_replaced}, {words}"


def fillings(a: Sequence[str], b: Sequence[str], a_names: Set[str], b_names: Set[str]) -> Exchanges:
    """Count the figures and names that replace each other in two aligned texts, and those that both texts keep.

    :param a, b: words of the normalised texts
    :param a_names, b_names: normalised words that are capitalised inside a sentence

    >>> a = "gold in hanoi rose to 68 million dong on 15 march".split()
    >>> b = "gold in huế rose to 71 million dong on 16 march".split()
    >>> found = fillings(a, b, {"hanoi", "march"}, {"huế", "march"})
    >>> found.figures_replaced, found.names_replaced, found.names_kept, found.differ
    (2, 1, 1, True)
    """
    figures, figures_kept, names, names_kept, places, place_words, differing = 0, 0, 0, 0, 0, 0, 0
    blocks = align(a, b)
    for block in blocks:
        left, right = a[block.a_start : block.a_end], b[block.b_start : block.b_end]
        if block.same:
            figures_kept += sum(map(_is_number, left))
            names_kept += sum(word in a_names or word in b_names for word in left)
            continue
        size = max(len(left), len(right))
        differing += size
        # The last block is where credits stand: one agency's name in place of another's says nothing.
        if left and right and size <= _PLACE and block is not blocks[-1]:
            other_figures = _exclusive(set(filter(_is_number, left)), set(filter(_is_number, right)))
            other_names = _exclusive(a_names & set(left), b_names & set(right)) and not abbreviates(left, right)
            figures += other_figures
            names += other_names
            places += other_figures or other_names
            place_words += size if other_figures or other_names else 0
    return Exchanges(figures, figures_kept, names, names_kept, places, place_words, differing, max(len(a), len(b)))


def _is_number(word: str) -> bool:
    return word[0].isdigit()


def _exclusive(one: Set[str], other: Set[str]) -> bool:
    return bool(one and other) and not one & other


def coverage(subject: NDArray[np.uint64], pairs: NDArray[np.uint64]) -> float:
    """Return the share of the distinct word pairs of *subject* that are among *pairs*, in [0, 1].

    :param subject: word hashes in order
    :param pairs: :func:`dedupe.compare.prepared.pair_hashes` of another text, ascending

    >>> from dedupe.compare.prepared import prepare
    >>> story = prepare("a mayor said the old bridge is open")
    >>> coverage(prepare("the old bridge opens").word_hashes, story.word_pairs)
    0.6666666666666666
    """
    wanted = np.unique(pair_hashes(subject))
    if not wanted.size or not pairs.size:
        return 0.0
    place = np.searchsorted(pairs, wanted)
    place[place == pairs.size] = 0
    return float((pairs[place] == wanted).mean())


def own_stretch(words: Sequence[str], other: Sequence[str]) -> Sequence[str]:
    """Return the longest stretch of *words* outside every run of three words that *other* has too.

    >>> own_stretch("watch live today a ship sinks".split(), "watch live today a mayor resigns".split())
    ['ship', 'sinks']
    """
    runs = set(zip(other, other[1:], other[2:], strict=False))
    covered = [False] * len(words)
    for i, run in enumerate(zip(words, words[1:], words[2:], strict=False)):
        if run in runs:
            covered[i : i + 3] = [True] * 3
    place = start = stop = 0
    for covered_here, stretch in groupby(range(len(words)), key=covered.__getitem__):
        size = len(list(stretch))
        if not covered_here and size > stop - start:
            start, stop = place, place + size
        place += size
    return words[start:stop]
