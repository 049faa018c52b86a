"""When a page that is known already is asked for again, and how that costs little. Pure."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from crawler.crawl.options import CrawlOptions
    from crawler.portals.seed import Seed
    from storage.frontier.entry import KnownPage


def scope(seed: Seed, options: CrawlOptions, version: str) -> str:
    """Return a hash of all beside a page that decides what it leads to: portal file, options, storykin's version."""
    words = repr((version, options.follow, options.depth, seed))
    return hashlib.blake2b(words.encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()


def conditional_headers(known: KnownPage | None) -> dict[str, bytes]:
    """Return the request headers that ask only for what has changed (RFC 9110, 13.1.2 and 13.1.3)."""
    if known is None:
        return {}
    headers = {"If-None-Match": known.etag, "If-Modified-Since": known.last_modified}
    # As bytes, which they were: Scrapy would send a tag in Latin-1 back as UTF-8, and it would never match.
    return {name: value.encode("latin-1", "replace") for name, value in headers.items() if value}
