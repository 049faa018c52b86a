"""What worker processes are asked for. Extraction is loaded where it is done: the parent passes on names only."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
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


def extract_saved(page: Page, seed_of: Callable[[str], Seed]) -> Article:
    """Return the article of a saved page under the address that it names, by the seed of that address."""
    from crawler.article.saved_page import addressed

    page = addressed(page)
    return extract_page(page, seed_of(page.url))


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedAnatomy:
    """All that is said about a saved page."""

    url: str
    seed: str
    kind: str
    reason: str
    article: Article
    """Also of a page that is none."""
    kept_links: tuple[str, ...]
    titles: tuple[str, ...] = ()
    """Every text that may be the title, with its source."""
    bylines: tuple[str, ...] = ()
    """Every byline that was read, with its source."""
    dates: tuple[str, ...] = ()
    """Every moment that may be the publication, with its source, its place and how much it counts."""


def read_saved(page: Page, seed_of: Callable[[str], Seed]) -> SavedAnatomy:
    """Return what extraction makes of a saved page.

    :raises ExtractError: if there is nothing to parse
    """
    from crawler.article.dissect import anatomy, dissect
    from crawler.article.metadata.metadata import read_metadata
    from crawler.article.page.decode import parse
    from crawler.article.related.finder import find_related
    from crawler.article.saved_page import addressed

    page = addressed(page)
    seed = seed_of(page.url)
    found, said = dissect(page, seed), read_metadata(parse(page)[0], page.url, seed)
    return SavedAnatomy(
        url=page.url,
        seed=seed.name,
        kind=found.kind,
        reason=found.reason,
        article=found.article or anatomy(page, seed),
        kept_links=find_related(parse(page)[0], page.url, seed).kept,
        titles=tuple(dict.fromkeys(f"{title} ({source})" for title, source in said.titles)),
        bylines=tuple(map(str, said.bylines)),
        dates=tuple(map(str, said.dates)),
    )


def failed_article(page: Page, reason: str) -> Article:
    """Return the record of a page that gave no article, with *reason* in its ``quality``."""
    from crawler.article.dissect import EXTRACTOR
    from storage.records import Article

    return Article(id=page.url, url=page.url, quality=(f"failed: {reason}",), fetched=page.fetched, extractor=EXTRACTOR)
