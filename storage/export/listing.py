"""Articles for people to look through, the newest first: as many as fit a page, found within a limit of time.

No index serves a search: an index of words would cost every stored article as many entries as it has words. Titles
and texts are read along the index of the times of publication, a window at a time, from the newest back. What people
look for is mostly recent; the rest takes further pages, and no page takes longer for a larger store.
"""

from __future__ import annotations

import re
import time
import unicodedata
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from dedupe.errors import InputError
from storage.articles.collection import article_rows
from storage.export.graph import NODE_FIELDS, Node, node_of

if TYPE_CHECKING:
    from storage.database.store import Store
    from storage.export.selection import Selection

MOST = 50
"""Articles of a page."""
SECONDS = 1.5
"""After which no further window is looked through."""
_FIRST, _GROWTH, _LARGEST = 500, 4, 20_000
"""Articles of the first window of a page; each later one is four times as large, up to the last number. The newest
articles are at hand in milliseconds; the largest window takes a tenth of a second."""
_LATEST, _EARLIEST = (datetime(year, 1, 1, tzinfo=UTC) for year in (9999, 1))
Position = tuple[datetime | None, str]
"""Time of publication and id of the last article looked at; no time among those that have none, which come last."""


@dataclass(frozen=True, slots=True)
class Listing:
    """A page of articles."""

    articles: Sequence[Node]
    next: str
    """Where the next page begins; empty where all was looked through."""


def listing(
    store: Store,
    selection: Selection,
    words: Sequence[str] = (),
    *,
    in_text: bool = False,
    after: str = "",
    most: int = MOST,
    seconds: float = SECONDS,
) -> Listing:
    """Return the articles of *selection* whose title has each of *words*, those published last first.

    :param words: in upper or lower case; a letter without marks is found with any ("ho" finds "hồ")
    :param in_text: each word may stand in the text instead, with its marks
    :param after: ``Listing.next`` of the page before
    :param seconds: after which it ends, with fewer than *most* articles or none; one window is always looked through
    :raises InputError: for another *after*
    """
    end, at, size, found = time.monotonic() + seconds, _position(after), _FIRST, list[Node]()
    query = selection.query()
    indexed: dict[str, Any] = {name: query[name] for name in ("portal", "published") if name in query}
    # The server tests $nor last: few articles have the words, and the other conditions read whole documents.
    wanted = [indexed, *(_having(word, in_text) for word in words), {"$nor": [{"$nor": [query]}]}]
    while True:
        low = _lower_end(store, indexed, at, size)
        rows = article_rows(store).find({"$and": [*wanted, _window(at, low)]}, NODE_FIELDS)
        found += map(node_of, rows.sort([("published", -1), ("_id", 1)]).limit(most + 1 - len(found)))
        if len(found) > most:
            return Listing(found[:most], _written((found[most - 1].published, found[most - 1].id)))
        if at[0] is None:
            return Listing(found, "")
        at, size = (None, "") if low == _EARLIEST else (low, "~"), min(size * _GROWTH, _LARGEST)  # after every id
        if time.monotonic() >= end:
            return Listing(found, _written(at))


def _position(after: str) -> Position:
    moment, _, key = after.partition(" ")
    try:
        return datetime.fromisoformat(moment).astimezone(UTC) if moment else None if after else _LATEST, key
    except (ValueError, OverflowError):
        raise InputError(f"{after!r} is no position in the list of articles: begin at its first page") from None


def _written(at: Position) -> str:
    return f"{at[0].isoformat() if at[0] else ''} {at[1]}"


def _lower_end(store: Store, indexed: Mapping[str, Any], at: Position, size: int) -> datetime:
    """Return when the *size*-th article before the time of *at* was published, as the index alone tells."""
    keys = {"$and": [indexed, {"published": {"$lt": at[0]}}]}
    rows = article_rows(store).find(keys, {"published": 1, "_id": 0}).sort("published", -1).skip(size - 1).limit(1)
    return next((row["published"] for row in rows), _EARLIEST) if at[0] else _EARLIEST


def _window(at: Position, low: datetime) -> dict[str, Any]:
    if at[0] is None:
        return {"published": None, "_id": {"$gt": at[1]}}
    return {"published": {"$gte": low, "$lte": at[0]}, "$nor": [{"published": at[0], "_id": {"$lte": at[1]}}]}


def _having(word: str, in_text: bool) -> dict[str, Any]:
    """Return the condition that an article has *word*."""
    word = unicodedata.normalize("NFC", word)
    letters = (f"[{one}{_MARKED[one.lower()]}]" if one.lower() in _MARKED else re.escape(one) for one in word)
    title = {"title": {"$regex": "".join(letters), "$options": "i"}}
    return {"$or": [title, {"text": {"$regex": re.escape(word), "$options": "i"}}]} if in_text else title


def _marked() -> dict[str, str]:
    """Return the precomposed Latin letters by the letter that they are made of."""
    found = defaultdict[str, str](str, {"d": "đĐ"})
    for letter in map(chr, (*range(0xC0, 0x250), *range(0x1E00, 0x1F00))):
        base = unicodedata.normalize("NFD", letter)[0].lower()
        if base != letter.lower() and base.isascii():
            found[base] += letter
    return dict(found)


_MARKED = _marked()
