"""Parameters of signatures, the permutations they draw, and what is stored of a text."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any, Literal, Self

import numpy as np
from numpy.typing import NDArray

from dedupe.errors import InputError
from dedupe.text.shingles import MAX_SHINGLE_SIZE, Recipe, mix64

EMPTY_SLOT = np.uint32(0xFFFFFFFF)
"""Every slot of the signature of a text without words."""


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
    """16 bytes, equal for equal normalised texts: see :func:`dedupe.text.exact.exact_hash`."""
    signature: bytes
    """``num_perm`` × uint32, little-endian."""
    bands: tuple[int, ...]
    """Band keys, signed 64-bit; empty for a text without words, which resembles nothing."""
    words: int
    """Words of the normalised text."""
    params: MinHashParams = DEFAULT_PARAMS


def band_keys(signatures: NDArray[np.uint32], params: MinHashParams = DEFAULT_PARAMS) -> NDArray[np.int64]:
    """Return the band keys of signatures, shape (texts, bands); keys of different bands never mix.

    A mixing hash, not a sum: minima are small numbers, and their sums collide from 10^5 texts on.
    """
    used = signatures[:, : params.bands * params.rows]
    return _keys(used.reshape(-1, params.bands, params.rows), np.arange(params.bands, dtype=np.uint64))


def band_column(values: NDArray[np.uint32], band: int) -> NDArray[np.int64]:
    """Return the keys of one band; they equal that column of :func:`band_keys`.

    :param values: rows of the signatures that belong to the band, shape (texts, rows)
    :param band: number of the band, from 0
    """
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
