"""Which pages lead nowhere new: the same page under one more of endlessly many addresses.

A site that writes a visit's number into every link, or whose relative links go ever deeper, shows the same stories
under new addresses without end. Each of them leads to addresses that nobody has seen; the text gives it away.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
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
    That other page must have been followed as far as this one would be: see :func:`followed`.
    """
    fates = {page.entry.id: stored[page.entry.id] for page in pages if page.article and page.outlinks}
    aliases = {fate.article_id for fate in fates.values() if fate.change == "alias"}
    roots = {one.article_id: one.duplicate.of for one in fates.values() if one.duplicate and _is_copy(one.duplicate)}
    if not aliases and not roots:
        return set()
    wanted = {"$or": [{"_id": {"$in": [*aliases, *roots.values()]}}, {"duplicate.of": {"$in": [*roots.values()]}}]}
    rows = store.db["articles"].find(wanted, {"url": 1, "portal": 1, "first_seen": 1, "duplicate.of": 1, "entry": 1})
    shown: dict[str, _Shown] = {}
    alike: defaultdict[tuple[str, str, str], list[_Shown]] = defaultdict(list)
    for row in rows:
        one = _Shown((row["first_seen"], row["_id"]), row["entry"], _name(row["url"]))
        shown[row["_id"]] = one
        alike[(row.get("duplicate") or {}).get("of", row["_id"]), row["portal"], one.name].append(one)
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


def followed(store: Store, others: Mapping[str, Collection[str]]) -> set[str]:
    """Return those frontier entries of which one of the *others*, its entries by entry, was followed as far.

    Its links are surely queued where it has ended well: a crawl may have been killed before. Those of one that was
    ``cut`` at the limit of depth are not, and those of one that lies deeper end nearer to it.
    """
    ids = {other for several in others.values() for other in several}
    if not ids:
        return set()
    fields = {"depth": 1, "outcome": 1, "finished": 1, "cut": 1}
    rows = {row["_id"]: row for row in store.db["frontier"].find({"_id": {"$in": [*ids | others.keys()]}}, fields)}
    whole = {key: rows[key]["depth"] for key in ids & rows.keys() if _has_ended_well(rows[key])}
    return {
        entry
        for entry, several in others.items()
        if entry in rows and any(whole[other] <= rows[entry]["depth"] for other in whole.keys() & several)
    }


def _has_ended_well(row: Mapping[str, Any]) -> bool:
    """Say whether the links of an entry were queued, be it in an earlier run: it may be under way again."""
    return bool(row.get("finished")) and row.get("outcome") != "failure" and not row.get("cut")


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
