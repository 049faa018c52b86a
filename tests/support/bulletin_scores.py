"""How well bulletins of one frame are kept apart and their true copies merged."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import combinations
from typing import Literal

from dedupe.compare.similarity import Prepared, compare, prepare
from dedupe.corpus.documents import Document
from dedupe.corpus.in_memory import cluster_documents
from tests.support.bulletins import Frame
from tests.support.series.series import Series, Text

Titles = Literal["own", "one for all", "none"]
Family = Sequence[tuple[Document, Sequence[Document]]]
"""The bulletins of one frame, each with its true copies."""


def frame_families(frames: Iterable[Frame], *, titled: bool) -> Iterator[Family]:
    """Yield the family of each frame; none of its texts has a date."""
    for frame in frames:
        yield [
            (
                Document(f"{frame.name} {number}", text, title=title if titled else "", source="itself"),
                [
                    Document(f"{frame.name} {number} {kind}", copy, title=name if titled else "", source=kind)
                    for kind, name, copy in frame.copies(number)
                ],
            )
            for number, (title, text) in enumerate(frame.bulletins())
        ]


def series_families(series: Iterable[Series], titles: Titles, *, dated: bool) -> Iterator[Family]:
    """Yield the family of each series."""
    for one in series:

        def document(ident: str, text: Text, one: Series = one) -> Document:
            title = {"own": text.title, "one for all": one.general, "none": ""}[titles]
            return Document(ident, text.text, title=title, source=text.source, date=text.date if dated else None)

        name = f"{one.language} {one.kind}"
        yield [
            (
                document(f"{name} {number}", text),
                [document(f"{name} {number} {done}", copy) for done, copy in one.copies(number)],
            )
            for number, text in enumerate(one.bulletins())
        ]


def in_pairs(families: Iterable[Family]) -> tuple[float, float]:
    """Return the share of two bulletins each that are kept apart, and of copies merged with their own bulletin."""
    apart: list[bool] = []
    merged: list[bool] = []
    for family in families:
        own = [_prepared(bulletin) for bulletin, _ in family]
        apart += [compare(one, other).relation is None for one, other in combinations(own, 2)]
        for bulletin, (_, copies) in zip(own, family, strict=True):
            merged += [compare(bulletin, _prepared(copy)).relation is not None for copy in copies]
    return sum(apart) / len(apart), sum(merged) / len(merged)


def in_one_file(families: Iterable[Family]) -> tuple[float, float]:
    """Return the same shares where all are clustered together."""
    every = list(families)
    documents = [one for family in every for bulletin, copies in family for one in (bulletin, *copies)]
    cluster_of = {row.id: row.cluster for row in cluster_documents(documents)}
    apart: list[bool] = []
    merged: list[bool] = []
    for family in every:
        own = [cluster_of[bulletin.id] for bulletin, _ in family]
        apart += [one != other for one, other in combinations(own, 2)]
        merged += [cluster_of[copy.id] == cluster_of[bulletin.id] for bulletin, copies in family for copy in copies]
    return sum(apart) / len(apart), sum(merged) / len(merged)


def _prepared(document: Document) -> Prepared:
    return prepare(document.text, document.title, document.date)
