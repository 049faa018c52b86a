"""Which pages lead nowhere new: the same page under one more of endlessly many addresses.

A site that writes a visit's number into every link, or whose relative links go ever deeper, shows the same stories
under new addresses without end. Each of them leads to addresses that nobody has seen; the text gives it away.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from storage.articles import Duplicate
    from storage.mongo import Store
    from storage.write import FinishedPage, Stored


def same_again(store: Store, pages: Sequence[FinishedPage], stored: Mapping[str, Stored]) -> set[str]:
    """Return the frontier entries among *pages* whose links need not be followed.

    Such a page is an alias of a stored article (rel=canonical) or has exactly the text of one that its portal showed
    earlier, and the last segment of the path is the same: the address differs in the query or in what stands before.
    The first of them is followed.
    """
    fates = [(page, stored[page.entry.id]) for page in pages if page.article and page.outlinks]
    aliases = {fate.article_id for _, fate in fates if fate.change == "alias"}
    roots = {fate.article_id: fate.duplicate.of for _, fate in fates if fate.duplicate and _is_copy(fate.duplicate)}
    if not aliases and not roots:
        return set()
    wanted = {"$or": [{"_id": {"$in": [*aliases, *roots.values()]}}, {"duplicate.of": {"$in": [*roots.values()]}}]}
    rows = store.db["articles"].find(wanted, {"url": 1, "portal": 1, "first_seen": 1, "duplicate.of": 1})
    seen: dict[tuple[str, str], list[tuple[object, str]]] = {}
    named: dict[str, tuple[str, tuple[object, str]]] = {}
    for row in rows:
        age = (row["first_seen"], row["_id"])
        named[row["_id"]] = (_name(row["url"]), age)
        root = (row.get("duplicate") or {}).get("of", row["_id"])
        seen.setdefault((root, f"{row['portal']} {_name(row['url'])}"), []).append(age)
    barren = set()
    for page, fate in fates:
        name, age = named.get(fate.article_id, ("", ("", "")))
        if fate.change == "alias" and name == _name(page.final_url or page.entry.url):
            barren.add(page.entry.id)
        elif fate.article_id in roots and min(seen[roots[fate.article_id], f"{page.entry.portal} {name}"]) < age:
            barren.add(page.entry.id)
    return barren


def _is_copy(duplicate: Duplicate) -> bool:
    return duplicate.relation == "exact" and duplicate.same_portal


def _name(url: str) -> str:
    """Return the last segment of the path; that of a URL which has none is its own."""
    return urlsplit(url).path.rstrip("/").rpartition("/")[2] or url
