"""MongoDB storage of articles, edges, frontier and runs. Importing it loads no driver.

:func:`open_store` is the way in for those who read: see ``docs/data.md``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from storage.export.reader import StoreReader

__all__ = ["open_store"]


def open_store(uri: str | None = None, database: str | None = None) -> StoreReader:
    """Open the store for reading: at *uri*, else at ``MONGODB_URI``, else the embedded server's.

    Use it as a context manager. Nothing is written, not even an index; the right to read is enough.

    :param database: else ``STORYKIN_DATABASE``, else the one that the URI's path names, else ``storykin``
    :raises StorageError: if the server cannot be reached, refuses the log-in, or another schema is in use
    """
    from storage.export.reader import StoreReader

    return StoreReader.open(uri, database)
