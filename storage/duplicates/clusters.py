"""Stories that stand in the store more than once, read from the decisions in the articles."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from storage.articles.articles import StoredArticle, iterate
from storage.articles.collection import article_rows
from storage.base.documents import batches

if TYPE_CHECKING:
    from storage.database.store import Store


def members(store: Store, key: str) -> list[StoredArticle]:
    """Return the cluster of the article with the id *key*: its representative, then the others by id."""
    root = root_of(store, key)
    found = iterate(store, ids=ids(store, key))
    return sorted(found, key=lambda one: (one.id != root, one.id))


def ids(store: Store, key: str) -> set[str]:
    """Return the ids of the cluster of the article *key*; itself alone if it is in none."""
    root = root_of(store, key)
    found, latest = {root}, {root}
    while latest:
        linked = article_rows(store).find({"duplicate.of": {"$in": list(latest)}}, {"_id": 1})
        latest = {one["_id"] for one in linked} - found
        found |= latest
    return found


def root_of(store: Store, key: str) -> str:
    """Return the representative of the article *key*; *key* itself if none such is stored."""
    row = article_rows(store).find_one({"_id": key}, {"duplicate.of": 1})
    return representative(store, row) if row else key


def representative(store: Store, row: Mapping[str, Any]) -> str:
    """Return the id at which the links from the article *row* end.

    A representative that was changed and then judged a duplicate itself still has its members until repair.
    """
    passed: set[str] = set()
    while row["_id"] not in passed and (row.get("duplicate") or {}).get("of"):
        passed.add(row["_id"])
        ahead = article_rows(store).find_one({"_id": row["duplicate"]["of"]}, {"duplicate.of": 1})
        if ahead is None:
            break
        row = ahead
    return str(row["_id"])


def copies(store: Store, root: str) -> int:
    """Return how many articles repeat the representative *root*."""
    return article_rows(store).count_documents({"duplicate.of": root})


def relations(store: Store, keys: Collection[str]) -> Counter[str]:
    """Return how many of the articles *keys* repeat another one, by relation."""
    found: Counter[str] = Counter()
    for some in batches(keys, 1000):
        repeating = {"_id": {"$in": some}, "duplicate.relation": {"$exists": True}}
        found.update(
            row["duplicate"]["relation"] for row in article_rows(store).find(repeating, {"duplicate.relation": 1})
        )
    return found


def sizes(store: Store) -> Iterator[tuple[str, int, set[str]]]:
    """Yield ``(representative, members besides it, their portals)``, largest first."""
    steps: list[dict[str, Any]] = [
        {"$match": {"duplicate.of": {"$gt": ""}}},  # the index alone counts them
        {"$group": {"_id": "$duplicate.of", "n": {"$sum": 1}}},
        {"$sort": {"n": -1, "_id": 1}},
    ]
    for some in batches(article_rows(store).aggregate(steps, allowDiskUse=True), 100):
        of = {"$match": {"duplicate.of": {"$in": [row["_id"] for row in some]}}}
        together = {"$group": {"_id": "$duplicate.of", "portals": {"$addToSet": "$portal"}}}
        portals = {row["_id"]: set(row["portals"]) for row in article_rows(store).aggregate([of, together])}
        yield from ((row["_id"], row["n"], portals.get(row["_id"], set())) for row in some)
