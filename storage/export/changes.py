"""What changed, as records: since a cursor that the caller keeps, or for a consumer whose position the store keeps."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from dedupe.errors import InputError
from storage.articles.articles import StoredArticle, stored_of
from storage.export.columns import COLUMNS, PULL_COLUMNS
from storage.export.pull import Cursor, Kind, Pull
from storage.export.record_set import Document, RecordSet

if TYPE_CHECKING:
    from storage.database.store import Store
    from storage.export.consumers import Claim
    from storage.export.selection import Selection


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangedArticle(StoredArticle):
    """An article and what happened to it; ``withdrawn`` and ``left`` come without a text."""

    change: Kind
    """See docs/data.md: what the consumer is to do."""
    cursor: str
    """Up to here, this change included."""


class Changes(RecordSet[ChangedArticle]):
    """What changed after a cursor that concerns a selection. A pass moves nobody's position."""

    def __init__(self, store: Store, selection: Selection, since: Cursor) -> None:
        record = partial(stored_of, kind=ChangedArticle)
        super().__init__(store, rows=self._changed, record=record, columns=PULL_COLUMNS | COLUMNS)
        self._selection = selection
        self._since = since
        self._upto: Cursor | None = None

    @property
    def upto(self) -> str:
        """The cursor behind all that the last whole pass gave.

        :raises InputError: if no pass has come to its end
        """
        if self._upto is None:
            raise InputError("what changed was not read to its end: take the cursor of the last change read")
        return str(self._upto)

    def _changed(self, names: Sequence[str] | None) -> Iterator[Document]:
        pull = Pull(self._store, self._selection, self._since)
        for batch in pull.batches({"_id" if name == "id" else name for name in names or COLUMNS} - {*PULL_COLUMNS}):
            self._keep_on()
            yield from batch
        self._upto = pull.upto

    def _chosen(self, fields: Sequence[str]) -> list[str]:
        return list(dict.fromkeys([*PULL_COLUMNS, "id", *super()._chosen(fields)]))

    def _keep_on(self) -> None:
        """Do nothing: nobody waits."""


class ConsumerChanges(Changes):
    """What a consumer has not acknowledged yet."""

    def __init__(self, store: Store, selection: Selection, claim: Claim) -> None:
        super().__init__(store, selection, claim.consumer.cursor)
        self._claim = claim

    def acknowledge(self, upto: str = "") -> None:
        """Move the consumer's position: it has what was given up to the cursor *upto*, by default all of the last pass.

        :raises InputError: if no pass has come to its end and no cursor is given
        :raises AlreadyPulledError: if another process took the consumer over
        """
        cursor = Cursor.parse(upto or self.upto)
        self._claim.advance(cursor, self._selection.to_json(), self._claim.consumer.fields or ())
        self._since = cursor

    def _keep_on(self) -> None:
        self._claim.renew()
