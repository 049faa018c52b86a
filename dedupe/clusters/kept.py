"""Which texts of one story are kept, and which are safe to drop because what they say stands in a kept one.

*Same source* is symmetric and makes the clusters. *Safe to drop* is directed: all word 3-grams of the dropped text
stand in the kept one, but for a dateline, a credit and a corrected word, and the kept one is not shorter.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

import numpy as np

from dedupe.clusters.clusters import Member, by_length, sort_key
from dedupe.compare.prepared import SHINGLE_SIZE, Prepared
from dedupe.text.normalise import closing_credit
from dedupe.text.shingles import ordered_shingles, word_hashes

Keep = Literal["longest", "first", "newest"]

_DATELINE = 8  # words before the first sentence that an agency or a portal may put there
_CORRECTED = 2  # words of one correction
_CORRECTIONS = 0.01  # of a text's words; one correction may always be
_TRIED = 8  # kept texts of one story that another one is looked for in
_MARKS = re.compile(r"[-–—:|()（）【】]")
_HEAD = 100  # characters in which a dateline ends


class Lost(NamedTuple):
    """Words of a dropped text that stand in no kept one, by cause."""

    dateline: int = 0
    credit: int = 0
    correction: int = 0
    text: int = 0
    """What another source wrote, or the same one elsewhere: never with texts that are safe to drop."""


NOTHING = Lost()


@dataclass(frozen=True, slots=True)
class Choose:
    """How it is chosen what is kept."""

    keep: Keep = "longest"
    by_source: bool = False
    """Keep one text of each story, whatever the others say besides."""
    bulletins: bool = True
    """Whether bulletins of one frame about other subjects are other stories."""


DEFAULT = Choose()
"""The longest text of a story, and what it does not say."""


@dataclass(frozen=True, slots=True)
class Choice:
    """What becomes of one text of a story."""

    of: str | None
    """The kept text in which it stands; ``None`` if it is kept itself."""
    lost: Lost


def lost(dropped: Prepared, kept: Prepared) -> Lost:
    """Return how many words of *dropped* stand in no 3-gram of *kept*, by where they stand in *dropped*.

    >>> from dedupe.compare.prepared import prepare
    >>> story = "The old bridge over the river was closed on Monday after divers had found cracks in its piles."
    >>> lost(prepare(story.replace("Monday", "Tuesday")), prepare(story))
    Lost(dateline=0, credit=0, correction=1, text=0)
    """
    count = dropped.word_hashes.size
    first, last, correction, text = missing_runs(dropped, kept)
    found = {"dateline": 0, "credit": 0, "correction": correction, "text": text}
    if first:
        found[_cause_at_end(dropped, 0, first)] += first
    if last:
        found[_cause_at_end(dropped, count - last, count)] += last
    return Lost(**found) if any(found.values()) else NOTHING


def missing_runs(text: Prepared, kept: Prepared) -> tuple[int, int, int, int]:
    """Return how many words of *text* stand in no 3-gram of *kept*, as four counts.

    The words at its start, the words at its end, and those between: in runs of up to ``_CORRECTED`` words, and in
    longer runs. If no 3-gram of *text* stands in *kept*, all words count as at the start.
    """
    if not text.word_hashes.size:
        return 0, 0, 0, 0
    if text.telling is not None:
        from dedupe.compare import compiled  # which read the text

        return compiled.missing_runs(text.word_hashes, SHINGLE_SIZE, kept.shingles, _CORRECTED)
    count = text.word_hashes.size
    missing = np.ones(count + 2, dtype=bool)
    missing[[0, -1]] = False
    there = np.isin(ordered_shingles(text.word_hashes, SHINGLE_SIZE), kept.shingles)
    for shift in range(1, 1 + min(SHINGLE_SIZE, count)):
        missing[shift : shift + there.size] &= ~there
    edges = np.flatnonzero(missing[1:] != missing[:-1])
    starts, ends = edges[::2], edges[1::2]
    sizes, at_start, at_end = ends - starts, starts == 0, ends == count
    inside = sizes[~at_start & ~at_end]
    few = int(inside[inside <= _CORRECTED].sum())
    return int(sizes[at_start].sum()), int(sizes[at_end & ~at_start].sum()), few, int(inside.sum()) - few


def _cause_at_end(text: Prepared, start: int, end: int) -> str:
    """Return why the words from *start* to *end*, the first or the last ones, may be missing."""
    count = text.word_hashes.size
    if start == 0 and end <= min(_DATELINE, count - 1) and _MARKS.search(text.text[:_HEAD]):
        return "dateline"
    if end == count and 0 < count - start <= word_hashes([closing_credit(text.text)]).values.size:
        return "credit"
    return "text"


def is_safe_to_drop(dropped: Prepared, kept: Prepared, missing: Lost) -> bool:
    """Tell whether *kept* says what *dropped* says, *missing* being what :func:`lost` returned of the two."""
    count = dropped.word_hashes.size
    if missing.text or missing.correction > max(_CORRECTED, _CORRECTIONS * count):
        return False
    return kept.word_hashes.size >= count - missing.dateline - missing.credit


def preference(member: Member, keep: Keep) -> tuple[object, ...]:
    """Return what orders the texts of a story by which is rather kept; ties go to the earliest."""
    earliest = sort_key(member)
    if keep == "first":
        return earliest
    if keep == "newest":
        known, moment = not earliest[1], earliest[2]
        return member.withdrawn, not known, -moment.timestamp() if known else 0.0, *earliest
    return by_length(member)


def choose(
    members: Sequence[Member],
    prepared: Callable[[str], Prepared],
    first: str,
    *,
    keep: Keep = "longest",
    by_source: bool = False,
) -> dict[str, Choice]:
    """Return for each text of a story whether it is kept, or which kept text stands for it; at least one is kept.

    :param members: the texts of the story
    :param prepared: returns the text of a member by its id
    :param first: id of a text that is kept in any case
    :param keep: which texts are preferred
    :param by_source: keep one text only, even if others say more
    """
    order = sorted(members, key=lambda member: (member.id != first, preference(member, keep)))
    kept: list[str] = []
    found: dict[str, Choice] = {}
    for member in order:
        choice = None
        for other in kept[:_TRIED]:
            missing = lost(prepared(member.id), prepared(other))
            if by_source or is_safe_to_drop(prepared(member.id), prepared(other), missing):
                choice = Choice(other, missing)
                break
        if choice is None:
            kept.append(member.id)
        found[member.id] = choice or Choice(None, NOTHING)
    return found
