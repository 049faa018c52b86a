"""A first look at a portal nobody has described: its front page, some articles, its feeds and sitemaps."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urljoin

from crawler.article.dissect import ExtractError, PageAnatomy
from crawler.article.page.anatomy import PageLink
from crawler.article.page.feeds import Feed, NotAFeedError
from crawler.article.page.page import Page
from crawler.onboarding.fetch_few import Fetch, FetchError
from crawler.onboarding.page_views import FrontPage, article_page, front_page
from crawler.portals.seed import Seed
from crawler.urls.canonical import fetch_url
from crawler.workers.tasks import read_feed
from dedupe.errors import InputError
from dedupe.intake.limits import MAX_ROBOTS

ARTICLES = 5
"""Articles looked at."""
FEEDS = 5
"""Feeds and sitemaps looked at."""

_SITEMAP_LINE = re.compile(r"^[ \t]*sitemap[ \t]*:[ \t]*(\S+)", re.IGNORECASE | re.MULTILINE)


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenFeed:
    """A feed or sitemap that the portal names, and what was there."""

    url: str
    feed: Feed | None
    problem: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleArticle:
    """A page that looked like an article, and what it gave."""

    url: str
    anatomy: PageAnatomy | None
    related_classes: frozenset[str] = frozenset()
    """A class of each element that held related stories, where every element of that class did."""
    problem: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class FirstLook:
    """What the pages of a portal showed."""

    url: str
    """Address of the front page that answered."""
    title: str
    links: tuple[PageLink, ...]
    """Links of the front page within the portal."""
    feeds: tuple[SeenFeed, ...]
    articles: tuple[SampleArticle, ...]


async def scout(url: str, seed: Seed, fetch: Fetch) -> FirstLook:
    """Look at the portal whose front page is at *url*: that page, robots.txt, at most ten further addresses.

    :param seed: confines what is asked for to the portal
    :raises InputError: if the front page cannot be read, or links to no article
    """
    try:
        front = await fetch(url)
        seen = await fetch.apart(front_page, front, seed)
    except (FetchError, ExtractError) as problem:
        raise InputError(f"{url}: {problem}; give the address of the portal's front page") from None
    found = [link.address for link in seen.links if link.article]
    if not found:
        raise InputError(f"{url}: no link on it looks like an article's; give a page that lists articles")
    feeds = [await _feed(address, fetch) for address in await _named_feeds(seen, front, fetch)]
    articles = [await _article(address, seed, fetch) for address in spread(found, ARTICLES)]
    return FirstLook(url=front.url, title=seen.title, links=seen.links, feeds=tuple(feeds), articles=tuple(articles))


def spread(addresses: Sequence[str], count: int) -> list[str]:
    """Return up to *count* of the *addresses*, from all over the list."""
    step = max(1, len(addresses) // count)
    return list(addresses[::step][:count])


async def _named_feeds(seen: FrontPage, front: Page, fetch: Fetch) -> list[str]:
    """Return the addresses of feeds that the front page names, then those of sitemaps in robots.txt."""
    try:
        robots = await fetch(urljoin(front.url, "/robots.txt"))
        lines = _SITEMAP_LINE.findall(robots.body[:MAX_ROBOTS].decode("utf-8", "replace"))
    except FetchError:
        lines = []
    addresses = (fetch_url(address, front.url) for address in (*seen.feeds[: FEEDS - 2], *lines))
    return list(dict.fromkeys(filter(None, addresses)))[:FEEDS]


async def _feed(address: str, fetch: Fetch) -> SeenFeed:
    try:
        page = await fetch(address)
        return SeenFeed(url=address, feed=await fetch.apart(read_feed, page.body, page.url))
    except (FetchError, NotAFeedError) as problem:
        return SeenFeed(url=address, feed=None, problem=str(problem))


async def _article(address: str, seed: Seed, fetch: Fetch) -> SampleArticle:
    try:
        page = await fetch(address)
        anatomy, classes = await fetch.apart(article_page, page, seed)
        return SampleArticle(url=address, anatomy=anatomy, related_classes=classes)
    except (FetchError, ExtractError) as problem:
        return SampleArticle(url=address, anatomy=None, problem=str(problem))
