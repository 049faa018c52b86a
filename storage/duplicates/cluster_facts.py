"""What is known of one story's texts: roles, who published first, credits, and where the texts differ."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from itertools import islice, takewhile
from typing import TYPE_CHECKING, Any

from dedupe.compare.diff import Span, spans
from dedupe.compare.roles import MemberText, dateline, role, when
from dedupe.text.days import has_time
from dedupe.text.normalise import agency_credit
from storage.articles import articles
from storage.articles.articles import StoredArticle
from storage.articles.collection import article_rows
from storage.base.documents import batches
from storage.duplicates import clusters
from storage.records import Record

if TYPE_CHECKING:
    from storage.database.store import Store

_OFFSET = re.compile(r"\d\s*([+-])(\d\d):?(\d\d)\s*$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference(Record):
    """A passage in which a copy departs from the representative; one side may be empty."""

    representative: str
    copy: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberFacts(Record):
    """One text of a story."""

    id: str
    url: str
    portal: str
    title: str
    role: str
    """See ``dedupe.compare.roles``; empty for a decision of an older storykin."""
    first: bool
    """Nobody is known to have published earlier; several where their times are equal."""
    published: datetime | None
    """UTC."""
    published_local: str
    """With the offset that the page gives, else as the page writes it."""
    has_time: bool
    """Whether the page says more than the day."""
    credit: str
    """Of a news agency, as it stands in the text."""
    dateline: str
    relation: str = ""
    score: float = 1.0
    reason: str = ""
    by_hand: bool = False
    withdrawn: bool = False
    kept: bool = True
    """No other kept text says all of it, so exports have it."""
    differences: tuple[Difference, ...] = ()
    """From the representative."""


@dataclass(frozen=True, slots=True)
class ClusterFacts:
    """A story's texts: its representative, then the others by time of publication, with their texts."""

    members: tuple[MemberFacts, ...]
    aligned: tuple[tuple[Span, ...], ...]
    """Of each member the stretches of the representative's text beside its own; empty for the representative."""
    more: int
    """Members left out."""

    def to_json(self) -> dict[str, Any]:
        """Return plain values, without the passages in common."""
        return {"members": [one.to_json() for one in self.members], "more": self.more}


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed(Record):
    """A story in a list."""

    id: str
    url: str
    title: str
    texts: int
    portals: tuple[str, ...]


def facts_of(store: Store, key: str, *, most: int = 20) -> ClusterFacts:
    """Return what is known of the cluster of the article with the id *key*, with the *most* earliest copies."""
    root = clusters.root_of(store, key)
    ids = clusters.ids(store, root) | {root}
    rows = article_rows(store).find({"_id": {"$in": list(ids)}}, {"published": 1, "published_raw": 1})
    order = {row["_id"]: when(_times(row)) for row in rows}
    earliest = min(order.values(), default=None)
    others = sorted(order.keys() - {root}, key=lambda one: (one != key, order[one], one))[:most]
    stored = {one.id: one for one in articles.iterate(store, ids=[root, *others])}
    first = stored[root]
    shown = [first, *(stored[one] for one in sorted(others, key=lambda one: (order[one], one)) if one in stored)]
    aligned = [tuple(spans(first.text, one.text)) if one is not first else () for one in shown]
    # A date alone is not first, though it may be all that is known.
    ahead = [one.id for one in shown if one.published is not None and order[one.id] == earliest]
    original = ahead[0] if ahead else (first.story.original or "" if first.story else "")
    members = [
        _facts(one, found, stored, is_first=one.id in ahead, original=original)
        for one, found in zip(shown, aligned, strict=True)
    ]
    return ClusterFacts(tuple(members), tuple(aligned), len(order) - len(shown))


def listed(store: Store, *, portal: str = "", least: int = 2, top: int = 20) -> list[Listed]:
    """Return the stories with at least *least* texts, one of them of *portal*, the largest first."""
    return list(islice(_listed(store, portal, least), top))


def _listed(store: Store, portal: str, least: int) -> Iterator[Listed]:
    large = takewhile(lambda one: one[1] + 1 >= least, clusters.sizes(store))
    for some in batches(large, 50):
        roots = {"_id": {"$in": [root for root, *_ in some]}}
        rows = {row["_id"]: row for row in article_rows(store).find(roots, {"url": 1, "title": 1, "portal": 1})}
        for root, copies, portals in some:
            row = rows.get(root)
            names = tuple(sorted(portals | {row["portal"]})) if row else ()
            if row and (not portal or portal in names):
                yield Listed(id=root, url=row["url"], title=row["title"], texts=copies + 1, portals=names)


def _times(row: Any) -> MemberText:
    return MemberText(published=row.get("published"), published_raw=row.get("published_raw", ""))


def _facts(
    stored: StoredArticle,
    found: tuple[Span, ...],
    others: Mapping[str, StoredArticle],
    *,
    is_first: bool,
    original: str,
) -> MemberFacts:
    article, duplicate = stored, stored.duplicate
    known: dict[str, Any] = {"role": _role(stored, others, original)}
    if duplicate:
        names = ("relation", "score", "reason", "by_hand", "role")
        known = {name: getattr(duplicate, name) for name in names}
        if is_first and article.id == original:
            known["role"] = "original"
    return MemberFacts(
        id=article.id,
        url=article.url,
        portal=article.portal,
        title=article.title,
        first=is_first,
        published=article.published,
        published_local=_local(article.published, article.published_raw),
        has_time=has_time(article.published_raw),
        credit=agency_credit(article.text),
        dateline=dateline(article.text),
        withdrawn=stored.withdrawn is not None,
        kept=duplicate is None or duplicate.kept_in is None,
        differences=tuple(
            Difference(representative=part.a.strip(), copy=part.b.strip())
            for part in found
            if not part.same and (part.a.strip() or part.b.strip())
        ),
        **known,
    )


def _role(head: StoredArticle, others: Mapping[str, StoredArticle], original: str) -> str:
    """Return what the kept text of a story is to it: the original, or what it is to that one."""
    first = others.get(original)
    if first is None or first is head or first.duplicate is None:
        return "original"
    one, other = (_member_text(stored) for stored in (head, first))
    return role(one, other, first.duplicate.relation, first.duplicate.score)


def _member_text(stored: StoredArticle) -> MemberText:
    return MemberText(
        published=stored.published,
        published_raw=stored.published_raw,
        agency=bool(agency_credit(stored.text)),
        portal=stored.portal,
        size=len(stored.text),
    )


def _local(published: datetime | None, raw: str) -> str:
    match = _OFFSET.search(raw) if has_time(raw) else None
    if published is None or match is None:
        return raw
    offset = timedelta(hours=int(match[2]), minutes=int(match[3])) * (-1 if match[1] == "-" else 1)
    return f"{published.astimezone(timezone(offset)):%Y-%m-%d %H:%M:%S %z}" if abs(offset) < timedelta(days=1) else raw
