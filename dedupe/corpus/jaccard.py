r"""Plain Jaccard clusters, as usual for web corpora: 5-grams of ``\w+`` of the lower-cased text."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from heapq import heapify, heappop, heappush
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from dedupe.corpus.candidates import Pairs
from dedupe.corpus.verify import Group, Link, PreparedTexts, Progress, Texts, in_chunks
from dedupe.errors import InputError
from dedupe.minhash.params import MinHashParams
from dedupe.text.shingles import shingle_hashes, word_hashes

SHINGLE_SIZE = 5


class PlainJaccard:
    """Verifies candidates by the exact Jaccard similarity of their word 5-grams; text is neither normalised nor cut."""

    passages = False
    titled = False

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
    """Return parameters whose bands find a pair at *threshold* (.3 to 1) with a probability of at least .995."""
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


def partition(similar: Mapping[tuple[int, int], float]) -> list[list[int]]:
    """Return the clusters of two or more, members ascending, clusters by their first member.

    Correlation clustering: two members of a cluster that are a similar pair agree with it, two that are not disagree,
    and so do similar pairs in different clusters. Clusters are merged greedily where that helps most (ties: the
    most similar pair, then the smallest numbers), then single members move as long as that helps.

    >>> partition({(1, 2): 0.9, (2, 3): 0.9, (1, 3): 0.8, (3, 4): 0.7})
    [[1, 2, 3]]
    """
    links: dict[int, dict[int, float]] = defaultdict(dict)
    for (a, b), similarity in similar.items():
        links[a][b] = links[b][a] = similarity
    clusters = _moved(_merged(links), links)
    return sorted(sorted(cluster) for cluster in clusters if len(cluster) > 1)


def _merged(links: Mapping[int, Mapping[int, float]]) -> list[set[int]]:
    """Merge the two clusters with the largest surplus of similar pairs over others, until no surplus is left."""
    members = {node: {node} for node in links}
    # between[a][b]: similar pairs between two clusters, and the highest similarity of one
    between = {a: {b: (1, value) for b, value in linked.items()} for a, linked in links.items()}

    def gain(a: int, b: int) -> tuple[int, float, int, int]:
        count, value = between[a][b]
        return len(members[a]) * len(members[b]) - 2 * count, -value, a, b

    queue = [gain(a, b) for a, linked in between.items() for b in linked if a < b]
    heapify(queue)
    while queue:
        best = heappop(queue)
        a, b = best[2:]
        if best[0] >= 0:
            break
        if b not in between.get(a, ()) or gain(a, b) != best:
            continue  # one of the two has changed since; what it became stands in the queue as well
        members[a] |= members.pop(b)
        for c, (count, value) in between.pop(b).items():
            del between[c][b]
            if c != a:
                known, highest = between[a].get(c, (0, 0.0))
                between[a][c] = between[c][a] = (known + count, max(highest, value))
        for c in between[a]:
            heappush(queue, gain(min(a, c), max(a, c)))
    return list(members.values())


def _moved(clusters: list[set[int]], links: Mapping[int, Mapping[int, float]]) -> list[set[int]]:
    """Move single members to the cluster with which they agree most, or out of one, until no move helps."""
    home = {node: index for index, cluster in enumerate(clusters) for node in cluster}
    moved = True
    while moved:
        moved = False
        for node in sorted(home):
            agreeing: dict[int, int] = defaultdict(int)
            for other in links[node]:
                agreeing[home[other]] += 1
            own = home[node]
            gains = {index: 2 * count - len(clusters[index] - {node}) for index, count in sorted(agreeing.items())}
            here = 2 * agreeing.get(own, 0) - (len(clusters[own]) - 1)
            target = max(gains, key=lambda index: (gains[index], -min(clusters[index])))
            if gains[target] > max(here, 0):
                clusters[own].discard(node)
                clusters[target].add(node)
                home[node] = target
                moved = True
            elif here < 0:
                clusters[own].discard(node)
                clusters.append({node})
                home[node] = len(clusters) - 1
                moved = True
    return clusters
