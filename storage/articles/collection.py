"""The collection ``articles``: others read it through :func:`article_rows`; each write goes through here.

So each write that changes what an export shows carries the marks by which pulls find it: see
``storage.articles.change_marks``.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from bson import ObjectId
from pymongo import UpdateMany, UpdateOne

from storage.base.documents import insert_missing
from storage.database.read_only import surely

if TYPE_CHECKING:
    from pymongo.collection import Collection as MongoCollection

    from storage.database.read_only import ReadOnly
    from storage.database.store import Store


@dataclass(frozen=True, slots=True)
class Update:
    """One change of the articles that match *where*."""

    where: Mapping[str, Any]
    change: Mapping[str, Any]
    """Update operators, ``$set`` and the like."""
    visible: bool | Mapping[str, Any] = True
    """Whether an export shows it; an expression over the stored article makes the change a pipeline."""
    many: bool = False

    def operation(self) -> UpdateOne | UpdateMany:
        """Return the change with its marks as the driver takes it."""
        kind = UpdateMany if self.many else UpdateOne
        if isinstance(self.visible, Mapping):
            put = {name: {"$cond": [self.visible, value, f"${name}"]} for name, value in marks().items()}
            return kind(self.where, [{"$set": self.change["$set"] | put}])
        put = marks() if self.visible else {}
        return kind(self.where, {**self.change, "$set": self.change.get("$set", {}) | put} if put else self.change)


class Written(NamedTuple):
    """What became of updates."""

    matched: int
    modified: int


def article_rows(store: Store, *, majority: bool = False) -> ReadOnly:
    """Return the stored articles for reading.

    :param majority: so that no election takes back what was read
    """
    return surely(_collection(store)) if majority else _collection(store)


def portals(store: Store) -> list[str]:
    """Return the portals that have a stored article, by name."""
    return sorted(filter(None, _collection(store).distinct("portal")))


def insert_new(store: Store, documents: Iterable[Mapping[str, Any]]) -> set[str]:
    """Insert those *documents* that are not stored yet; return their ids."""
    return insert_missing(_collection(store), [{**document, **marks()} for document in documents])


def update(store: Store, updates: Iterable[Update], *, ordered: bool = False) -> Written:
    """Write *updates*, in any order unless *ordered*."""
    operations = [one.operation() for one in updates]
    if not operations:
        return Written(0, 0)
    done = _collection(store).bulk_write(operations, ordered=ordered)
    return Written(done.matched_count, done.modified_count)


def unjudge(store: Store, ids: Collection[str]) -> None:
    """Have the articles *ids* decided anew, whatever was decided about them."""
    update(store, [Update({"_id": {"$in": list(ids)}}, {"$set": {"judged": ""}}, visible=False, many=True)])


def marks() -> dict[str, Any]:
    """Return the fields that every write sets which changes what an export shows of an article."""
    return {"stamp": ObjectId(), "unpulled": True}


def _collection(store: Store) -> MongoCollection[dict[str, Any]]:
    return store.db["articles"]
