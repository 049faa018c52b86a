"""The default method: finds the reprints of a story, discounts template text, and makes clusters that are no chains."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from dedupe.clusters.clusters import Member, Pair, uncompared
from dedupe.clusters.kept import DEFAULT, Choose
from dedupe.clusters.stories import stories
from dedupe.compare.similarity import Prepared, compare, prepare_all
from dedupe.corpus.boilerplate import template_shingles
from dedupe.corpus.candidates import Pairs
from dedupe.corpus.verify import Group, Link, PreparedTexts, Progress, Texts, in_chunks
from dedupe.minhash.params import DEFAULT_PARAMS
from dedupe.text.normalise import credit_words, is_agency_copy

_CLOSED = 64  # texts of a component in which every two may be compared: 2,016 pairs


class NearDuplicates:
    """Verifies candidates by :mod:`dedupe.compare.similarity` and groups them by :mod:`dedupe.clusters.stories`.

    :param templates: template shingles by the source's number; ``None``: they are learnt from the pairs
    :param choice: which texts of a story are kept
    """

    params = DEFAULT_PARAMS
    passages = True
    titled = True

    def __init__(self, templates: Mapping[int, NDArray[np.uint32]] | None = None, choice: Choose = DEFAULT) -> None:
        self._templates = templates
        self._choice = choice

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
                verdicts = _Verdicts(prepared, texts, templates, self._choice)
                verdicts.compare(component.tolist())
                verdicts.close()
                yield from verdicts.groups()
                done += len(component)
            progress("comparing", done, len(pairs))


class _Verdicts:
    """The comparisons of one component of candidates."""

    def __init__(
        self,
        prepared: PreparedTexts[Prepared],
        texts: Texts,
        templates: Mapping[int, NDArray[np.uint32]],
        choice: Choose,
    ) -> None:
        self.pairs: list[Pair] = []
        self._prepared = prepared
        self._texts = texts
        self._templates = templates
        self._choice = choice
        self._number_of: dict[str, int] = {}

    def close(self) -> None:
        """Compare texts that two verified pairs link, until no such pair is left; large components are not closed."""
        if len(self.pairs) < 2:
            return
        numbers = self._number_of
        while len(numbers) <= _CLOSED and (missed := list(uncompared(self.pairs))):
            self.compare([(numbers[a], numbers[b]) for a, b in missed])

    def compare(self, couples: Iterable[Sequence[int]]) -> None:
        """Compare the texts of each two numbers."""
        ids = self._texts.ids
        for a, b in couples:
            result = compare(
                self._prepared[a], self._prepared[b], self._template(a, b), bulletins=self._choice.bulletins
            )
            self.pairs.append(Pair(ids[a], ids[b], result.relation, result.score))
            self._number_of[ids[a]], self._number_of[ids[b]] = a, b

    def groups(self) -> Iterator[Group]:
        """Cluster the compared texts, and choose which of them are kept."""
        number_of = self._number_of
        members = {ident: self._member(number) for ident, number in number_of.items()}
        for story in stories(members, self.pairs, lambda ident: self._prepared[number_of[ident]], self._choice):
            links = tuple(
                Link(
                    number_of[ident],
                    part.relation,
                    part.score,
                    None if part.kept_in is None else number_of[part.kept_in],
                    part.lost,
                )
                for ident, part in story.parts.items()
            )
            yield Group(number_of[story.head], links, number_of[story.most_complete])

    def _member(self, number: int) -> Member:
        text = self._prepared[number].text
        return Member(
            self._texts.ids[number],
            published=self._texts.date(number),
            agency=(agency := is_agency_copy(text)),
            words=int(self._texts.words[number]),
            credit=credit_words(text) if agency else 0,
            withdrawn=self._texts.is_withdrawn(number),
        )

    def _template(self, a: int, b: int) -> Collection[int]:
        sources = {int(self._texts.sources[a]), int(self._texts.sources[b])}
        known = [self._templates[source] for source in sorted(sources) if source in self._templates]
        if len(known) == 2:
            return np.union1d(*known)
        return known[0] if known else ()
