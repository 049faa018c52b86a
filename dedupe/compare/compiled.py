"""Comparison in compiled code, of the extra ``fast``: words of a batch of texts, and what two texts exchange.

Importing it needs numba. The hashes are those of ``dedupe.text.shingles``, bit for bit.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numba
import numpy as np
from numpy.typing import NDArray

from dedupe.minhash.compiled import mixed64, words_of
from dedupe.text.codepoints import tone_tables
from dedupe.text.shingles import WordHashes, batches, joined, readable, shingle_weights, table_of, word_hashes

Marks = NDArray[np.bool_]


def marked_words(texts: Sequence[str]) -> tuple[WordHashes, Marks]:
    """Return the word hashes of *texts*, and which words may be figures or names; the others surely are none."""
    values, marks, counts = [], [], []
    for part in batches(texts):
        codes, offsets = joined(readable(texts[part], "w1"))
        hashes, telling = np.empty(codes.size, dtype=np.uint64), np.empty(codes.size, dtype=np.bool_)
        ends = np.zeros(offsets.size, dtype=np.int64)
        hard = _read(codes, offsets, table_of("w1"), *tone_tables(), hashes, telling, ends)
        if not hard.any():
            values.append(hashes[: ends[-1]])
            marks.append(telling[: ends[-1]])
            counts.append(np.diff(ends))
            continue
        # What one look-up a character cannot fold, and what has no words, goes the long way: any word may tell.
        others = np.flatnonzero(hard).tolist()
        slow = word_hashes([texts[part.start + index] for index in others])
        for index, (start, end) in enumerate(pairwise(ends.tolist())):
            own, told = hashes[start:end], telling[start:end]
            if hard[index]:
                place = others.index(index)
                own = slow.values[slow.offsets[place] : slow.offsets[place + 1]]
                told = np.ones(own.size, dtype=np.bool_)
            values.append(own)
            marks.append(told)
            counts.append(np.array([own.size], dtype=np.int64))
    offsets = np.concatenate([np.zeros(1, dtype=np.int64), *counts]).cumsum()
    return (
        WordHashes(np.concatenate([np.zeros(0, dtype=np.uint64), *values]), offsets),
        np.concatenate([np.zeros(0, dtype=np.bool_), *marks]),
    )


def shingle_sets(words: WordHashes, size: int) -> tuple[NDArray[np.uint32], list[int]]:
    """Return the distinct hashes of each text's shingles of *size* words, ascending, and where each text's start."""
    shingles = np.empty(words.values.size, dtype=np.uint32)
    bounds = _shingle(words.values, words.offsets, shingle_weights(size), shingles)
    places = bounds.tolist()
    for start, end in pairwise(places):
        shingles[start:end].sort()  # numpy's is vectorised
    _distinct(shingles, bounds)
    ends: list[int] = bounds.tolist()
    return shingles[: ends[-1]].copy(), ends


def shared_count(a: NDArray[np.uint32], b: NDArray[np.uint32]) -> int:
    """Return how many values two ascending sets share."""
    return int(_shared(a, b))


def missing_runs(
    words: NDArray[np.uint64], size: int, kept: NDArray[np.uint32], short: int
) -> tuple[int, int, int, int]:
    """Do what :func:`dedupe.clusters.kept.missing_runs` does."""
    first, last, few, many = _missing_runs(words, shingle_weights(min(size, words.size)), kept, short)
    return first, last, few, many


def fewest_exclusive(a: NDArray[np.uint64], a_marks: Marks, b: NDArray[np.uint64], b_marks: Marks) -> int:
    """Return the smaller of two counts: the figures and names of each text that the other one lacks.

    :param a, b: hashes of the words of each text
    :param a_marks, b_marks: which of these words may be figures or names
    """
    return int(_fewest_exclusive(a, a_marks, b, b_marks))


@numba.njit(cache=True, nogil=True)
def _read(codes, offsets, table, before, moved, base, hashes, telling, ends):
    hard = np.zeros(offsets.size - 1, dtype=np.bool_)
    end = 0
    for text in range(offsets.size - 1):
        own = codes[offsets[text] : offsets[text + 1]]
        count = words_of(own, table, before, moved, base, hashes[end:], telling[end:])
        hard[text] = count <= 0
        end += max(count, 0)
        ends[text + 1] = end
    return hard


@numba.njit(cache=True, nogil=True)
def _shingle(words, offsets, weights, shingles):
    """Write the shingle hashes of each text one after the other; return where each text's start, and the end."""
    bounds = np.zeros(offsets.size, dtype=np.int64)
    end = 0
    for text in range(offsets.size - 1):
        start, count = offsets[text], offsets[text + 1] - offsets[text]
        size = min(weights.size, count)
        for shingle in range(count - size + 1 if count else 0):
            total = np.uint64(0)
            for word in range(size):
                total += words[start + shingle + word] * weights[word]
            shingles[end] = mixed64(total) >> np.uint64(32)
            end += 1
        bounds[text + 1] = end
    return bounds


@numba.njit(cache=True, nogil=True)
def _distinct(shingles, bounds):
    """Close up what is left of each text's ascending *shingles* without repeats; *bounds* follow."""
    end, start = 0, bounds[0]
    for text in range(bounds.size - 1):
        stop = bounds[text + 1]
        for place in range(start, stop):
            if place == start or shingles[place] != shingles[place - 1]:
                shingles[end] = shingles[place]
                end += 1
        start = stop
        bounds[text + 1] = end


@numba.njit(cache=True, nogil=True)
def _shared(a, b):
    shared, i, j = 0, 0, 0
    while i < a.size and j < b.size:  # no branch inside: which of the two is smaller cannot be foreseen
        one, other = a[i], b[j]
        shared += one == other
        i += one <= other
        j += other <= one
    return shared


@numba.njit(cache=True, nogil=True)
def _table(hashes):
    """Return a hash table of *hashes*, each one more than it is: 0 is an empty slot."""
    size = 16
    while size < 2 * hashes.size:
        size *= 2
    mask = np.uint64(size - 1)
    table = np.zeros(size, dtype=np.uint64)
    for place in range(hashes.size):
        value = np.uint64(hashes[place]) + np.uint64(1)
        slot = value & mask
        while table[slot] != 0:
            slot = (slot + np.uint64(1)) & mask
        table[slot] = value
    return table


@numba.njit(cache=True, nogil=True)
def _missing_runs(words, weights, kept, short):
    count, size = words.size, weights.size
    first, few, many = 0, 0, 0
    covered = 0  # words before it stand in a kept shingle, or were counted
    table = _table(kept)
    mask = np.uint64(table.size - 1)
    for shingle in range(count - size + 1):
        total = np.uint64(0)
        for word in range(size):
            total += words[shingle + word] * weights[word]
        value = (mixed64(total) >> np.uint64(32)) + np.uint64(1)
        slot = value & mask
        while table[slot] != 0 and table[slot] != value:
            slot = (slot + np.uint64(1)) & mask
        if table[slot] == 0:
            continue
        missing = shingle - covered
        if missing > 0 and covered == 0:
            first = missing
        elif missing > short:
            many += missing
        elif missing > 0:
            few += missing
        covered = shingle + size
    if covered == 0:
        return count, 0, 0, 0
    return first, count - covered, few, many


@numba.njit(cache=True, nogil=True)
def _fewest_exclusive(a, a_marks, b, b_marks):
    """Count the marked words that one text has more often than the other; return the smaller of the two counts."""
    size = 16
    while size < 2 * (a.size + b.size):
        size *= 2
    mask = np.uint64(size - 1)
    words, surplus = np.zeros(size, dtype=np.uint64), np.zeros(size, dtype=np.int64)
    used, told = np.zeros(size, dtype=np.bool_), np.zeros((2, size), dtype=np.bool_)
    for side in range(2):
        own, marks = (a, a_marks) if side == 0 else (b, b_marks)
        for place in range(own.size):
            slot = own[place] & mask
            while used[slot] and words[slot] != own[place]:
                slot = (slot + np.uint64(1)) & mask
            used[slot] = True
            words[slot] = own[place]
            surplus[slot] += 1 - 2 * side
            told[side, slot] |= marks[place]
    of_a, of_b = 0, 0
    for slot in range(size):
        if told[0, slot] and surplus[slot] > 0:
            of_a += surplus[slot]
        if told[1, slot] and surplus[slot] < 0:
            of_b -= surplus[slot]
    return min(of_a, of_b)
