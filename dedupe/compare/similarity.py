"""The verify step: whether two texts are one story, from their exact shingle sets and their aligned words.

The rule in two sentences. Two texts are one story if they share at least 70 % of the shorter one's word-3-grams, or
half of all, or 80 % of its words in order, the wording of the portal's own template left out. However alike, they are
two stories where figures and names are exchanged throughout the same sentences, or where two short pages share all but
what they are about. Below ``dedupe.text.exact.FEW_WORDS`` words prove nothing: the titles have to agree as well.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from dedupe.compare.alignment import align
from dedupe.compare.different_stories import objection
from dedupe.compare.prepared import SHINGLE_SIZE, Prepared, Shingles, prepare, prepare_all
from dedupe.text.exact import FEW_WORDS, titles_agree

__all__ = ["EXACT", "SHINGLE_SIZE", "Comparison", "Prepared", "Relation", "compare", "prepare", "prepare_all"]

Relation = Literal["exact", "near", "contained"]

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


EXACT = Comparison("exact", 1.0, 1.0, 1.0, "the same words in the same order")


def compare(
    a: Prepared, b: Prepared, template: Collection[int] | Shingles = (), *, bulletins: bool = True
) -> Comparison:
    """Tell whether *a* and *b* are one story. Symmetric.

    :param template: hashes of the 3-grams that many pages of the portal share, see :mod:`dedupe.corpus.boilerplate`;
        an array must be ascending

    >>> story = "The old bridge over the river was closed on Monday after divers had found cracks in two of its piles."
    >>> longer = story + " Traffic is led over the new bridge in the north of the town until repairs begin in June."
    >>> compare(prepare(story), prepare("MARLOW (Reuters) - " + story)).relation
    'exact'
    >>> compare(prepare(story), prepare(longer)).relation
    'near'
    """
    if a.word_hashes.size == b.word_hashes.size and (a.word_hashes == b.word_hashes).all():
        if not a.word_hashes.size:
            return Comparison(None, 0.0, 0.0, 0.0, "no words to compare")
        return _too_short(a, b, EXACT) or EXACT
    if a.telling is not None and b.telling is not None:
        from dedupe.compare.compiled import shared_count  # which read the two

        jaccard, containment = _shares(a.shingles, b.shingles, shared_count(a.shingles, b.shingles))
    else:
        jaccard, containment = _overlap(a.shingles, b.shingles)
    score, own_jaccard, own = _own_overlap(a, b, template, jaccard, containment)
    of = "the shorter text's own wording" if own else "the shorter text"

    def verdict(relation: Relation | None, reason: str) -> Comparison:
        return Comparison(relation, score, jaccard, containment, reason)

    shorter, longer = sorted((a.word_hashes.size, b.word_hashes.size))
    share = f"{score:.0%} of {of} stands in the other"
    near = own_jaccard >= SAME_JACCARD
    if score < SAME_CONTAINMENT and not near:
        edited = 0.0 if own else _words_in_order(a, b, containment)
        if edited < SAME_WORDS:
            return verdict(None, f"only {share}")
        share = f"edited throughout: {edited:.0%} of the shorter text's words stand in the other in order"
        near = shorter >= SAME_CONTAINMENT * longer
    if not near and (shorter < FEWEST_WORDS or shorter < LEAST_PART * longer):
        return verdict(None, f"an excerpt: {shorter} words inside {longer}")
    doubt = objection(a, b, score) if bulletins else ""
    found = verdict(None, doubt) if doubt else verdict("near" if near else "contained", share)
    return _too_short(a, b, found) or found


def _too_short(a: Prepared, b: Prepared, found: Comparison) -> Comparison | None:
    """Return the verdict where two texts have too few words to prove anything and their titles do not agree."""
    count = min(a.word_hashes.size, b.word_hashes.size)
    if not found.relation or count >= FEW_WORDS or a.title == b.title or titles_agree(a.title, b.title):
        return None
    return replace(found, relation=None, reason=f"too short to tell: {count} words, and the titles do not agree")


def _words_in_order(a: Prepared, b: Prepared, containment: float) -> float:
    """Return the share of the shorter text's words that the other has in order; 0 where it cannot be enough."""
    shorter = min(a.word_hashes.size, b.word_hashes.size)
    if containment < EDITED_CONTAINMENT or shorter < FEWEST_WORDS:
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
    both = np.sort(np.concatenate([left, right]))  # what np.intersect1d does, without what it does besides
    return _shares(left, right, int(np.count_nonzero(both[1:] == both[:-1])))


def _shares(left: Shingles, right: Shingles, shared: int) -> tuple[float, float]:
    smaller = min(left.size, right.size)
    union = left.size + right.size - shared
    return (shared / union if union else 0.0), (shared / smaller if smaller else 0.0)


def _without(shingles: Shingles, common: Shingles) -> Shingles:
    place = np.searchsorted(common, shingles)
    place[place == common.size] = 0
    kept: Shingles = shingles[common[place] != shingles]
    return kept


def _own_overlap(
    a: Prepared, b: Prepared, template: Collection[int] | Shingles, jaccard: float, containment: float
) -> tuple[float, float, bool]:
    """Return containment and Jaccard without the template's shingles, and whether there were any to leave out."""
    if containment < EDITED_CONTAINMENT or not len(template):
        return containment, jaccard, False
    common = template
    if not isinstance(common, np.ndarray):
        common = np.unique(np.fromiter(template, np.uint32, len(template)))
    left, right = _without(a.shingles, common), _without(b.shingles, common)
    framed = max(1 - left.size / a.shingles.size, 1 - right.size / b.shingles.size)
    if framed < _FRAME:
        return containment, jaccard, False
    if left.size < _LEAST_OWN * a.shingles.size and right.size < _LEAST_OWN * b.shingles.size:
        # A text that the portal printed so often that it looks like its template: only a whole copy counts.
        return (containment, jaccard, False) if containment >= _WHOLE else (0.0, 0.0, True)
    own_jaccard, own_containment = _overlap(left, right)
    return own_containment, own_jaccard, True
