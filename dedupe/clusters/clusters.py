"""Verified pairs to clusters that are no chains, each with one representative, independent of the input's order.

What a cluster promises: every member was verified against the representative, and any two members share at least
``PROMISE`` of the shorter one's 3-grams; that was either compared or follows from what both share with the
representative. So a short text inside two different long ones joins one of them, and a digest joins one of its stories.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import combinations

from dedupe.compare.similarity import SAME_CONTAINMENT, Relation

_FOREIGN = 0.1
"""Containment below which two parts of a text are two stories: what reports on one event share by quotation is more."""
PROMISE = 0.4
"""Least containment of any two members of a cluster; unrelated stories of one event stay below .3."""
_HUB = 0.8
"""Least length of a representative, of the longest text of its cluster: what contains it is no copy of it."""
_CLOSE = 0.7
"""From this Jaccard to one text on, two texts have at least 2 × .7 - 1 = ``PROMISE`` with each other."""

_LATEST = datetime.max.replace(tzinfo=UTC)

SortKey = tuple[bool, bool, datetime, bool, str]


@dataclass(frozen=True, slots=True)
class Member:
    """An article as the clusters see it."""

    id: str
    published: datetime | None = None
    """Without timezone it counts as UTC; unknown sorts last."""
    agency: bool = False
    """Whether it credits a news agency."""
    words: int = 0
    """Words of the normalised text. With 0 nothing follows from other pairs, only what was compared counts."""
    withdrawn: bool = False
    """Whether it represents others only where nothing else can."""
    credit: int = 0
    """Words of ``words`` that credit an agency: no text is the longer for them."""


@dataclass(frozen=True, slots=True)
class Pair:
    """Two compared articles; the order of ``a`` and ``b`` means nothing."""

    a: str
    b: str
    relation: Relation | None
    """``None``: compared and not the same story; such pairs may be left out, but keep their stories apart."""
    score: float
    """``Comparison.score``: share of the shorter one in the other."""


@dataclass(frozen=True, slots=True)
class Link:
    """How a member came into its cluster."""

    id: str
    of: str
    """The representative, against which it was verified."""
    relation: Relation
    score: float


@dataclass(frozen=True, slots=True)
class Cluster:
    """One story's texts."""

    representative: str
    members: tuple[Link, ...]
    """All but the representative, by id."""
    centres: tuple[str, ...] = field(default=(), compare=False)
    """Those that could represent the others: all were verified against each of them."""


def cluster(members: Iterable[Member], pairs: Iterable[Pair]) -> list[Cluster]:
    """Return the clusters of *members*, by representative. Every member is in exactly one cluster, if only by itself.

    The representative is verified against every other member of its cluster, and none is much longer. Of several
    candidates the longest is taken, then the earliest published, then own text before agency copy, then the smallest
    id. A compilation, which holds two unrelated stories, represents neither and joins neither. The order of *members*
    and *pairs* makes no difference.

    :raises ValueError: if two members share an id, or a pair names an unknown member

    >>> pairs = [Pair("a", "b", "contained", 1.0), Pair("b", "c", "contained", 1.0)]
    >>> for found in cluster([Member("a", words=800), Member("b", words=200), Member("c", words=900)], pairs):
    ...     print(found.representative, [link.id for link in found.members])
    a ['b']
    c []
    """
    listed = list(members)
    by_id = {member.id: member for member in listed}
    if len(by_id) != len(listed):
        raise ValueError("two members share an id: each article stands once in the input of cluster()")
    pairs = list(pairs)
    if len(pairs) == 1 and by_id.keys() == {pairs[0].a, pairs[0].b} and pairs[0].relation:
        one, other = listed
        return [_couple(one, other, pairs[0].relation, pairs[0].score)]
    evidence = _Evidence(by_id, pairs)
    groups = _Groups(evidence)
    for a, b in evidence.strongest_first():
        groups.join(a, b)
    found = [_cluster(group, evidence) for group in groups.all()]
    return sorted(found, key=lambda each: each.representative)


def _couple(one: Member, other: Member, relation: Relation, score: float) -> Cluster:
    """Do what :func:`cluster` does, for the two texts that most stories have."""
    first, second = sorted((one, other), key=sort_key if relation == "exact" else by_length)
    link = Link(second.id, first.id, relation, 1.0 if relation == "exact" else score)
    return Cluster(first.id, (link,), tuple(sorted((one.id, other.id))))


def by_length(member: Member) -> tuple[bool, int, SortKey]:
    """Return what orders members by which rather represents the others: the longest, then the first by ``sort_key``."""
    return member.withdrawn, member.credit - member.words, sort_key(member)


class _Evidence:
    """What is known of every two texts; copies of one text are one text here, named by their first member."""

    def __init__(self, members: dict[str, Member], pairs: Iterable[Pair]) -> None:
        self.members = members
        self.keys = {name: sort_key(member) for name, member in members.items()}
        self.preference = {name: by_length(member) for name, member in members.items()}
        self.copies: dict[str, list[str]] = {}
        pairs = list(pairs)
        text_of = self._merge_copies(pairs)
        self.links: dict[str, dict[str, Pair]] = defaultdict(dict)
        self.refused: dict[str, dict[str, float]] = defaultdict(dict)
        for pair in pairs:
            a, b = text_of[pair.a], text_of[pair.b]
            if a != b:
                self._add(a, b, pair)

    def _merge_copies(self, pairs: Sequence[Pair]) -> dict[str, str]:
        parent = {name: name for name in self.members}

        def root(name: str) -> str:
            while parent[name] != name:
                parent[name] = parent[parent[name]]
                name = parent[name]
            return name

        for pair in pairs:
            if pair.a not in parent or pair.b not in parent:
                raise ValueError(f"a pair names an article that is no member: {pair.a!r}, {pair.b!r}")
            if pair.relation == "exact":
                first, second = sorted((root(pair.a), root(pair.b)), key=self.keys.__getitem__)
                parent[second] = first
        for name in sorted(parent, key=self.keys.__getitem__):
            self.copies.setdefault(root(name), []).append(name)
        return {name: root(name) for name in parent}

    def _add(self, a: str, b: str, pair: Pair) -> None:
        if pair.relation is None:
            score = max(pair.score, self.refused[a].get(b, 0.0))
            self.refused[a][b] = self.refused[b][a] = score
            return
        known = self.links[a].get(b)
        if known is None or (pair.relation == "near", pair.score) > (known.relation == "near", known.score):
            self.links[a][b] = self.links[b][a] = Pair(a, b, pair.relation, pair.score)

    def strongest_first(self) -> list[tuple[str, str]]:
        """Near pairs before contained ones, then by score, then the earliest texts."""
        edges = []
        compilations = {name for name in self.links if self._is_compilation(name)}
        for a, linked in self.links.items():
            for b, pair in linked.items():
                if self.keys[a] < self.keys[b] and (a in compilations) == (b in compilations):
                    edges.append(((pair.relation != "near", -pair.score, self.keys[a], self.keys[b]), a, b))
        return [(a, b) for _, a, b in sorted(edges)]

    def _is_compilation(self, name: str) -> bool:
        """Whether two texts stand in this one that were compared and have little to do with each other."""
        words = self.members[name].words
        parts = [
            other
            for other, pair in self.links[name].items()
            if pair.relation == "contained" and self.members[other].words < words
        ]
        return any(self.refused.get(a, {}).get(b, 1.0) < _FOREIGN for a, b in combinations(parts, 2))

    def longest(self, texts: Iterable[str]) -> int:
        """Words of the longest of *texts* that is not withdrawn, if one is not."""
        return -min(self.preference[text][:2] for text in texts)[1]

    def shared(self, a: str, b: str) -> float:
        """Words that two linked texts share, from the containment of the shorter."""
        return self.links[a][b].score * min(self.members[a].words, self.members[b].words)

    def is_close(self, a: str, centre: str) -> bool:
        """Whether the Jaccard of two linked texts is at least ``_CLOSE``."""
        shared = self.shared(a, centre)
        return shared >= _CLOSE * (self.members[a].words + self.members[centre].words - shared) > 0

    def compatible(self, a: str, b: str, centre: str) -> bool:
        """Whether two texts that are both linked to *centre* share ``PROMISE`` of the shorter one."""
        if b in self.links[a]:
            return True
        if b in self.refused[a]:  # from SAME_CONTAINMENT on it was refused for what the two say, not for overlap
            return PROMISE <= self.refused[a][b] < SAME_CONTAINMENT
        sizes = self.members[a].words, self.members[b].words
        least = self.shared(a, centre) + self.shared(b, centre) - self.members[centre].words
        return least >= PROMISE * min(sizes) > 0


@dataclass(slots=True)
class _Group:
    texts: set[str]
    centres: set[str]
    """Texts that every other one was verified against."""
    centre: str
    """The first of them."""
    loose: list[str]
    """Texts that are not close to the centre."""


class _Groups:
    """The partition while it grows."""

    def __init__(self, evidence: _Evidence) -> None:
        self._evidence = evidence
        self._group_of = {text: _Group({text}, {text}, text, []) for text in evidence.copies}

    def all(self) -> list[_Group]:
        return list({id(group): group for group in self._group_of.values()}.values())

    def join(self, a: str, b: str) -> None:
        """Make the groups of two linked texts one, where the promise holds for all of it."""
        one, other = self._group_of[a], self._group_of[b]
        if one is other:
            return
        centres = self._common_centres(one, other) | self._common_centres(other, one)
        least = _HUB * max(self._evidence.longest(one.texts), self._evidence.longest(other.texts))
        if not any(self._evidence.members[centre].words >= least for centre in centres):
            return
        if len(one.texts) < len(other.texts):
            one, other = other, one
        centre = min(centres, key=self._evidence.preference.__getitem__)
        loose = one.loose if centre == one.centre else self._loose(one.texts, centre)
        if not self._fit(one, other, centre, loose):
            return
        one.loose = loose + self._loose(other.texts, centre)
        one.texts |= other.texts
        one.centres, one.centre = centres, centre
        for text in other.texts:
            self._group_of[text] = one

    def _common_centres(self, one: _Group, other: _Group) -> set[str]:
        links = self._evidence.links
        return {c for c in one.centres if len(links[c]) >= len(other.texts) and other.texts <= links[c].keys()}

    def _loose(self, texts: set[str], centre: str) -> list[str]:
        return [text for text in texts if text != centre and not self._evidence.is_close(text, centre)]

    def _fit(self, large: _Group, small: _Group, centre: str, loose: list[str]) -> bool:
        evidence = self._evidence
        for a in small.texts:
            refused = evidence.refused.get(a, {}).keys() & large.texts
            if any(not evidence.compatible(a, b, centre) for b in refused):
                return False
            if a == centre:
                continue
            # Two texts close to the centre are close enough to each other: the Jaccard distance is a metric.
            others = loose if evidence.is_close(a, centre) else large.texts
            if any(not evidence.compatible(a, b, centre) for b in others if b != centre):
                return False
        return True


def _cluster(group: _Group, evidence: _Evidence) -> Cluster:
    centre = min(group.centres, key=evidence.preference.__getitem__)
    representative = evidence.copies[centre][0]
    links = [Link(copy, representative, "exact", 1.0) for copy in evidence.copies[centre][1:]]
    for text in group.texts - {centre}:
        pair = evidence.links[centre][text]
        assert pair.relation is not None  # links hold verified pairs only
        links += [Link(copy, representative, pair.relation, pair.score) for copy in evidence.copies[text]]
    centres = sorted(copy for each in group.centres for copy in evidence.copies[each])
    return Cluster(representative, tuple(sorted(links, key=lambda link: link.id)), tuple(centres))


def sort_key(member: Member) -> SortKey:
    """Return what orders members for their representative: the earliest, then own text, then the smallest id.

    Withdrawn ones come last.
    """
    published = member.published
    if published is None:
        return member.withdrawn, True, _LATEST, member.agency, member.id
    aware = published if published.tzinfo else published.replace(tzinfo=UTC)
    return member.withdrawn, False, aware, member.agency, member.id


def uncompared(pairs: Iterable[Pair], most: int = 200) -> Iterator[tuple[str, str]]:
    """Yield each two texts that are linked to a third one but were not compared themselves, ascending, once.

    Candidates from signatures miss pairs; comparing these as well and passing all pairs to :func:`cluster` lets more
    members join. Texts with more than *most* links are skipped.
    """
    linked: dict[str, set[str]] = defaultdict(set)
    compared: set[tuple[str, str]] = set()
    for pair in pairs:
        compared.add((min(pair.a, pair.b), max(pair.a, pair.b)))
        if pair.relation is not None:
            linked[pair.a].add(pair.b)
            linked[pair.b].add(pair.a)
    wanted = {
        couple
        for neighbours in linked.values()
        if len(neighbours) <= most
        for couple in combinations(sorted(neighbours), 2)
    }
    yield from sorted(wanted - compared)
