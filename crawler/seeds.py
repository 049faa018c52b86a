"""Portals as data: the ``Seed`` that a TOML file under ``seeds/`` becomes."""

from __future__ import annotations

from dataclasses import dataclass

from dedupe.errors import InputError


class SeedError(InputError):
    """A seed file cannot be used; the message names the file, the key and the nearest valid key."""


@dataclass(frozen=True, kw_only=True, slots=True)
class RelatedRules:
    """``[related]``: where related stories stand. All optional, the generic finder works without."""

    css: tuple[str, ...] = ()
    """Blocks of related stories, CSS selectors in the order tried."""
    exclude_css: tuple[str, ...] = ()
    """Blocks that look related and are not (most read, topics)."""
    script_css: tuple[str, ...] = ()
    """Placeholders that a script fills: no links in the HTML."""


@dataclass(frozen=True, kw_only=True, slots=True)
class BodyRules:
    """``[body]``: selectors for the parts of an article. All optional."""

    css: tuple[str, ...] = ()
    title_css: tuple[str, ...] = ()
    lead_css: tuple[str, ...] = ()
    date_css: tuple[str, ...] = ()
    author_css: tuple[str, ...] = ()
    remove_css: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class CrawlRules:
    """``[crawl]``: how politely and how far."""

    delay: float = 2.0
    """Seconds between two requests to one host."""
    concurrency: int = 1
    """Requests under way to one host."""
    max_depth: int = 8
    """Links from a start page; a start page has depth 0."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Verified:
    """``[verified]``: when and from what the file was checked, and how sure it is."""

    date: str = ""
    source: str = ""
    confidence: str = "low"
    """``high``, ``medium`` or ``low``."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Seed:
    """One portal. Everything extraction and crawling know about it stands here."""

    name: str
    """Spider name; the stem of the seed file."""
    title: str = ""
    language: str = ""
    """ISO 639-1; empty if the pages say."""
    start_urls: tuple[str, ...] = ()
    allowed_domains: tuple[str, ...] = ()
    """Hosts that may be crawled; a domain allows its subdomains."""
    article_url: tuple[str, ...] = ()
    """Regular expressions of which one matches an article's whole URL; none given: the generic guess."""
    listing_url: tuple[str, ...] = ()
    """Regular expressions of pages that list articles."""
    never_follow: tuple[str, ...] = ()
    """Regular expressions searched in a URL; a match is never requested."""
    host_aliases: tuple[tuple[str, str], ...] = ()
    """Pairs (host, host that serves the same pages): ``m.vov.vn`` → ``vov.vn``."""
    keep_query: tuple[str, ...] = ()
    """Query parameters that belong to the identity of a page on this portal."""
    promo_lines: tuple[str, ...] = ()
    """Regular expressions that match a whole promotion line, case-insensitive, NFC."""
    loopback: bool = False
    """Served on this machine (the demo): no contact and no delay asked for."""
    related: RelatedRules = RelatedRules()
    body: BodyRules = BodyRules()
    crawl: CrawlRules = CrawlRules()
    verified: Verified = Verified()


GENERIC = Seed(name="generic")
"""A portal of which nothing is known: what ``extract`` and a crawl from a bare URL use."""
