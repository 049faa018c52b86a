"""Signatures of many texts at once, in numpy."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from dedupe.minhash.params import DEFAULT_PARAMS, EMPTY_SLOT, MinHashParams
from dedupe.minhash.permutations import permutations
from dedupe.text.shingles import Offsets, batches, exact_keys, sampled_shingles, shingle_hashes, word_hashes

_BLOCK_SHINGLES = 1 << 15  # 128 kB of hashes: one permutation after the other runs over them in the L2 cache


@dataclass(frozen=True, slots=True)
class Signed:
    """A batch of fingerprints as arrays; row *i* belongs to text *i*."""

    exact: NDArray[np.uint64]
    """Shape (texts, 2)."""
    signatures: NDArray[np.uint32]
    """Shape (texts, num_perm)."""
    words: NDArray[np.int64]
    """Words of each text."""
    samples: tuple[NDArray[np.uint64], Offsets] | None = None
    """See :func:`dedupe.text.shingles.sampled_shingles`; only where asked for."""


def sign_with_numpy(texts: Sequence[str], params: MinHashParams = DEFAULT_PARAMS, samples: bool = False) -> Signed:
    """Do what :func:`sign` does without the compiled kernel."""
    signed = empty_signed(len(texts), params.num_perm)
    sampled = []
    for part in batches(texts):
        words = word_hashes(texts[part], params.recipe)
        shingles, offsets = shingle_hashes(words, params.shingle_size)
        signed.exact[part] = exact_keys(words)
        signed.words[part] = np.diff(words.offsets)
        signed.signatures[part] = signatures_of(shingles, offsets, params)
        if samples:
            sampled.append(sampled_shingles(words))
    return replace(signed, samples=concatenated(sampled)) if samples else signed


def concatenated(parts: Sequence[tuple[NDArray[np.uint64], Offsets]]) -> tuple[NDArray[np.uint64], Offsets]:
    """Return flat values with offsets made of several such."""
    values = np.concatenate([np.zeros(0, dtype=np.uint64), *(values for values, _ in parts)])
    counts = np.concatenate([np.zeros(0, dtype=np.int64), *(np.diff(offsets) for _, offsets in parts)])
    return values, np.concatenate([np.zeros(1, dtype=np.int64), np.cumsum(counts)])


def empty_signed(count: int, num_perm: int) -> Signed:
    """Return room for *count* texts, all without words."""
    return Signed(
        np.zeros((count, 2), dtype=np.uint64),
        np.full((count, num_perm), EMPTY_SLOT, dtype=np.uint32),
        np.zeros(count, dtype=np.int64),
    )


def signatures_of(
    shingles: NDArray[np.uint32], offsets: Offsets, params: MinHashParams = DEFAULT_PARAMS
) -> NDArray[np.uint32]:
    """Return the MinHash signatures of sets of 32-bit shingle hashes, as datasketch's ``affine32`` gives them.

    Set *i* is ``shingles[offsets[i]:offsets[i + 1]]``; the result has shape (sets, num_perm).
    """
    multipliers, addends = permutations(params.num_perm, params.seed)
    signatures = np.full((offsets.size - 1, params.num_perm), EMPTY_SLOT, dtype=np.uint32)
    mixed = _mix32(shingles)
    filled = np.flatnonzero(np.diff(offsets))
    starts = offsets[:-1][filled]
    block = 0
    while block < filled.size:
        end = max(int(np.searchsorted(starts, starts[block] + _BLOCK_SHINGLES)), block + 1)
        stop = int(starts[end]) if end < filled.size else mixed.size
        own = mixed[int(starts[block]) : stop]
        permuted = np.empty_like(own)
        lowest = np.empty((params.num_perm, end - block), dtype=np.uint32)
        for row in range(params.num_perm):
            np.multiply(own, multipliers[row], out=permuted)
            permuted += addends[row]
            np.minimum.reduceat(permuted, starts[block:end] - starts[block], out=lowest[row])
        signatures[filled[block:end]] = lowest.T
        block = end
    return signatures


def _mix32(values: NDArray[np.uint32]) -> NDArray[np.uint32]:
    values = values ^ (values >> np.uint32(16))
    values *= np.uint32(0x85EBCA6B)
    values ^= values >> np.uint32(13)
    values *= np.uint32(0xC2B2AE35)
    values ^= values >> np.uint32(16)
    return values
