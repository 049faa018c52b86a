"""Clusters a whole corpus without a server, in a few hundred bytes of memory an article.

Three layers, the cheapest first: documents of one address are versions; documents of equal words are exact copies;
documents that share a band key are compared. Texts are kept on disk. The order of the documents does not matter.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from dedupe.clusters.kept import DEFAULT, NOTHING, Choose
from dedupe.compare.diff import Place, places
from dedupe.corpus.candidates import Pairs, band_pairs, passage_pairs, union
from dedupe.corpus.documents import Document, require_distinct, require_usable, url_key
from dedupe.corpus.jaccard import PlainJaccard
from dedupe.corpus.near import NearDuplicates
from dedupe.corpus.spool import TextSpool
from dedupe.corpus.verify import UNDATED, Group, Link, Method, Progress, Texts, renumbered, stamp_of
from dedupe.minhash.fingerprint import sign
from dedupe.minhash.numpy_signer import Signed, concatenated
from dedupe.minhash.params import band_column
from dedupe.text.exact import MANY_TITLES, notices, titled_keys

RowRelation = Literal["exact", "near", "contained", "version"]
_ALONE: tuple[Group | None, Link | None] = (None, None)
_BATCH = 256  # documents signed at once


@dataclass(frozen=True, slots=True)
class Row:
    """The verdict on one document."""

    id: str
    cluster: str
    """Id of the text that represents its story; its own id if it is alone."""
    duplicate_of: str | None
    """The kept document that holds all of it; of a version the newest capture. ``None``: the document is kept."""
    relation: RowRelation | None
    """Relation to the document ``cluster``. Without ``duplicate_of`` it says more, and is kept too."""
    score: float | None
    """Share of the shorter text that stands in the other; Jaccard similarity where *jaccard* was given."""
    original: str | None = None
    """The earliest known document of the story, ``None`` where no date is known."""
    most_complete: str | None = None
    """The longest document of the story, with which the others were compared."""
    lost: Mapping[str, int] | None = None
    """Of a dropped document: its words that stand in no kept text, by cause. ``None`` of a version."""
    words: int = 0
    furniture: str | None = None
    """First document with the same text, if the text is short and stands under many titles: a notice, no story."""
    spans: tuple[Place, ...] | None = None
    """Equal and different places of a copy and its representative; only with *spans*."""


def cluster_documents(
    documents: Iterable[Document],
    *,
    ignore_urls: bool = False,
    jaccard: float | None = None,
    progress: Progress | None = None,
    spool_directory: Path | None = None,
    spans: bool = False,
    choice: Choose = DEFAULT,
) -> Iterator[Row]:
    """Yield one row a document, in the order of *documents*. The first row comes after all documents were read.

    :param ignore_urls: compare documents of one address like any others; else only the newest of an address is
        compared, and the older ones are its versions
    :param jaccard: threshold (0 to 1) of the plain Jaccard similarity of word 5-grams, to cluster by that instead
    :param progress: called with the step, how much of it is done, and of how much
    :param spool_directory: folder for texts, as large as the input; the system's temporary folder by default
    :param spans: add to each copy where it differs from its representative: :func:`dedupe.compare.diff.places`
    :param choice: which texts of a story are kept
    :raises InputError: if an id is empty or comes twice, or a date has no zone; the message names the id

    >>> texts = ["The bridge opened on Monday.", "the bridge OPENED on Monday", "Rain is expected."]
    >>> [row.duplicate_of for row in cluster_documents(Document(str(i), text) for i, text in enumerate(texts))]
    [None, '0', None]
    """
    method = NearDuplicates(choice=choice) if jaccard is None else PlainJaccard(jaccard)
    with TextSpool(spool_directory) as texts, TextSpool(spool_directory) as titles:
        catalogue = _read(documents, method, texts, titles, progress or _silent)
        rows = _Run(catalogue, method, ignore_urls, progress or _silent).rows()
        yield from _with_spans(rows, catalogue) if spans else rows


def _with_spans(rows: Iterator[Row], catalogue: _Catalogue) -> Iterator[Row]:
    number_of = {ident: number for number, ident in enumerate(catalogue.ids)}
    for number, row in enumerate(rows):
        if row.duplicate_of is None:
            yield row
            continue
        other = catalogue.texts[number_of[row.duplicate_of]]
        yield replace(row, spans=tuple(places(catalogue.texts[number], other)))


def _silent(_what: str, _done: int, _of: int | None) -> None:
    """Report nothing."""


@dataclass(slots=True)
class _Catalogue:
    """The facts about the documents that stay in memory, by the number of the document."""

    ids: list[str]
    dates: NDArray[np.int64]
    """Microseconds since 1970, ``UNDATED`` where unknown."""
    addresses: NDArray[np.int64]
    """Number of the address, -1 without one."""
    sources: NDArray[np.int64]
    """Number of the source, -1 without one."""
    withdrawn: NDArray[np.bool_]
    signed: Signed
    texts: TextSpool
    titles: TextSpool
    furniture: Sequence[Sequence[int]]
    """The documents of each short text that stands under many titles."""


def _read(
    documents: Iterable[Document], method: Method, texts: TextSpool, titles: TextSpool, progress: Progress
) -> _Catalogue:
    ids: list[str] = []
    columns: list[NDArray[np.int64]] = []
    signed: list[Signed] = []
    plain: list[NDArray[np.uint64]] = []
    addresses: dict[str, int] = {"": -1}
    sources: dict[str, int] = {"": -1}
    documents = iter(documents)
    while batch := list(islice(documents, _BATCH)):
        for document in batch:
            require_usable(document)
        ids += [document.id for document in batch]
        texts.extend(document.text for document in batch)
        titles.extend(document.title for document in batch)
        found = sign([document.text for document in batch], method.params, samples=method.passages)
        plain.append(found.exact)
        if method.titled:
            keys = titled_keys(found.exact, found.words, [document.title for document in batch])
            found = replace(found, exact=keys)
        signed.append(found)
        columns.append(
            np.array(
                [
                    (
                        stamp_of(document.date),
                        addresses.setdefault(key, len(addresses) - 1),
                        sources.setdefault(document.source or key.partition("/")[0], len(sources) - 1),
                        document.withdrawn,
                    )
                    for document, key in ((document, url_key(document.url)) for document in batch)
                ],
                dtype=np.int64,
            )
        )
        progress("reading", len(ids), None)
    require_distinct(ids)
    whole = _concatenated(signed, method)
    furniture = _furniture(np.concatenate([np.zeros((0, 2), dtype=np.uint64), *plain]), whole.exact)
    dates, places, portals, gone = np.concatenate([np.zeros((0, 4), dtype=np.int64), *columns]).T
    return _Catalogue(ids, dates, places, portals, gone.astype(bool), whole, texts, titles, furniture)


def _furniture(plain: NDArray[np.uint64], titled: NDArray[np.uint64]) -> list[list[int]]:
    """Return the documents of each short text that stands under many titles.

    :param plain: exact keys of the texts
    :param titled: the same, those of short texts changed by their titles
    """
    titles: dict[str, set[int]] = defaultdict(set)
    holders: dict[str, list[int]] = defaultdict(list)
    for number, key in enumerate(notices(plain, titled)):
        if key:
            titles[key].add(int(titled[number, 0]))
            holders[key].append(number)
    return [numbers for key, numbers in holders.items() if len(titles[key]) >= MANY_TITLES]


def _concatenated(parts: list[Signed], method: Method) -> Signed:
    parts = parts or [sign([], method.params, samples=method.passages)]
    return Signed(
        np.concatenate([part.exact for part in parts]),
        np.concatenate([part.signatures for part in parts]),
        np.concatenate([part.words for part in parts]),
        concatenated([part.samples for part in parts if part.samples]),
    )


class _Run:
    """The three layers over one catalogue. Documents are given by their number."""

    def __init__(self, catalogue: _Catalogue, method: Method, ignore_urls: bool, progress: Progress) -> None:
        self._catalogue = catalogue
        self._method = method
        self._progress = progress
        count = len(catalogue.ids)
        by_rank = sorted(range(count), key=list(zip(catalogue.dates.tolist(), catalogue.ids, strict=True)).__getitem__)
        self._rank = np.empty(count, dtype=np.int64)
        self._rank[by_rank] = np.arange(count)
        own = np.arange(count)
        # Which document stands for this one: the newest of its address, then the first of equal texts.
        self._current = own if ignore_urls else self._newest()
        self._delegate = self._first_of_equals(self._current == own)

    def rows(self) -> Iterator[Row]:
        """Yield the row of each document, in order."""
        catalogue = self._catalogue
        ids = catalogue.ids
        found: dict[int, tuple[Group | None, Link | None]] = {}
        for story in self._groups():
            found[story.representative] = story, None
            found.update({link.number: (story, link) for link in story.links})
        originals = self._originals(found)
        shared = catalogue.furniture
        holders = {number: ids[min(group, key=self._rank.__getitem__)] for group in shared for number in group}
        currents, delegates = self._current.tolist(), self._delegate[self._current].tolist()
        words = catalogue.signed.words.tolist()
        for number, (current, delegate) in enumerate(zip(currents, delegates, strict=True)):
            group, link = found.get(delegate, _ALONE)
            head, complete = (group.representative, group.most_complete) if group else (delegate, delegate)
            original = originals.get(head)
            of, relation, score, lost = _verdict(number, current, delegate, link)
            yield Row(
                ids[number],
                ids[head],
                None if of is None else ids[of],
                relation,
                score,
                None if original is None else ids[original],
                ids[complete],
                lost,
                words[number],
                holders.get(number),
            )

    def _originals(self, found: Mapping[int, tuple[Group | None, Link | None]]) -> dict[int, int]:
        """Return the earliest dated document of each story, by the one kept for it."""
        delegates = self._delegate[self._current]
        dates = self._catalogue.dates
        originals: dict[int, int] = {}
        for number in np.argsort(self._rank).tolist():
            if dates[number] == UNDATED:
                break
            delegate = int(delegates[number])
            group = found.get(delegate, _ALONE)[0]
            originals.setdefault(group.representative if group else delegate, number)
        return originals

    def _newest(self) -> NDArray[np.int64]:
        """The newest of each address, the longest where the dates are equal, then the first by id."""
        catalogue = self._catalogue
        current = np.arange(len(catalogue.ids))
        dates = np.where(catalogue.dates == UNDATED, np.iinfo(np.int64).min, catalogue.dates)
        order = np.lexsort((-self._rank, catalogue.signed.words, dates, catalogue.addresses))
        places = catalogue.addresses[order]
        last = np.searchsorted(places, places, side="right") - 1
        addressed = places >= 0
        current[order[addressed]] = order[last[addressed]]
        return current

    def _first_of_equals(self, own: NDArray[np.bool_]) -> NDArray[np.int64]:
        """The first by rank of the documents of equal words, withdrawn ones last; one without words equals none."""
        delegate = np.arange(own.size)
        members = np.flatnonzero(own & (self._catalogue.signed.words > 0))
        exact = self._catalogue.signed.exact[members]
        gone = self._catalogue.withdrawn[members]
        order = np.lexsort((self._rank[members], gone, exact[:, 1], exact[:, 0]))
        members, exact = members[order], exact[order]
        first = np.ones(members.size, dtype=bool)
        first[1:] = (exact[1:] != exact[:-1]).any(axis=1)
        starts = np.flatnonzero(first)
        delegate[members] = members[starts[np.cumsum(first) - 1]]
        return delegate

    def _groups(self) -> Iterator[Group]:
        """Compare the texts that are left and cluster them."""
        numbers = np.arange(self._delegate.size)
        apart = (self._current == numbers) & (self._delegate == numbers) & (self._catalogue.signed.words > 0)
        nodes = np.flatnonzero(apart)
        nodes = nodes[np.argsort(self._rank[nodes])]
        texts = self._texts(nodes)
        for group in self._method.groups(self._candidates(nodes), texts, self._progress):
            yield renumbered(group, nodes)

    def _candidates(self, nodes: NDArray[np.int64]) -> Pairs:
        params = self._method.params
        signatures = self._catalogue.signed.signatures

        def columns() -> Iterator[NDArray[np.int64]]:
            for band in range(params.bands):
                self._progress("finding candidates", band, params.bands)
                rows = slice(band * params.rows, (band + 1) * params.rows)
                yield band_column(signatures[nodes, rows], band)

        pairs = band_pairs(columns())
        if not self._method.passages:
            return pairs
        passages = self._passages(nodes)
        return union(pairs, passages, nodes.size)

    def _passages(self, nodes: NDArray[np.int64]) -> Pairs:
        assert self._catalogue.signed.samples is not None
        values, offsets = self._catalogue.signed.samples
        node_of = np.full(self._rank.size, -1, dtype=np.int64)
        node_of[nodes] = np.arange(nodes.size)
        owners = np.repeat(node_of, np.diff(offsets))
        own = owners >= 0
        return passage_pairs(values[own], owners[own], nodes.size)

    def _texts(self, nodes: NDArray[np.int64]) -> Texts:
        catalogue = self._catalogue
        return Texts(
            texts=_Selected(catalogue.texts, nodes),
            titles=_Selected(catalogue.titles, nodes),
            ids=[catalogue.ids[number] for number in nodes.tolist()],
            words=catalogue.signed.words[nodes],
            sources=catalogue.sources[nodes],
            signatures=catalogue.signed.signatures[nodes],
            dates=catalogue.dates[nodes],
            withdrawn=catalogue.withdrawn[nodes],
        )


def _verdict(
    number: int, current: int, delegate: int, link: Link | None
) -> tuple[int | None, RowRelation | None, float | None, Mapping[str, int] | None]:
    """Return which document a document is dropped for, its relation and score, and what is lost with it.

    :param current: the newest of its address
    :param delegate: the first of its words, which *link* is about
    """
    if number != current:
        return current, "version", 1.0, None
    if link is None:
        return (None, None, None, None) if number == delegate else (delegate, "exact", 1.0, NOTHING._asdict())
    score = round(link.score, 4)
    if link.kept_in is not None:
        return link.kept_in, link.relation, score, link.lost._asdict()
    return (
        (None, link.relation, score, None)
        if number == delegate
        else (delegate, link.relation, score, NOTHING._asdict())
    )


@dataclass(frozen=True, slots=True)
class _Selected:
    """The texts of some documents, numbered from 0."""

    spool: TextSpool
    numbers: NDArray[np.int64]

    def __getitem__(self, number: int) -> str:
        return self.spool[int(self.numbers[number])]
