"""Which pages lead nowhere new: the same page under one more of endlessly many addresses.

A site that writes a visit's number into every link, or whose relative links go ever deeper, shows the same stories
under new addresses without end. Each of them leads to addresses that nobody has seen; the text gives it away.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from datetime import datetime

    from storage.articles import Duplicate
    from storage.mongo import Store
    from storage.write import FinishedPage, Stored


def same_again(store: Store, pages: Sequence[FinishedPage], stored: Mapping[str, Stored]) -> set[str]:
    """Return the frontier entries among *pages* whose links need not be followed.

    Such a page is an alias of a stored article (rel=canonical) or has exactly the text of one that its portal showed
    earlier, and the last segment of the path is the same: the address differs in the query or in what stands before.
    The first of them is followed: only where its entry is ``done`` are its links surely queued, a crawl may have been
    killed before.
    """
    fates = [(page, stored[page.entry.id]) for page in pages if page.article and page.outlinks]
    aliases = {fate.article_id for _, fate in fates if fate.change == "alias"}
    roots = {fate.article_id: fate.duplicate.of for _, fate in fates if fate.duplicate and _is_copy(fate.duplicate)}
    if not aliases and not roots:
        return set()
    wanted = {"$or": [{"_id": {"$in": [*aliases, *roots.values()]}}, {"duplicate.of": {"$in": [*roots.values()]}}]}
    rows = store.db["articles"].find(wanted, {"url": 1, "portal": 1, "first_seen": 1, "duplicate.of": 1, "entry": 1})
    named: dict[str, tuple[str, tuple[datetime, str]]] = {}
    first: dict[tuple[str, str, str], tuple[datetime, str]] = {}
    entry_of: dict[str, str] = {}
    for row in rows:
        name, age = _name(row["url"]), (row["first_seen"], row["_id"])
        named[row["_id"]] = (name, age)
        entry_of[row["_id"]] = row["entry"]
        key = ((row.get("duplicate") or {}).get("of", row["_id"]), row["portal"], name)
        first[key] = min(age, first.get(key, age))
    followed: dict[str, str] = {}
    for page, fate in fates:
        if fate.article_id not in named:
            continue
        name, age = named[fate.article_id]
        is_alias = fate.change == "alias" and name == _name(page.final_url or page.entry.url)
        key = (roots.get(fate.article_id, ""), page.entry.portal, name)
        if is_alias or first.get(key, age) < age:
            followed[page.entry.id] = entry_of[fate.article_id if is_alias else first[key][1]]
    done = {"_id": {"$in": list(followed.values())}, "state": "done"}
    ended = {row["_id"] for row in store.db["frontier"].find(done, {"_id": 1})} if followed else set()
    return {entry for entry, other in followed.items() if other in ended and other != entry}


def _is_copy(duplicate: Duplicate) -> bool:
    return duplicate.relation == "exact" and duplicate.same_portal


def _name(url: str) -> str:
    """Return the last segment of the path; that of a URL which has none is its own."""
    return urlsplit(url).path.rstrip("/").rpartition("/")[2] or url
