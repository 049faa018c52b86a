"""All fingerprints made anew, for other parameters or after damage: ``storykin dedupe --all --rebuild``.

May be killed at any time: each row that was made anew says so, the database says which parameters it is on its way
to, and nothing is decided meanwhile, because old and new signatures cannot be compared. Running it again goes on.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from pymongo import DeleteOne, UpdateOne

from dedupe.minhash.fingerprint import fingerprints
from dedupe.minhash.params import MinHashParams
from storage.articles.collection import article_rows, unjudge
from storage.base.documents import batches
from storage.duplicates import band_index
from storage.duplicates.band_index import fingerprint_rows

if TYPE_CHECKING:
    from storage.database.store import Store

_CHUNK = 500


def rebuild(store: Store, params: MinHashParams, progress: Callable[[str], None] = lambda _: None) -> int:
    """Sign all texts of the index again with *params*, which become the parameters of the database.

    A row is dropped if its article is gone or has another text by now; in the second case ``repair`` decides the
    article.

    :return: rows signed in this run; fewer than there are if it went on where a killed run had stopped
    """
    band_index.begin_rebuild(store, params)
    made = 0
    mark = str(params)
    rows = fingerprint_rows(store).find({"made": {"$ne": mark}}, {"content": 1}).sort("_id", 1)
    for chunk in batches(rows, _CHUNK):
        _sign(store, chunk, params, mark)
        made += len(chunk)
        progress(f"making fingerprints anew {made:,}")
    band_index.end_rebuild(store, params)
    return made


def _sign(store: Store, rows: Sequence[Mapping[str, Any]], params: MinHashParams, mark: str) -> None:
    ids = [row["_id"] for row in rows]
    stored = article_rows(store).find({"_id": {"$in": ids}}, {"text": 1, "content": 1})
    articles = {article["_id"]: article for article in stored}
    present = [row for row in rows if articles.get(row["_id"], {}).get("content") == row["content"]]
    texts = [articles[row["_id"]]["text"] for row in present]
    signed = zip(present, texts, fingerprints(texts, params), strict=True)
    operations: list[UpdateOne | DeleteOne] = [
        UpdateOne({"_id": entry.id, "content": entry.content}, {"$set": {**band_index.signed(entry), "made": mark}})
        for entry in band_index.entries_of((row["_id"], row["content"], text, found) for row, text, found in signed)
    ]
    kept = {row["_id"] for row in present}
    outdated = [row for row in rows if row["_id"] not in kept]
    operations += [DeleteOne({"_id": row["_id"], "content": row["content"]}) for row in outdated]
    # First the articles: a row that is still there shows a run after a kill what is left to do.
    changed = [row["_id"] for row in outdated if row["_id"] in articles]
    unjudge(store, changed)
    band_index.update(store, operations)
