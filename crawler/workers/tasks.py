"""What worker processes are asked for. Extraction is loaded where it is done: the parent passes on names only."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crawler.portals.seed import GENERIC, Seed

if TYPE_CHECKING:
    from crawler.article.page.anatomy import PageAnatomy
    from crawler.article.page.feeds import Feed
    from crawler.article.page.page import Page
    from storage.records import Article


def dissect_page(page: Page, seed: Seed) -> PageAnatomy:
    """Return :func:`crawler.article.dissect.dissect` of *page*.

    :raises ExtractError: if there is nothing to parse; the message says why, in words
    """
    from crawler.article.dissect import dissect

    return dissect(page, seed)


def dissect_story(page: Page, seed: Seed) -> PageAnatomy:
    """Return :func:`dissect_page` with the links of a listing only, for who follows no others.

    :raises ExtractError: if there is nothing to parse; the message says why, in words
    """
    from crawler.article.dissect import dissect

    return dissect(page, seed, with_links=False)


def read_feed(body: bytes, url: str) -> Feed:
    """Return :func:`crawler.article.page.feeds.parse_feed` of *body*.

    :raises NotAFeedError: if it is neither a feed nor a sitemap
    """
    from crawler.article.page.feeds import parse_feed

    return parse_feed(body, url)


def extract_page(page: Page, seed: Seed = GENERIC) -> Article:
    """Return the article of *page*, whatever the page is: what cannot be read has ``failed: reason`` in ``quality``."""
    from crawler.article.dissect import ExtractError, anatomy

    try:
        return anatomy(page, seed)
    except ExtractError as problem:
        return failed_article(page, str(problem))


def failed_article(page: Page, reason: str) -> Article:
    """Return the record of a page that gave no article, with *reason* in its ``quality``."""
    from crawler.article.dissect import EXTRACTOR
    from storage.records import Article

    return Article(id=page.url, url=page.url, quality=(f"failed: {reason}",), fetched=page.fetched, extractor=EXTRACTOR)
