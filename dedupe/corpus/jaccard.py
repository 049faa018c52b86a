r"""Plain Jaccard clusters, as the deduplication of web corpora knows them: ``\w+`` of the lower-cased text, 5-grams."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from dedupe.corpus.candidates import Pairs
from dedupe.corpus.partition import partition
from dedupe.corpus.verify import Group, Link, PreparedTexts, Progress, Texts, in_chunks
from dedupe.errors import InputError
from dedupe.minhash.params import MinHashParams
from dedupe.text.shingles import shingle_hashes, word_hashes

SHINGLE_SIZE = 5


class PlainJaccard:
    """Candidates verified by the exact Jaccard similarity of their word 5-grams, nothing normalised or removed."""

    passages = False

    def __init__(self, threshold: float) -> None:
        if not 0 < threshold <= 1:
            raise InputError(f"a Jaccard threshold lies above 0 and up to 1, not at {threshold:g}")
        self.threshold = threshold
        self.params = plain_params(threshold)

    def groups(self, pairs: Pairs, texts: Texts, progress: Progress) -> Iterator[Group]:
        """Compare the candidate *pairs* and yield the groups."""
        prepared = PreparedTexts(lambda numbers: plain_shingles([texts.texts[number] for number in numbers]))
        done = 0
        for chunk in in_chunks(pairs):
            prepared.load(np.unique(np.concatenate(chunk)))
            for component in chunk:
                compared = ((a, b, jaccard(prepared[a], prepared[b])) for a, b in component.tolist())
                similar = {(a, b): similarity for a, b, similarity in compared if similarity >= self.threshold}
                for members in partition(similar):
                    yield self._group(members, prepared)
                done += len(component)
            progress("comparing", done, len(pairs))

    def _group(self, members: list[int], prepared: PreparedTexts[NDArray[np.uint32]]) -> Group:
        first, *others = members
        links = []
        for other in others:
            similarity = jaccard(prepared[first], prepared[other])
            links.append(Link(other, "near" if similarity < 1 else "exact", similarity, first))
        return Group(first, tuple(links), first)


def plain_params(threshold: float) -> MinHashParams:
    """Return parameters whose bands find a pair at *threshold* with at least .995, from .3 on."""
    if threshold >= 0.75:
        bands, rows = 32, 4
    elif threshold >= 0.5:
        bands, rows = 42, 3
    else:
        bands, rows = 64, 2
    return MinHashParams(shingle_size=SHINGLE_SIZE, num_perm=128, bands=bands, rows=rows, recipe="plain1")


def plain_shingles(texts: list[str]) -> list[NDArray[np.uint32]]:
    """Return the distinct hashes of the word 5-grams of each text, ascending."""
    shingles, offsets = shingle_hashes(word_hashes(texts, "plain1"), SHINGLE_SIZE)
    return [np.unique(shingles[start:end]) for start, end in pairwise(offsets.tolist())]


def jaccard(a: NDArray[np.uint32], b: NDArray[np.uint32]) -> float:
    """Return the Jaccard similarity of two sets of hashes, each ascending and distinct; 0 for two empty ones."""
    shared = np.intersect1d(a, b, assume_unique=True).size
    return shared / max(1, a.size + b.size - shared)
