"""Which pages lead nowhere new: the same page under one more of endlessly many addresses.

A site that writes a visit's number into every link, or whose relative links go ever deeper, shows the same stories
under new addresses without end. Each of them leads to addresses that nobody has seen; the text gives it away.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from storage.articles.collection import article_rows
from storage.frontier.followed import followed

if TYPE_CHECKING:
    from datetime import datetime

    from storage.database.store import Store
    from storage.records import Duplicate
    from storage.write.finished_page import FinishedPage, Stored


def same_again(store: Store, pages: Sequence[FinishedPage], stored: Mapping[str, Stored]) -> set[str]:
    """Return the ids of the frontier entries whose links need not be followed: the page was seen at another address.

    A page was seen before if it is an alias of a stored article (rel=canonical), or has exactly the text of an article
    that the same portal showed earlier. The last segment of both paths must be the same, and the earlier page must have
    been followed at least as far (:func:`followed`).

    :param pages: the pages that are being stored
    :param stored: the outcome of each page, by the id of its frontier entry
    """
    fates = {page.entry.id: stored[page.entry.id] for page in pages if page.article and page.outlinks}
    aliases = {fate.article_id for fate in fates.values() if fate.change == "alias"}
    # A text that was seen later may be the kept one: its earlier copies point to it.
    roots = {
        one.article_id: one.duplicate.of if one.duplicate else one.article_id
        for one in fates.values()
        if one.duplicate is None or _is_copy(one.duplicate)
    }
    if not aliases and not roots:
        return set()
    wanted = {"$or": [{"_id": {"$in": [*aliases, *roots.values()]}}, {"duplicate.of": {"$in": [*roots.values()]}}]}
    fields = dict.fromkeys(("url", "portal", "first_seen", "duplicate.of", "duplicate.relation", "entry"), 1)
    rows = article_rows(store).find(wanted, fields)
    shown: dict[str, _Shown] = {}
    alike: defaultdict[tuple[str, str, str], list[_Shown]] = defaultdict(list)
    for row in rows:
        one = _Shown((row["first_seen"], row["_id"]), row["entry"], _name(row["url"]))
        shown[row["_id"]] = one
        copy = row.get("duplicate") or {}
        if copy.get("relation", "exact") == "exact":
            alike[copy.get("of", row["_id"]), row["portal"], one.name].append(one)
    others: dict[str, set[str]] = {}
    for page in pages:
        fate = fates.get(page.entry.id)
        if fate is None or fate.article_id not in shown:
            continue
        own = shown[fate.article_id]
        root = roots.get(fate.article_id, "")
        earlier = {one.entry for one in alike.get((root, page.entry.portal, own.name), ()) if one.age < own.age}
        if fate.change == "alias" and own.name == _name(page.final_url or page.entry.url):
            earlier.add(own.entry)
        others[page.entry.id] = earlier - {page.entry.id}
    return followed(store, others)


@dataclass(frozen=True, slots=True)
class _Shown:
    """A stored article: when it was first seen, its entry, the last segment of its address."""

    age: tuple[datetime, str]
    entry: str
    name: str


def _is_copy(duplicate: Duplicate) -> bool:
    return duplicate.relation == "exact" and duplicate.same_portal


def _name(url: str) -> str:
    """Return the last segment of the path; that of a URL which has none is its own."""
    return urlsplit(url).path.rstrip("/").rpartition("/")[2] or url
