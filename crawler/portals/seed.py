"""A portal as data: the sections of a seed file."""

from __future__ import annotations

from dataclasses import dataclass
from typing import get_args
from urllib.parse import urlsplit

from dedupe.errors import InputError
from storage.records import RelatedKind

FOLLOWED: tuple[str, ...] = (*get_args(RelatedKind), "articles")
"""What a crawl may go along from an article: related stories of a kind, or every article link of the portal."""


class SeedError(InputError):
    """A seed file cannot be used; the message names the file, the key and the nearest valid key.

    :param problems: each a sentence; the message has the first and says how many more there are
    """

    def __init__(self, *problems: str) -> None:
        more = f" (and {len(problems) - 1} more: storykin portals check)" if len(problems) > 1 else ""
        super().__init__(problems[0] + more)
        self.problems = problems


@dataclass(frozen=True, kw_only=True, slots=True)
class RelatedRules:
    """``[related]``: where related stories stand. All optional, the generic finder works without."""

    css: tuple[str, ...] = ()
    """Blocks of related stories, CSS selectors in the order tried."""
    list_css: tuple[str, ...] = ()
    """Lists of stories that stand alike on other pages: of the kind that heading or name tells, else ``latest``."""
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
    follow: tuple[str, ...] = ()
    """Of :data:`FOLLOWED`; empty: related stories of every kind."""
    requests_per_day: int = 0
    """Requests to one host in a day (UTC), by all workers and runs together; 0: no limit."""
    bytes_per_day: int = 0
    """The same for the bytes of the answers."""


@dataclass(frozen=True, kw_only=True, slots=True)
class DiscoveryRules:
    """``[discovery]``: feeds and sitemaps, read beside the start pages in every crawl of the whole portal.

    In an address ``{year}``, ``{month}`` (7) and ``{month2}`` (07) stand for this month, and again for the last.
    """

    feeds: tuple[str, ...] = ()
    """RSS or Atom."""
    sitemaps: tuple[str, ...] = ()
    """Sitemaps, news sitemaps, indexes of sitemaps."""
    newest_days: int = 30
    """Entries older than this are not asked for; those without a date are, after all others."""

    @property
    def addresses(self) -> tuple[str, ...]:
        """All of them, placeholders unfilled."""
        return self.feeds + self.sitemaps


@dataclass(frozen=True, kw_only=True, slots=True)
class ScheduleRules:
    """``[schedule]``: when ``storykin schedule`` crawls the portal; its daily budgets stand in ``[crawl]``."""

    every: str = ""
    """Interval from the start of one run to the next: ``30m``, ``2h``, ``1d``."""
    cron: str = ""
    """In its place a cron expression of five fields."""
    timezone: str = ""
    """For *cron* and *quiet_hours*, such as ``Asia/Ho_Chi_Minh``; empty: UTC."""
    quiet_hours: tuple[str, ...] = ()
    """Parts of the day without a crawl: ``23:30-05:00``. A run under way is stopped at their start."""


@dataclass(frozen=True, kw_only=True, slots=True)
class RefetchRules:
    """``[refetch]``: when known articles are asked for again; start pages, listings and feeds are in every crawl."""

    steps: tuple[str, ...] = ("6h: 1h", "2d: 12h", "30d: 7d")
    """Younger than 6 hours: every hour, …; older: never. Ages grow; ``m``, ``h``, ``d``."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ExpectRules:
    """``[expect]``: what must hold of the portal's articles; nothing is asked where a key is 0.

    ``portals check`` holds pages against it, and the verdict on each run its articles.
    """

    date: float = 0.0
    """Least share of the articles with a date, from 0 to 1; alike the next three."""
    author: float = 0.0
    lead: float = 0.0
    related: float = 0.0
    """With related stories of any kind."""
    characters: int = 0
    """Least characters of text, of the median article."""
    new_per_day: int = 0
    """Least new stories in 24 hours."""


@dataclass(frozen=True, kw_only=True, slots=True)
class FetchRules:
    """``[fetch]``: which pages are rendered in a browser, since a plain request does not get them whole."""

    render: str = ""
    """``browser``, or empty: none."""
    render_kinds: tuple[str, ...] = ()
    """Of :data:`RENDERED_KINDS`: what its address was taken for; empty: all."""
    only_missing: bool = False
    """Only those whose related stories are loaded by script, or that have next to no text."""
    hosts: tuple[str, ...] = ()
    """Hosts beside the portal's own that rendered pages may ask for scripts and data."""


RENDERED_KINDS = ("start", "listing", "article", "related")


@dataclass(frozen=True, kw_only=True, slots=True)
class RightsRules:
    """``[rights]``: what was agreed with the portal about its texts. It stands beside what the portal itself says."""

    agreed: str = ""
    """In words, such as ``research only, contract 14 of 2026-08-20``."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Verified:
    """``[verified]``: when and from what the file was checked, and how sure it is."""

    date: str = ""
    source: str = ""
    confidence: str = "low"
    """``high``, ``medium`` or ``low``."""
    unverified: tuple[str, ...] = ()
    """Dotted keys of this file whose values were never confirmed, such as ``related.css``."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Seed:
    """One portal. Everything extraction and crawling know about it stands here."""

    name: str
    """Spider name; the stem of the seed file."""
    title: str = ""
    language: str = ""
    """ISO 639-1; empty if the pages say."""
    timezone: str = ""
    """IANA name of the clock that the portal's dates without a zone are read by; empty: its country's, else UTC."""
    start_urls: tuple[str, ...] = ()
    allowed_domains: tuple[str, ...] = ()
    """Hosts that may be crawled; a domain allows its subdomains."""
    article_url: tuple[str, ...] = ()
    """Regular expressions of which one matches an article's whole URL; none given: the generic guess."""
    listing_url: tuple[str, ...] = ()
    """Regular expressions of which one matches the whole URL of a page that lists articles."""
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
    discovery: DiscoveryRules = DiscoveryRules()
    refetch: RefetchRules = RefetchRules()
    schedule: ScheduleRules = ScheduleRules()
    expect: ExpectRules = ExpectRules()
    fetch: FetchRules = FetchRules()
    rights: RightsRules = RightsRules()
    verified: Verified = Verified()

    def __hash__(self) -> int:
        """Hash by name: enough to tell portals apart, and asked for with every link (:mod:`crawler.urls.canonical`)."""
        return hash(self.name)

    @property
    def hosts(self) -> tuple[str, ...]:
        """Hosts that a crawl of this portal may ask: the portal's own, and the hosts of its feeds and sitemaps.

        Links to a host that only serves feeds (such as feeds.bbci.co.uk) are not followed.
        """
        feeds = (urlsplit(address).hostname or "" for address in self.discovery.addresses)
        return tuple(dict.fromkeys((*self.allowed_domains, *feeds)))


GENERIC = Seed(name="generic")
"""A portal of which nothing is known: what ``extract`` and a crawl from a bare URL use."""
