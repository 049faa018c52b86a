"""Decisions made by hand over derived clusters: what must be one story, and what must not (Wagstaff et al., ICML 2001).

Must-links are transitive: what is merged by hand is one block, and what is held apart from one text of a block is held
apart from all of it. Clusters with a must-link between them become one. Where a cannot-link stands inside, a cluster is
split no further than that demands.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Literal

from dedupe.clusters.clusters import Member, sort_key

Verdict = Literal["same", "apart"]
Couple = tuple[str, str]


def couple(a: str, b: str) -> Couple:
    """Return two ids in ascending order."""
    return (a, b) if a <= b else (b, a)


class Constraints:
    """Must-links and cannot-links that do not contradict each other."""

    def __init__(self) -> None:
        self._linked: dict[str, set[str]] = defaultdict(set)
        self._apart: dict[str, set[str]] = defaultdict(set)

    def contradiction(self, a: str, b: str, verdict: Verdict) -> Couple | None:
        """Return a couple whose verdict stands against *verdict* on *a* and *b*, in one step or over several.

        >>> held = Constraints()
        >>> held.add("a", "b", "same"), held.add("b", "c", "apart")
        (None, None)
        >>> held.contradiction("a", "c", "same")
        ('b', 'c')
        """
        ours, theirs = self.block(a), self.block(b)
        if verdict == "apart":
            return None if b not in ours else self._path(a, b)
        found = [couple(one, other) for one in ours for other in self._apart.get(one, ()) if other in theirs]
        return min(found, default=None)

    def add(self, a: str, b: str, verdict: Verdict) -> Couple | None:
        """Add a decision and return ``None``; if an earlier one contradicts it, return that one's couple instead."""
        against = self.contradiction(a, b, verdict)
        if against is None:
            held = self._linked if verdict == "same" else self._apart
            held[a].add(b)
            held[b].add(a)
        return against

    @property
    def ids(self) -> set[str]:
        """All that anything was decided of."""
        return self._linked.keys() | self._apart.keys()

    def block(self, key: str) -> set[str]:
        """Return all that must be one story with *key*, itself included."""
        found, ahead = {key}, [key]
        while ahead:
            fresh = self._linked.get(ahead.pop(), set()) - found
            found |= fresh
            ahead += fresh
        return found

    def barred(self, key: str) -> set[str]:
        """Return all that must not be one story with *key*."""
        parted = {other for one in self.block(key) for other in self._apart.get(one, ())}
        return {one for other in parted for one in self.block(other)}

    def _path(self, a: str, b: str) -> Couple:
        """Return the first link of a shortest chain of must-links from *a* to *b*."""
        first: dict[str, str] = {one: one for one in sorted(self._linked.get(a, ()))}
        ahead = list(first)
        for one in ahead:
            for other in sorted(self._linked[one] - first.keys() - {a}):
                first[other] = first[one]
                ahead.append(other)
        return couple(a, first.get(b, b))


def constrained(
    representatives: Mapping[str, str], members: Mapping[str, Member], constraints: Constraints
) -> dict[str, str]:
    """Return the representative of each article after the decisions made by hand.

    Every must-link holds, and no cannot-link is violated. Two articles of one cluster are parted only if a cannot-link
    stands between their parts. Clusters without a decision stay as they are. The representative of a cluster keeps its
    part. If a part has several representatives, or none, the first by :func:`dedupe.clusters.clusters.sort_key` is
    taken. The result does not depend on the order of any input.

    :param representatives: the representative of each article's cluster; a representative represents itself
    :param members: the facts of each article; at least of all articles in clusters that *constraints* touch
    :param constraints: the decisions made by hand
    """
    found = dict(representatives)
    clusters = _touched(representatives, constraints)
    keys = {name: sort_key(members[name]) for names in clusters.values() for name in names}
    parts = _Parts(constraints, [name for names in clusters.values() for name in names])
    for root in sorted(clusters, key=keys.__getitem__):
        parts.gather(sorted(clusters[root], key=lambda name: (name != root, keys[name])))
    for part in parts.all():
        own = [name for name in part if name in clusters]
        best = min(own or part, key=keys.__getitem__)
        found.update(dict.fromkeys(part, best))
    return found


def _touched(representatives: Mapping[str, str], constraints: Constraints) -> dict[str, Sequence[str]]:
    """Return the members of the clusters of which anything was decided, by their representatives."""
    roots = {representatives[name] for name in constraints.ids if name in representatives}
    found: dict[str, list[str]] = {root: [] for root in roots}
    for name, root in representatives.items():
        if root in roots:
            found[root].append(name)
    return dict(found)


class _Parts:
    """The parts of the touched clusters while they grow from blocks."""

    def __init__(self, constraints: Constraints, names: Iterable[str]) -> None:
        here = set(names)
        self._part_of: dict[str, set[str]] = {}
        self._barred: dict[int, set[str]] = {}
        for name in sorted(here):
            if name not in self._part_of:
                block = constraints.block(name) & here
                self._part_of.update(dict.fromkeys(block, block))
                self._barred[id(block)] = constraints.barred(name)

    def all(self) -> Collection[set[str]]:
        """Return the parts, each once."""
        return {id(part): part for part in self._part_of.values()}.values()

    def gather(self, cluster: Sequence[str]) -> None:
        """Make the parts of one cluster's members one, where no cannot-link stands between them; the first go first."""
        leaders: list[str] = []  # one of each part so far
        for name in cluster:
            for leader in leaders:
                self._join(leader, name)
            leaders = list({id(self._part_of[one]): one for one in [name, *reversed(leaders)]}.values())[::-1]

    def _join(self, one: str, other: str) -> None:
        a, b = self._part_of[one], self._part_of[other]
        if a is b or not self._barred[id(a)].isdisjoint(b):
            return
        if len(a) < len(b):
            a, b = b, a
        self._barred[id(a)] |= self._barred.pop(id(b))
        a |= b
        self._part_of.update(dict.fromkeys(b, a))
