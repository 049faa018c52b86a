"""Pulling changes: what a consumer that stands at a cursor has not been given yet, each with what happened to it.

Rows come in the order of their numbers (``storage.articles.change_marks``), articles as they are now. One that is
written again after it was numbered bears another stamp than its row; it is numbered anew and comes at the end of this
same pull, so that no content is given under an old number and then once more under a new one. A pull ends where the
numbers end, and its last number is the next cursor.
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, Self

from dedupe.errors import InputError
from storage.articles import change_marks
from storage.articles.change_marks import Change
from storage.articles.collection import article_rows

if TYPE_CHECKING:
    from storage.database.store import Store
    from storage.export.selection import Selection

Kind = Literal["new", "changed", "merged", "unmerged", "withdrawn", "left"]
TOMBSTONES: frozenset[Kind] = frozenset({"withdrawn", "left"})
"""Rows that carry no text: the consumer is to drop the article."""
START = "start"

PAGE_CHARACTERS = 2_000_000
"""Of ``text`` of the articles that are read together."""

_BARE = dict.fromkeys(("stamp", "url", "canonical_url", "portal", "published", "withdrawn"), 1)
"""Of tombstones. A reader of one partition finds them there: portal and date are those of the article."""
_ID_BYTES, _SEQ_BYTES = 32, 20


@dataclass(frozen=True, slots=True)
class Cursor:
    """A place among the changes of one database, written ``key.number``."""

    key: str
    seq: int

    @classmethod
    def parse(cls, text: str) -> Self:
        """Return the cursor that *text* writes; ``start`` is before the first change of any database.

        :raises InputError: if it is no cursor
        """
        if text == START:
            return cls("", 0)
        found = re.fullmatch(r"([0-9a-f]{8})\.(\d+)", text)
        if not found:
            raise InputError(
                f"{text!r} is no cursor: take one from a manifest or a row, such as 3fa9b2c1.1042, or start"
            )
        return cls(found[1], int(found[2]))

    def __str__(self) -> str:
        return f"{self.key}.{self.seq}" if self.key else START


class Pull:
    """The changes after a cursor that concern a selection.

    Each article comes once. It comes a second time, under a greater number, only if it was changed during the pull and
    the pull of another consumer numbered this change. Memory holds one batch; the ids and numbers of earlier batches
    stand in a file.
    """

    def __init__(self, store: Store, selection: Selection, since: Cursor) -> None:
        """Number what is new.

        :raises InputError: if *since* is of another database, or of a later state of it
        """
        self._store = store
        self._selection = selection
        self._session = store.client.start_session()
        key, self._goal = change_marks.number(store, self._session)
        self.since = _known_here(since, key, self._goal)
        self.upto = self.since
        """The next cursor; valid when :meth:`batches` has ended."""
        self.counts: dict[Kind, int] = {}

    def batches(self, projection: Iterable[str]) -> Iterator[list[dict[str, Any]]]:
        """Yield documents of ``articles`` with ``change`` and ``cursor``; tombstones have no text."""
        fields = {*projection, *_BARE}
        position, first_goal = self.since.seq, self._goal
        with tempfile.TemporaryFile() as given:
            while True:
                again: list[str] = []
                while rows := _light(change_marks.rows(self._store, self._session, position, self._goal)):
                    earlier = _among(given, rows) if position >= first_goal else {}
                    since = {row.id: earlier.get(row.id, self.since.seq) for row in rows}
                    if batch := list(self._page(rows, since, fields, again)):
                        numbers = {row.id: row.seq for row in rows}
                        lines = (f"{one['_id']:>{_ID_BYTES}}{numbers[one['_id']]:>{_SEQ_BYTES}}" for one in batch)
                        given.write("".join(lines).encode())
                        yield batch
                    position = rows[-1].seq
                position = self._goal
                _, newest = (
                    change_marks.number(self._store, self._session, again)
                    if again
                    else change_marks.head(self._store, self._session)
                )
                if newest == self._goal:
                    break
                self._goal = newest
        self._session.end_session()
        self.upto = Cursor(self.since.key, self._goal)

    def _page(
        self, rows: Sequence[Change], since: Mapping[str, int], fields: Iterable[str], again: list[str]
    ) -> Iterator[dict[str, Any]]:
        ids = [row.id for row in rows]
        chosen = self._read(ids, self._selection.query(), fields)
        held = [row.id for row in rows if row.id not in chosen and row.born <= since[row.id]]
        matching = self._read(held, self._selection.filters(), fields)
        rest = [key for key in ids if key not in chosen and key not in matching]
        bare = self._read(rest, {}, _BARE)
        for row in rows:
            found = chosen.get(row.id) or matching.get(row.id) or bare.get(row.id)
            if found is None:
                continue  # deleted from the database by hand
            if found["stamp"] != row.stamp:
                again.append(row.id)
                continue
            kind = kind_of(row, since[row.id], self._selection, row.id in chosen, row.id not in bare)
            if kind is None:
                continue
            if kind in TOMBSTONES and row.id not in chosen:
                found = {name: value for name, value in found.items() if name in {"_id", *_BARE}}
            self.counts[kind] = self.counts.get(kind, 0) + 1
            yield found | {"change": kind, "cursor": str(Cursor(self.since.key, row.seq))}

    def _read(self, ids: list[str], query: dict[str, Any], fields: Iterable[str]) -> dict[str, dict[str, Any]]:
        if not ids:
            return {}
        articles = article_rows(self._store, majority=True)
        wanted = {"_id": {"$in": ids}, **query}
        return {row["_id"]: row for row in articles.find(wanted, list(fields), session=self._session)}


def kind_of(row: Change, since: int, selection: Selection, chosen: bool, matching: bool) -> Kind | None:
    """Return what *row* is to a consumer that stands at *since*; ``None`` if it is none of its business.

    :param chosen: whether the article meets the selection now
    :param matching: whether it does but for its role and withdrawal
    """
    knew_withdrawn = row.withdrawn and row.withdrawn <= since and (row.is_withdrawn or since < row.restored)
    held = row.born <= since and not knew_withdrawn
    by_text = selection.distinct and not selection.by_source
    if selection.distinct and (
        row.kept_in and row.dropped <= since if by_text else row.duplicate_of and row.joined <= since
    ):
        held = False  # it was left out already
    if chosen:
        return _kind_of_chosen(row, since, held=held, by_text=by_text)
    if not held or (selection.portals and row.portal not in selection.portals):
        return None
    if not matching:
        return "left" if row.refiled_since(since, selection.facts()) else None
    if row.is_withdrawn:
        return "withdrawn"
    if selection.distinct:
        return "merged"
    return "left" if max(row.moved, row.parted) > since else None


def _kind_of_chosen(row: Change, since: int, *, held: bool, by_text: bool) -> Kind:
    if row.is_withdrawn and row.withdrawn > since:
        return "withdrawn"
    if not held:
        return "new"
    if by_text:  # that it is one source with another one now drops nothing
        return "unmerged" if not row.kept_in and row.taken_up > since else "changed"
    if row.duplicate_of and row.moved > since:
        return "merged"
    if not row.duplicate_of and row.parted > since:
        return "unmerged"
    return "changed"


def _known_here(since: Cursor, key: str, newest: int) -> Cursor:
    """Return *since* with the key of this database.

    :raises InputError: if it belongs to another one
    """
    if since.key and since.key != key:
        raise InputError(f"the cursor {since} is of another database: pull from the start with --since start")
    if since.seq > newest:
        raise InputError(
            f"the cursor {since} is ahead of this database, whose last change is {newest:,}; "
            "it was put back to an older state: pull from the start with --since start"
        )
    return Cursor(key, since.seq)


def _light(rows: list[Change]) -> list[Change]:
    """Return the first of *rows*, whose articles fit into memory together."""
    characters = 0
    for count, row in enumerate(rows):
        characters += row.filed["characters"][0] or 0
        if count and characters > PAGE_CHARACTERS:
            return rows[:count]
    return rows


def _among(given: Any, rows: Sequence[Change]) -> dict[str, int]:
    """Return the articles of *rows* that stand in the file *given*, with the last number they were given under."""
    wanted, found = {row.id for row in rows}, {}
    length = _ID_BYTES + _SEQ_BYTES
    given.seek(0)
    while block := given.read(length * 16_384):
        text = block.decode()
        for start in range(0, len(text), length):
            key = text[start : start + _ID_BYTES].strip()
            if key in wanted:
                found[key] = int(text[start + _ID_BYTES : start + length])
    return found
