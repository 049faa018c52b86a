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
    for some in batches(_counted(store), 50):
        of = {"$match": {"duplicate.of": {"$in": [root for root, _ in some]}}}
        together = {"$group": {"_id": "$duplicate.of", "portals": {"$addToSet": "$portal"}}}
        portals = {row["_id"]: set(row["portals"]) for row in article_rows(store).aggregate([of, together])}
        yield from ((root, number, portals.get(root, set())) for root, number in some)


def _counted(store: Store) -> Iterator[tuple[str, int]]:
    """Yield representatives with the number of their copies, largest first, as the index alone tells."""
    copies = {"duplicate.of": {"$gt": ""}}
    steps: list[dict[str, Any]] = [
        {"$match": copies},
        {"$group": {"_id": "$duplicate.of", "n": {"$sum": 1}}},
        {"$match": {"n": {"$gt": 1}}},
        {"$sort": {"n": -1, "_id": 1}},
    ]
    larger = set()
    for row in article_rows(store).aggregate(steps, allowDiskUse=True):
        larger.add(row["_id"])
        yield row["_id"], row["n"]
    # Most stories have one copy: the index has them in their order, and nothing needs to sort them.
    for row in article_rows(store).find(copies, {"duplicate.of": 1, "_id": 0}).sort("duplicate.of", 1):
        if row["duplicate"]["of"] not in larger:
            yield row["duplicate"]["of"], 1
