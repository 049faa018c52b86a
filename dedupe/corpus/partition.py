"""Similar pairs to clusters that agree with as many of the pairs as they can, instead of chains."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from heapq import heapify, heappop, heappush


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
    """Merge the two clusters between which similar pairs outnumber the others most, while they do."""
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
    """Move single members to where they agree with more, until none gains by it."""
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
    return clusters
