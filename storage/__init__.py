"""MongoDB storage of articles, edges, frontier and runs. Importing it loads no driver."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from storage.mongo import Store

__all__ = ["open_store"]


def open_store(uri: str | None = None) -> Store:
    """Open the store at *uri*, else at ``MONGODB_URI``, else an embedded server.

    :raises StorageError: if the server cannot be reached or refuses the credentials
    """
    from storage.mongo import Store

    return Store.open(uri)
