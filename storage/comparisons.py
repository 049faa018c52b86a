"""Stored articles compared with each other, each text prepared once, each pair compared once a batch."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pymongo import UpdateOne

from dedupe.similarity import Comparison, Prepared, compare, prepare
from storage.articles import Duplicate
from storage.records import SCHEMA_VERSION

if TYPE_CHECKING:
    from storage.mongo import Store

FIELDS = dict.fromkeys(("title", "text", "content", "judged", "duplicate", "portal", "agency"), 1)
"""Of an article, what decisions are made from."""


@dataclass(frozen=True, slots=True)
class VerifiedPair:
    """Two articles whose texts were compared and found to repeat each other; ``a`` is the smaller id."""

    a: str
    b: str
    comparison: Comparison
    contents: tuple[str, str]
    """Content hashes of the two texts compared."""


class Comparisons:
    """The articles of one batch and those that they may repeat."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._articles: dict[str, Mapping[str, Any]] = {}
        self._prepared: dict[str, Prepared] = {}
        self._compared: dict[tuple[str, str], Comparison] = {}

    def load(self, ids: Iterable[str], *, again: bool = False) -> None:
        """Read the articles of *ids*; those read before only if *again*."""
        wanted = [key for key in ids if again or key not in self._articles]
        if not wanted:
            return
        for row in self._store.db["articles"].find({"_id": {"$in": wanted}}, FIELDS):
            if row["content"] != self._articles.get(row["_id"], row)["content"]:
                self._forget(row["_id"])
            self._articles[row["_id"]] = row

    def article(self, key: str) -> Mapping[str, Any] | None:
        """Return what was loaded of the article *key*."""
        return self._articles.get(key)

    def compare(self, one: str, other: str) -> Comparison | None:
        """Return how the two articles compare, ``None`` where one is not stored."""
        if one not in self._articles or other not in self._articles:
            return None
        a, b = sorted((one, other))
        if (a, b) not in self._compared:
            self._compared[a, b] = compare(self._text(a), self._text(b))
        return self._compared[a, b]

    def duplicate(self, key: str, of: str) -> Duplicate | None:
        """Return the article *key* as a duplicate of the article *of*; ``None`` if it does not repeat that one."""
        found = self.compare(key, of)
        if found is None or found.relation is None:
            return None
        return Duplicate(
            of=of,
            relation=found.relation,
            score=found.score,
            reason=found.reason,
            same_portal=self._articles[key]["portal"] == self._articles[of]["portal"],
            agency=self._articles[key]["agency"],
        )

    def verified(self) -> list[VerifiedPair]:
        """Return the pairs compared so far that repeat each other."""
        return [
            VerifiedPair(a, b, found, (self._articles[a]["content"], self._articles[b]["content"]))
            for (a, b), found in self._compared.items()
            if found.relation
        ]

    def _text(self, key: str) -> Prepared:
        if key not in self._prepared:
            article = self._articles[key]
            self._prepared[key] = prepare(article["text"], article["title"])
        return self._prepared[key]

    def _forget(self, key: str) -> None:
        self._prepared.pop(key, None)
        for pair in [pair for pair in self._compared if key in pair]:
            del self._compared[pair]


def record(store: Store, pairs: Sequence[VerifiedPair]) -> None:
    """Store verified *pairs*, the latest comparison of each two articles."""
    operations = [
        UpdateOne(
            {"_id": f"{pair.a}:{pair.b}"},
            {
                "$set": {
                    "a": pair.a,
                    "b": pair.b,
                    "relation": pair.comparison.relation,
                    "score": pair.comparison.score,
                    "reason": pair.comparison.reason,
                    "contents": list(pair.contents),
                    "schema_version": SCHEMA_VERSION,
                }
            },
            upsert=True,
        )
        for pair in pairs
    ]
    if operations:
        store.db["pairs"].bulk_write(operations, ordered=False)
