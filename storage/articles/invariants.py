"""What should hold of a portal's stored articles and shows where extraction went wrong: asked of the server."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from storage.articles.collection import article_rows

if TYPE_CHECKING:
    from storage.database.store import Store

MANY_TITLES = 3
"""Titles from which on one text is no article of theirs: two are a headline that was changed."""

ONE_PERSON = 70
"""Articles above which an author is no person but an organisation, since the window is a week: ten a day."""

_TEXT: dict[str, Any] = {"$concat": [{"$toString": {"$strLenCP": "$text"}}, " ", {"$substrCP": ["$text", 0, 400]}]}
"""Length and beginning of a text tell it from every other one of its portal, and take little memory."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Invariants:
    """Counts over the articles of one portal fetched since a moment."""

    articles: int
    undated: int
    """Without a time of publication."""
    same_lead: int
    """Whose lead stands over another text as well: a teaser or an invitation."""
    same_text: int
    """Whose text stands under :data:`MANY_TITLES` titles: a notice of the portal."""
    organisation: str
    """The author of most articles, where they are more than :data:`ONE_PERSON`."""
    by_organisation: int
    """Those articles."""


def invariants(store: Store, portal: str, since: datetime) -> Invariants:
    """Count over the articles of *portal* fetched since *since*, and not withdrawn."""
    match = {"portal": portal, "fetched": {"$gte": since}, "withdrawn": None}
    steps: list[dict[str, Any]] = [
        {"$match": match},
        {"$project": {"title": 1, "lead": 1, "published": 1, "authors": 1, "text": _TEXT, "copy_of": "$duplicate.of"}},
        {
            "$facet": {
                "all": [{"$count": "n"}],
                "undated": [{"$match": {"published": None}}, {"$count": "n"}],
                # Copies of one story have one lead.
                "same_lead": [{"$match": {"copy_of": None}}, *_shared("lead", "text", 2)],
                "same_text": _shared("text", "title", MANY_TITLES),
                "author": [
                    {"$unwind": "$authors"},
                    {"$sortByCount": "$authors"},
                    {"$limit": 1},
                    {"$match": {"count": {"$gt": ONE_PERSON}}},
                ],
            }
        },
    ]
    (found,) = article_rows(store).aggregate(steps, allowDiskUse=True)
    (most,) = found.pop("author") or [{"_id": "", "count": 0}]
    numbers = {name: rows[0]["n"] if rows else 0 for name, rows in found.items()}
    return Invariants(articles=numbers.pop("all"), organisation=most["_id"], by_organisation=most["count"], **numbers)


def _shared(what: str, other: str, least: int) -> list[dict[str, Any]]:
    """Return the steps that count the articles whose *what* stands with so many different values of *other*."""
    return [
        {"$match": {what: {"$nin": [None, ""]}}},
        {"$group": {"_id": f"${what}", "with": {"$addToSet": f"${other}"}, "n": {"$sum": 1}}},
        {"$match": {f"with.{least - 1}": {"$exists": True}}},
        {"$group": {"_id": None, "n": {"$sum": "$n"}}},
    ]
