"""What of a seed file still matches the portal's live pages."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import asdict, dataclass, fields
from datetime import datetime
from typing import Any, Literal

from crawler.article.dissect import ExtractError, PageAnatomy
from crawler.article.page.feeds import NotAFeedError, age_in_days, expand
from crawler.article.page.page import Page
from crawler.onboarding.fetch_few import Fetch, FetchError
from crawler.onboarding.first_look import spread
from crawler.onboarding.page_views import matching
from crawler.portals.seed import Seed
from crawler.urls.canonical import looks_like_article, may_follow
from crawler.workers.tasks import dissect_page, read_feed

Verdict = Literal["ok", "wrong", "not seen"]

STARTS = 3
"""Start pages looked at."""
ARTICLES = 3
"""Articles looked at."""
FEEDS = 4
"""Feeds and sitemaps looked at."""
_SECTIONS = ("related", "body")


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that was looked for."""

    portal: str
    key: str
    """Key of the seed file, or ``article`` for what a page gave."""
    subject: str
    """Address or selector."""
    verdict: Verdict
    """``wrong`` needs a person; ``not seen`` may be: few pages were looked at, and old layouts have selectors too."""
    detail: str

    def to_json(self) -> dict[str, Any]:
        """Return plain values."""
        return asdict(self)


async def check_live(seed: Seed, fetch: Fetch, moment: datetime) -> list[Finding]:
    """Look at a few pages of the portal, one after the other, and say what of *seed* they bear out.

    :param moment: now, for the age of feeds and the months in their addresses
    """
    findings: list[Finding] = []
    addresses: list[str] = []
    for url in seed.start_urls[:STARTS]:
        finding, found = await _start(seed, url, fetch)
        findings.append(finding)
        addresses += found
    pages = []
    for url in spread(list(dict.fromkeys(addresses)), ARTICLES):
        finding, page = await _article(seed, url, fetch)
        findings.append(finding)
        if page is not None:
            pages.append(page)
    findings += [one async for one in _selectors(seed, pages, fetch)]
    this_month = [expand(address, moment)[0] for address in seed.discovery.addresses]
    for key, url in zip(_feed_keys(seed), this_month, strict=True):
        if sum(one.key.startswith("discovery") for one in findings) < FEEDS:
            findings.append(await _feed(seed, key, url, fetch, moment))
    return findings


async def _start(seed: Seed, url: str, fetch: Fetch) -> tuple[Finding, list[str]]:
    """Return what a start page gave, and the addresses of articles on it."""
    try:
        found = await fetch.apart(dissect_page, await fetch(url), seed)
    except (FetchError, ExtractError) as problem:
        return _finding(seed, "start_urls", url, "wrong", str(problem)), []
    links = [link.address for link in found.links if link.article and may_follow(link.address, seed)]
    detail = (
        f"{len(links)} of {len(found.links)} links match article_url" if seed.article_url else f"{len(links)} links"
    )
    return _finding(seed, "start_urls", url, "ok" if links else "wrong", detail), links


async def _article(seed: Seed, url: str, fetch: Fetch) -> tuple[Finding, Page | None]:
    try:
        page = await fetch(url)
        found = await fetch.apart(dissect_page, page, seed)
    except (FetchError, ExtractError) as problem:
        return _finding(seed, "article", url, "wrong", str(problem)), None
    missing, detail = _given(found)
    return _finding(seed, "article", url, "wrong" if missing else "ok", detail), page


def _given(found: PageAnatomy) -> tuple[bool, str]:
    """Return whether something an article needs is missing, and what there is in words."""
    article = found.article
    if article is None:
        return True, f"no article: {found.reason}"
    parts = {"title": bool(article.title), "text": bool(article.text), "date": article.published is not None}
    missing = [name for name, there in parts.items() if not there]
    related = f"{len(article.related)} related ({article.related_status})"
    words = f"{len(article.text.split())} words, {related}"
    return bool(missing), f"no {', no '.join(missing)}; {words}" if missing else f"title, date, {words}"


async def _selectors(seed: Seed, pages: Sequence[Page], fetch: Fetch) -> AsyncIterator[Finding]:
    """Yield how many of the pages each selector of the seed matches on."""
    rules = [(section, getattr(seed, section)) for section in _SECTIONS]
    keys = {f"{section}.{field.name}": getattr(rule, field.name) for section, rule in rules for field in fields(rule)}
    selectors = [selector for group in keys.values() for selector in group]
    matches = [await fetch.apart(matching, page, selectors) for page in pages]
    if matches:
        for key, group in keys.items():
            for selector in group:
                count = sum(selector in found for found in matches)
                detail = f"on {count} of {len(matches)} articles"
                yield _finding(seed, key, selector, "ok" if count else "not seen", detail)


def _feed_keys(seed: Seed) -> list[str]:
    rules = seed.discovery
    return ["discovery.feeds"] * len(rules.feeds) + ["discovery.sitemaps"] * len(rules.sitemaps)


async def _feed(seed: Seed, key: str, url: str, fetch: Fetch, moment: datetime) -> Finding:
    try:
        page = await fetch(url)
        feed = await fetch.apart(read_feed, page.body, page.url)
    except (FetchError, NotAFeedError) as problem:
        return _finding(seed, key, url, "wrong", str(problem))
    if feed.kind == "sitemap index":
        return _finding(seed, key, url, "ok" if feed.sitemaps else "wrong", f"{len(feed.sitemaps)} sitemaps")
    articles = [entry for entry in feed.entries if looks_like_article(entry.url, seed)]
    ages = [age for entry in articles if (age := age_in_days(entry, moment)) is not None]
    newest = f", the newest {min(ages)} days old" if ages else ", no dates"
    stale = bool(ages) and min(ages) > seed.discovery.newest_days
    detail = f"{len(articles)} of {len(feed.entries)} entries match article_url{newest}"
    return _finding(seed, key, url, "ok" if articles and not stale else "wrong", detail)


def _finding(seed: Seed, key: str, subject: str, verdict: Verdict, detail: str) -> Finding:
    return Finding(portal=seed.name, key=key, subject=subject, verdict=verdict, detail=detail)
