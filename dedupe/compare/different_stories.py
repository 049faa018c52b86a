"""Why two texts that share their wording are two stories all the same."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from dedupe.compare.prefilter import may_exchange_contents, most_exchanged
from dedupe.compare.prepared import Prepared, pair_hashes
from dedupe.compare.subjects import other_subject
from dedupe.compare.templates import PLACES_PER_WORD, coverage, fillings, own_stretch
from dedupe.text.shingles import word_hashes

Hashes = NDArray[np.uint64]

_SHORT = 400  # words; frames of captions and notices are shorter, scraped noise hides the lead of longer texts
# Share of word pairs from which a title or lead recurs. Among texts under 400 words: leads of reprints from .15 on,
# leads of pages of one frame up to .18, their titles up to .14; where titles agree with the lead there is room.
# Other headlines of one story have .25 and more.
_RECURS_TITLED, _RECURS = 0.2, 0.1
_TITLE_TOLD = 0.3  # of a title's word pairs: its own page says what it is about, and the other page does not
_WHOLE = 0.9  # share from which two pages differ too little for a stretch of their own to say much
_OWN_WORDS = 6
_TABLE = 0.8  # share of figures among the words; bulletins written as sentences stay below .4
_HEAD = 200  # characters that show whether a text may be a table


def objection(a: Prepared, b: Prepared, score: float) -> str:
    """Return why two texts that share their wording are still two stories; empty if nothing says so.

    :param score: share of the shorter text that stands in the other
    """
    if score == 1:
        return ""  # all of the shorter text stands in the other one: nothing took the place of anything
    if _is_table(a) and _is_table(b):
        return "tables of figures, and not all figures are the same"
    exchanged = most_exchanged(a, b)
    if place := other_subject(a, b, exchanged):
        return f"one frame, another subject: {place}"
    least = max(2.0, PLACES_PER_WORD * max(a.word_hashes.size, b.word_hashes.size))
    if exchanged >= least and may_exchange_contents(a, b, least) and _exchanged(a, b) >= least:
        filled = fillings(a.words, b.words, a.names, b.names)
        if filled.differ:
            return f"one frame, other contents: {filled}"
    if max(a.word_hashes.size, b.word_hashes.size) <= _SHORT and _other_subjects(a, b, score):
        return "one frame around two subjects: neither title nor lead recurs in the other page"
    return ""


def _is_table(page: Prepared) -> bool:
    """Tell whether a text is hardly more than figures: there, each of them is what the text is about."""
    begins = page.text[:_HEAD]
    if 2 * sum(map(str.isdigit, begins)) < sum(map(str.isalnum, begins)):
        return False
    return sum(word[0].isdigit() for word in page.words) >= _TABLE * len(page.words)


def _exchanged(a: Prepared, b: Prepared) -> int:
    """Return how many figures and names may stand in place of others: only if enough do, their places are looked at."""
    exchanged = 0
    for one, other in zip(a.contents, b.contents, strict=True):
        exchanged += min(one.total(), other.total()) - (one & other).total()
    return exchanged


def _other_subjects(a: Prepared, b: Prepared, score: float) -> bool:
    """Tell whether neither page says what the other one is about."""
    titled = a.title_words.size > 2 and b.title_words.size > 2
    least = _RECURS_TITLED if titled else _RECURS
    in_titles = _recurrence(a.title_words, b.title_words, a, b) if titled else 0.0
    if in_titles > least:
        return False
    if not _recurs(a.lead_words, b.lead_words, a, b, least):
        return True
    # The lead recurs: perhaps with a notice that stands before or around it. Only titles raise that doubt.
    if not titled:
        return False
    if in_titles <= _RECURS and min(_told(a), _told(b)) >= _TITLE_TOLD:
        return True
    if score >= _WHOLE:
        return False
    own = own_stretch(a.words, b.words), own_stretch(b.words, a.words)
    return min(map(len, own)) >= _OWN_WORDS and not _recurs(_hashes(own[0]), _hashes(own[1]), a, b, least)


def _recurrence(of_a: Hashes, of_b: Hashes, a: Prepared, b: Prepared) -> float:
    """Return how far what one page is about is found in the other."""
    return max(coverage(of_a, b.word_pairs), coverage(of_b, a.word_pairs))


def _recurs(of_a: Hashes, of_b: Hashes, a: Prepared, b: Prepared, least: float) -> bool:
    """Tell whether more than *least* of what one page is about is found in the other; that of *a* mostly is."""
    if of_a.size > 1 and np.array_equal(of_a, of_b):
        return True
    return coverage(of_a, b.word_pairs) > least or coverage(of_b, a.word_pairs) > least


def _told(page: Prepared) -> float:
    """Return how far the title of *page* stands in its text."""
    return coverage(page.title_words, np.sort(pair_hashes(page.word_hashes)))


def _hashes(words: Sequence[str]) -> Hashes:
    return word_hashes([" ".join(words)]).values
