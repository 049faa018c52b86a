"""What is known of the articles around those being decided: their rows, their decisions, where links end."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection
from typing import TYPE_CHECKING

from storage.base.workers import is_dead
from storage.duplicates import band_index
from storage.duplicates.band_index import Row
from storage.duplicates.comparisons import Comparisons

if TYPE_CHECKING:
    from storage.database.store import Store

PATIENCE_SECONDS = 30.0
"""Time without a sign of life after which an undecided row's writer counts as gone."""


class Neighbours:
    """Articles that those of one batch may repeat.

    :param own: returns the present row of an article of the batch itself
    """

    def __init__(self, store: Store, own: Callable[[str], Row | None]) -> None:
        self.texts = Comparisons(store)
        self._store = store
        self._own = own
        self._rows: dict[str, Row] = {}
        self._noted: dict[str, tuple[object, float]] = {}

    def note(self, rows: Collection[Row]) -> None:
        """Take over *rows* just read, and load all that they lead to."""
        self._rows.update((row.id, row) for row in rows)
        self._load({row.id for row in rows})

    def look_up(self, ids: Collection[str]) -> None:
        """Read the rows and articles of *ids* anew, and load all that they lead to."""
        if ids:
            self._rows.update(band_index.rows(self._store, ids))
            self.texts.load(ids, again=True)
            self._load(set(ids))

    def refresh(self, ids: Collection[str]) -> None:
        """Read again what is waited for; a row whose writer is gone holds nobody up any more."""
        self.look_up([key for key in ids if self._own(key) is None])
        lost = [row for key in ids if (row := self._rows.get(key)) and self._lost(row)]
        band_index.abandon(self._store, lost)
        self._rows.update(band_index.rows(self._store, [row.id for row in lost]))

    def known(self, key: str) -> Row | None:
        """Return what is known of the article *key*: from the batch, the index, else its recorded decision."""
        row = self._own(key) or self._rows.get(key)
        if row and row.state != "stale":
            return row
        article = self.texts.article(key)
        if article is None or article["judged"] != article["content"]:
            return None
        of = article["duplicate"]["of"] if article["duplicate"] else None
        return Row(key, "member" if of else "root", of)

    def end(self, key: str) -> tuple[Row | None, set[str]]:
        """Return the row at which the links from *key* end, and all ids passed; ``None`` if they lead nowhere."""
        passed: set[str] = set()
        while (row := self.known(key)) and row.of and key not in passed:
            passed.add(key)
            key = row.of
        return (None if key in passed else row), passed | {key}

    def is_gone(self, key: str, worker: str, sign_of_life: object) -> bool:
        """Return whether *worker* is dead, or *sign_of_life* has stood unchanged while this one was patient."""
        noted, since = self._noted.get(key, (None, 0.0))
        if noted != sign_of_life:
            since = time.monotonic()
            self._noted[key] = sign_of_life, since
        return is_dead(worker) or time.monotonic() - since > PATIENCE_SECONDS

    def _lost(self, row: Row) -> bool:
        undecided = self._own(row.id) is None and row.state in {"pending", "yielded"}
        return undecided and self.is_gone(row.id, row.worker, row.sign_of_life)

    def _load(self, ids: set[str]) -> None:
        """Follow the links of *ids* to their ends, and load the articles there: only these are compared."""
        passed: set[str] = set()
        while ids := ids - passed:
            passed |= ids
            unread = [key for key in ids if key not in self._rows and self._own(key) is None]
            if unread:
                self._rows.update(band_index.rows(self._store, unread))
            links = {key: row.of for key in ids if (row := self._rows.get(key)) and row.state != "stale"}
            self.texts.load(key for key in ids if not links.get(key))
            ids = {row.of for key in ids if (row := self.known(key)) and row.of}
