"""Which pages lead nowhere new: the same page under one more of endlessly many addresses.

A site that writes a visit's number into every link, or whose relative links go ever deeper, shows the same stories
under new addresses without end. Each of them leads to addresses that nobody has seen; the text gives it away.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from storage.mongo import Store
    from storage.write import FinishedPage, Stored


def same_again(store: Store, pages: Sequence[FinishedPage], stored: Mapping[str, Stored]) -> set[str]:
    """Return the frontier entries among *pages* whose links need not be followed.

    Such a page is an exact repeat of an article of its own portal, or an alias of it (rel=canonical), and the last
    segment of the path is the same: it differs in the query or in what stands before. The first of them is followed.
    """
    repeats: dict[str, tuple[FinishedPage, str]] = {}
    for page in pages:
        fate = stored.get(page.entry.id)
        if fate is None or page.article is None or not page.outlinks:
            continue
        copy = fate.duplicate
        if copy is not None and copy.relation == "exact" and copy.same_portal:
            repeats[page.entry.id] = (page, copy.of)
        elif fate.change == "alias":
            repeats[page.entry.id] = (page, fate.article_id)
    originals = [of for _, of in repeats.values()]
    urls = {row["_id"]: row["url"] for row in store.db["articles"].find({"_id": {"$in": originals}}, {"url": 1})}
    return {
        entry for entry, (page, of) in repeats.items() if _name(page.final_url or page.entry.url) == _name(urls.get(of))
    }


def _name(url: str | None) -> str:
    """Return the last segment of the path; that of a URL which has none is its own."""
    return (urlsplit(url or "").path.rstrip("/").rpartition("/")[2] or url) or ""
