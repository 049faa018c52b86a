"""Texts to MinHash signatures and band keys, with the parameters that make two of them comparable.

The only home of datasketch, which draws the permutations and signs single texts. Batches are signed by numpy,
or by the compiled kernel where the extra ``fast`` is installed; all three give the same bits.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache

import numpy as np

from dedupe.minhash.numpy_signer import Signed, sign_with_numpy
from dedupe.minhash.params import DEFAULT_PARAMS, Fingerprint, MinHashParams, band_keys
from dedupe.minhash.permutations import signature_by_datasketch
from dedupe.text.shingles import (
    exact_keys,
    shingle_hashes,
    word_hashes,
)

KERNEL_FROM = 64
"""Texts of a batch; loading the compiled kernel takes as long as signing a few hundred in numpy."""


def fingerprint(text: str, params: MinHashParams = DEFAULT_PARAMS) -> Fingerprint:
    """Return the fingerprint of one text, signed by datasketch.

    >>> fingerprint("The bridge opened.") == fingerprints(["The BRIDGE — opened"])[0]
    True
    """
    words = word_hashes([text], params.recipe)
    shingles, _ = shingle_hashes(words, params.shingle_size)
    signature = signature_by_datasketch(shingles, params)
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


@cache
def _kernel() -> Callable[[Sequence[str], MinHashParams, bool], Signed] | None:
    """Return the compiled ``sign``, or ``None`` without the extra ``fast``."""
    try:
        from dedupe.minhash.compiled import sign_compiled
    except ImportError:
        return None
    return sign_compiled
