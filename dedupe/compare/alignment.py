"""Two word sequences laid beside each other in near-linear time: what is the same, what stands in place of what."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Hashable, Iterator, Sequence
from difflib import SequenceMatcher
from typing import NamedTuple

_ANCHOR = 3  # words of a run that occurs once in both sequences
_SMALL = 1 << 12  # words × words that difflib, which is quadratic, may align
_DEPTH = 12  # an anchor may be unique only between two others; deeper nesting does not occur in prose


class Block(NamedTuple):
    """A stretch ``a[a_start:a_end]`` beside ``b[b_start:b_end]``; one of the two may be empty."""

    same: bool
    a_start: int
    a_end: int
    b_start: int
    b_end: int


def align(a: Sequence[Hashable], b: Sequence[Hashable]) -> list[Block]:
    """Return the blocks that cover both sequences in order, same and different ones in turn.

    Runs of three words that are unique in both sequences anchor the alignment (patience diff); what lies between
    two anchors is aligned the same way, at last by difflib where it is small. Time is O(n log n) but for a constant
    share of the length; a moved paragraph is same in one place and different in the other.

    >>> [(block.same, block.a_end, block.b_end) for block in align("a b c d".split(), "a b c x d".split())]
    [(True, 3, 3), (False, 3, 4), (True, 4, 5)]
    """
    matches = list(_matches(a, b, (0, len(a), 0, len(b)), _DEPTH))
    blocks: list[Block] = []
    i = j = 0
    for a_start, b_start, size in [*matches, (len(a), len(b), 0)]:
        if i < a_start or j < b_start:
            blocks.append(Block(False, i, a_start, j, b_start))
        i, j = a_start + size, b_start + size
        if size and blocks and blocks[-1].same:
            blocks[-1] = blocks[-1]._replace(a_end=i, b_end=j)
        elif size:
            blocks.append(Block(True, a_start, i, b_start, j))
    return blocks


Window = tuple[int, int, int, int]


def _matches(
    a: Sequence[Hashable], b: Sequence[Hashable], window: Window, depth: int
) -> Iterator[tuple[int, int, int]]:
    """Yield (start in a, start in b, size) of equal stretches inside *window*, ascending in both."""
    a_low, a_high, b_low, b_high = window
    size = _common(a, b, window)
    if size:
        yield a_low, b_low, size
        a_low, b_low = a_low + size, b_low + size
    tail = _common_end(a, b, (a_low, a_high, b_low, b_high))
    a_end, b_end = a_high - tail, b_high - tail
    if a_low < a_end and b_low < b_end:
        yield from _middle(a, b, (a_low, a_end, b_low, b_end), depth)
    if tail:
        yield a_end, b_end, tail


def _middle(a: Sequence[Hashable], b: Sequence[Hashable], window: Window, depth: int) -> Iterator[tuple[int, int, int]]:
    a_low, a_high, b_low, b_high = window
    if a_high - a_low == 1 == b_high - b_low:
        return  # a word in place of another, by far the most frequent window: equal ones do not get here
    if (a_high - a_low) * (b_high - b_low) <= _SMALL:
        matcher = SequenceMatcher(None, a[a_low:a_high], b[b_low:b_high], autojunk=False)
        for i, j, size in matcher.get_matching_blocks()[:-1]:
            yield a_low + i, b_low + j, size
        return
    anchors = _anchors(a, b, window) if depth else []
    if not anchors:
        return
    i, j = a_low, b_low
    for a_anchor, b_anchor in anchors:
        if a_anchor < i or b_anchor < j:
            continue  # inside the stretch that the anchor before it grew to
        yield from _matches(a, b, (i, a_anchor, j, b_anchor), depth - 1)
        size = _common(a, b, (a_anchor, a_high, b_anchor, b_high))
        yield a_anchor, b_anchor, size
        i, j = a_anchor + size, b_anchor + size
    yield from _matches(a, b, (i, a_high, j, b_high), depth - 1)


def _common(a: Sequence[Hashable], b: Sequence[Hashable], window: Window) -> int:
    a_low, a_high, b_low, b_high = window
    size, most = 0, min(a_high - a_low, b_high - b_low)
    step = 1
    while size < most and a[a_low + size] == b[b_low + size]:
        # Long equal stretches by ever longer slices, which are compared much faster than word by word.
        step = 2 * step if a[a_low + size : a_low + size + step] == b[b_low + size : b_low + size + step] else 1
        size += step // 2 or 1
    return min(size, most)


def _common_end(a: Sequence[Hashable], b: Sequence[Hashable], window: Window) -> int:
    a_low, a_high, b_low, b_high = window
    size, most = 0, min(a_high - a_low, b_high - b_low)
    while size < most and a[a_high - 1 - size] == b[b_high - 1 - size]:
        size += 1
    return size


def _anchors(a: Sequence[Hashable], b: Sequence[Hashable], window: Window) -> list[tuple[int, int]]:
    """Return the runs that occur once in each window, in the longest chain that ascends in both."""
    a_low, a_high, b_low, b_high = window
    in_a = _unique_runs(a, a_low, a_high)
    in_b = _unique_runs(b, b_low, b_high)
    pairs = [(i, in_b[run]) for run, i in in_a.items() if run in in_b]  # ascending in the first: dicts keep order
    places = [place for _, place in pairs]
    if places == sorted(places):
        return pairs
    return _longest_chain(pairs)


def _unique_runs(words: Sequence[Hashable], low: int, high: int) -> dict[tuple[Hashable, ...], int]:
    runs = list(zip(*(words[low + k : high] for k in range(_ANCHOR)), strict=False))
    unique = dict(zip(runs, range(low, high), strict=False))
    if len(unique) < len(runs):
        for run, count in Counter(runs).items():
            if count > 1:
                del unique[run]
    return unique


def _longest_chain(pairs: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return the longest subsequence of *pairs*, ascending in the first, that ascends in the second as well."""
    ends: list[int] = []  # smallest last value of a chain of each length
    at: list[int] = []  # the pair that holds it
    previous: list[int] = []
    for index, (_, j) in enumerate(pairs):
        place = bisect_left(ends, j)
        previous.append(at[place - 1] if place else -1)
        if place == len(ends):
            ends.append(j)
            at.append(index)
        else:
            ends[place], at[place] = j, index
    chain = []
    index = at[-1] if at else -1
    while index >= 0:
        chain.append(pairs[index])
        index = previous[index]
    return chain[::-1]
