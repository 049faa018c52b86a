"""Template text: wording that a portal puts on many pages, learnt from the input itself."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from dedupe.compare.similarity import SHINGLE_SIZE
from dedupe.corpus.candidates import Pairs
from dedupe.corpus.verify import Texts
from dedupe.text.shingles import shingle_hashes, word_hashes

LEAST_PAGES = 5
"""Pages of one portal, copies left out, from which a shingle that they share counts as template."""
_COPIES = 0.7  # estimated Jaccard from which two pages of a portal count as one: a story told again is no template
SAMPLE = 1000
"""Pages of a portal that are read at most. A template is on all of them."""


def template_shingles(pairs: Pairs, texts: Texts) -> dict[int, NDArray[np.uint32]]:
    """Return the template shingles of each source that has any, ascending, by the source's number.

    Only pages that are candidates of another page of their own source are read: a template that matters makes pages
    candidates of each other.
    """
    sources = texts.sources[pairs]
    own = pairs[(sources[:, 0] == sources[:, 1]) & (sources[:, 0] >= 0)]
    numbers = np.unique(own)
    of_source = texts.sources[numbers]
    found = {}
    for source in np.unique(of_source).tolist():
        pages = numbers[of_source == source]
        if pages.size < LEAST_PAGES:
            continue
        pages = pages[:: -(-pages.size // SAMPLE)]  # in order of rank
        shingles = frequent_shingles([texts.texts[page] for page in pages.tolist()], texts.signatures[pages])
        if shingles.size:
            found[source] = shingles
    return found


def frequent_shingles(pages: Sequence[str], signatures: NDArray[np.uint32]) -> NDArray[np.uint32]:
    """Return the shingles that stand on at least ``LEAST_PAGES`` of *pages*, copies left out; ascending."""
    kept: list[int] = []
    for page, signature in enumerate(signatures):
        if not ((signatures[kept] == signature).mean(axis=1) >= _COPIES).any():
            kept.append(page)
    hashes = word_hashes([pages[page] for page in kept])
    shingles, offsets = shingle_hashes(hashes, SHINGLE_SIZE)
    sets = [np.unique(shingles[start:end]) for start, end in pairwise(offsets.tolist())]
    values, counts = np.unique(np.concatenate([np.zeros(0, dtype=np.uint32), *sets]), return_counts=True)
    return values[counts >= LEAST_PAGES]
