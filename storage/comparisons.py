"""Stored articles compared with each other, each text prepared once, each pair compared once a batch."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from dedupe.similarity import Comparison, Prepared, compare, prepare
from storage.articles import Duplicate

if TYPE_CHECKING:
    from storage.mongo import Store

FIELDS = dict.fromkeys(("title", "text", "content", "judged", "duplicate", "portal", "agency"), 1)
"""Of an article, what decisions are made from."""


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
            score=round(found.score, 4),
            reason=found.reason,
            same_portal=self._articles[key]["portal"] == self._articles[of]["portal"],
            agency=self._articles[key]["agency"],
        )

    def _text(self, key: str) -> Prepared:
        if key not in self._prepared:
            article = self._articles[key]
            self._prepared[key] = prepare(article["text"], article["title"])
        return self._prepared[key]

    def _forget(self, key: str) -> None:
        self._prepared.pop(key, None)
        for pair in [pair for pair in self._compared if key in pair]:
            del self._compared[pair]
