"""The compiled kernel of the extra ``fast``: characters to signature in one pass. Importing it needs numba.

Does what ``dedupe.text.shingles`` and ``dedupe.minhash.fingerprint`` do in numpy, bit for bit. Runs without the
interpreter lock, so threads sign side by side.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numba
import numpy as np
from numpy.typing import NDArray

from dedupe.minhash.numpy_signer import Signed, concatenated, empty_signed, sign_with_numpy
from dedupe.minhash.params import EMPTY_SLOT, MinHashParams
from dedupe.minhash.permutations import permutations
from dedupe.text.codepoints import CLASS_MASK, CODE_MASK, HARD, INVISIBLE, TONED, UNSPACED, WORD, tone_tables
from dedupe.text.shingles import (
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
_RATE = np.uint64(SAMPLE_RATE - 1)  # a power of two
_EXACT_0, _EXACT_1 = np.uint64(EXACT_BASES[0]), np.uint64(EXACT_BASES[1])


def sign_compiled(texts: Sequence[str], params: MinHashParams, samples: bool = False) -> Signed:
    """Do what :func:`dedupe.minhash.fingerprint.sign` does."""
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
        # What one look-up a character cannot fold, and what has no words: few enough to go the long way.
        others = np.flatnonzero(hard)
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
def mixed64(value):
    """Do what :func:`dedupe.text.shingles.mix64` does, with one value."""
    value ^= value >> _U64(33)
    value *= _U64(0xFF51AFD7ED558CCD)
    value ^= value >> _U64(33)
    value *= _U64(0xC4CEB9FE1A85EC53)
    return value ^ (value >> _U64(33))


@numba.njit(inline="always")
def _premixed(total):
    """The 32-bit shingle hash of a weighted sum of word hashes, pre-mixed as datasketch does."""
    value = np.uint32(mixed64(total) >> _U64(32))
    # numba widens the product of two uint32; each step is cut back to 32 bits.
    value = np.uint32((value ^ (value >> np.uint32(16))) * np.uint32(0x85EBCA6B))
    value = np.uint32((value ^ (value >> np.uint32(13))) * np.uint32(0xC2B2AE35))
    return np.uint32(value ^ (value >> np.uint32(16)))


@numba.njit(inline="always")
def _weigh(hashes, count, weights, totals):
    """Fill *totals* with the weighted sum of each word and the next ones, in loops that vectorise."""
    for shingle in range(count):
        totals[shingle] = hashes[shingle] * weights[0]
    for word in range(1, weights.size):
        weight, later = weights[word], hashes[word:]
        for shingle in range(count):
            totals[shingle] += later[shingle] * weight


@numba.njit(inline="always")
def _may_tell(code, character):
    """Whether a letter may be a digit or a capital: any but small ones of Latin, Greek and Cyrillic, which fold to
    themselves.
    """
    return (code != character) | (code < 0x3A) | ((code > 0x65F) & (code < 0x1E00)) | (code > 0x1EFF)


@numba.njit(cache=True, nogil=True)
def words_of(codes, table, before, moved, base, hashes, telling):
    """Write the hashes of the words of one text into *hashes*; return how many, or -1 if a character is HARD.

    :param codes: code points of the text
    :param table: for each code point its folded form and its class
    :param before, moved, base: where a tone mark moves within a syllable (:func:`dedupe.text.codepoints.tone_tables`)
    :param telling: ``None``, or an array that gets true for each word that may be a figure or a name: the word, or a
        word before it in the same token, has a letter that folding changes, a digit, or a letter of a script unknown
        here
    """
    count = 0
    total, power, previous = _U64(0), _U64(1), np.uint32(0)
    marked = False  # the token, which white space ends
    for character in codes:
        entry = table[character]
        code, kind = entry & CODE_MASK, entry & ~CODE_MASK
        if telling is not None:
            if kind & CLASS_MASK == WORD:
                marked |= _may_tell(code, character)
            elif power != _U64(1):
                telling[count] = marked
            if character <= 0x20:
                marked = False
        if kind == WORD:  # no flag: the common case, one branch
            total += _U64(code) * power
            power *= _BASE
            previous = code
            continue
        if kind & HARD:
            return -1
        if kind == INVISIBLE:
            continue
        if kind & TONED:
            if previous == before[code]:
                total += _U64(moved[code] - previous) * (power * _INVERSE)
                code = base[code]
            total += _U64(code) * power
            power *= _BASE
            previous = code
            continue
        if power != _U64(1):  # the end of a word
            hashes[count] = mixed64(total)
            count += 1
            total, power, previous = _U64(0), _U64(1), np.uint32(0)
        if kind == UNSPACED:
            if telling is not None:
                telling[count] = True
            hashes[count] = mixed64(_U64(code))
            count += 1
    if power != _U64(1):
        if telling is not None:
            telling[count] = marked
        hashes[count] = mixed64(total)
        count += 1
    return count


@numba.njit(inline="always")
def _sample(hashes, count, weights, totals, found, sampled):
    shingles = count - weights.size + 1
    if shingles < 1:
        return sampled
    _weigh(hashes, shingles, weights, totals)
    for shingle in range(shingles):
        totals[shingle] = mixed64(totals[shingle])
    for shingle in range(shingles):
        if totals[shingle] & _RATE == _U64(0):
            found[sampled] = totals[shingle]
            sampled += 1
    return sampled


@numba.njit(inline="always")
def _minima(premixed, count, multipliers, addends, minima):
    minima[:] = EMPTY_SLOT
    whole = count - count % 4
    for shingle in range(0, whole, 4):  # four at a time: the minima are read and written a quarter as often
        a, b, c, d = premixed[shingle], premixed[shingle + 1], premixed[shingle + 2], premixed[shingle + 3]
        for row in range(minima.size):
            factor, addend = multipliers[row], addends[row]
            first = min(np.uint32(a * factor + addend), np.uint32(b * factor + addend))
            second = min(np.uint32(c * factor + addend), np.uint32(d * factor + addend))
            minima[row] = min(minima[row], first, second)
    for shingle in range(whole, count):
        value = premixed[shingle]
        for row in range(minima.size):
            minima[row] = min(minima[row], np.uint32(value * multipliers[row] + addends[row]))


@numba.njit(inline="always")
def _exact(hashes, count, base):
    total, power = _U64(0), _U64(1)
    for word in range(count):
        total += mixed64(hashes[word] + base) * power
        power *= base
    return mixed64(total + _U64(count))


@numba.njit(cache=True, nogil=True)
def _sign(
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
    longest, sampled = 0, 0
    for text in range(offsets.size - 1):
        longest = max(longest, offsets[text + 1] - offsets[text])
    hashes, totals = np.empty(longest + 1, dtype=np.uint64), np.empty(longest + 1, dtype=np.uint64)
    premixed = np.empty(longest + 1, dtype=np.uint32)
    for text in range(offsets.size - 1):
        count = words_of(codes[offsets[text] : offsets[text + 1]], table, before, moved, base, hashes, None)
        ends[text + 1] = sampled
        if count <= 0:
            hard[text] = True
            continue
        words[text] = count
        exact[text, 0] = _exact(hashes, count, _EXACT_0)
        exact[text, 1] = _exact(hashes, count, _EXACT_1)
        shingles = max(count - weights.size + 1, 1)
        _weigh(hashes, shingles, weights[: min(weights.size, count)], totals)
        for shingle in range(shingles):
            premixed[shingle] = _premixed(totals[shingle])
        _minima(premixed, shingles, multipliers, addends, signatures[text])
        if found.size:
            sampled = _sample(hashes, count, sample_weights, totals, found, sampled)
            ends[text + 1] = sampled
