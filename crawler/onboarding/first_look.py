"""A first look at a portal nobody has described: its front page, some articles, its feeds and sitemaps."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from urllib.parse import urljoin

from lxml.html import HtmlElement

from crawler.article.dissect import ExtractError, PageAnatomy, dissect
from crawler.article.metadata.metadata import meta_tags
from crawler.article.page.decode import parse
from crawler.article.page.feeds import Feed, NotAFeedError, parse_feed
from crawler.article.page.links import PageLink, anchors, page_links
from crawler.article.page.page import Page
from crawler.article.related.class_names import name_verdict
from crawler.article.related.finder import find_related
from crawler.onboarding.fetch_few import Fetch, FetchError
from crawler.portals.seed import GENERIC, Seed
from crawler.urls.canonical import fetch_url, may_follow
from dedupe.errors import InputError

ARTICLES = 5
"""Articles looked at."""
FEEDS = 5
"""Feeds and sitemaps looked at."""

_FEED_TYPES = frozenset({"application/rss+xml", "application/atom+xml", "application/rdf+xml"})
_SITEMAP_LINE = re.compile(r"^[ \t]*sitemap[ \t]*:[ \t]*(\S+)", re.IGNORECASE | re.MULTILINE)
_PLAIN_CLASS = re.compile(r"[A-Za-z_][\w-]*\Z")


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenFeed:
    """A feed or sitemap that the portal names, and what was there."""

    url: str
    feed: Feed | None
    problem: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenArticle:
    """A page that looked like an article, and what it gave."""

    url: str
    anatomy: PageAnatomy | None
    related_classes: frozenset[str] = frozenset()
    """A class of each element that held related stories, where every element of that class did."""
    problem: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sighting:
    """What the pages of a portal showed."""

    url: str
    """Address of the front page that answered."""
    title: str
    links: tuple[PageLink, ...]
    """Links of the front page within the portal."""
    feeds: tuple[SeenFeed, ...]
    articles: tuple[SeenArticle, ...]


async def scout(url: str, seed: Seed, fetch: Fetch) -> Sighting:
    """Look at the portal whose front page is at *url*: that page, robots.txt, at most ten further addresses.

    :param seed: confines what is asked for to the portal
    :raises InputError: if the front page cannot be read, or links to no article
    """
    try:
        front = await fetch(url)
        tree, _ = parse(front)
    except (FetchError, ExtractError) as problem:
        raise InputError(f"{url}: {problem}; give the address of the portal's front page") from None
    links = [link for link in page_links(anchors(tree), front.url, seed) if may_follow(link.address, seed)]
    found = [link.address for link in links if link.article]
    if not found:
        raise InputError(f"{url}: no link on it looks like an article's; give a page that lists articles")
    feeds = [await _feed(address, fetch) for address in await _named_feeds(tree, front, fetch)]
    articles = [await _article(address, seed, fetch) for address in spread(found, ARTICLES)]
    title = next((text for text in meta_tags(tree).get("og:site_name", []) if text.strip()), "")
    if not title:
        title = "".join(tree.xpath("string((//title)[1])"))
    return Sighting(
        url=front.url,
        title=" ".join(title.split())[:100],
        links=tuple(links),
        feeds=tuple(feeds),
        articles=tuple(articles),
    )


def spread(addresses: Sequence[str], count: int) -> list[str]:
    """Return up to *count* of the *addresses*, from all over the list."""
    step = max(1, len(addresses) // count)
    return list(addresses[::step][:count])


async def _named_feeds(tree: HtmlElement, front: Page, fetch: Fetch) -> list[str]:
    """Return the addresses of feeds that the front page names, then those of sitemaps in robots.txt."""
    named = list(_alternates(tree, front.url))
    try:
        robots = await fetch(urljoin(front.url, "/robots.txt"))
        lines = _SITEMAP_LINE.findall(robots.body.decode("utf-8", "replace"))
    except FetchError:
        lines = []
    addresses = (fetch_url(address, front.url) for address in (*named[: FEEDS - 2], *lines))
    return list(dict.fromkeys(filter(None, addresses)))[:FEEDS]


def _alternates(tree: HtmlElement, base: str) -> Iterator[str]:
    for link in tree.iter("link"):
        kind = (link.get("type") or "").partition(";")[0].strip().lower()
        if "alternate" in (link.get("rel") or "").lower().split() and kind in _FEED_TYPES:
            yield fetch_url(link.get("href") or "", base)


async def _feed(address: str, fetch: Fetch) -> SeenFeed:
    try:
        page = await fetch(address)
        return SeenFeed(url=address, feed=parse_feed(page.body, page.url))
    except (FetchError, NotAFeedError) as problem:
        return SeenFeed(url=address, feed=None, problem=str(problem))


async def _article(address: str, seed: Seed, fetch: Fetch) -> SeenArticle:
    try:
        page = await fetch(address)
        anatomy = dissect(page, seed)
        return SeenArticle(url=address, anatomy=anatomy, related_classes=_related_classes(page, seed))
    except (FetchError, ExtractError) as problem:
        return SeenArticle(url=address, anatomy=None, problem=str(problem))


def _related_classes(page: Page, seed: Seed) -> frozenset[str]:
    """Return one class of each element that holds related stories, of those that stand nowhere else on the page.

    A class that promises related stories is taken before others, which may be of the layout (``d-md-block``).
    """
    tree, _ = parse(page)
    found = find_related(tree, page.url, replace(seed, related=GENERIC.related))
    if not found.stories:
        return frozenset()
    inside = {element for block in found.cut for element in block.iter()}
    outside = {name for element in tree.iter() if element not in inside for name in _classes(element)}
    own = (sorted(set(_classes(block)) - outside) for block in found.cut)
    return frozenset(max(names, key=lambda name: (bool(name_verdict(name)), len(name))) for names in own if names)


def _classes(element: HtmlElement) -> list[str]:
    return [*filter(_PLAIN_CLASS.match, (element.get("class") or "").split())] if isinstance(element.tag, str) else []
