"""Types of verification: texts of a corpus by number, candidate pairs by component, and the groups that result."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Generic, Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from dedupe.clusters.kept import NOTHING, Lost
from dedupe.compare.similarity import Relation
from dedupe.corpus.candidates import Pairs
from dedupe.minhash.params import MinHashParams

Progress = Callable[[str, int, int | None], None]
"""Called with the name of a step, how much of it is done, and of how much (``None`` if unknown)."""

UNDATED = np.iinfo(np.int64).max
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_PREPARED = 2048  # texts kept prepared; 10 to 50 kB each

T = TypeVar("T")


class TextSource(Protocol):
    """Texts by number, each read when it is needed."""

    def __getitem__(self, number: int, /) -> str:
        """Return one text."""


@dataclass(frozen=True, slots=True)
class Texts:
    """The facts that verification uses, by the number of a text, in the rank of :mod:`dedupe.corpus.in_memory`."""

    texts: TextSource
    titles: TextSource
    ids: Sequence[str]
    words: NDArray[np.int64]
    sources: NDArray[np.int64]
    """Number of the source, -1 where it is unknown."""
    signatures: NDArray[np.uint32]
    dates: NDArray[np.int64]
    """Microseconds since 1970, ``UNDATED`` where unknown."""
    withdrawn: NDArray[np.bool_] | None = None
    """Which texts represent a story only if no other text can; ``None``: no text is such."""

    def is_withdrawn(self, number: int) -> bool:
        """Tell whether a text represents a story only if no other text can."""
        return self.withdrawn is not None and bool(self.withdrawn[number])

    def date(self, number: int) -> datetime | None:
        """Return when a text was published."""
        return moment_of(int(self.dates[number]))


def stamp_of(moment: datetime | None) -> int:
    """Return *moment* in microseconds since 1970, as ``Texts.dates`` has it."""
    return UNDATED if moment is None else (moment - _EPOCH) // timedelta(microseconds=1)


def moment_of(stamp: int) -> datetime | None:
    """Return the time of *stamp*: the inverse of :func:`stamp_of`."""
    return None if stamp == UNDATED else _EPOCH + timedelta(microseconds=stamp)


@dataclass(frozen=True, slots=True)
class Link:
    """A member of a group."""

    number: int
    relation: Relation
    score: float
    kept_in: int | None
    """The kept text in which it stands; ``None`` if it is kept itself."""
    lost: Lost = NOTHING
    """Its words that stand in no kept text."""


@dataclass(frozen=True, slots=True)
class Group:
    """Documents that are one story; at least two."""

    representative: int
    """The text that is kept for the story."""
    links: tuple[Link, ...]
    most_complete: int


def renumbered(group: Group, numbers: NDArray[np.int64]) -> Group:
    """Return *group* with each number *n* replaced by ``numbers[n]``."""
    links = tuple(
        Link(
            int(numbers[link.number]),
            link.relation,
            link.score,
            None if link.kept_in is None else int(numbers[link.kept_in]),
            link.lost,
        )
        for link in group.links
    )
    return Group(int(numbers[group.representative]), links, int(numbers[group.most_complete]))


class Method(Protocol):
    """A way to decide which candidates are copies."""

    @property
    def params(self) -> MinHashParams:
        """How candidates are found."""

    @property
    def passages(self) -> bool:
        """Whether a shared passage makes two texts candidates as well."""

    @property
    def titled(self) -> bool:
        """Whether short texts are equal only under one title."""

    def groups(self, pairs: Pairs, texts: Texts, progress: Progress) -> Iterator[Group]:
        """Compare the candidate *pairs* and yield the groups."""


class PreparedTexts(Generic[T]):
    """Prepared texts by number, in a least-recently-used cache."""

    def __init__(self, prepare: Callable[[list[int]], list[T]]) -> None:
        self._prepare = prepare
        self._kept: OrderedDict[int, T] = OrderedDict()

    def load(self, numbers: NDArray[np.int64]) -> None:
        """Prepare *numbers* at once, as many as are kept, which is several times faster than one by one."""
        wanted = [number for number in numbers[:_PREPARED].tolist() if number not in self._kept]
        self._kept.update(zip(wanted, self._prepare(wanted), strict=True))
        while len(self._kept) > _PREPARED:
            self._kept.popitem(last=False)

    def __getitem__(self, number: int) -> T:
        if number not in self._kept:
            self.load(np.array([number]))
        else:
            self._kept.move_to_end(number)
        return self._kept[number]


def in_chunks(pairs: Pairs) -> Iterator[list[Pairs]]:
    """Yield the components of *pairs* in chunks of some hundred pairs, whose texts are prepared together."""
    chunk: list[Pairs] = []
    size = 0
    for component in components(pairs):
        chunk.append(component)
        size += len(component)
        if size >= _PREPARED // 4:
            yield chunk
            chunk, size = [], 0
    if chunk:
        yield chunk


def components(pairs: Pairs) -> Iterator[Pairs]:
    """Yield the pairs of each connected component."""
    if not pairs.size:
        return
    nodes, flat = np.unique(pairs, return_inverse=True)
    ends = flat.reshape(pairs.shape)
    labels = np.arange(nodes.size)
    while True:
        lowest = np.minimum(labels[ends[:, 0]], labels[ends[:, 1]])
        spread = labels.copy()
        for column in (0, 1):
            np.minimum.at(spread, ends[:, column], lowest)
            np.minimum.at(spread, labels[ends[:, column]], lowest)
        spread = spread[spread]
        if (spread == labels).all():
            break
        labels = spread
    of_pair = labels[ends[:, 0]]
    order = np.lexsort((pairs[:, 1], pairs[:, 0], of_pair))
    breaks = np.flatnonzero(np.diff(of_pair[order])) + 1
    yield from np.split(pairs[order], breaks)
