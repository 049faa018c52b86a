"""The verify step: whether two texts are one story, from their exact shingle sets and their aligned words.

The rule in two sentences. Two texts are one story if they share at least 70 % of the shorter one's word-3-grams, or
half of all, or 80 % of its words in order, the wording of the portal's own template left out. However alike, they are
two stories where figures and names are exchanged throughout the same sentences, or where two short pages share all but
what they are about.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from dedupe.alignment import align
from dedupe.exchanges import may_exchange_contents
from dedupe.figures import capitals, is_figure
from dedupe.frames import PLACES_PER_WORD, coverage, fillings, own_stretch
from dedupe.shingles import shingle_hashes, word_hashes
from dedupe.text import normalise, words

Relation = Literal["exact", "near", "contained"]
Shingles = NDArray[np.uint32]

SHINGLE_SIZE = 3
SAME_CONTAINMENT = 0.7
"""Least share of the shorter text: real reprints have .9 at Jaccard .4 where they are cut or extended."""
SAME_JACCARD = 0.5
"""From here on a relation is ``near``; below it ``contained``, or ``near`` where words were edited throughout."""
EDITED_CONTAINMENT = 0.45
"""From this share of 3-grams on, a text may still be the other one edited word by word: one word in eight leaves .6."""
SAME_WORDS = 0.8
"""Least share of the shorter text's words in order where fewer 3-grams are left; reports on one event have .75."""
FEWEST_WORDS = 50
"""A shorter text inside a longer one is a quotation, a blurb or a notice; only as a near copy it counts."""
LEAST_PART = 1 / 12
"""A smaller part of the longer text is an item of a live ticker or of a digest."""
_FRAME = 0.25  # share of a page's 3-grams from which the template counts: a few common phrases recur on every portal
_LEAST_OWN = 0.1  # share of a page's own 3-grams below which it is not judged by them
_WHOLE = 0.9
_SHORT = 400  # words; frames of captions and notices are shorter, scraped noise hides the lead of longer texts
_LEAD = 30
_LEAD_REACH, _LEAD_LINE = 4000, 400  # characters; what stands further down is no lead
# Share of word pairs from which a title or lead recurs. Among texts under 400 words: leads of reprints from .15 on,
# leads of pages of one frame up to .18, their titles up to .14; where titles agree with the lead there is room.
_RECURS_TITLED, _RECURS = 0.2, 0.1
_OWN_WORDS = 6
_PROSE = re.compile(r"^.*\S+(?:\s+\S+){5}.*$", re.MULTILINE)


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
        for match in _PROSE.finditer(self.text[:_LEAD_REACH]):
            lines.append(match[0][:_LEAD_LINE])
            count += len(lines[-1].split())
            if count >= _LEAD:
                break
        return words(normalise("\n".join(lines)))[:_LEAD]


@dataclass(frozen=True, slots=True)
class Comparison:
    """The verdict on two texts and the figures that it rests on."""

    relation: Relation | None
    score: float
    """Share of the shorter text's own 3-grams, template left out, that the other has; 1 for exact copies."""
    jaccard: float
    """Of all 3-grams."""
    containment: float
    """Of all 3-grams of the shorter text."""
    reason: str
    """Why, in words."""


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


def compare(a: Prepared, b: Prepared, template: Collection[int] | Shingles = ()) -> Comparison:
    """Tell whether *a* and *b* are one story. Symmetric.

    :param template: hashes of the 3-grams that many pages of the portal share, see :mod:`dedupe.template`

    >>> story = "The old bridge over the river was closed on Monday after divers had found cracks in two of its piles."
    >>> longer = story + " Traffic is led over the new bridge in the north of the town until repairs begin in June."
    >>> compare(prepare(story), prepare("MARLOW (Reuters) - " + story)).relation
    'exact'
    >>> compare(prepare(story), prepare(longer)).relation
    'near'
    """
    if np.array_equal(a.word_hashes, b.word_hashes):
        if not a.word_hashes.size:
            return Comparison(None, 0.0, 0.0, 0.0, "no words to compare")
        return Comparison("exact", 1.0, 1.0, 1.0, "the same words in the same order")
    jaccard, containment = _overlap(a.shingles, b.shingles)
    score, own_jaccard, own = _own_overlap(a, b, template, jaccard, containment)
    of = "the shorter text's own wording" if own else "the shorter text"

    def verdict(relation: Relation | None, reason: str) -> Comparison:
        return Comparison(relation, score, jaccard, containment, reason)

    shorter, longer = sorted((a.word_hashes.size, b.word_hashes.size))
    share = f"{score:.0%} of {of} stands in the other"
    near = own_jaccard >= SAME_JACCARD
    if score < SAME_CONTAINMENT and not near:
        edited = 0.0 if own else _words_in_order(a, b, score)
        if edited < SAME_WORDS:
            return verdict(None, f"only {share}")
        share = f"edited throughout: {edited:.0%} of the shorter text's words stand in the other in order"
        near = shorter >= SAME_CONTAINMENT * longer
    if not near and (shorter < FEWEST_WORDS or shorter < LEAST_PART * longer):
        return verdict(None, f"an excerpt: {shorter} words inside {longer}")
    objection = _objection(a, b, score)
    return verdict(None, objection) if objection else verdict("near" if near else "contained", share)


def _words_in_order(a: Prepared, b: Prepared, score: float) -> float:
    """Return the share of the shorter text's words that the other has in order; 0 where it cannot be enough."""
    shorter = min(a.word_hashes.size, b.word_hashes.size)
    if score < EDITED_CONTAINMENT or shorter < FEWEST_WORDS:
        return 0.0
    hashes, place = np.unique(np.concatenate([a.word_hashes, b.word_hashes]), return_inverse=True)
    counts = [
        np.bincount(part, minlength=hashes.size) for part in (place[: a.word_hashes.size], place[a.word_hashes.size :])
    ]
    if np.minimum(*counts).sum() < SAME_WORDS * shorter:
        return 0.0
    blocks = align(place[: a.word_hashes.size].tolist(), place[a.word_hashes.size :].tolist())
    return sum(block.a_end - block.a_start for block in blocks if block.same) / shorter


def _overlap(left: Shingles, right: Shingles) -> tuple[float, float]:
    """Return Jaccard and containment of the smaller set."""
    shared = np.intersect1d(left, right, assume_unique=True).size
    smaller = min(left.size, right.size)
    union = left.size + right.size - shared
    return (shared / union if union else 0.0), (shared / smaller if smaller else 0.0)


def _own_overlap(
    a: Prepared, b: Prepared, template: Collection[int] | Shingles, jaccard: float, containment: float
) -> tuple[float, float, bool]:
    """Return containment and Jaccard without the template's shingles, and whether there were any to leave out."""
    if containment < SAME_CONTAINMENT or not len(template):
        return containment, jaccard, False
    common = template if isinstance(template, np.ndarray) else np.fromiter(template, np.uint32, len(template))
    left, right = np.setdiff1d(a.shingles, common, True), np.setdiff1d(b.shingles, common, True)
    framed = max(1 - left.size / a.shingles.size, 1 - right.size / b.shingles.size)
    if framed < _FRAME:
        return containment, jaccard, False
    if left.size < _LEAST_OWN * a.shingles.size and right.size < _LEAST_OWN * b.shingles.size:
        # A text that the portal printed so often that it looks like its template: only a whole copy counts.
        return (containment, jaccard, False) if containment >= _WHOLE else (0.0, 0.0, True)
    own_jaccard, own_containment = _overlap(left, right)
    return own_containment, own_jaccard, True


def _objection(a: Prepared, b: Prepared, score: float) -> str:
    """Return why two texts that share their wording are two stories all the same; empty if nothing says so."""
    if may_exchange_contents(a, b) and _may_be_exchanged(a, b):
        filled = fillings(a.words, b.words, a.names, b.names)
        if filled.differ:
            return f"one frame, other contents: {filled}"
    if max(a.word_hashes.size, b.word_hashes.size) <= _SHORT and _other_subjects(a, b, score):
        return "one frame around two subjects: neither title nor lead recurs in the other page"
    return ""


def _may_be_exchanged(a: Prepared, b: Prepared) -> bool:
    """Tell whether enough figures or names stand in one text only that a look at their places is worth its time."""
    exchanged = 0
    for one, other in zip(a.contents, b.contents, strict=True):
        exchanged += min(one.total(), other.total()) - (one & other).total()
    return exchanged >= 2 and exchanged >= PLACES_PER_WORD * max(len(a.words), len(b.words))


def _other_subjects(a: Prepared, b: Prepared, score: float) -> bool:
    """Tell whether neither page says what the other one is about."""
    titled = len(a.title_words) > 2 and len(b.title_words) > 2
    least = _RECURS_TITLED if titled else _RECURS
    if titled and _recurrence(a.title_words, b.title_words, a, b) > least:
        return False
    if _recurrence(a.lead_words, b.lead_words, a, b) <= least:
        return True
    # The lead recurs: perhaps with a notice that stands before or around it. Only titles raise that doubt.
    if not titled or score >= _WHOLE:
        return False
    own = own_stretch(a.words, b.words), own_stretch(b.words, a.words)
    return min(map(len, own)) >= _OWN_WORDS and _recurrence(*own, a, b) <= least


def _recurrence(of_a: Sequence[str], of_b: Sequence[str], a: Prepared, b: Prepared) -> float:
    """Return how far what one page is about is found in the other."""
    return max(coverage(of_a, [*b.title_words, *b.words]), coverage(of_b, [*a.title_words, *a.words]))
