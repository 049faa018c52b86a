"""The stored articles nearest to a text, through the band index and the exact comparison. Reads only."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bson import Binary

from dedupe.compare.similarity import compare, prepare_all
from dedupe.minhash.fingerprint import fingerprint
from dedupe.text.exact import exact_hash
from storage.articles.collection import article_rows
from storage.duplicates import band_index
from storage.records import Record

if TYPE_CHECKING:
    from storage.database.store import Store

_FIELDS = dict.fromkeys(("url", "portal", "title", "text"), 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Nearest(Record):
    """One stored article and how it compares."""

    id: str
    url: str
    portal: str
    title: str
    relation: str
    """``exact``, ``near``, ``contained``, or empty for another story."""
    score: float
    jaccard: float
    containment: float
    reason: str


def nearest(
    store: Store, title: str, text: str, *, own_id: str = "", also: Collection[str] = (), most: int = 10
) -> list[Nearest]:
    """Return the *most* similar stored articles, best first, of those that share a band with *text*, or its words.

    The same candidates and the same comparison as when an article is stored; nothing is decided or written.

    :param own_id: left out
    :param also: ids compared in any case, such as the article that it was judged to repeat
    :raises StorageError: if the database holds fingerprints of other parameters
    """
    ids = {*also, *_candidates(store, title, text)} - {own_id}
    rows = list(article_rows(store).find({"_id": {"$in": sorted(ids)}}, _FIELDS))
    own, *others = prepare_all([text, *(row["text"] for row in rows)], [title, *(row["title"] for row in rows)])
    found = []
    for row, other in zip(rows, others, strict=True):
        result = compare(own, other)
        found.append(
            Nearest(
                id=row["_id"],
                url=row["url"],
                portal=row["portal"],
                title=row["title"],
                relation=result.relation or "",
                score=round(result.score, 4),
                jaccard=round(result.jaccard, 4),
                containment=round(result.containment, 4),
                reason=result.reason,
            )
        )
    return sorted(found, key=lambda one: (not one.relation, -one.score, -one.jaccard, one.id))[:most]


def _candidates(store: Store, title: str, text: str) -> set[str]:
    if store.db["meta"].find_one({"_id": "fingerprints"}) is None:
        return set()
    print_ = fingerprint(text, band_index.params_of(store))  # stored ones are there: this writes nothing
    if not print_.words:
        return set()
    (entry,) = band_index.entries_of([("", "", text, print_)])
    ids = set(band_index.candidates(store, {"": entry.keys})[""])
    claim = store.db["exact"].find_one({"_id": Binary(exact_hash(text, title))}, {"article": 1})
    return ids | ({claim["article"]} if claim else set())
