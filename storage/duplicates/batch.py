"""Articles decided together: what is known of each on its way to a decision, and of those around them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from dedupe.minhash.fingerprint import fingerprints
from storage.base.workers import worker_id
from storage.duplicates.band_index import Entry, Row
from storage.duplicates.neighbours import Neighbours

if TYPE_CHECKING:
    from dedupe.clusters.constraints import Constraints
    from dedupe.compare.similarity import Comparison
    from dedupe.minhash.params import Fingerprint, MinHashParams
    from storage.database.store import Store


@dataclass(slots=True)
class Case:
    """One article on its way to a decision."""

    id: str
    content: str
    fingerprint: Fingerprint
    token: str = ""
    """Empty until the article stands in the index as pending."""
    candidates: list[Row] = field(default_factory=list)
    leader: str = ""
    """The article that this one repeats, whose own decision it waits for."""
    claims: bool = True
    """Whether the exact text is still to be claimed."""
    awaits: set[str] = field(default_factory=set)
    final: Row | None = None
    found: Comparison | None = None
    """With the root, for one that is final and a member."""
    why: str = ""
    """Reason that goes before what was found."""

    @property
    def entry(self) -> Entry:
        """What the index is to hold of the article."""
        return Entry(self.id, self.content, self.fingerprint, self.token)

    @property
    def row(self) -> Row:
        """Where it stands by now."""
        return self.final or Row(self.id, "yielded" if self.leader else "pending", self.leader or None)


class Batch:
    """What the stages of a decision hand on."""

    def __init__(self, store: Store, params: MinHashParams) -> None:
        self.store = store
        self.params = params
        self.worker = worker_id()
        self.cases: dict[str, Case] = {}
        self.by_hand: Constraints | None = None
        self.merged: set[str] = set()
        """Articles that a decision made by hand put into their clusters."""
        self.neighbours = Neighbours(store, lambda key: self.cases[key].row if key in self.cases else None)
        self.texts = self.neighbours.texts

    def open(self, ids: Sequence[str], fresh: Mapping[str, Mapping[str, Any]]) -> list[Mapping[str, Any]]:
        """Make a case of each article of *ids* that is undecided; return those that are stored.

        :param fresh: documents of articles that were just inserted, by id, which are not read again
        """
        self.texts.take(fresh[key] for key in ids if key in fresh)
        self.texts.load(ids)
        stored = [article for key in ids if (article := self.texts.article(key))]
        undecided = [article for article in stored if article["judged"] != article["content"]]
        prints = fingerprints([article["text"] for article in undecided], self.params)
        for article, found in zip(undecided, prints, strict=True):
            key = article["_id"]
            resembles_nothing = Row(key, "root") if not found.words else None
            self.cases[key] = Case(key, article["content"], found, final=resembles_nothing)
        return stored

    def waiting(self) -> list[Case]:
        """Return the cases that are not decided yet."""
        return [case for case in self.cases.values() if case.final is None]
