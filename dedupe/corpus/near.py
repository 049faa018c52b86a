"""The default method: one story in its reprints, template text discounted, clusters that are no chains."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from dedupe.clusters.clusters import Member, Pair, cluster, uncompared
from dedupe.compare.similarity import Prepared, compare, prepare_all
from dedupe.corpus.boilerplate import template_shingles
from dedupe.corpus.candidates import Pairs
from dedupe.corpus.verify import Group, Link, PreparedTexts, Progress, Texts, in_chunks
from dedupe.minhash.params import DEFAULT_PARAMS
from dedupe.text.normalise import is_agency_copy

_CLOSED = 64  # texts of a component in which every two may be compared: 2,016 pairs


class NearStories:
    """Candidates verified by :func:`dedupe.compare.similarity.compare`, grouped by
    :func:`dedupe.clusters.clusters.cluster`.

    :param templates: template shingles by the source's number, where they are known; learnt from the pairs else
    """

    params = DEFAULT_PARAMS
    passages = True

    def __init__(self, templates: Mapping[int, NDArray[np.uint32]] | None = None) -> None:
        self._templates = templates

    def groups(self, pairs: Pairs, texts: Texts, progress: Progress) -> Iterator[Group]:
        """Compare the candidate *pairs* and yield the groups."""
        templates = template_shingles(pairs, texts) if self._templates is None else self._templates
        prepared = PreparedTexts[Prepared](
            lambda numbers: prepare_all(
                [texts.texts[number] for number in numbers],
                [texts.titles[number] for number in numbers],
                [texts.date(number) for number in numbers],
            )
        )
        done = 0
        for chunk in in_chunks(pairs):
            prepared.load(np.unique(np.concatenate(chunk)))
            for component in chunk:
                verdicts = _Verdicts(prepared, texts, templates)
                verdicts.compare(component.tolist())
                verdicts.close()
                yield from verdicts.groups()
                done += len(component)
            progress("comparing", done, len(pairs))


class _Verdicts:
    """The comparisons of one component of candidates."""

    def __init__(
        self, prepared: PreparedTexts[Prepared], texts: Texts, templates: Mapping[int, NDArray[np.uint32]]
    ) -> None:
        self.pairs: list[Pair] = []
        self._prepared = prepared
        self._texts = texts
        self._templates = templates
        self._number_of: dict[str, int] = {}

    def close(self) -> None:
        """Compare what two verified pairs link, until nothing new is; in a large component its first texts met all."""
        if len(self.pairs) < 2:
            return
        numbers = self._number_of
        while len(numbers) <= _CLOSED and (missed := list(uncompared(self.pairs))):
            self.compare([(numbers[a], numbers[b]) for a, b in missed])

    def compare(self, couples: Iterable[Sequence[int]]) -> None:
        """Compare the texts of each two numbers."""
        ids = self._texts.ids
        for a, b in couples:
            result = compare(self._prepared[a], self._prepared[b], self._template(a, b))
            self.pairs.append(Pair(ids[a], ids[b], result.relation, result.score))
            self._number_of[ids[a]], self._number_of[ids[b]] = a, b

    def groups(self) -> Iterator[Group]:
        """Cluster what was compared."""
        if not any(pair.relation for pair in self.pairs):
            return
        if len(self.pairs) == 1:
            yield self._couple(self.pairs[0])
            return
        for found in cluster(map(self._member, sorted(self._number_of.values())), self.pairs):
            if found.members:
                links = tuple(Link(self._number_of[link.id], link.relation, link.score) for link in found.members)
                yield Group(self._number_of[found.representative], links)

    def _couple(self, pair: Pair) -> Group:
        """Do what :func:`dedupe.clusters.clusters.cluster` does, for the two texts that most components are."""
        first, second = sorted((self._number_of[pair.a], self._number_of[pair.b]))
        dates = self._texts.dates
        if dates[first] == dates[second] and self._member(first).agency and not self._member(second).agency:
            first, second = second, first
        assert pair.relation is not None  # the caller looked
        return Group(first, (Link(second, pair.relation, pair.score),))

    def _member(self, number: int) -> Member:
        return Member(
            self._texts.ids[number],
            published=self._texts.date(number),
            agency=is_agency_copy(self._prepared[number].text),
            words=int(self._texts.words[number]),
        )

    def _template(self, a: int, b: int) -> Collection[int]:
        sources = {int(self._texts.sources[a]), int(self._texts.sources[b])}
        known = [self._templates[source] for source in sorted(sources) if source in self._templates]
        if len(known) == 2:
            return np.union1d(*known)
        return known[0] if known else ()
