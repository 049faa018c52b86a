"""Texts to MinHash signatures and band keys, with the parameters that make two of them comparable.

The only home of datasketch, which draws the permutations and signs single texts. Batches are signed by numpy,
or by the compiled kernel where the extra ``fast`` is installed; all three give the same bits.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields, replace
from functools import cache
from typing import Any, Literal, Self

import numpy as np
from numpy.typing import NDArray

from dedupe.errors import InputError
from dedupe.shingles import (
    MAX_SHINGLE_SIZE,
    Offsets,
    Recipe,
    batches,
    exact_keys,
    mix64,
    sampled_shingles,
    shingle_hashes,
    word_hashes,
)

EMPTY_SLOT = np.uint32(0xFFFFFFFF)
"""Every slot of the signature of a text without words."""
_BLOCK_SHINGLES = 1 << 15  # 128 kB of hashes: one permutation after the other runs over them in the L2 cache
KERNEL_FROM = 64
"""Texts of a batch; loading the compiled kernel takes as long as signing a few hundred in numpy."""


class ParamsMismatchError(InputError):
    """Two signatures, or two stores, were made with different parameters and cannot be compared."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MinHashParams:
    """What a signature was made with. Only signatures of equal parameters are comparable.

    :raises ValueError: if the parameters contradict each other
    """

    shingle_size: int = 3
    """Words a shingle."""
    num_perm: int = 64
    """Permutations, that is values of a signature."""
    bands: int = 21
    rows: int = 3
    """Values a band; 21 × 3 finds a pair of Jaccard .5 with .94, of .3 with .44, of .7 with .9999."""
    seed: int = 1
    """Of the permutations; datasketch's default."""
    scheme: Literal["affine32"] = "affine32"
    """How datasketch 2 permutes 32-bit hashes."""
    recipe: Recipe = "w1"
    """How text becomes words and words become hashes; a new name where a single bit of that changes."""

    def __post_init__(self) -> None:
        if not 1 <= self.shingle_size <= MAX_SHINGLE_SIZE:
            raise ValueError(f"shingle_size must be 1 to {MAX_SHINGLE_SIZE}, not {self.shingle_size}")
        if self.num_perm < 1 or self.bands < 1 or self.rows < 1 or self.bands * self.rows > self.num_perm:
            raise ValueError(f"bands × rows must fit in num_perm: {self.bands} × {self.rows} against {self.num_perm}")
        if self.scheme != "affine32" or self.recipe not in ("w1", "plain1"):
            raise ValueError(f"unknown scheme or recipe: {self.scheme}, {self.recipe}")

    def to_json(self) -> dict[str, Any]:
        """Return the parameters as plain JSON values, to be stored beside the signatures."""
        return asdict(self)

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> Self:
        """Return the parameters that :meth:`to_json` wrote; unknown keys are ignored, absent ones take defaults.

        :raises ValueError: if the values are no parameters of this version
        """
        known = {field.name for field in fields(cls)}
        return cls(**{name: value for name, value in values.items() if name in known})

    def require_equal(self, other: MinHashParams) -> None:
        """Return if *other* is equal.

        :raises ParamsMismatchError: naming both, if it is not
        """
        if self != other:
            raise ParamsMismatchError(
                f"signatures of different parameters cannot be compared: {self} and {other}; make the older ones anew"
            )

    def __str__(self) -> str:
        return (
            f"{self.recipe}/{self.shingle_size}-shingles/{self.num_perm} permutations"
            f"/{self.bands}x{self.rows} bands/{self.scheme}/seed {self.seed}"
        )


DEFAULT_PARAMS = MinHashParams()


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """What is stored of a text to find its copies."""

    exact: bytes
    """16 bytes, equal for equal normalised texts: see :func:`dedupe.text.exact_hash`."""
    signature: bytes
    """``num_perm`` × uint32, little-endian."""
    bands: tuple[int, ...]
    """Band keys, signed 64-bit; empty for a text without words, which resembles nothing."""
    words: int
    """Words of the normalised text."""
    params: MinHashParams = DEFAULT_PARAMS


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
    """See :func:`dedupe.shingles.sampled_shingles`; only where asked for."""


def fingerprint(text: str, params: MinHashParams = DEFAULT_PARAMS) -> Fingerprint:
    """Return the fingerprint of one text, signed by datasketch.

    >>> fingerprint("The bridge opened.") == fingerprints(["The BRIDGE — opened"])[0]
    True
    """
    from datasketch import MinHash

    words = word_hashes([text], params.recipe)
    shingles, _ = shingle_hashes(words, params.shingle_size)
    sketch = MinHash(
        num_perm=params.num_perm,
        seed=params.seed,
        scheme=params.scheme,
        hashfunc=int,
        permutations=_permutations(params.num_perm, params.seed),
    )
    sketch.update_batch(shingles.tolist())
    signature = sketch.hashvalues.reshape(1, -1).astype(np.uint32)
    signed = Signed(exact_keys(words), signature, np.diff(words.offsets))
    return _fingerprints(signed, params)[0]


def fingerprints(texts: Sequence[str], params: MinHashParams = DEFAULT_PARAMS) -> list[Fingerprint]:
    """Return the fingerprint of each text; the batch, bit-identical to :func:`fingerprint`."""
    return _fingerprints(sign(texts, params), params)


def _fingerprints(signed: Signed, params: MinHashParams) -> list[Fingerprint]:
    exact = signed.exact.astype("<u8", copy=False)
    rows = signed.signatures.astype("<u4", copy=False)
    keys = band_keys(signed.signatures, params).tolist()
    return [
        Fingerprint(
            exact=exact[index].tobytes(),
            signature=rows[index].tobytes(),
            bands=tuple(keys[index]) if count else (),
            words=count,
            params=params,
        )
        for index, count in enumerate(signed.words.tolist())
    ]


def sign(texts: Sequence[str], params: MinHashParams = DEFAULT_PARAMS, *, samples: bool = False) -> Signed:
    """Return exact keys, signatures and word counts of *texts* as arrays: what whole-corpus runs work on."""
    if len(texts) >= KERNEL_FROM and (kernel := _kernel()) is not None:
        return kernel(texts, params, samples)
    return sign_with_numpy(texts, params, samples)


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


def permutations(num_perm: int, seed: int) -> tuple[NDArray[np.uint32], NDArray[np.uint32]]:
    """Return multipliers and addends of datasketch's ``affine32`` permutations."""
    multipliers, addends = _permutations(num_perm, seed)
    return multipliers, addends


@cache
def _permutations(num_perm: int, seed: int) -> NDArray[np.uint32]:
    if (num_perm, seed) == (DEFAULT_PARAMS.num_perm, DEFAULT_PARAMS.seed):
        return np.frombuffer(_DRAWN, dtype=">u4").astype(np.uint32).reshape(2, num_perm)
    return drawn(num_perm, seed)


def drawn(num_perm: int, seed: int) -> NDArray[np.uint32]:
    """Return multipliers and addends as datasketch draws them, shape (2, num_perm)."""
    # Imported where it is used: it brings scipy along, half of the start-up time of every command.
    from datasketch import MinHash

    sketch = MinHash(num_perm=num_perm, seed=seed, scheme="affine32")
    return np.ascontiguousarray(sketch.permutations, dtype=np.uint32)


_DRAWN = bytes.fromhex(
    "d583e84bfe8f01d770ce5f19dd782891000efdff419987139acb5597ff823d0b4b23969f78e0a7812f470121cb0ca1035f5d7f99c69c3c8f"
    "b0ed55db56e8f3f9cb251b0ddefefa3313dfc965b14faa29d6a0a9fda06562cb5ed517250c9193a968adf717e30c41f9c1989bd5758b2539"
    "0e05bf3b119eb31d57478465d3f2d489d5a8f9afea16bfaf1e0c97d3dc8485e347e0cbefe0d55bbd656d8ec18e8908ad99fb311b6e93afd3"
    "efbffb139b03080fa079227f2f83967b62781c2d094b4a73c0b61403bae3ef01ca09e279a885f1a32b8aea11a8c1c5b113fefd1b8bcd34e7"
    "56f4035f1e551fd5c19be4f3574f7391325a843d2fa6488fd79b6b0757e30b8df5383f95696aee31887d85393292b203b11edbc44a252b18"
    "50c5a1f12461fc2bafbe864cc8874c1ad5aa0734699c255004ae8a6d08bf7373c00975299fc06dd2fd26000fa91f6c40bf87c8c44c6a3019"
    "47cb2d6f7235dee2ca0e35d738dd27871a6d051a12c7fe9972a9266878200416e899b709189ebec34b2a4be7e743447e49aba5171e96ed7d"
    "21498d648659409b04f53ba515685139adc82a53eab76ca6362d4288e913252043fadda24c86af0a7dd7bd17959a868f0da92aef90df9c57"
    "92f95f199d2b0fc7259000f3f4df855c96dcba4a42cf84beb3235d2e3b23d3a01a3296d88890149769ff92b7f32f2541b1c435717e39274d"
    "6a07a7038a64cb80"
)
"""What :func:`drawn` gives for the default parameters (a test compares), big-endian: no crawl needs scipy for it."""


def _mix32(values: NDArray[np.uint32]) -> NDArray[np.uint32]:
    values = values ^ (values >> np.uint32(16))
    values *= np.uint32(0x85EBCA6B)
    values ^= values >> np.uint32(13)
    values *= np.uint32(0xC2B2AE35)
    values ^= values >> np.uint32(16)
    return values


def band_keys(signatures: NDArray[np.uint32], params: MinHashParams = DEFAULT_PARAMS) -> NDArray[np.int64]:
    """Return the band keys of signatures, shape (texts, bands); keys of different bands never mix.

    A mixing hash, not a sum: minima are small numbers, and their sums collide from 10^5 texts on.
    """
    used = signatures[:, : params.bands * params.rows]
    return _keys(used.reshape(-1, params.bands, params.rows), np.arange(params.bands, dtype=np.uint64))


def band_column(values: NDArray[np.uint32], band: int) -> NDArray[np.int64]:
    """Return the keys of one band, from its rows of the signatures, shape (texts, rows); those of :func:`band_keys`."""
    return _keys(values[:, np.newaxis, :], np.array([band], dtype=np.uint64))[:, 0]


def _keys(values: NDArray[np.uint32], bands: NDArray[np.uint64]) -> NDArray[np.int64]:
    keys = np.broadcast_to(mix64(bands + np.uint64(1)), values.shape[:2])
    for row in range(values.shape[2]):
        keys = mix64(keys ^ values[:, :, row].astype(np.uint64))
    return keys.view(np.int64)


def signature_array(signature: bytes) -> NDArray[np.uint32]:
    """Return the values of a stored signature."""
    return np.frombuffer(signature, dtype="<u4").astype(np.uint32, copy=False)


def estimate_jaccard(a: Fingerprint, b: Fingerprint) -> float:
    """Return the estimated Jaccard similarity of two texts' shingle sets; standard error at most .0625 at 64.

    :raises ParamsMismatchError: if the fingerprints were made with different parameters
    """
    a.params.require_equal(b.params)
    if not a.words or not b.words:
        return 0.0
    return float(np.mean(signature_array(a.signature) == signature_array(b.signature)))


@cache
def _kernel() -> Callable[[Sequence[str], MinHashParams, bool], Signed] | None:
    """Return the compiled ``sign``, or ``None`` without the extra ``fast``."""
    try:
        from dedupe.kernel import sign_compiled
    except ImportError:
        return None
    return sign_compiled
