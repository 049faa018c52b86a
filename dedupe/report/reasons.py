"""Why a text counts as a copy, or was kept apart: two sentences for people, and the passages that differ."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from heapq import nlargest

from dedupe.compare.diff import spans
from dedupe.report.report import Copy, RepeatedStory
from dedupe.report.scores import BY_HAND, THRESHOLD

_KINDS = {
    "near": "A near copy",
    "contained": "A cut or extended copy",
    "version": "An older text of the same address",
    "different": "Kept apart",
}
_MERGED = re.compile(r"merged by hand by (?P<who>.+? on \d{4}-\d\d-\d\d)(?: \((?P<why>.*)\))?(?:; .*)?", re.DOTALL)
_WORD = re.compile(r"\w")
_DIFFERENCES = 5  # passages shown, the longest
_SHOWN = 200  # characters of a differing passage


@dataclass(frozen=True, slots=True)
class Passages:
    """What two texts share and where they differ, in words."""

    shared: int
    longest: int
    """Words of the longest passage in common."""
    only_there: int
    only_here: int
    differences: tuple[tuple[str, str], ...]
    """All that hold a word, in order: (there, here); one side may be empty."""


def passages(there: str, here: str) -> Passages:
    """Return what two texts share and where they differ.

    >>> found = passages("The old bridge opened today.", "The old bridge opened on Monday.")
    >>> found.shared, found.only_there, found.only_here, found.differences
    (4, 1, 2, (('today.', 'on Monday.'),))
    """
    parts = spans(there, here)
    same = [len(part.a.split()) for part in parts if part.same]
    differing = [(part.a.strip(), part.b.strip()) for part in parts if not part.same]
    return Passages(
        shared=sum(same),
        longest=max(same, default=0),
        only_there=sum(len(a.split()) for a, _ in differing),
        only_here=sum(len(b.split()) for _, b in differing),
        differences=tuple(pair for pair in differing if _WORD.search("".join(pair))),
    )


def because(relation: str, clause: str, score: float) -> str:
    """Return the first sentence: the decision and the figure that decided it.

    :param clause: ``Comparison.reason``

    >>> because("near", "91% of the shorter text stands in the other", 0.91)
    'A near copy: 91% of the shorter text stands in the other, and 70% is enough.'
    """
    if relation == BY_HAND:
        return _by_hand(clause)
    if relation == "exact":
        return "An exact copy: the same words in the same order."
    kind = _KINDS.get(relation, relation)
    if not clause:
        clause = f"{score:.0%} of the shorter text stands in the other"
    if relation in {"version", "different"}:
        return f"{kind}: {clause}."
    if clause.startswith("edited throughout"):
        return f"{kind}, {clause}, and 80% is enough."
    if score >= THRESHOLD:
        return f"{kind}: {clause}, and {THRESHOLD:.0%} is enough."
    return f"{kind}: {clause}, less than {THRESHOLD:.0%}, but half of all word runs of both are shared."


def _by_hand(clause: str) -> str:
    """Return who merged two texts, when and why, of what ``storage.duplicates`` recorded.

    >>> _by_hand("merged by hand by ada@desk on 2026-03-14 (both are the ministry's text)")
    "Merged by ada@desk on 2026-03-14 because: both are the ministry's text."
    """
    # The reason by the texts alone follows; it did not decide.
    found = _MERGED.fullmatch(clause)
    if not found:
        return f"Merged by hand{f': {clause}' if clause else ''}."
    return f"Merged by {found['who']} because: {found['why'] or 'no reason was given'}."


def where(copy: Copy, first: Copy) -> str:
    """Return the second sentence where the texts are not compared: on which portal, with an agency's credit or not."""
    if copy.relation == "version":
        return "It is kept beside the current one and counts as no duplicate."
    place = "the same portal" if copy.portal == first.portal else f"another portal ({copy.portal or 'unknown'})"
    return f"It stands on {place}{', with the credit of a news agency' if copy.agency else ''}."


def apart(found: Passages) -> str:
    """Return the second sentence where they are: how far the two texts differ.

    >>> apart(Passages(40, 30, 2, 0, (("on Monday", ""),)))
    'They differ in 1 passage, 2 words only in the representative and 0 only here; the longest one in common has 30.'
    """
    if not found.differences:
        return "Nothing differs but case, spaces or punctuation."
    number = len(found.differences)
    words = "word" if found.only_there == 1 else "words"
    return (
        f"They differ in {number:,} {'passage' if number == 1 else 'passages'}, {found.only_there:,} {words} only in "
        f"the representative and {found.only_here:,} only here; the longest one in common has {found.longest:,}."
    )


def explained(story: RepeatedStory, *, in_full: bool) -> RepeatedStory:
    """Return *story* with the reason of each copy, until now ``Comparison.reason``, in two sentences.

    :param in_full: also align the texts for the passages that differ
    """
    first, *copies = story.copies
    return replace(story, copies=(first, *(_explained(copy, first, in_full=in_full) for copy in copies)))


def _explained(copy: Copy, first: Copy, *, in_full: bool) -> Copy:
    decided = because(copy.relation, copy.reason, copy.score)
    if not in_full or not (copy.text and first.text):
        return replace(copy, reason=f"{decided} {where(copy, first)}")
    found = passages(first.text, copy.text)
    longest = nlargest(_DIFFERENCES, found.differences, key=lambda pair: len(pair[0]) + len(pair[1]))
    shown = tuple((_cut(a), _cut(b)) for a, b in found.differences if (a, b) in longest)[:_DIFFERENCES]
    return replace(copy, reason=f"{decided} {apart(found)}", differences=shown)


def _cut(text: str) -> str:
    words = " ".join(text.split())
    return words if len(words) <= _SHOWN else words[: _SHOWN - 2].rstrip() + " …"
