"""The permutations behind the signatures, and the signature of one text: the one home of datasketch."""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

from dedupe.minhash.params import DEFAULT_PARAMS, MinHashParams


def signature_by_datasketch(shingles: NDArray[np.uint32], params: MinHashParams) -> NDArray[np.uint32]:
    """Return the signature of the *shingles* of one text, shape (1, num_perm), as datasketch makes it."""
    from datasketch import MinHash

    sketch = MinHash(
        num_perm=params.num_perm,
        seed=params.seed,
        scheme=params.scheme,
        hashfunc=int,
        permutations=_permutations(params.num_perm, params.seed),
    )
    sketch.update_batch(shingles.tolist())
    signature: NDArray[np.uint32] = sketch.hashvalues.reshape(1, -1).astype(np.uint32)
    return signature


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
