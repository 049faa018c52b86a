"""Which writers decide at the same moment: one that was alone need not look again at what it wrote.

A document of ``meta`` counts the decisions begun and names those under way. One whose writer was killed is named until
``_FORGOTTEN`` has passed; meanwhile the others look again, which costs time and nothing else.
"""

from __future__ import annotations

import secrets
from datetime import timedelta
from typing import TYPE_CHECKING

from pymongo import ReturnDocument, WriteConcern

from storage.base.documents import now
from storage.records import SCHEMA_VERSION

if TYPE_CHECKING:
    from storage.database.store import Store

_ID = {"_id": "deciding"}
_FORGOTTEN = timedelta(minutes=10)


class UnderWay:
    """One writer's decision from its first look at the articles around its own to its last write."""

    def __init__(self, store: Store) -> None:
        self._meta = store.db["meta"].with_options(write_concern=WriteConcern(1))
        self._token = secrets.token_hex(8)
        self._begin()

    def _begin(self) -> None:
        begun = {
            "$inc": {"begun": 1},
            "$push": {"under_way": {"token": self._token, "at": now()}},
            "$setOnInsert": {"schema_version": SCHEMA_VERSION},
        }
        found = self._meta.find_one_and_update(_ID, begun, upsert=True, return_document=ReturnDocument.AFTER)
        assert found is not None  # it was made where it was not there
        self._number = found["begun"]
        self._is_alone = len(found["under_way"]) == 1

    def end(self) -> bool:
        """End it; return whether no other one was under way at any moment of it."""
        gone = {"$or": [{"token": self._token}, {"at": {"$lt": now() - _FORGOTTEN}}]}
        found = self._meta.find_one_and_update(_ID, {"$pull": {"under_way": gone}})
        return self._is_alone and found is not None and found["begun"] == self._number

    def go_on(self) -> None:
        """Begin again, not alone."""
        self._begin()
        self._is_alone = False
