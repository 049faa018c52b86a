"""The wording that a portal puts on page after page, learnt from the input itself."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from dedupe.candidates import Pairs
from dedupe.shingles import shingle_hashes, word_hashes
from dedupe.similarity import SHINGLE_SIZE
from dedupe.verify import Texts

LEAST_PAGES = 5
"""Pages of one portal, no two of them copies, that share a shingle before it counts as template."""
_COPIES = 0.7  # estimated Jaccard from which two pages of a portal count as one: a story told again is no template
_SAMPLE = 1000  # pages of a portal; a template is on all of them


def template_shingles(pairs: Pairs, texts: Texts) -> dict[int, NDArray[np.uint32]]:
    """Return the template shingles of each source that has any, ascending, by the source's number.

    Only pages that are candidates of another page of their own source are looked at: where there is a template
    worth discounting, it made them so.
    """
    sources = texts.sources[pairs]
    own = pairs[(sources[:, 0] == sources[:, 1]) & (sources[:, 0] >= 0)]
    numbers = np.unique(own)
    of_source = texts.sources[numbers]
    found = {}
    for source in np.unique(of_source).tolist():
        pages = numbers[of_source == source]
        if pages.size >= LEAST_PAGES:
            shingles = _frequent(_distinct(pages[:: -(-pages.size // _SAMPLE)], texts), texts)
            if shingles.size:
                found[source] = shingles
    return found


def _distinct(pages: NDArray[np.int64], texts: Texts) -> list[int]:
    """Return *pages* without those whose signature is close to that of an earlier one."""
    kept: list[int] = []
    signatures = np.empty((pages.size, texts.signatures.shape[1]), dtype=np.uint32)
    for page in pages.tolist():
        own = texts.signatures[page]
        if not ((signatures[: len(kept)] == own).mean(axis=1) >= _COPIES).any():
            signatures[len(kept)] = own
            kept.append(page)
    return kept


def _frequent(pages: list[int], texts: Texts) -> NDArray[np.uint32]:
    """Return the shingles that stand on at least ``LEAST_PAGES`` of *pages*."""
    sets = []
    for page in pages:
        shingles, _ = shingle_hashes(word_hashes([texts.texts[page]]), SHINGLE_SIZE)
        sets.append(np.unique(shingles))
    if not sets:
        return np.zeros(0, dtype=np.uint32)
    values, counts = np.unique(np.concatenate(sets), return_counts=True)
    return values[counts >= LEAST_PAGES]
