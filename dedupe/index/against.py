"""New documents against an index: what the old corpus says already, then what the new ones say twice."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import nullcontext
from dataclasses import replace
from datetime import datetime
from itertools import islice
from pathlib import Path

from dedupe.clusters.kept import DEFAULT, Choose
from dedupe.corpus.documents import Document
from dedupe.corpus.in_memory import Row, cluster_documents
from dedupe.corpus.verify import Progress, stamp_of
from dedupe.errors import InputError
from dedupe.index.folder import Index, Match
from dedupe.text.shingles import word_hashes

_BATCH = 256  # documents looked up at once


def cluster_against(
    documents: Iterable[Document],
    index: Index,
    *,
    add: bool = False,
    ignore_urls: bool = False,
    progress: Progress | None = None,
    spool_directory: Path | None = None,
    choice: Choose = DEFAULT,
) -> Iterator[Row]:
    """Yield one row for each document, in the order of *documents*; texts that *index* holds already are dropped.

    For a dropped text ``duplicate_of`` names the id in the index. All other texts are clustered among themselves, as by
    :func:`dedupe.corpus.in_memory.cluster_documents`. ``cluster`` names a text of the index if the kept text of the
    story has one source with a text there.

    :param add: put the kept documents into *index*, in one commit after the last row
    :param ignore_urls: documents with the same address are not taken for versions of one article
    :param progress: is told how many documents are done
    :param spool_directory: folder for temporary files; the system's without it
    :param choice: which text of a story is kept
    :raises InputError: with *add*, if a document has the id of another text of *index*; the message names the id
    """
    with index.transaction() if add else nullcontext():
        run = _Run(index, add, choice)
        rows = cluster_documents(
            run.unsettled(documents),
            ignore_urls=ignore_urls,
            progress=progress,
            spool_directory=spool_directory,
            choice=choice,
        )
        dropped = []
        for row in run.merged(rows):
            if row.duplicate_of is not None:
                dropped.append(row.id)
            yield row
        if add:
            index.remove(set(dropped) & run.added)


class _Run:
    """What is known of the new documents beside their texts."""

    def __init__(self, index: Index, add: bool, choice: Choose) -> None:
        self.added: set[str] = set()
        self._index = index
        self._add = add
        self._choice = choice
        self._before = index.mark()
        self._dates: dict[str, datetime | None] = {}
        """Of all new documents, in order."""
        self._settled: dict[str, Row] = {}
        self._related: dict[str, Match] = {}
        """Texts of the index that tell the same story and do not say all of it, by the new document."""

    def unsettled(self, documents: Iterable[Document]) -> Iterator[Document]:
        """Yield the documents that no text of the index makes superfluous."""
        documents = iter(documents)
        while batch := list(islice(documents, _BATCH)):
            found = self._index.query_all(batch, bulletins=self._choice.bulletins, before=self._before)
            asked = zip(batch, found, strict=True)
            left = [document for document, matches in asked if not self._settles(document, matches)]
            if self._add:
                self._index.insert(left)
                self.added |= {document.id for document in left}
            yield from left

    def _settles(self, document: Document, found: list[Match]) -> bool:
        """Tell whether the first of *found* makes *document* superfluous, and note what it is to it."""
        if document.id in self._dates:
            raise InputError(f'id "{document.id}" was already used; ids must differ')
        self._dates[document.id] = document.date
        if not found:
            return False
        best = found[0]
        if not best.says_all and not self._choice.by_source:
            self._related[document.id] = best
            return False
        words = word_hashes([document.text], self._index.params.recipe).values.size
        self._settled[document.id] = Row(
            document.id,
            cluster=best.id,
            duplicate_of=best.id,
            relation=best.relation,
            score=best.score,
            original=_earlier(best, document.id, document.date),
            most_complete=best.id if best.words >= words else document.id,
            lost=best.lost._asdict(),
            words=words,
        )
        return True

    def merged(self, rows: Iterator[Row]) -> Iterator[Row]:
        """Yield the rows of all documents in order, *rows* being those of the unsettled ones."""
        first = next(rows, None)  # all documents are read when it is there
        left = iter(()) if first is None else (row for part in ((first,), rows) for row in part)
        for ident in self._dates:
            yield self._settled[ident] if ident in self._settled else self._joined(next(left))

    def _joined(self, row: Row) -> Row:
        """Return *row* as one of the story in the index that the kept text of its own story tells."""
        match = self._related.get(row.cluster)
        if match is None:
            return row
        relation, score = row.relation, row.score
        if row.id == row.cluster:
            relation, score = match.relation, match.score
        dated = self._dates.get(row.original) if row.original else None
        return replace(
            row, cluster=match.id, relation=relation, score=score, original=_earlier(match, row.original, dated)
        )


def _earlier(match: Match, ident: str | None, date: datetime | None) -> str | None:
    """Return the earlier of two documents, ``None`` where no date is known."""
    if match.date is None and date is None:
        return None
    return match.id if stamp_of(match.date) <= stamp_of(date) else ident
