"""Texts to word hashes to shingle hashes, for a whole batch at once in numpy.

A word is hashed as a polynomial over its folded code points, a shingle as a linear combination of its words'
hashes. All arithmetic is modulo 2^64, hence the same on every platform; ``dedupe.minhash.compiled`` does the same in
one compiled pass. Arrays are flat with offsets: text *i* owns ``values[offsets[i]:offsets[i + 1]]``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from dedupe.text.codepoints import (
    CLASS_MASK,
    CODE_MASK,
    HARD,
    INVISIBLE,
    TONED,
    UNSPACED,
    WORD,
    encode,
    fold_table,
    full_fold,
    move_tones,
    plain_table,
)
from dedupe.text.normalise import LONG, comparable, pieces

Recipe = Literal["w1", "plain1"]
"""How words are read: ``w1`` as :func:`dedupe.text.normalise.normalise` does; ``plain1`` is ``\\w+`` of the
lower-cased text."""

Words = NDArray[np.uint64]
Offsets = NDArray[np.int64]

# Odd 64-bit constants without structure: leading digits of the golden ratio, pi, e and square roots, odd.
WORD_BASE = 0x9E3779B97F4A7C15
EXACT_BASES = (0x243F6A8885A308D3, 0xB7E151628AED2A6B)
_SHINGLE_WEIGHTS = (
    0x6A09E667F3BCC909,
    0xBB67AE8584CAA73B,
    0x3C6EF372FE94F82B,
    0xA54FF53A5F1D36F1,
    0x510E527FADE682D1,
    0x9B05688C2B3E6C1F,
    0x1F83D9ABFB41BD6B,
    0x5BE0CD19137E2179,
)
MAX_SHINGLE_SIZE = len(_SHINGLE_WEIGHTS)
SAMPLE_WORDS = 6
"""Words of a sampled shingle: long enough that two texts which share two of them share a passage."""
SAMPLE_RATE = 16
LEAD_WORDS = 40
LEAD_KEYS = 2
BATCH_CHARACTERS = 1 << 17
"""Characters of one pass: its arrays stay near the cache, and a 10 MB text alone bounds the memory."""


_EXACT_BLOCK = 1 << 16  # words


@dataclass(frozen=True, slots=True)
class WordHashes:
    """The words of a batch of texts as 64-bit hashes, in order."""

    values: Words
    offsets: Offsets


@cache
def shingle_weights(size: int) -> Words:
    """Return the weight of each word of a shingle of *size* words.

    :raises ValueError: if *size* is not between 1 and ``MAX_SHINGLE_SIZE``
    """
    if not 1 <= size <= MAX_SHINGLE_SIZE:
        raise ValueError(f"a shingle has 1 to {MAX_SHINGLE_SIZE} words, not {size}")
    return np.array(_SHINGLE_WEIGHTS[:size], dtype=np.uint64)


def mix64(values: Words) -> Words:
    """Return the 64-bit finaliser of MurmurHash3 of *values*: a bijection that spreads every bit."""
    values = values ^ (values >> np.uint64(33))
    values *= np.uint64(0xFF51AFD7ED558CCD)
    values ^= values >> np.uint64(33)
    values *= np.uint64(0xC4CEB9FE1A85EC53)
    values ^= values >> np.uint64(33)
    return values


@cache
def powers(base: int, count: int, *, inverse: bool = False) -> Words:
    """Return ``base ** 0 … base ** (count - 1)`` modulo 2^64, or of the inverse of *base*, which is odd."""
    step = pow(base, -1, 1 << 64) if inverse else base
    factors = np.full(count, step, dtype=np.uint64)
    factors[0] = 1
    return np.multiply.accumulate(factors)


def readable(texts: Sequence[str], recipe: Recipe) -> list[str]:
    """Return *texts* ready for the table of *recipe*: what is left to do is one look-up a character."""
    return [comparable(text) for text in texts] if recipe == "w1" else [text.lower() for text in texts]


def table_of(recipe: Recipe) -> NDArray[np.uint32]:
    """Return the code point table of *recipe*."""
    return fold_table() if recipe == "w1" else plain_table()


def joined(texts: Sequence[str]) -> tuple[NDArray[np.uint32], Offsets]:
    """Return the code points of all *texts*, a line feed after each, and where each text starts."""
    lengths = np.fromiter(map(len, texts), dtype=np.int64, count=len(texts)) + 1
    offsets = np.zeros(len(texts) + 1, dtype=np.int64)
    np.cumsum(lengths, out=offsets[1:])
    return encode("\n".join([*texts, ""])), offsets


def word_hashes(texts: Sequence[str], recipe: Recipe = "w1") -> WordHashes:
    """Return the hashes of the words of each text, in order.

    A text of signs only, such as emoji, counts as one word: its characters without white space.

    :param recipe: how texts are made comparable
    """
    parts = [_hash_batch(texts[slice_], recipe) for slice_ in batches(texts)]
    if len(parts) == 1:
        return parts[0]
    if not parts:
        return WordHashes(np.zeros(0, dtype=np.uint64), np.zeros(1, dtype=np.int64))
    counts = np.concatenate([np.diff(part.offsets) for part in parts])
    values = np.concatenate([part.values for part in parts])
    return WordHashes(values, _offsets_of(counts))


def batches(texts: Sequence[str]) -> list[slice]:
    """Return slices of *texts* of about ``BATCH_CHARACTERS`` each, a ``LONG`` one alone."""
    slices, start, size = [], 0, 0
    for index, text in enumerate(texts):
        if len(text) >= LONG and index > start:
            slices.append(slice(start, index))
            start = index
        size += len(text)
        if size >= BATCH_CHARACTERS:
            slices.append(slice(start, index + 1))
            start, size = index + 1, 0
    return [*slices, slice(start, len(texts))] if start < len(texts) else slices


def _hash_batch(texts: Sequence[str], recipe: Recipe) -> WordHashes:
    ready = readable(texts, recipe)
    if len(ready) > 1 or len(ready[0]) < LONG:
        return _with_symbols(ready, _hash_words(ready, recipe))
    values = np.concatenate([_hash_words([piece], recipe).values for piece in pieces(ready[0])])
    return _with_symbols(ready, WordHashes(values, _offsets_of(np.array([values.size]))))


def _hash_words(texts: list[str], recipe: Recipe) -> WordHashes:
    entries, flags, offsets = _entries(texts, recipe)
    inside = entries >= WORD  # a flag is never set without the class
    # A word starts where a letter follows a separator, and at and after each unspaced character.
    changes = inside.copy()
    changes[1:] ^= inside[:-1]
    if flags & UNSPACED:
        alone = (entries & CLASS_MASK) == UNSPACED
        changes |= alone
        changes[1:] |= alone[:-1]
    edges = np.flatnonzero(changes)
    starting = inside[edges]
    places = edges[starting]
    counts = np.diff(np.searchsorted(places, offsets))
    if not places.size:
        return WordHashes(np.zeros(0, dtype=np.uint64), _offsets_of(counts))
    size = 1 << max(int(entries.size - 1).bit_length(), 16)
    terms = np.multiply(entries & CODE_MASK, powers(WORD_BASE, size)[: entries.size], dtype=np.uint64)
    # Sums up to each edge: their differences cost a third of np.add.reduceat over so many short stretches.
    before = np.zeros(entries.size + 1, dtype=np.uint64)
    np.cumsum(terms, out=before[1:])
    bounds = before[np.append(edges, entries.size)]
    sums = (bounds[1:] - bounds[:-1])[starting]
    sums *= powers(WORD_BASE, size, inverse=True)[places]
    return WordHashes(mix64(sums), _offsets_of(counts))


def _entries(texts: list[str], recipe: Recipe) -> tuple[NDArray[np.uint32], int, Offsets]:
    """Return the table entries of all characters, the union of their flags, and the offsets of the texts in them."""
    table = table_of(recipe)
    codes, offsets = joined(texts)
    entries = np.take(table, codes)
    flags = int(np.bitwise_or.reduce(entries))
    if flags & HARD:
        hard = np.flatnonzero(entries & HARD)
        for index in set((np.searchsorted(offsets, hard, side="right") - 1).tolist()):
            texts[index] = full_fold(texts[index])
        codes, offsets = joined(texts)
        entries = table[codes]
    if flags & INVISIBLE == INVISIBLE:
        visible = (entries & CLASS_MASK) != INVISIBLE
        before = np.zeros(entries.size + 1, dtype=np.int64)
        np.cumsum(visible, out=before[1:])
        entries, offsets = entries[visible], before[offsets]
    return move_tones(entries) if flags & TONED else entries, flags, offsets


def _offsets_of(counts: NDArray[np.int64]) -> Offsets:
    offsets = np.zeros(counts.size + 1, dtype=np.int64)
    np.cumsum(counts, out=offsets[1:])
    return offsets


def _with_symbols(texts: Sequence[str], hashes: WordHashes) -> WordHashes:
    """Give texts without words, but not blank, one word made of their symbols."""
    counts = np.diff(hashes.offsets)
    silent = [index for index in np.flatnonzero(counts == 0).tolist() if texts[index].strip()]
    if not silent:
        return hashes
    values = [symbol_hash(texts[index]) for index in silent]
    counts[silent] = 1
    return WordHashes(np.insert(hashes.values, hashes.offsets[silent], values), _offsets_of(counts))


def symbol_hash(text: str) -> np.uint64:
    """Return the hash of a text that has no words: all its characters but white space as one word."""
    codes = encode("".join(full_fold(text).split())).astype(np.uint64)
    terms = codes * powers(WORD_BASE, 1 << max(int(codes.size).bit_length(), 4))[: codes.size]
    return np.uint64(mix64(np.array([terms.sum(dtype=np.uint64)], dtype=np.uint64))[0])


def shingle_hashes(words: WordHashes, size: int) -> tuple[NDArray[np.uint32], Offsets]:
    """Return the 32-bit hashes of every text's word shingles, in order and with repeats, and the offsets.

    A text of fewer than *size* words has one shingle of all its words; a text without words has none.
    """
    weights = shingle_weights(size)
    counts = np.diff(words.offsets)
    sums, keep = _weighted_sums(words, weights)
    for index in np.flatnonzero((counts > 0) & (counts < size)).tolist():
        start, count = int(words.offsets[index]), int(counts[index])
        keep[start] = True
        own = words.values[start : start + count] * weights[:count]
        sums[start] = own.sum(dtype=np.uint64)
    hashes = (mix64(sums[keep]) >> np.uint64(32)).astype(np.uint32)
    return hashes, _offsets_of(np.where(counts > 0, np.maximum(counts - size + 1, 1), 0))


def ordered_shingles(words: Words, size: int) -> NDArray[np.uint32]:
    """Return the hashes of one text's word shingles, as :func:`shingle_hashes` does, in a third of the time."""
    count = max(words.size - size + 1, min(words.size, 1))
    weights = shingle_weights(min(size, words.size))
    sums = words[:count] * weights[0]
    for place in range(1, weights.size):
        sums += words[place : place + count] * weights[place]
    hashes: NDArray[np.uint32] = (mix64(sums) >> np.uint64(32)).astype(np.uint32)
    return hashes


def _weighted_sums(words: WordHashes, weights: Words) -> tuple[Words, NDArray[np.bool_]]:
    """Return the sum of each word and the next ones by *weights*, and where it stays inside its text."""
    total, size = words.values.size, weights.size
    padded = np.concatenate([words.values, np.zeros(size - 1, dtype=np.uint64)])
    sums = words.values * weights[0]
    for place in range(1, size):
        sums += padded[place : place + total] * weights[place]
    keep = np.ones(total, dtype=bool)
    for place in range(1, size):
        last = words.offsets[1:] - place
        keep[last[last >= words.offsets[:-1]]] = False
    return sums, keep


def sampled_shingles(words: WordHashes) -> tuple[Words, Offsets]:
    """Return 64-bit hashes of sampled word shingles, text after text, and where each text begins in them.

    Shingles have ``SAMPLE_WORDS`` words, and one in ``SAMPLE_RATE`` is kept, chosen by its hash alone. A shingle that
    two texts share is therefore kept in both or in neither, so a text cut to a tenth is found where MinHash does not
    find it.

    :param words: hashes of the words of all texts
    """
    sums, keep = _weighted_sums(words, shingle_weights(SAMPLE_WORDS))
    hashes = mix64(sums)
    keep &= hashes % np.uint64(SAMPLE_RATE) == 0
    before = np.zeros(keep.size + 1, dtype=np.int64)
    np.cumsum(keep, out=before[1:])
    return hashes[keep], before[words.offsets]


def lead_keys(words: WordHashes) -> list[list[int]]:
    """Return ``LEAD_KEYS`` signed 64-bit values of each text's first ``LEAD_WORDS`` words, fewer of a shorter text.

    The smallest hashes of their shingles of ``SAMPLE_WORDS``: two texts that begin alike share some, however much
    longer one of them is.
    """
    sums, keep = _weighted_sums(words, shingle_weights(SAMPLE_WORDS))
    hashes = mix64(sums)
    found = []
    for start, end in pairwise(words.offsets.tolist()):
        lead = slice(start, min(end, start + LEAD_WORDS))
        own = hashes[lead][keep[lead]]
        found.append(np.unique(own)[:LEAD_KEYS].view(np.int64).tolist())
    return found


def exact_keys(words: WordHashes) -> Words:
    """Return two 64-bit values a text that texts of equal words share; shape (texts, 2)."""
    counts = np.diff(words.offsets)
    keys = np.zeros((counts.size, 2), dtype=np.uint64)
    for column, base in enumerate(EXACT_BASES):
        keys[:, column] = mix64(_polynomials(words, counts, base) + counts.astype(np.uint64))
    return keys


def _polynomials(words: WordHashes, counts: NDArray[np.int64], base: int) -> Words:
    """Return of each text the sum of its mixed hashes, each times *base* to the power of its place."""
    sums = np.zeros(counts.size, dtype=np.uint64)
    if counts.size == 1:
        factor = 1
        for start in range(0, words.values.size, _EXACT_BLOCK):
            terms = mix64(words.values[start : start + _EXACT_BLOCK] + np.uint64(base))
            total = int((terms * powers(base, _EXACT_BLOCK)[: terms.size]).sum(dtype=np.uint64))
            sums[0] = np.uint64((int(sums[0]) + total * factor) % 2**64)
            factor = factor * pow(base, _EXACT_BLOCK, 2**64) % 2**64
        return sums
    filled = np.flatnonzero(counts)
    if filled.size:
        longest = 1 << max(int(counts.max()).bit_length(), 10)
        position = np.arange(words.values.size) - np.repeat(words.offsets[:-1], counts)
        terms = mix64(words.values + np.uint64(base)) * powers(base, longest)[position]
        sums[filled] = np.add.reduceat(terms, words.offsets[:-1][filled])
    return sums
