"""A text prepared once, to be compared often."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from functools import cache, cached_property
from types import ModuleType

import numpy as np
from numpy.typing import NDArray

from dedupe.minhash.fingerprint import KERNEL_FROM
from dedupe.text.figures import TIME_OF_DAY, capitals, is_figure
from dedupe.text.normalise import normalise, words
from dedupe.text.shingles import WordHashes, shingle_hashes, word_hashes

Shingles = NDArray[np.uint32]

SHINGLE_SIZE = 3
_LEAD = 30
_LEAD_REACH = 4000  # characters; what stands further down is no lead
_PROSE = 6  # words of a line of prose; shorter ones are menus, bylines, headings
_TIMED = 12  # of a line of prose with a time of day; a shorter one says when the page was written
_DATELINE = 15  # words that may stand before the first one compared
_FIRST = np.uint64(0x9E3779B97F4A7C15)  # odd, without structure: the weight of the first word of a pair


@dataclass(frozen=True, eq=False)
class Prepared:
    """A text prepared once, to be compared often."""

    text: str
    title: str
    word_hashes: NDArray[np.uint64]
    """Of every word, in order."""
    shingles: Shingles
    """Distinct word-3-gram hashes, ascending; those of ``dedupe.text.shingles``."""
    telling: NDArray[np.bool_] | None = None
    """Which words may be figures or names; known only where the compiled code of the extra ``fast`` read the text."""

    published: datetime | None = None
    """Where it is known: of two texts with other figures, what tells a correction from the next bulletin."""

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
    def title_text(self) -> list[str]:
        """The words of the normalised title, in order."""
        return words(normalise(self.title))

    @cached_property
    def title_words(self) -> NDArray[np.uint64]:
        """Hashes of the words of the title."""
        return word_hashes([self.title]).values if self.title else self.word_hashes[:0]

    @cached_property
    def _opening(self) -> tuple[str, bool]:
        """The first lines of prose, that is of six words and more, and whether they are how the text begins."""
        lines: list[str] = []
        count, skipped = 0, False
        for line in self.text[:_LEAD_REACH].splitlines():
            size = _word_count(line)
            if size >= _TIMED or (size >= _PROSE and not TIME_OF_DAY.search(line)):
                lines.append(line)
                count += size
            else:
                skipped |= size > 0
            if count >= _LEAD:
                break
        return "\n".join(lines), not skipped and count >= _LEAD + _DATELINE

    @cached_property
    def lead_words(self) -> NDArray[np.uint64]:
        """Hashes of the first words of prose."""
        lines, begins = self._opening
        # Of a text that begins with prose the same, without reading the lines again.
        return self.word_hashes[:_LEAD] if begins else word_hashes([lines]).values[:_LEAD]

    @cached_property
    def lead_contents(self) -> frozenset[int]:
        """Those of ``lead_words`` that may be figures or names; all where that is not known."""
        begins = self.telling is not None and self._opening[1]
        found = self.lead_words[self.telling[:_LEAD]] if begins and self.telling is not None else self.lead_words
        return frozenset(found.tolist())

    @cached_property
    def lead(self) -> frozenset[str]:
        """The first words of prose."""
        lines, begins = self._opening
        return frozenset(self.words[:_LEAD] if begins else words(normalise(lines))[:_LEAD])

    @cached_property
    def word_pairs(self) -> NDArray[np.uint64]:
        """Hashes of each two words that follow each other in the title and the text, ascending, with repeats."""
        return np.sort(pair_hashes(np.concatenate([self.title_words, self.word_hashes])))


def _word_count(line: str) -> int:
    return len(line.split()) if line.isascii() else len(words(normalise(line)))


def pair_hashes(words: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Return a hash of each two words that follow each other."""
    return words[:-1] * _FIRST + words[1:]


def prepare(text: str, title: str = "", published: datetime | None = None) -> Prepared:
    """Prepare *text* for :func:`compare`; title and time, where known, help to tell pages of one template apart."""
    return prepare_all([text], [title], [published])[0]


def prepare_all(
    texts: list[str], titles: list[str] | None = None, published: list[datetime | None] | None = None
) -> list[Prepared]:
    """Prepare many texts at once, which is several times faster than one by one."""
    compiled = _compiled() if len(texts) >= KERNEL_FROM else None
    hashes, telling = (word_hashes(texts), None) if compiled is None else compiled.marked_words(texts)
    sets, ends = _shingle_sets(hashes) if compiled is None else compiled.shingle_sets(hashes, SHINGLE_SIZE)
    words, places = hashes.values, hashes.offsets.tolist()
    return [
        Prepared(
            text,
            titles[i] if titles else "",
            words[places[i] : places[i + 1]],
            sets[ends[i] : ends[i + 1]],
            None if telling is None else telling[places[i] : places[i + 1]],
            published[i] if published else None,
        )
        for i, text in enumerate(texts)
    ]


def _shingle_sets(hashes: WordHashes) -> tuple[Shingles, list[int]]:
    """Return the distinct shingles of each text, ascending, and where those of each text start."""
    shingles, offsets = shingle_hashes(hashes, SHINGLE_SIZE)
    count = offsets.size - 1
    owners = np.repeat(np.arange(count, dtype=np.uint64), np.diff(offsets))
    marked = np.sort((owners << np.uint64(32)) | shingles)  # one sort for all: numpy's is vectorised
    distinct = np.ones(marked.size, dtype=bool)
    distinct[1:] = marked[1:] != marked[:-1]
    marked = marked[distinct]
    ends: list[int] = np.searchsorted(marked, np.arange(count + 1, dtype=np.uint64) << np.uint64(32)).tolist()
    return marked.astype(np.uint32), ends


@cache
def _compiled() -> ModuleType | None:
    """Return the compiled code of the extra ``fast``, where it is installed."""
    try:
        from dedupe.compare import compiled as compiled_comparison
    except ImportError:
        return None
    return compiled_comparison
