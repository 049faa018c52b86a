"""A few pages of a portal, fetched as politely as a crawl fetches them, without any database."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Generic, ParamSpec, Self, TypeVar

from scrapy import Request
from scrapy.crawler import CrawlerProcess
from scrapy.settings import Settings

from crawler.article.page.page import Page
from crawler.crawl.spider import PortalSpider, spider_for
from crawler.http.failures import in_words
from crawler.http.network_guard import resolver_in_use
from crawler.http.user_agent import require_contact
from crawler.urls.hosts import host_and_port, is_loopback_url
from crawler.workers.pool import WorkerFailureError, WorkerPool, started_pool

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

    from crawler.portals.seed import Seed

T = TypeVar("T")
P = ParamSpec("P")


class FetchError(Exception):
    """A page could not be had, or was not asked for; the message says why, in words."""


@dataclass(frozen=True, slots=True)
class Fetch:
    """How a portal's pages are had and taken apart."""

    _get: Callable[[str], Awaitable[Page]]
    _pool: WorkerPool | None

    async def __call__(self, url: str) -> Page:
        """Return the page at an address that answered with 2xx.

        :raises FetchError: if it cannot be had
        """
        return await self._get(url)

    async def apart(self, function: Callable[P, T], *arguments: P.args, **_: P.kwargs) -> T:
        """Return ``function(*arguments)``, done in a worker process within its limits; here where there are none.

        :raises FetchError: if a limit was met
        """
        if self._pool is None:
            return function(*arguments)  # type: ignore[call-arg]
        try:
            return await asyncio.wrap_future(self._pool.submit(function, *arguments))
        except WorkerFailureError as problem:
            raise FetchError(str(problem)) from None


Look = Callable[[Fetch], Awaitable[T]]
"""What looks at a portal's pages, one after the other."""


def survey(portals: Sequence[tuple[Seed, Look[T]]], log_level: str = "ERROR") -> list[T]:
    """Let each function look at its portal's pages; return their results in order. Once per process.

    Robots.txt, the delay, the size limits and the network guard hold as in a crawl.

    :raises InputError: if a portal elsewhere than on this machine is asked and no contact is set
    """
    settings = Settings()
    settings.setmodule("crawler.settings", priority="project")
    settings.setdict({"LOG_LEVEL": log_level, "ITEM_PIPELINES": {}, "EXTENSIONS": {}}, priority="cmdline")
    if not all(map(is_loopback_url, (url for seed, _ in portals for url in seed.start_urls))):
        require_contact(settings["STORYKIN_CONTACT"])
    pool = started_pool(settings)
    with pool or nullcontext():
        process = CrawlerProcess(settings)
        surveys = [_Survey(seed, look, pool) for seed, look in portals]
        for one in surveys:
            process.crawl(spider_for(one.seed, SurveySpider), survey=one)
        process.start()
    return [one.result() for one in surveys]


class _Survey(Generic[T]):
    """One portal's function, and what came of it."""

    def __init__(self, seed: Seed, look: Look[T], pool: WorkerPool | None) -> None:
        self.seed = seed
        self._look = look
        self._pool = pool
        self._results: list[T] = []
        self._problem: Exception | None = None

    async def run(self, get: Callable[[str], Awaitable[Page]]) -> None:
        try:
            self._results.append(await self._look(Fetch(get, self._pool)))
        except Exception as problem:  # noqa: BLE001 - raised again by result(), outside the reactor
            self._problem = problem

    def result(self) -> T:
        """Return what the function returned, or raise what it raised.

        :raises KeyboardInterrupt: if it was stopped before
        """
        if self._problem is not None:
            raise self._problem
        if not self._results:
            raise KeyboardInterrupt
        return self._results[0]


class SurveySpider(PortalSpider):
    """Fetches what its survey asks for; finds nothing by itself and stores nothing."""

    survey: _Survey[Any]

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, survey: _Survey[Any], **kwargs: Any) -> Self:  # type: ignore[override]
        """Return the spider of *survey*; no run is begun."""
        spider = super(PortalSpider, cls).from_crawler(crawler, *args, **kwargs)
        spider.survey = survey
        spider.allowed_domains = list(cls.seed.hosts)
        return spider

    async def start(self) -> AsyncIterator[Any]:
        """Run the survey; no request is handed to the engine."""
        guard = resolver_in_use()
        for url in filter(is_loopback_url, self.seed.start_urls):
            guard.allow(*host_and_port(url))
        await self.survey.run(self._fetch)
        handed_on: tuple[Request, ...] = ()
        for request in handed_on:
            yield request

    async def _fetch(self, url: str) -> Page:
        try:
            request = Request(url)
            assert self.crawler.engine is not None
            response = await self.crawler.engine.download_async(request)
        except Exception as problem:  # noqa: BLE001 - whatever kept us from the page is its reason
            raise FetchError(in_words(problem)) from None
        if not 200 <= response.status < 300:
            raise FetchError(f"HTTP {response.status}")
        content_type = (response.headers.get(b"Content-Type") or b"").decode("latin-1")
        return Page(
            url=response.url,
            body=response.body,
            content_type=content_type,
            status=response.status,
            requested_url=url,
            fetched=datetime.now(UTC),
        )
