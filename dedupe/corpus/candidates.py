"""Which texts of a corpus are worth comparing: those that share a band key, found by sorting."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from dedupe.text.shingles import SAMPLE_RATE

Pairs = NDArray[np.int64]
"""Shape (pairs, 2): indexes of two texts, the smaller first; ascending, each pair once."""

Keys = NDArray[np.uint64]

HOT_BUCKET = 64
"""Members of a bucket that are all compared with each other. Beyond it, see :func:`bucket_pairs`."""
COMMON = 4096
"""Texts that share a sampled shingle, above which the shingle makes no candidates."""
SHARED_SAMPLES = 2
_PART_BITS = 4
_LOW_BITS = np.uint64(SAMPLE_RATE.bit_length() - 1)  # the same in all sampled shingles
HUBS = 4
NEIGHBOURS = 4


def band_pairs(key_columns: Iterator[NDArray[np.int64]] | list[NDArray[np.int64]]) -> Pairs:
    """Return the pairs of texts that share a band key.

    :param key_columns: one array a band, with the key of each text
    """
    found: NDArray[np.int64] = np.zeros(0, dtype=np.int64)
    width = 0
    for keys in key_columns:
        width = keys.size
        pairs = bucket_pairs(keys)
        found = np.union1d(found, pairs[:, 0] * width + pairs[:, 1])
    return np.stack(np.divmod(found, max(width, 1)), axis=1) if found.size else np.zeros((0, 2), dtype=np.int64)


def passage_pairs(values: NDArray[np.uint64], owners: NDArray[np.int64], count: int) -> Pairs:
    """Return the pairs of texts that share at least ``SHARED_SAMPLES`` sampled shingles.

    A shingle that more than ``COMMON`` texts have is a common phrase or a template, and is not used.

    :param values: sampled shingles
    :param owners: the text of each of *values*, from 0 to *count* - 1
    """
    codes, counts = [np.zeros(0, dtype=np.int64)], [np.zeros(0, dtype=np.int64)]
    parts = (values >> np.uint64(64 - _PART_BITS)).astype(np.int64)
    for part in range(1 << _PART_BITS):  # one after the other: that bounds the memory
        own = np.flatnonzero(parts == part)
        held, by = sorted_with_owners((values[own] >> _LOW_BITS).view(np.int64), owners[own], count)
        once = np.ones(own.size, dtype=bool)  # a text may hold a shingle twice
        once[1:] = (held[1:] != held[:-1]) | (by[1:] != by[:-1])
        pairs = _pairs_of_sorted(held[once], by[once], COMMON)
        found, shared = np.unique(pairs[:, 0] * count + pairs[:, 1], return_counts=True)
        codes.append(found)
        counts.append(shared)
    found, place = np.unique(np.concatenate(codes), return_inverse=True)
    shared = np.bincount(place, weights=np.concatenate(counts), minlength=found.size)
    return np.stack(np.divmod(found[shared >= SHARED_SAMPLES], max(count, 1)), axis=1)


def union(one: Pairs, other: Pairs, count: int) -> Pairs:
    """Return the pairs of both arrays, each once. Texts are numbered below *count*."""
    codes = np.union1d(one[:, 0] * count + one[:, 1], other[:, 0] * count + other[:, 1])
    return np.stack(np.divmod(codes, max(count, 1)), axis=1)


def bucket_pairs(keys: NDArray[np.int64], *, most: int | None = None) -> Pairs:
    """Return the pairs of equal keys; every pair occurs once.

    In a bucket of more than ``HOT_BUCKET`` texts each is paired with the first few and its next neighbours only: time
    and pairs stay linear, and the first text, which represents the others if they are the same, meets all of them.
    """
    ordered, order = sorted_with_owners(keys, np.arange(keys.size), keys.size)
    return _pairs_of_sorted(ordered, order, most or keys.size)


def sorted_with_owners(
    keys: NDArray[np.int64], owners: NDArray[np.int64], count: int
) -> tuple[Keys, NDArray[np.int64]]:
    """Return the lower bits of the hashed *keys*, ascending, and the owner of each, a number below *count*.

    Key and owner are sorted as one 64-bit number, ten times faster than an indirect sort. With a million owners 44 bits
    of a key are left. Two different keys that agree in these cost one more comparison, and no wrong result.
    """
    bits = np.uint64(max(count - 1, 1).bit_length())
    packed = np.bitwise_or(keys.view(np.uint64) << bits, owners.view(np.uint64))
    packed.sort()
    return packed >> bits, (packed & ((np.uint64(1) << bits) - np.uint64(1))).view(np.int64)


def _pairs_of_sorted(ordered: Keys, order: NDArray[np.int64], most: int) -> Pairs:
    if not ordered.size:
        return np.zeros((0, 2), dtype=np.int64)
    first = np.ones(ordered.size, dtype=bool)
    np.not_equal(ordered[1:], ordered[:-1], out=first[1:])
    starts = np.flatnonzero(first)
    sizes = np.diff(starts, append=ordered.size)
    wanted = (sizes > 1) & (sizes <= most)
    starts, sizes = starts[wanted], sizes[wanted]
    hot = sizes > HOT_BUCKET
    parts = [_all_pairs(order, starts[~hot], sizes[~hot])]
    parts += [_few_pairs(order[start : start + size]) for start, size in zip(starts[hot], sizes[hot], strict=True)]
    return np.concatenate(parts)


def _all_pairs(order: NDArray[np.int64], starts: NDArray[np.int64], sizes: NDArray[np.int64]) -> Pairs:
    parts = [np.zeros((0, 2), dtype=np.int64)]
    rank = np.arange(int(sizes.sum())) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    place, left = np.repeat(starts, sizes) + rank, np.repeat(sizes, sizes) - rank - 1
    distance = 1
    while place.size:
        keep = left >= distance
        place, left = place[keep], left[keep]
        parts.append(np.stack([order[place], order[place + distance]], axis=1))
        distance += 1
    return np.concatenate(parts)


def _few_pairs(members: NDArray[np.int64]) -> Pairs:
    """Pair the first members of a hot bucket with all of it, and each member with its neighbours."""
    count = members.size
    parts = [np.stack([np.full(count - hub - 1, members[hub]), members[hub + 1 :]], axis=1) for hub in range(HUBS)]
    parts += [np.stack([members[HUBS:-step], members[HUBS + step :]], axis=1) for step in range(1, NEIGHBOURS + 1)]
    return np.concatenate(parts)
