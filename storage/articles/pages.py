"""Raw responses, compressed, kept for a set time: what `reprocess` extracts again and the WARC export writes.

One document a frontier entry, the newest response. Where a page became another version of its article, the
response of the older text is kept beside it, under ``<entry>:<content>``. A TTL index drops both in time.
"""

from __future__ import annotations

import sys
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from pymongo import ReplaceOne, UpdateOne

from storage.articles import articles
from storage.base.documents import encodable, insert_missing, now, record_of
from storage.frontier.entry import entry_id
from storage.records import SCHEMA_VERSION, RawPage, RightsStatement, article_id

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

if TYPE_CHECKING:
    from pymongo.collection import Collection as MongoCollection

    from storage.database.store import Store

KEEP_DAYS = 30.0
"""A response is kept this long after it was last seen, unless ``STORYKIN_KEEP_PAGES_DAYS`` says otherwise."""
MAX_COMPRESSED = 4 * 1024 * 1024
"""Bytes; a longer response is not kept. Pages of news portals compress to 10-60 kB; a batch of 64 stays in bounds."""
LEVEL = 2
"""Of zstd. Real pages: 0.41 ms and 30.2 kB each; the default, 3: 0.52 and 29.4; 1: 0.39 and 31.1."""


def put_many(store: Store, raws: Iterable[RawPage], keep_days: float = KEEP_DAYS) -> int:
    """Keep *raws*, each under its ``entry``, for *keep_days*; return how many were. Doing it again changes nothing.

    A response that is longer than :data:`MAX_COMPRESSED` when compressed is left out, and all are with 0 days.
    """
    if keep_days <= 0:
        return 0
    expires = now() + timedelta(days=keep_days)
    compressor = zstd.ZstdCompressor(LEVEL)  # its tables, over a megabyte, serve all pages of the batch
    documents = {raw.entry: _document(raw, expires, compressor) for raw in raws}
    documents = {key: one for key, one in documents.items() if len(one["body"]) <= MAX_COMPRESSED}
    if not documents:
        return 0
    heads = {row["_id"]: row for row in _pages(store).find({"_id": {"$in": list(documents)}}, _HEAD)}
    inserted = insert_missing(_pages(store), [one for key, one in documents.items() if key not in heads])
    _keep_older(store, [key for key, head in heads.items() if _is_another_version(documents[key], head)])
    newer = [
        ReplaceOne({"_id": key, "fetched": {"$lte": one["fetched"]}}, one)
        for key, one in documents.items()
        if key not in inserted
    ]
    if newer:
        _pages(store).bulk_write(newer, ordered=False)
    return len(documents)


def touch(store: Store, entries: Collection[str], keep_days: float = KEEP_DAYS) -> None:
    """Keep the newest responses of *entries* for *keep_days* from now: the server said that they still hold."""
    if entries and keep_days > 0:
        later = {"$max": {"expires": now() + timedelta(days=keep_days)}}
        _pages(store).update_many({"_id": {"$in": list(entries)}}, later)


def get(store: Store, key: str) -> RawPage | None:
    """Return the newest response of *key*: an address of a page, an article's id or a frontier entry's."""
    portals = _pages(store).distinct("portal")
    ids = [key, *(entry_id(portal, key) for portal in portals)]
    row = _newest(store, {"_id": {"$in": ids}}) or _newest(store, {"article": {"$in": [key, article_id(key)]}})
    if row is None and (stored := articles.get(store, key)):
        row = _newest(store, {"article": stored.id})
    return _raw(row) if row else None


def portals(store: Store) -> list[str]:
    """Return the portals of which responses are kept, sorted."""
    return sorted(_pages(store).distinct("portal"))


def iterate(
    store: Store,
    *,
    portal: str = "",
    since: datetime | None = None,
    older: bool = False,
    not_read_by: str = "",
    feeds: bool = True,
) -> Iterator[RawPage]:
    """Yield kept responses by id, a batch in memory at a time.

    :param since: only those fetched at this time or later
    :param older: also the responses of older versions of articles
    :param not_read_by: without those that :func:`mark_read` marked with this
    :param feeds: also feeds and sitemaps
    """
    wanted = _wanted(portal, since, older=older, not_read_by=not_read_by, feeds=feeds)
    # A reader may take its time over each: the next batch is asked for before the server forgets the cursor.
    for row in _pages(store).find(wanted).sort("_id", 1).batch_size(100).allow_disk_use(True):
        yield _raw(row)


def newest(store: Store, portal: str, most: int) -> Iterator[RawPage]:
    """Yield the kept responses of the portal's articles, of the *most* fetched last, oldest first."""
    wanted = {"portal": portal, "newest": True, "article": {"$nin": [None, ""]}}
    rows = _pages(store).find(wanted, {"_id": 1}).sort("fetched", -1).limit(most)
    for key in [row["_id"] for row in rows][::-1]:
        if row := _pages(store).find_one({"_id": key}):
            yield _raw(row)


def count(
    store: Store, portal: str = "", *, since: datetime | None = None, not_read_by: str = "", feeds: bool = True
) -> int:
    """Return how many responses :func:`iterate` yields with these arguments."""
    return _pages(store).count_documents(_wanted(portal, since, older=False, not_read_by=not_read_by, feeds=feeds))


def refile(store: Store, entry: str, article: str) -> None:
    """Note that the kept response of *entry* became *article*."""
    _pages(store).update_one({"_id": entry}, {"$set": {"article": article}})


def mark_read(store: Store, read: Iterable[tuple[RawPage, str, str]], reader: str) -> None:
    """Note that kept responses were read anew by *reader*; a response fetched meanwhile stays unmarked.

    :param read: each with the id of the article that it became and the hash of its text; empty for none
    """
    marked = [
        UpdateOne(
            {"_id": raw.entry, "fetched": raw.fetched},
            {"$set": {"read_by": reader, **({"article": article, "content": content} if article else {})}},
        )
        for raw, article, content in read
    ]
    if marked:
        _pages(store).bulk_write(marked, ordered=False)


_HEAD = {"content": 1, "fetched": 1}


def _pages(store: Store) -> MongoCollection[dict[str, Any]]:
    return store.db["pages"]


def _wanted(portal: str, since: datetime | None, *, older: bool, not_read_by: str, feeds: bool) -> dict[str, Any]:
    wanted: dict[str, Any] = {} if older else {"newest": True}
    if portal:
        wanted["portal"] = portal
    if since is not None:
        wanted["fetched"] = {"$gte": since}
    if not_read_by:
        wanted["read_by"] = {"$ne": not_read_by}
    if not feeds:
        wanted["kind"] = {"$ne": "feed"}
    return wanted


def _is_another_version(document: Mapping[str, Any], head: Mapping[str, Any]) -> bool:
    """Return whether *document* takes the place of the response of another text."""
    return head["content"] not in ("", document["content"]) and head["fetched"] <= document["fetched"]


def _newest(store: Store, wanted: Mapping[str, Any]) -> dict[str, Any] | None:
    return _pages(store).find_one({**wanted, "newest": True}, sort=[("fetched", -1)])


def _keep_older(store: Store, entries: Sequence[str]) -> None:
    """Keep the stored responses of *entries*, which are about to be replaced, each text once."""
    if not entries:
        return
    operations = []
    for row in _pages(store).find({"_id": {"$in": list(entries)}}):
        older = {**row, "newest": False}
        key = {"_id": f"{older.pop('_id')}:{row['content']}"}
        operations.append(UpdateOne(key, {"$setOnInsert": older}, upsert=True))
    if operations:
        _pages(store).bulk_write(operations, ordered=False)


def _document(raw: RawPage, expires: datetime, compressor: zstd.ZstdCompressor) -> dict[str, Any]:
    return {
        "_id": raw.entry,
        "portal": raw.portal,
        "kind": raw.kind,
        "url": encodable(raw.url),
        "requested_url": encodable(raw.requested_url),
        "redirects": [encodable(url) for url in raw.redirects],
        "status": raw.status,
        "content_type": encodable(raw.content_type),
        "etag": encodable(raw.etag),
        "last_modified": encodable(raw.last_modified),
        "fetched": raw.fetched or now(),
        "article": raw.article,
        "content": raw.content,
        **({"doubts": list(raw.doubts)} if raw.doubts else {}),
        **({"rights": [asdict(one) for one in raw.rights]} if raw.rights else {}),
        "warc_file": raw.warc_file,
        "warc_offset": raw.warc_offset,
        "newest": True,
        "bytes": len(raw.body),
        "body": compressor.compress(raw.body, zstd.ZstdCompressor.FLUSH_FRAME),
        "expires": expires,
        "schema_version": SCHEMA_VERSION,
    }


def _raw(row: Mapping[str, Any]) -> RawPage:
    return RawPage(
        entry=row["_id"].partition(":")[0],
        portal=row["portal"],
        kind=row["kind"],
        url=row["url"],
        body=zstd.decompress(row["body"]),
        requested_url=row["requested_url"],
        redirects=tuple(row["redirects"]),
        status=row["status"],
        content_type=row["content_type"],
        etag=row["etag"],
        last_modified=row["last_modified"],
        fetched=row["fetched"],
        article=row["article"],
        content=row["content"],
        warc_file=row.get("warc_file", ""),
        warc_offset=row.get("warc_offset"),
        doubts=tuple(row.get("doubts", ())),
        rights=tuple(record_of(RightsStatement, one) for one in row.get("rights", ())),
    )
