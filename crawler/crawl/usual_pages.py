"""Pages at an article's address that are none of the portal's articles, by what the portal usually gives.

A guard that nobody knows answers 200 with a few words that are the same at every address. What its portal's articles
have had until now, a date or an author, it has not.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from crawler.http.failures import CHALLENGE
from storage.frontier.entry import EntryKind

if TYPE_CHECKING:
    from storage.frontier.entry import FrontierEntry
    from storage.frontier.runs import Run
    from storage.records import Article

STORIES: frozenset[EntryKind] = frozenset({"article", "related"})
"""Kinds of addresses that are taken for articles."""
_LEAST_ARTICLES = 50
"""Articles of earlier runs below which nothing is usual."""
_USUAL = 0.99
"""Share of them with a date."""
_MOST_TEXT = 1500
"""Characters of a text that is looked at: where it stands at several addresses it is none."""
_NOTICE = 500
"""Characters up to which it is none where it stands at one address: a portal that was redesigned may have lost the
dates of all its articles, and most of them are longer."""


class UsualPages:
    """What the articles of a portal had in *earlier* runs, and the odd texts of this one."""

    def __init__(self, earlier: Sequence[Run]) -> None:
        articles = sum(run.counts.get("articles", 0) for run in earlier)
        dated = sum(run.measures.get("fields", {}).get("date", 0) for run in earlier)
        self._known = articles >= _LEAST_ARTICLES and dated >= _USUAL * articles
        self._odd: dict[tuple[str, str], str] = {}

    def strange(self, article: Article, entry: FrontierEntry) -> str:
        """Return why what an article's address gave is no article of the portal; empty if it may be one."""
        odd = not (article.published or article.authors or article.related) and len(article.text) <= _MOST_TEXT
        if not self._known or not odd or entry.kind not in STORIES:
            return ""
        first = self._odd.setdefault((article.title, article.text), entry.id)
        if first != entry.id:
            return f"{CHALLENGE} (the same text at other addresses)"
        short = len(article.text) <= _NOTICE
        return "has no date, as the portal's articles have, and little text" if short else ""
