"""Withdrawn articles: the publisher says that a page is gone (HTTP 410), or somebody here takes it back by hand.

Nothing is thrown away: the article keeps its text, its versions and the decisions made by hand, and bears
``withdrawn``. A story that it represented is represented by the next one (``storage.duplicates.standings``).
"""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING, Any

from storage.articles import articles
from storage.articles.articles import StoredArticle
from storage.articles.collection import Update, article_rows, update
from storage.base.documents import encodable, now
from storage.duplicates import decide
from storage.records import WithdrawnBy

if TYPE_CHECKING:
    from storage.database.store import Store


def withdraw(
    store: Store, key: str, reason: str, by: WithdrawnBy = "hand", canonical: articles.Canonical = str
) -> StoredArticle | None:
    """Withdraw the article with the id or address *key* and return it; return ``None`` if no such article is stored.

    A withdrawn article keeps its time and reason, unless the portal withdrew it before and now a person does (*by* is
    ``hand``). No crawl undoes what a person did.
    """
    stored = articles.get(store, key, canonical)
    if stored is None:
        return None
    _withdraw(store, [stored.id], reason, by)
    return articles.get(store, stored.id)


def restore(store: Store, key: str, canonical: articles.Canonical = str) -> StoredArticle | None:
    """Take back the withdrawal of the article with the id or address *key*; ``None`` if none is stored."""
    stored = articles.get(store, key, canonical)
    if stored is None:
        return None
    _restore(store, [stored.id], {"withdrawn": {"$ne": None}})
    return articles.get(store, stored.id)


def gone(store: Store, entries: Collection[tuple[str, str]], reason: str) -> set[str]:
    """Withdraw for the portal the articles whose page is gone; return the ids of those that are withdrawn now.

    :param entries: pairs (id of the frontier entry that is gone, id of the article it had). Another address of
        an article, a mobile page say, may go without it: only its own entry counts
    """
    if not entries:
        return set()
    owners = {article: entry for entry, article in entries if article}
    rows = article_rows(store).find({"_id": {"$in": list(owners)}}, {"entry": 1})
    own = [row["_id"] for row in rows if (row["_id"], row["entry"]) in {(a, e) for e, a in entries}]
    _withdraw(store, own, reason, "portal")
    return set(own)


def back(store: Store, ids: Collection[str]) -> None:
    """Restore the articles among *ids* that the portal had withdrawn, because their pages are back."""
    if ids:
        _restore(store, ids, {"withdrawn.by": "portal"})


def _withdraw(store: Store, ids: Collection[str], reason: str, by: WithdrawnBy) -> None:
    if not ids:
        return
    moment = now()
    wanted: dict[str, Any] = {"_id": {"$in": list(ids)}, "withdrawn": None}
    if by == "hand":
        del wanted["withdrawn"]
        wanted["withdrawn.by"] = {"$ne": "hand"}
    withdrawn = {"at": moment, "reason": encodable(reason), "by": by}
    update(store, [Update(wanted, {"$set": {"withdrawn": withdrawn, "updated": moment}}, many=True)])
    _settle(store, ids)


def _restore(store: Store, ids: Collection[str], wanted: dict[str, Any]) -> None:
    left = article_rows(store).find({"_id": {"$in": list(ids)}, **wanted}, {"_id": 1})
    found = [row["_id"] for row in left]
    if found:
        change = {"$unset": {"withdrawn": ""}, "$set": {"updated": now()}}
        update(store, [Update({"_id": {"$in": found}, **wanted}, change, many=True)])
        _settle(store, found)


def _settle(store: Store, ids: Collection[str]) -> None:
    decide.settle(store, ids)
