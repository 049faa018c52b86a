"""Changes of articles in an order in which they can be pulled: never twice, none missed while others write.

A number taken before a write is in the wrong order: the write that took it first may land last, when a reader has
passed it. So writers take none. Whoever changes an article puts marks into the same update, which is atomic:
``storage.articles.collection`` sees to it. Who pulls calls :func:`number`: it gives the next numbers to the marked
articles that it *sees*, in a transaction on the one document that holds the last number. Two of them cannot overlap,
so numbers become visible in their order, and a write that is not visible yet is numbered by a later pull.

The collection ``changes`` holds one row an article, of its newest number: it grows with the articles, not with
the changes. Rows of withdrawn articles stay as tombstones.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, fields
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from bson import ObjectId
from pymongo import InsertOne, ReplaceOne, WriteConcern
from pymongo.errors import CollectionInvalid, OperationFailure
from pymongo.read_concern import ReadConcern
from pymongo.read_preferences import ReadPreference

from storage.articles.collection import Update, article_rows, update
from storage.base.documents import now
from storage.database.indexes import META
from storage.database.read_only import surely
from storage.errors import StorageError
from storage.records import SCHEMA_VERSION

if TYPE_CHECKING:
    from pymongo.client_session import ClientSession

    from storage.database.store import Store

BATCH = 500
"""Rows read together."""
NUMBERED = 1000
"""Articles numbered in one transaction: well below a second, the server's limit is 60 s."""
UNDECIDED = timedelta(minutes=10)
"""So long an article waits for the word of deduplication. One whose writer died is then pulled as it stands."""

_COUNTER = {"_id": "changes"}
_FACTS = ("language", "published", "quality", "rights")
_NEVER = (None, 0)
"""A fact that an older storykin did not note."""
_DECIDED = ("duplicate.of", "duplicate.kept_in")
_STATE = dict.fromkeys(("stamp", "portal", *_DECIDED, "withdrawn.at", "measures.characters", *_FACTS), 1)
# IllegalOperation, of a server that is no member of a replica set.
_NO_TRANSACTIONS = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """The newest changes of one article. Each number is that of the last change of its kind, 0 if there was none."""

    id: str
    """Of the article."""
    seq: int
    stamp: ObjectId
    """That the article bore when it was numbered."""
    born: int
    """Its first number."""
    duplicate_of: str | None = None
    joined: int = 0
    """It became a duplicate."""
    moved: int = 0
    """It became a duplicate, or that of another article."""
    parted: int = 0
    """It ceased to be a duplicate."""
    kept_in: str | None = None
    dropped: int = 0
    """Another article came to say all of it."""
    taken_up: int = 0
    """No other one says all of it any more."""
    withdrawn: int = 0
    restored: int = 0
    portal: str = ""
    filed: Mapping[str, tuple[Any, int]]
    """Of each fact its value and the number under which it last changed."""

    @property
    def is_withdrawn(self) -> bool:
        """Whether the article is withdrawn now."""
        return self.withdrawn > self.restored

    def refiled_since(self, seq: int, facts: Iterable[str]) -> bool:
        """Return whether one of *facts* (``Selection.facts``) changed after *seq*."""
        return any(self.filed.get(name, _NEVER)[1] > seq for name in facts)


def head(store: Store, session: ClientSession | None = None) -> tuple[str, int]:
    """Return the key of this database's numbers, new in every database, and the last number given."""
    counter = surely(store.db[META]).find_one(_COUNTER, session=session)
    return (counter["key"], counter["seq"]) if counter else ("", 0)


def number(store: Store, session: ClientSession, ids: Sequence[str] | None = None) -> tuple[str, int]:
    """Number the marked articles, or those of *ids*; return :func:`head` thereafter.

    What is written meanwhile may be left to the next call.

    :param session: that the rows are read in, too: after an election, no read falls behind an earlier one
    :raises StorageError: if the server knows no transactions
    """
    _prepare(store)
    wanted: dict[str, Any] = {"unpulled": True, "$or": _settled()}
    if ids is not None:
        wanted = {"_id": {"$in": list(ids)}, "unpulled": True}
    left = article_rows(store).count_documents({"unpulled": True})
    while left > 0:
        numbered = session.with_transaction(
            lambda held: _number_batch(store, held, wanted),
            read_concern=ReadConcern("snapshot"),
            write_concern=WriteConcern("majority"),
            read_preference=ReadPreference.PRIMARY,
        )
        if not numbered:
            break
        # Only marks of the writes that were numbered: a later write has another stamp.
        pulled = {"$unset": {"unpulled": ""}}
        update(store, [Update({"_id": key, "stamp": stamp}, pulled, visible=False) for key, stamp in numbered])
        left -= len(numbered)
    return head(store, session)


def rows(store: Store, session: ClientSession, after: int, upto: int, count: int = BATCH) -> list[Change]:
    """Return up to *count* changes with numbers above *after* and up to *upto*, in their order."""
    wanted = {"seq": {"$gt": after, "$lte": upto}}
    found = surely(store.db["changes"]).find(wanted, session=session).sort("seq", 1).limit(count)
    return [_change(row) for row in found]


def count_after(store: Store, seq: int) -> int:
    """Return how many articles changed after the number *seq*, those that nobody has numbered yet included."""
    later = {row["_id"] for row in surely(store.db["changes"]).find({"seq": {"$gt": seq}}, {"_id": 1})}
    return len(later | {row["_id"] for row in article_rows(store).find({"unpulled": True}, {"_id": 1})})


def _settled() -> list[dict[str, Any]]:
    """Return the alternatives, one of which an article meets that is ready to be pulled."""
    return [{"$expr": {"$eq": ["$judged", "$content"]}}, {"updated": {"$lt": now() - UNDECIDED}}]


def _prepare(store: Store) -> None:
    """Make the counter and the collection, which a transaction cannot do everywhere; mark what older versions wrote."""
    if head(store)[0]:
        return
    with suppress(CollectionInvalid):  # another process, or the indexes, made it
        store.db.create_collection("changes")
    update(store, [Update({"stamp": {"$exists": False}}, {}, many=True)])
    start = {"seq": 0, "key": secrets.token_hex(4), "schema_version": SCHEMA_VERSION}
    store.db[META].update_one(_COUNTER, {"$setOnInsert": start}, upsert=True)


def _number_batch(store: Store, session: ClientSession, wanted: Mapping[str, Any]) -> list[tuple[str, ObjectId]]:
    """Number up to ``NUMBERED`` marked articles inside a transaction; return them with their stamps."""
    # First of all: of two transactions one now waits or starts anew, so that it sees the rows of the other.
    try:
        counter = store.db[META].find_one_and_update(_COUNTER, {"$inc": {"rounds": 1}}, session=session)
    except OperationFailure as problem:
        if problem.code != _NO_TRANSACTIONS:
            raise
        raise StorageError(
            "this MongoDB server stands alone, and pulling changes needs transactions: "
            "make it a replica set (one member is enough), or leave --since and --consumer out"
        ) from None
    assert counter is not None
    articles = list(article_rows(store).find(wanted, _STATE, session=session).limit(NUMBERED))
    ids = [article["_id"] for article in articles]
    older = {row["_id"]: _change(row) for row in store.db["changes"].find({"_id": {"$in": ids}}, session=session)}
    seq = counter["seq"]
    operations: list[InsertOne[dict[str, Any]] | ReplaceOne[dict[str, Any]]] = []
    for article in articles:
        row = older.get(article["_id"])
        if row and row.stamp == article["stamp"]:
            continue  # numbered already by one that was killed before it took the mark off
        seq += 1
        document = _document(_next(row, article, seq))
        operations.append(ReplaceOne({"_id": row.id}, document) if row else InsertOne(document))
    if operations:
        store.db["changes"].bulk_write(operations, ordered=False, session=session)
        store.db[META].update_one(_COUNTER, {"$set": {"seq": seq}}, session=session)
    return [(article["_id"], article["stamp"]) for article in articles]


def _next(row: Change | None, article: Mapping[str, Any], seq: int) -> Change:
    """Return the change that follows *row*, now that the article is in the state *article*."""
    facts = _facts(article)
    if row is None:
        filed = {name: (value, seq) for name, value in facts.items()}
        row = Change(id=article["_id"], seq=seq, stamp=article["stamp"], born=seq, filed=filed)
    duplicate = article.get("duplicate") or {}
    of = duplicate.get("of")
    kept_in = duplicate.get("kept_in", of)
    gone = bool(article.get("withdrawn"))
    return Change(
        id=row.id,
        seq=seq,
        stamp=article["stamp"],
        born=row.born,
        duplicate_of=of,
        joined=seq if of and not row.duplicate_of else row.joined,
        moved=seq if of and of != row.duplicate_of else row.moved,
        parted=seq if row.duplicate_of and not of else row.parted,
        kept_in=kept_in,
        dropped=seq if kept_in and not row.kept_in else row.dropped,
        taken_up=seq if row.kept_in and not kept_in else row.taken_up,
        withdrawn=seq if gone and not row.is_withdrawn else row.withdrawn,
        restored=seq if row.is_withdrawn and not gone else row.restored,
        portal=article.get("portal", ""),
        filed={
            name: old if (old := row.filed.get(name, _NEVER))[0] == value else (value, seq)
            for name, value in facts.items()
        },
    )


def _facts(article: Mapping[str, Any]) -> dict[str, Any]:
    found = {name: article.get(name) for name in _FACTS}
    return found | {"characters": article.get("measures", {}).get("characters")}


def _document(change: Change) -> dict[str, Any]:
    document = {field.name: getattr(change, field.name) for field in fields(change) if field.name != "id"}
    return {"_id": change.id, **document, "schema_version": SCHEMA_VERSION}


def _change(row: Mapping[str, Any]) -> Change:
    names = {field.name for field in fields(Change)} - {"id"}
    older = {"kept_in": row["duplicate_of"], "dropped": row["joined"], "taken_up": row["parted"]}
    return Change(id=row["_id"], **{name: row[name] if name in row else older[name] for name in names})
