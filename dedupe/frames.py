"""Fixed frames with other contents: what two pages of one template share without being one story.

Two kinds. A bulletin (weather, market, lottery, police) keeps its sentences and puts other figures and names in. A
short page (video, hub) keeps captions and notices around a few sentences of its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence, Set
from dataclasses import dataclass
from itertools import groupby, pairwise

from dedupe.alignment import align
from dedupe.figures import abbreviates

_SLOT = 8  # words; what is longer is another sentence, not another filling of a slot


@dataclass(frozen=True, slots=True)
class Fillings:
    """Counts of figures and names in the aligned stretches of two texts."""

    figures_replaced: int = 0
    figures_kept: int = 0
    names_replaced: int = 0
    names_kept: int = 0

    @property
    def differ(self) -> bool:
        """Whether the fillings of the frame are exchanged throughout, as no edited reprint has them.

        On real reprints at most a third of the figures (counts and times around the text) and 6 % of the names are.
        """
        if self.figures_replaced >= 2 and self.figures_replaced >= self.figures_kept:
            return True
        if self.figures_replaced >= 4 and 3 * self.figures_replaced >= 2 * self.figures_kept:
            return True
        return self.names_replaced >= 2 and 7 * self.names_replaced >= 3 * self.names_kept

    def __str__(self) -> str:
        figures = f"{self.figures_replaced} of {self.figures_replaced + self.figures_kept} figures"
        return f"{figures} and {self.names_replaced} of {self.names_replaced + self.names_kept} names"


def fillings(a: Sequence[str], b: Sequence[str], a_names: Set[str], b_names: Set[str]) -> Fillings:
    """Count the figures and names that stand in place of each other in two aligned texts, and those that are kept.

    :param a: words of the normalised text
    :param a_names: words that are capitalised inside a sentence, normalised

    >>> a = "gold in hanoi rose to 68 million dong on 15 march".split()
    >>> b = "gold in huế rose to 71 million dong on 16 march".split()
    >>> fillings(a, b, {"hanoi", "march"}, {"huế", "march"})
    Fillings(figures_replaced=2, figures_kept=0, names_replaced=1, names_kept=1)
    """
    counts = [0, 0, 0, 0]
    blocks = align(a, b)
    for block in blocks:
        left, right = a[block.a_start : block.a_end], b[block.b_start : block.b_end]
        if block.same:
            counts[1] += sum(map(_is_number, left))
            counts[3] += sum(word in a_names or word in b_names for word in left)
        elif left and right and max(len(left), len(right)) <= _SLOT and block is not blocks[-1]:
            # The last block is where credits stand: one agency's name in place of another's says nothing.
            if _exclusive(filter(_is_number, left), filter(_is_number, right)):
                counts[0] += 1
            elif _exclusive(a_names.__and__(set(left)), b_names.__and__(set(right))) and not abbreviates(left, right):
                counts[2] += 1
    return Fillings(*counts)


def _is_number(word: str) -> bool:
    return word[0].isdigit()


def _exclusive(one: Iterable[str], other: Iterable[str]) -> bool:
    left, right = set(one), set(other)
    return bool(left and right) and not left & right


def coverage(subject: Sequence[str], words: Sequence[str]) -> float:
    """Return the share of the distinct word pairs of *subject* that follow each other in *words* too, in [0, 1].

    >>> coverage("the old bridge opens".split(), "a mayor said the old bridge is open".split())
    0.6666666666666666
    """
    wanted = set(pairwise(subject))
    return len(wanted.intersection(pairwise(words))) / len(wanted) if wanted else 0.0


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
