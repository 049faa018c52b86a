"""A collection as those see it who do not own it: they read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from pymongo.read_concern import ReadConcern
from pymongo.read_preferences import ReadPreference

if TYPE_CHECKING:
    from pymongo.collection import Collection
    from pymongo.command_cursor import CommandCursor
    from pymongo.cursor import Cursor


class ReadOnly(Protocol):
    """What of ``pymongo.collection.Collection`` changes nothing; the room of a collection alone has the rest."""

    def find(self, *arguments: Any, **options: Any) -> Cursor[dict[str, Any]]:
        """Return the documents that match."""

    def find_one(self, *arguments: Any, **options: Any) -> dict[str, Any] | None:
        """Return a document that matches."""

    def aggregate(self, *arguments: Any, **options: Any) -> CommandCursor[dict[str, Any]]:
        """Return what a pipeline makes of the documents."""

    def count_documents(self, *arguments: Any, **options: Any) -> int:
        """Return how many documents match."""

    def distinct(self, *arguments: Any, **options: Any) -> list[Any]:
        """Return the values of a field."""


def surely(collection: Collection[dict[str, Any]]) -> Collection[dict[str, Any]]:
    """Return *collection*, read so that no election takes back what was read."""
    return collection.with_options(read_concern=ReadConcern("majority"), read_preference=ReadPreference.PRIMARY)
