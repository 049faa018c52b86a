"""The compiled kernel of the extra ``fast``: characters to signature in one pass. Importing it needs numba.

Does what ``dedupe.shingles`` and ``dedupe.minhash`` do in numpy, bit for bit. Runs without the interpreter
lock, so threads sign side by side.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numba
import numpy as np
from numpy.typing import NDArray

from dedupe.codepoints import CLASS_MASK, CODE_MASK, HARD, INVISIBLE, SEPARATOR, TONED, UNSPACED, tone_tables
from dedupe.minhash import EMPTY_SLOT, MinHashParams, Signed, concatenated, empty_signed, permutations, sign_with_numpy
from dedupe.shingles import (
    EXACT_BASES,
    SAMPLE_RATE,
    SAMPLE_WORDS,
    WORD_BASE,
    batches,
    joined,
    readable,
    shingle_weights,
    table_of,
)

_U64 = np.uint64
_BASE = np.uint64(WORD_BASE)
_INVERSE = np.uint64(pow(WORD_BASE, -1, 1 << 64))
_RATE = np.uint64(SAMPLE_RATE)
_EXACT_0, _EXACT_1 = np.uint64(EXACT_BASES[0]), np.uint64(EXACT_BASES[1])


def sign_compiled(texts: Sequence[str], params: MinHashParams, samples: bool = False) -> Signed:
    """Do what :func:`dedupe.minhash.sign` does."""
    signed = empty_signed(len(texts), params.num_perm)
    sampled = []
    for part in batches(texts):
        codes, offsets = joined(readable(texts[part], params.recipe))
        hard = np.zeros(offsets.size - 1, dtype=np.bool_)
        # A word is at least one character and a separator, or an unspaced character.
        found = np.empty(codes.size if samples else 0, dtype=np.uint64)
        ends = np.zeros(offsets.size, dtype=np.int64)
        _sign(
            codes,
            offsets,
            table_of(params.recipe),
            *tone_tables(),
            shingle_weights(params.shingle_size),
            shingle_weights(SAMPLE_WORDS),
            *permutations(params.num_perm, params.seed),
            signed.exact[part],
            signed.signatures[part],
            signed.words[part],
            hard,
            found,
            ends,
        )
        own = found[: ends[-1]].copy(), ends
        # What one look-up a character cannot fold, or has no words: few enough to go the long way.
        others = np.flatnonzero(hard | (signed.words[part] == 0))
        if others.size:
            rest = sign_with_numpy([texts[part.start + index] for index in others.tolist()], params, samples)
            places = others + part.start
            signed.exact[places], signed.words[places] = rest.exact, rest.words
            signed.signatures[places] = rest.signatures
            if rest.samples:
                own = _inserted(own, others, rest.samples)
        sampled.append(own)
    return replace(signed, samples=concatenated(sampled)) if samples else signed


Flat = tuple[NDArray[np.uint64], NDArray[np.int64]]


def _inserted(into: Flat, places: NDArray[np.int64], rest: Flat) -> Flat:
    """Return *into* with the values of *rest* as those of *places*, which have none."""
    counts, added = np.diff(into[1]), np.diff(rest[1])
    values = np.insert(into[0], np.repeat(into[1][places], added), rest[0])
    counts[places] = added
    return values, np.concatenate([np.zeros(1, dtype=np.int64), np.cumsum(counts)])


@numba.njit(inline="always")
def _mix64(value):  # type: ignore[no-untyped-def]
    value ^= value >> _U64(33)
    value *= _U64(0xFF51AFD7ED558CCD)
    value ^= value >> _U64(33)
    value *= _U64(0xC4CEB9FE1A85EC53)
    return value ^ (value >> _U64(33))


@numba.njit(inline="always")
def _premixed(total):  # type: ignore[no-untyped-def]
    """The 32-bit shingle hash of a weighted sum of word hashes, pre-mixed as datasketch does."""
    value = np.uint32(_mix64(total) >> _U64(32))
    # numba widens the product of two uint32; each step is cut back to 32 bits.
    value = np.uint32((value ^ (value >> np.uint32(16))) * np.uint32(0x85EBCA6B))
    value = np.uint32((value ^ (value >> np.uint32(13))) * np.uint32(0xC2B2AE35))
    return np.uint32(value ^ (value >> np.uint32(16)))


@numba.njit(inline="always")
def _lower_minima(value, multipliers, addends, minima):  # type: ignore[no-untyped-def]
    for row in range(minima.size):
        permuted = np.uint32(value * multipliers[row] + addends[row])
        minima[row] = min(minima[row], permuted)


@numba.njit(cache=True, nogil=True)
def _words_of(codes, start, end, table, before, moved, base, hashes):  # type: ignore[no-untyped-def] # noqa: PLR0917
    """Hash the words of one text into *hashes*; return their number, -1 where a character is HARD."""
    count, length = 0, 0
    total, earlier, power, previous = _U64(0), _U64(0), _U64(1), np.uint32(0)
    for place in range(start, end):
        entry = table[codes[place]]
        if entry & HARD:
            return -1
        kind, code = entry & CLASS_MASK, entry & CODE_MASK
        if kind == INVISIBLE:
            continue
        if kind in (SEPARATOR, UNSPACED) and length:
            hashes[count] = _mix64(total)
            count += 1
            length, total, power, previous = 0, _U64(0), _U64(1), np.uint32(0)
        if kind == SEPARATOR:
            continue
        if kind == UNSPACED:
            hashes[count] = _mix64(_U64(code))
            count += 1
            continue
        if entry & TONED and previous == before[code]:
            total = earlier
            previous, code = moved[code], base[code]
            total += _U64(previous) * (power * _INVERSE)
        earlier = total
        total += _U64(code) * power
        power *= _BASE
        previous = code
        length += 1
    if length:
        hashes[count] = _mix64(total)
        count += 1
    return count


@numba.njit(inline="always")
def _sample(hashes, count, weights, found, sampled):  # type: ignore[no-untyped-def]
    for shingle in range(count - weights.size + 1):
        total = _U64(0)
        for word in range(weights.size):
            total += hashes[shingle + word] * weights[word]
        total = _mix64(total)
        if total % _RATE == _U64(0):
            found[sampled] = total
            sampled += 1
    return sampled


@numba.njit(cache=True, nogil=True)
def _sign(  # type: ignore[no-untyped-def] # noqa: PLR0917
    codes,
    offsets,
    table,
    before,
    moved,
    base,
    weights,
    sample_weights,
    multipliers,
    addends,
    exact,
    signatures,
    words,
    hard,
    found,
    ends,
):
    size, sampled = weights.size, 0
    longest = 0
    for text in range(offsets.size - 1):
        longest = max(longest, offsets[text + 1] - offsets[text])
    hashes = np.empty(longest + 1, dtype=np.uint64)
    minima = np.empty(multipliers.size, dtype=np.uint32)
    for text in range(offsets.size - 1):
        count = _words_of(codes, offsets[text], offsets[text + 1], table, before, moved, base, hashes)
        ends[text + 1] = sampled
        if count < 0:
            hard[text] = True
            continue
        words[text] = count
        first, second, power_first, power_second = _U64(0), _U64(0), _U64(1), _U64(1)
        for word in range(count):
            first += _mix64(hashes[word] + _EXACT_0) * power_first
            second += _mix64(hashes[word] + _EXACT_1) * power_second
            power_first *= _EXACT_0
            power_second *= _EXACT_1
        exact[text, 0] = _mix64(first + _U64(count))
        exact[text, 1] = _mix64(second + _U64(count))
        minima[:] = EMPTY_SLOT
        for shingle in range(max(count - size + 1, min(count, 1))):
            total = _U64(0)
            for word in range(min(size, count)):
                total += hashes[shingle + word] * weights[word]
            _lower_minima(_premixed(total), multipliers, addends, minima)
        signatures[text] = minima
        if found.size:
            sampled = _sample(hashes, count, sample_weights, found, sampled)
            ends[text + 1] = sampled
