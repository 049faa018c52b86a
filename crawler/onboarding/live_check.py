"""What of a seed file still matches the portal's live pages."""

from __future__ import annotations

from datetime import datetime

from crawler.article.dissect import ExtractError
from crawler.article.page.feeds import NotAFeedError, age_in_days, expand
from crawler.onboarding.fetch_few import Fetch, FetchError
from crawler.onboarding.first_look import spread
from crawler.onboarding.lint import Finding, PageFacts, article_finding, finding, findings, listing_finding, page_facts
from crawler.portals.seed import Seed
from crawler.urls.canonical import looks_like_article, may_follow
from crawler.workers.tasks import read_feed

STARTS = 3
"""Start pages looked at."""
ARTICLES = 3
"""Articles looked at."""
FEEDS = 4
"""Feeds and sitemaps looked at."""


async def check_live(seed: Seed, fetch: Fetch, moment: datetime) -> list[Finding]:
    """Look at a few pages of the portal, one after the other, and say what of *seed* they bear out.

    :param moment: now, for the age of feeds and the months in their addresses
    """
    found: list[Finding] = []
    addresses: list[str] = []
    pages: list[PageFacts] = []
    for url in seed.start_urls[:STARTS]:
        facts = await _facts(seed, url, fetch)
        if isinstance(facts, str):
            found.append(finding(seed, "start_urls", url, "wrong", facts))
        else:
            pages.append(facts)
            found.append(listing_finding(seed, facts, "start_urls"))
            addresses += [link.address for link in facts.links if link.article and may_follow(link.address, seed)]
    for url in spread(list(dict.fromkeys(addresses)), ARTICLES):
        facts = await _facts(seed, url, fetch)
        if isinstance(facts, str):
            found.append(finding(seed, "article", url, "wrong", facts))
        else:
            pages.append(facts)
            found.append(article_finding(seed, facts))
    found += findings(seed, pages)
    this_month = [expand(address, moment)[0] for address in seed.discovery.addresses]
    for key, url in zip(_feed_keys(seed), this_month, strict=True):
        if sum(one.key.startswith("discovery") for one in found) < FEEDS:
            found.append(await _feed(seed, key, url, fetch, moment))
    return found


async def _facts(seed: Seed, url: str, fetch: Fetch) -> PageFacts | str:
    """Return what a page gave and matched, or in words why there is none."""
    try:
        return await fetch.apart(page_facts, await fetch(url), seed)
    except (FetchError, ExtractError) as problem:
        return str(problem)


def _feed_keys(seed: Seed) -> list[str]:
    rules = seed.discovery
    return ["discovery.feeds"] * len(rules.feeds) + ["discovery.sitemaps"] * len(rules.sitemaps)


async def _feed(seed: Seed, key: str, url: str, fetch: Fetch, moment: datetime) -> Finding:
    try:
        page = await fetch(url)
        feed = await fetch.apart(read_feed, page.body, page.url)
    except (FetchError, NotAFeedError) as problem:
        return finding(seed, key, url, "wrong", str(problem))
    if feed.kind == "sitemap index":
        return finding(seed, key, url, "ok" if feed.sitemaps else "wrong", f"{len(feed.sitemaps)} sitemaps")
    articles = [entry for entry in feed.entries if looks_like_article(entry.url, seed)]
    ages = [age for entry in articles if (age := age_in_days(entry, moment)) is not None]
    newest = f", the newest {min(ages)} days old" if ages else ", no dates"
    stale = bool(ages) and min(ages) > seed.discovery.newest_days
    detail = f"{len(articles)} of {len(feed.entries)} entries match article_url{newest}"
    return finding(seed, key, url, "ok" if articles and not stale else "wrong", detail)
