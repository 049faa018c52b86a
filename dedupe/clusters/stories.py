"""Compared texts to stories: which texts are of one source, which of them are kept, which say nothing of their own."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from dedupe.clusters.clusters import Cluster, Member, Pair, cluster
from dedupe.clusters.frames import without_bulletins
from dedupe.clusters.kept import Choose, Lost, choose, preference
from dedupe.compare.prepared import Prepared
from dedupe.compare.similarity import Relation


@dataclass(frozen=True, slots=True)
class Part:
    """What a text is to the head of its story."""

    relation: Relation
    score: float
    kept_in: str | None
    """The kept text in which it stands; ``None`` if it is kept itself."""
    lost: Lost


@dataclass(frozen=True, slots=True)
class Story:
    """Texts of one source; at least two."""

    head: str
    """The text that is kept for the story."""
    most_complete: str
    """The text against which all others were verified."""
    parts: Mapping[str, Part]
    """Of every text but the head, by id."""


def stories(
    members: Mapping[str, Member], pairs: Sequence[Pair], prepared: Callable[[str], Prepared], choice: Choose
) -> Iterator[Story]:
    """Yield the stories that *members* make; who is in none stands alone. Independent of the order of both inputs.

    :param pairs: all that were compared, the refused ones included
    :param prepared: gives a text by the id of its member
    """
    if choice.bulletins:
        pairs = without_bulletins(pairs, prepared)
    if any(pair.relation for pair in pairs):
        for found in cluster(members.values(), pairs):
            if found.members:
                yield _story(found, members, pairs, prepared, choice)


def _story(
    found: Cluster,
    members: Mapping[str, Member],
    pairs: Iterable[Pair],
    prepared: Callable[[str], Prepared],
    choice: Choose,
) -> Story:
    links = {link.id: link for link in found.members}
    head = _head(found, members, choice)
    texts = [members[ident] for ident in (found.representative, *links)]
    chosen = choose(texts, prepared, head, keep=choice.keep, by_source=choice.by_source)
    verdicts = {b if a == head else a: pair for pair in pairs if head in (a := pair.a, b := pair.b)}
    parts = {}
    for ident in sorted(chosen.keys() - {head}):
        verdict = verdicts.get(ident)
        link = verdict if verdict and verdict.relation else links.get(ident) or links[head]
        assert link.relation is not None  # links are verified
        parts[ident] = Part(link.relation, link.score, chosen[ident].of, chosen[ident].lost)
    return Story(head, found.representative, parts)


def _head(found: Cluster, members: Mapping[str, Member], choice: Choose) -> str:
    """Return the text kept in any case: no withdrawn one while another is not, or the story would be told by none."""
    texts = [members[ident] for ident in (found.representative, *(link.id for link in found.members))]
    among = [members[ident] for ident in found.centres] if choice.by_source else texts
    if choice.keep == "longest":
        among = [members[found.representative]]
    if all(member.withdrawn for member in among):
        among = [member for member in texts if not member.withdrawn] or among
    return min(among, key=lambda member: preference(member, choice.keep)).id
