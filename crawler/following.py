"""Which links of a page a crawl goes on to. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from crawler.urls import is_listing, looks_like_article, may_follow
from storage.frontier import FrontierEntry

if TYPE_CHECKING:
    from crawler.anatomy import PageAnatomy
    from crawler.options import CrawlOptions
    from crawler.seeds import Seed
    from storage.frontier import EntryKind


def outlinks(
    found: PageAnatomy, entry: FrontierEntry, final_url: str, seed: Seed, options: CrawlOptions
) -> tuple[FrontierEntry, ...]:
    """Return the frontier entries that the page of *entry* leads to, one an address, in the page's order.

    Related stories always; article links from start pages and listings, and with ``follow="articles"`` from
    every page; listings of the seed from where article links are followed. Nothing beyond the depth asked
    for, off the portal, or that may not be requested.
    """
    depth, limit = entry.depth + 1, options.depth
    if limit is None and options.follow == "related":
        limit = seed.crawl.max_depth
    if limit is not None and depth > limit:
        return ()
    links: dict[str, FrontierEntry] = {}
    for address, key, kind in _candidates(found, entry, final_url, seed, options):
        if key and key != entry.key and may_follow(address, seed):
            links.setdefault(
                key,
                FrontierEntry(portal=entry.portal, url=address, key=key, kind=kind, depth=depth, referrer=final_url),
            )
    return tuple(links.values())


def _candidates(
    found: PageAnatomy, entry: FrontierEntry, final_url: str, seed: Seed, options: CrawlOptions
) -> Iterator[tuple[str, str, EntryKind]]:
    """Yield (address to request, canonical URL, kind)."""
    address_of = {link.url: link.address for link in found.links}
    for story in found.article.related if found.article else ():
        yield address_of.get(story.url, story.url), story.url, "related"
    if options.follow == "related" and not _lists_articles(found, entry, final_url, seed):
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
