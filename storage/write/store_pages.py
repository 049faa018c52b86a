"""Storing finished pages in the order that loses nothing.

Articles, raw responses, decisions, edges, outlinks, and only then the frontier entries as ``done``,
each acknowledged before the next. A process killed between two steps leaves its entries leased; whoever
fetches them again repeats the steps, every one of which changes nothing the second time.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Any

import bson

from storage.articles import articles
from storage.articles import pages as raw_pages
from storage.base.documents import document_of, encodable
from storage.duplicates import decide
from storage.frontier import depths, failures, frontier, related_links
from storage.frontier.entry import KnownPage, body_digest
from storage.records import Article, RawPage
from storage.write import refiling, withdrawal
from storage.write.finished_page import FinishedPage, Stored
from storage.write.traps import same_again

if TYPE_CHECKING:
    from storage.database.store import Store


MAX_ARTICLE_BYTES = 15 * 1024 * 1024
"""A BSON document ends at 16 MiB; the rest of the room is for what the store adds."""


def store_pages(
    store: Store, pages: Sequence[FinishedPage], run_id: str, *, keep_days: float = raw_pages.KEEP_DAYS
) -> list[Stored]:
    """Store *pages* and end their leases; return the outcome of each, in order.

    An article too large for one document becomes a failure of the stage ``store``.

    :param keep_days: how many days the raw responses are kept, 0 for not at all
    :raises ValueError: if a page with the outcome ``article`` has no article, or one with ``unchanged`` was never
        understood
    """
    pages = _settle_gone(store, [_storable(page) for page in pages])
    puts = _put_articles(store, pages, run_id)
    refiling.refile(store, puts.values())
    filed = [puts[page.entry.id].filed(page.article) for page in pages if page.article]
    unchanged = _note_unchanged(store, pages, run_id, keep_days)
    raw_pages.put_many(store, _raws(pages, puts), keep_days)
    stored = _decided(store, puts) | unchanged
    related_links.put_many(store, filed, run_id)
    barren = same_again(store, pages, stored)
    _queue_links(store, [page for page in pages if page.entry.id not in barren], run_id)
    _record_failures(store, pages, run_id)
    ended = [(page.entry, _ending(page, stored.get(page.entry.id), run_id)) for page in pages]
    lost = frontier.finish(store, ended)
    return [
        replace(
            stored.get(page.entry.id) or Stored(entry=page.entry.id, outcome=page.outcome, reason=page.reason),
            held=page.entry.id not in lost,
        )
        for page in pages
    ]


def _storable(page: FinishedPage) -> FinishedPage:
    if page.outcome == "unchanged" and page.entry.known is None:
        raise ValueError(f"{page.entry.url}: a page that was never understood cannot be unchanged")
    if page.outcome != "article":
        return replace(page, article=None)
    if page.article is None:
        raise ValueError(f"{page.entry.url}: a page of the outcome 'article' needs its article")
    if reason := too_large(page.article):
        return replace(page, outcome="failure", article=None, stage="store", reason=reason)
    if not page.article.portal:
        return replace(page, article=replace(page.article, portal=page.entry.portal))
    return page


def too_large(article: Article) -> str:
    """Return, in words, by how much *article* is too large for one document; empty if it is not."""
    size = len(bson.encode(document_of(article))) if _may_be_large(article) else 0
    if size <= MAX_ARTICLE_BYTES:
        return ""
    return f"the article has {size / 2**20:.1f} MiB, the store takes {MAX_ARTICLE_BYTES >> 20}"


def _may_be_large(article: Article) -> bool:
    """Return whether *article* may exceed the limit, without encoding it: four bytes a character, 300 an entry."""
    parts = [article.text, article.lead, *article.captions, *article.tags, *article.authors, *article.aliases]
    parts += [paragraph.text + paragraph.reason for paragraph in article.paragraphs]
    parts += [story.title + story.blurb + story.url + story.image for story in article.related]
    return 4 * sum(map(len, parts)) + 300 * len(parts) > MAX_ARTICLE_BYTES // 2


def _put_articles(store: Store, pages: Sequence[FinishedPage], run_id: str) -> dict[str, articles.PutResult]:
    """Store the articles among *pages*; keyed by frontier entry."""
    found = [(page.entry, page.article) for page in pages if page.article]
    if not found:
        return {}
    puts = articles.put_many(store, [article for _, article in found], run_id, [entry for entry, _ in found])
    withdrawal.back(store, [put.id for put in puts if put.change not in ("new", "alias")])
    return {entry.id: put for (entry, _), put in zip(found, puts, strict=True)}


def _decided(store: Store, puts: Mapping[str, articles.PutResult]) -> dict[str, Stored]:
    """Decide which of the articles repeat others; keyed by frontier entry."""
    fresh = {put.id: put.page for put in puts.values() if put.change == "new"}
    decided = decide.decide(store, refiling.ids(puts.values()), fresh=fresh) if puts else ()
    duplicates = {one.id: one.duplicate for one in decided}
    return {
        entry: Stored(
            entry=entry,
            outcome="article",
            article_id=put.id,
            change=put.change,
            duplicate=duplicates[put.id],
            content=put.page["content"],
        )
        for entry, put in puts.items()
    }


def _settle_gone(store: Store, pages: Sequence[FinishedPage]) -> list[FinishedPage]:
    """Withdraw the articles of pages that are gone; such a page without an article is a failure like any other."""
    leaving = [page.entry for page in pages if page.outcome == "gone"]
    left = withdrawal.gone(store, [(entry.id, entry.article) for entry in leaving], "HTTP 410")
    return [
        replace(page, outcome="failure", stage="fetch")
        if page.outcome == "gone" and page.entry.article not in left
        else page
        for page in pages
    ]


def _note_unchanged(store: Store, pages: Sequence[FinishedPage], run_id: str, keep_days: float) -> dict[str, Stored]:
    """Note that the unchanged among *pages* were seen again; keyed by frontier entry, with those of known articles."""
    same = [page.entry for page in pages if page.outcome == "unchanged"]
    raw_pages.touch(store, [entry.id for entry in same], keep_days)
    ids = [entry.article for entry in same if entry.article]
    articles.seen_again(store, ids, run_id)
    withdrawal.back(store, ids)
    return {
        page.entry.id: Stored(
            entry=page.entry.id, outcome=page.outcome, article_id=page.entry.article, reason=page.reason
        )
        for page in pages
        if page.outcome in ("unchanged", "gone", "alias")
    }


def _queue_links(store: Store, pages: Sequence[FinishedPage], run_id: str) -> None:
    """Queue the outlinks of *pages*, nearer by as much as their page has come nearer since it was leased."""
    leading = [page for page in pages if page.outlinks]
    there = depths.heads(store, {one.id for page in leading for one in (page.entry, *page.outlinks)})
    links = [
        link
        if (less := page.entry.depth - there[page.entry.id]["depth"]) <= 0
        else replace(link, depth=link.depth - less)
        for page in leading
        for link in page.outlinks
    ]
    frontier.add(store, links, run_id, there=there)


def _raws(pages: Sequence[FinishedPage], puts: Mapping[str, articles.PutResult]) -> list[RawPage]:
    """Return the responses of *pages* with what they became."""
    return [
        replace(
            page.raw,
            portal=page.entry.portal,
            kind=page.entry.kind,
            entry=page.entry.id,
            article=puts[page.entry.id].id if page.article else "",
            content=puts[page.entry.id].page["content"] if page.article else "",
        )
        for page in pages
        if page.raw is not None and page.outcome != "unchanged"
    ]


def _record_failures(store: Store, pages: Sequence[FinishedPage], run_id: str) -> None:
    bad = {"failure": "fetch", "not article": "judge"}
    ended = [(page, *_verdict(page)) for page in pages]
    failures.record(
        store,
        [
            failures.of_entry(
                page.entry,
                page.stage or bad[outcome],
                reason,
                status=page.status,
                run_id=run_id,
            )
            for page, outcome, reason in ended
            if outcome in bad
        ],
    )
    failures.clear(store, [page.entry.id for page, outcome, _ in ended if outcome not in bad])


def _verdict(page: FinishedPage) -> tuple[str, str]:
    """Return outcome and reason; those of the page as it was last understood where it is unchanged."""
    known = page.entry.known
    return (known.outcome, known.reason) if page.outcome == "unchanged" and known else (page.outcome, page.reason)


def _ending(page: FinishedPage, stored: Stored | None, run_id: str) -> dict[str, Any]:
    outcome, reason = _verdict(page)
    fields: dict[str, Any] = {
        "state": "failed" if outcome == "failure" else "done",
        "outcome": outcome,
        "reason": encodable(reason),
        "status": page.status,
        "final_url": encodable(page.final_url),
        "run": run_id,
        **_known(page),
    }
    if page.cut:
        fields["cut"] = True
    if page.article:
        fields["along"] = list(page.along)
    if stored and stored.article_id:
        fields["article"] = stored.article_id
    if stored and page.article:
        fields |= {"change": stored.change, "characters": len(page.article.text)}
    return fields


def _known(page: FinishedPage) -> dict[str, Any]:
    """Return the field ``known`` of the entry; nothing where what is there still holds.

    An index of sitemaps is read anew every time: that it is unchanged says nothing about its sitemaps.
    """
    raw, known = page.raw, page.entry.known
    if raw is None or page.outcome in ("failure", "gone", "alias"):
        return {}
    sent = {"etag": encodable(raw.etag), "last_modified": encodable(raw.last_modified)}
    if page.outcome == "unchanged" and known:
        return {"known": asdict(replace(known, **sent))}
    if not page.scope or any(link.kind == "feed" for link in page.outlinks):
        return {"known": None}
    outcome, reason = _verdict(page)
    understood = KnownPage(
        digest=body_digest(raw.body), scope=page.scope, outcome=outcome, reason=encodable(reason), **sent
    )
    return {"known": asdict(understood)}
