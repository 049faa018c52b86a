"""Which links of a page a crawl goes on to. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from crawler.article.page.feeds import age_in_days, sitemaps_since
from crawler.portals.seed import FOLLOWED
from crawler.urls.canonical import allowed_host, canonical_url, is_listing, looks_like_article, may_follow
from dedupe.intake.skipped import Skipped
from storage.frontier.entry import FrontierEntry

if TYPE_CHECKING:
    from datetime import datetime

    from crawler.article.page.anatomy import PageAnatomy
    from crawler.article.page.feeds import Feed
    from crawler.crawl.options import CrawlOptions
    from crawler.portals.seed import Seed
    from storage.frontier.frontier import EntryKind

_FEED_LEVELS = 3
"""Levels of sitemaps below each other; sitemaps.org knows two."""
LONGEST_CHAIN = 100
"""Links from a start page that a crawl along ``articles`` goes, unless told otherwise. Every article of a portal is far
closer; a page that leads to the next one for ever (a calendar, "previous story") is not."""
_UNSURE = frozenset({"anchor", "cards"})
"""Tiers of ``RelatedStory.found_by`` without a name or heading that says "related"."""


def outlinks(
    found: PageAnatomy, entry: FrontierEntry, final_url: str, seed: Seed, options: CrawlOptions
) -> tuple[FrontierEntry, ...]:
    """Return the frontier entries that the page of *entry* leads to, in the page's order, one for each address.

    - Related stories of the kinds that :func:`followed` returns.
    - Article links from start pages and listings; with ``articles``, from every page.
    - Listings of the seed, from the pages whose article links are followed.

    Nothing deeper than the limit, off the portal, or forbidden to be requested is returned.
    """
    depth = entry.depth + 1
    if depth > depth_limit(seed, options):
        return ()
    links: dict[str, FrontierEntry] = {}
    priorities = _priorities(found, seed)
    for address, key, kind in _candidates(found, entry, final_url, seed, options):
        if key and key != entry.key and may_follow(address, seed):
            link = FrontierEntry(
                portal=entry.portal,
                url=address,
                key=key,
                kind=kind,
                depth=depth,
                priority=priorities.get(key, 0),
                referrer=final_url,
            )
            links.setdefault(key, link)
    return tuple(links.values())


def followed(seed: Seed, options: CrawlOptions) -> tuple[str, ...]:
    """Return the kinds of :data:`FOLLOWED` that a crawl goes along: those of its options, else of the seed, else all.

    With ``articles`` a crawl goes along every kind as well.
    """
    named = tuple(options.follow.split(",")) if options.follow else seed.crawl.follow
    return FOLLOWED if "articles" in named else named or FOLLOWED[:-1]


def needs_links(entry: FrontierEntry, seed: Seed, options: CrawlOptions) -> bool:
    """Say whether :func:`outlinks` looks at the links of the page of *entry* whatever it is, not of a listing only."""
    return "articles" in followed(seed, options) or entry.kind in ("start", "listing")


def depth_limit(seed: Seed, options: CrawlOptions) -> int:
    """Return how many links from a start page a crawl goes."""
    if options.depth is not None:
        return options.depth
    return LONGEST_CHAIN if "articles" in followed(seed, options) else seed.crawl.max_depth


def feed_outlinks(
    feed: Feed, entry: FrontierEntry, final_url: str, seed: Seed, moment: datetime
) -> tuple[tuple[FrontierEntry, ...], Skipped]:
    """Return the frontier entries that a feed or sitemap leads to, one an address, and why addresses are passed over.

    Articles are queued at depth 1, as from a start page: the newest first, undated ones last, none older than the
    seed's ``newest_days``. From an index the sitemaps of the same days are queued, through at most three levels of
    indexes.

    :param entry: the entry of the feed
    :param final_url: address of the feed after redirects
    :param moment: the time from which ages count
    """
    days = seed.discovery.newest_days
    links: dict[str, FrontierEntry] = {}
    passed_over = Skipped()
    if feed.unread:
        passed_over.counts["without an address of its own"] += feed.unread
    asked = sitemaps_since(feed, moment, days) if entry.depth < _FEED_LEVELS else []
    for one in asked:
        host = urlsplit(one.url).hostname or ""
        if host == urlsplit(final_url).hostname or allowed_host(host, seed):
            links.setdefault(one.url, feed_entry(one.url, entry.portal, entry.depth + 1, final_url))
        else:
            passed_over.add("of another host", one.url)
    if len(asked) < len(feed.sitemaps):
        passed_over.counts["an old sitemap or one too many"] += len(feed.sitemaps) - len(asked)
    for one in feed.entries:
        key, age = canonical_url(one.url, seed), age_in_days(one, moment)
        if age is not None and age > days:
            passed_over.add("old", one.url)
        elif not looks_like_article(one.url, seed):
            passed_over.add("not article-shaped", one.url)
        elif not may_follow(one.url, seed):
            passed_over.add("not to be followed", one.url)
        elif key in links:
            passed_over.add("named twice", one.url)
        else:
            priority = days + 1 if age is None else age
            links[key] = FrontierEntry(
                portal=entry.portal, url=one.url, key=key, depth=1, priority=priority, referrer=final_url
            )
    return tuple(links.values()), passed_over


def feed_entry(url: str, portal: str, depth: int = 1, referrer: str = "") -> FrontierEntry:
    """Return the frontier entry of a feed or sitemap; depth 1, so that the start pages come first."""
    return FrontierEntry(portal=portal, url=url, key=url, kind="feed", depth=depth, referrer=referrer)


def _priorities(found: PageAnatomy, seed: Seed) -> dict[str, int]:
    """Return the priorities of the related stories of a page, by canonical URL; smaller goes first.

    Their age in days where the page shows a date, as with feeds; else 0 in a block that is surely one of related
    stories, 1 in what only looks like it, 2 in lists not tied to the article.
    """
    article = found.article
    if article is None:
        return {}
    ranks: dict[str, int] = {}
    for story in article.related:
        if story.published is not None and article.fetched is not None:
            age = max(0, (article.fetched - story.published).days)
            ranks[story.key] = min(age, seed.discovery.newest_days + 1)
        else:
            ranks[story.key] = 2 if story.kind != "related" else int(story.found_by in _UNSURE)
    return ranks


def _candidates(
    found: PageAnatomy, entry: FrontierEntry, final_url: str, seed: Seed, options: CrawlOptions
) -> Iterator[tuple[str, str, EntryKind]]:
    """Yield (address to request, canonical URL, kind)."""
    along = followed(seed, options)
    for story in found.article.related if found.article else ():
        if story.kind in along:
            yield story.url, story.key, "related"
    if "articles" not in along and not _lists_articles(found, entry, final_url, seed):
        return
    for link in found.links:
        if link.article:
            yield link.address, link.url, "article"
        elif is_listing(link.address, seed) or is_listing(link.url, seed):
            yield link.address, link.url, "listing"


def _lists_articles(found: PageAnatomy, entry: FrontierEntry, final_url: str, seed: Seed) -> bool:
    """Say whether article links are the content of this page: a listing, or a start page that is no article."""
    if found.kind == "listing" or entry.kind == "listing":
        return True
    return entry.kind == "start" and not (found.kind == "article" and looks_like_article(final_url, seed))
