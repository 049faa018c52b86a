"""What worker processes are asked for. Extraction is loaded where it is done: the parent passes on names only."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crawler.seeds import GENERIC, Seed

if TYPE_CHECKING:
    from crawler.discovery import Feed
    from crawler.page import Page
    from crawler.page_anatomy import PageAnatomy
    from storage.records import Article


def dissect_page(page: Page, seed: Seed) -> PageAnatomy:
    """Return :func:`crawler.anatomy.dissect` of *page*.

    :raises ExtractError: if there is nothing to parse; the message says why, in words
    """
    from crawler.anatomy import dissect

    return dissect(page, seed)


def dissect_story(page: Page, seed: Seed) -> PageAnatomy:
    """Return :func:`dissect_page` with the links of a listing only, for who follows no others.

    :raises ExtractError: if there is nothing to parse; the message says why, in words
    """
    from crawler.anatomy import dissect

    return dissect(page, seed, with_links=False)


def read_feed(body: bytes, url: str) -> Feed:
    """Return :func:`crawler.discovery.parse_feed` of *body*.

    :raises NotAFeedError: if it is neither a feed nor a sitemap
    """
    from crawler.discovery import parse_feed

    return parse_feed(body, url)


def extract_page(page: Page, seed: Seed = GENERIC) -> Article:
    """Return the article of *page*, whatever the page is: what cannot be read has ``failed: reason`` in ``quality``."""
    from crawler.anatomy import ExtractError, anatomy

    try:
        return anatomy(page, seed)
    except ExtractError as problem:
        return failed_article(page, str(problem))


def failed_article(page: Page, reason: str) -> Article:
    """Return the record of a page that gave no article, with *reason* in its ``quality``."""
    from crawler.anatomy import EXTRACTOR
    from storage.records import Article

    return Article(id=page.url, url=page.url, quality=(f"failed: {reason}",), fetched=page.fetched, extractor=EXTRACTOR)
