"""What hangs on an article that made way for the page whose address it had claimed goes with it."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

from storage.articles import pages
from storage.frontier import frontier, related_links

if TYPE_CHECKING:
    from storage.articles.articles import PutResult
    from storage.database.store import Store


def refile(store: Store, puts: Collection[PutResult]) -> None:
    """Bring frontier entry, response and edges of every article that made way to its new id."""
    for put in puts:
        if put.moved:
            entry, now = put.moved["entry"], put.moved["_id"]
            related_links.refile(store, put.id, now)
            frontier.refile(store, entry, put.id, now)
            pages.refile(store, entry, now)


def ids(puts: Collection[PutResult]) -> list[str]:
    """Return the ids of the articles that were stored, and of those that made way for them, each once."""
    moved = [put.moved["_id"] for put in puts if put.moved]
    return list(dict.fromkeys([*(put.id for put in puts), *moved]))
