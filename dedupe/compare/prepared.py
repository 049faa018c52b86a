"""A text prepared once, to be compared often."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from functools import cache, cached_property
from types import ModuleType

import numpy as np
from numpy.typing import NDArray

from dedupe.minhash.fingerprint import KERNEL_FROM
from dedupe.text.codepoints import UNSPACED_RANGES
from dedupe.text.figures import TIME_OF_DAY, capitals, is_figure
from dedupe.text.normalise import comparable, normalise, words, words_of
from dedupe.text.shingles import WordHashes, shingle_hashes, word_hashes

Shingles = NDArray[np.uint32]

SHINGLE_SIZE = 3
_LEAD = 30
_LEAD_REACH = 4000  # characters; what stands further down is no lead
_PROSE = 6  # words of a line of prose; shorter ones are menus, bylines, headings
_TIMED = 12  # of a line of prose with a time of day; a shorter one says when the page was written
_DATELINE = 15  # words that may stand before the first one compared
_LEAD_IDEOGRAPHS = 60  # that say as much as _LEAD words: Chinese and Japanese
_LEAD_LETTERS = 120  # the same in other scripts without blanks: Thai and its like
_UNSPACED = re.compile(f"[{''.join(f'{chr(low)}-{chr(high)}' for low, high in UNSPACED_RANGES)}]")
_SENTENCE_END = re.compile(r"[.!?…։؟۔।](?=\s|[\"”’»)\]]|$)|[。！？\n]")
_CLAUSE = re.compile(r"[\s\S]{30,}?(?=\s)")  # Thai has no full stop: a blank ends a sentence
_NAME = 4  # letters of a name that may begin a text; shorter words are articles and prepositions
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
        return words_of(self.text)

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
        return self.lead_hashes[:_LEAD]

    @cached_property
    def lead_hashes(self) -> NDArray[np.uint64]:
        """Hashes of the words of ``lead``, in order."""
        lines, begins = self._opening
        # Of a text that begins with prose the same, without reading the lines again.
        return (self.word_hashes if begins else word_hashes([lines]).values)[: self.lead_size]

    @cached_property
    def lead_size(self) -> int:
        """Words that may be the first sentence; characters of a script without blanks are more."""
        return _lead_size(self._opening[0])

    @property
    def spaced_size(self) -> float:
        """How many words the text would have in a script with blanks."""
        return self.word_hashes.size * _LEAD / self.lead_size

    def leads_otherwise(self, other: Prepared, *, contents: bool = False) -> bool:
        """Whether the first words hold one that those of *other* do not.

        :param contents: one that may be a figure or a name
        """
        if max(self.lead_size, other.lead_size) > _LEAD:  # each name is made of the same few letters
            return not np.array_equal(self.lead_hashes, other.lead_hashes)
        known = contents and self.telling is not None and self._opening[1]
        own = self.lead_hashes[self.telling[:_LEAD]] if known and self.telling is not None else self.lead_hashes
        return not set(own.tolist()) <= set(other.lead_hashes.tolist())

    @cached_property
    def lead(self) -> str:
        """The first words of prose, with a blank before and after each."""
        lines, begins = self._opening
        return f" {' '.join((self.words if begins else words(normalise(lines)))[: self.lead_size])} "

    @cached_property
    def first_sentence(self) -> str:
        """The words of ``lead`` that stand in the first sentence, with a blank before and after each."""
        text = comparable(self._opening[0])
        if self.lead_size == _LEAD_LETTERS and (clause := _CLAUSE.match(text)):
            text = clause[0]
        end = _SENTENCE_END.search(text)
        return f" {' '.join(words(normalise(text[: end.start()] if end else text))[: self.lead_size])} "

    @cached_property
    def first_word(self) -> str:
        """The word that the text begins with, if it is capitalised and may be a name; else empty."""
        start = comparable(self.text[:_LEAD_REACH]).lstrip()[:1]
        if not start.isupper() or not self.words:
            return ""
        word = self.words[0]
        return word if len(word) >= _NAME and word not in self.words[1:] else ""

    @cached_property
    def word_pairs(self) -> NDArray[np.uint64]:
        """Hashes of each two words that follow each other in the title and the text, ascending, with repeats."""
        return np.sort(pair_hashes(np.concatenate([self.title_words, self.word_hashes])))


def _lead_size(text: str) -> int:
    """Return how many words, or characters of a script without blanks, say as much as ``_LEAD`` words."""
    found = None if text.isascii() else _UNSPACED.search(text[:_LEAD])
    return _LEAD if found is None else _LEAD_LETTERS if found[0] < "\u2e80" else _LEAD_IDEOGRAPHS


def _word_count(line: str) -> int:
    """Return how many words a line has, or would have with blanks; of so many that no more depends on it, fewer."""
    if line.isascii():
        return len(line.split())
    least = sum(map(str.isalnum, comparable(line).split()))
    return least if least >= _LEAD + _DATELINE else len(words(normalise(line))) * _LEAD // _lead_size(line)


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
