"""robots.txt, strictly: a host whose rules cannot be read is not crawled (RFC 9309, 2.3.1.4), Crawl-delay counts.

Scrapy's own middleware takes "unreachable", 5xx, 401 and 403 for "everything allowed".
"""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import urlsplit

from scrapy import Request
from scrapy.exceptions import IgnoreRequest, NotConfigured
from scrapy.http.request import NO_CALLBACK
from scrapy.utils.misc import build_from_crawler, load_object

from crawler.failure_words import HOST_SKIPPED, in_words

if TYPE_CHECKING:
    from scrapy import Spider
    from scrapy.crawler import Crawler
    from scrapy.http import Response
    from scrapy.robotstxt import RobotParser

logger = logging.getLogger(__name__)

REFUSING_STATUS = frozenset({401, 403, 429})
"""Answers to ``/robots.txt`` that keep a crawler out, beside all of 5xx; other 4xx mean there are no rules."""


MAX_RULES = 500 * 1024
"""Bytes of a robots.txt that are read: RFC 9309, 2.5."""


class RobotsRefusedError(IgnoreRequest):
    """A page was not fetched because robots.txt forbids it, or because its rules cannot be read."""


class StrictRobotsMiddleware:
    """Obeys robots.txt; skips hosts whose rules cannot be read and keeps the reason in ``skipped_hosts``."""

    def __init__(self, crawler: Crawler) -> None:
        if not crawler.settings.getbool("ROBOTSTXT_OBEY"):
            raise NotConfigured("ROBOTSTXT_OBEY is off")
        self.skipped_hosts: dict[str, str] = {}
        self._crawler = crawler
        self._parser: Any = load_object(crawler.settings["ROBOTSTXT_PARSER"])
        self._name: str = crawler.settings["ROBOTSTXT_USER_AGENT"]
        self._rules: dict[str, asyncio.Future[RobotParser | None]] = {}
        self._delays: dict[str, float] = {}

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Return the middleware of *crawler*, or raise ``NotConfigured`` where robots.txt is not to be obeyed."""
        return cls(crawler)

    async def process_request(self, request: Request, spider: Spider | None = None) -> None:
        """Raise :class:`RobotsRefusedError` unless the rules of the host allow the request."""
        if request.meta.get("dont_obey_robotstxt"):
            return
        netloc = urlsplit(request.url).netloc
        parser = await self._rules_of(request, netloc)
        if netloc in self.skipped_hosts:
            raise RobotsRefusedError(f"{HOST_SKIPPED}: {self.skipped_hosts[netloc]}")
        if parser is not None and not parser.allowed(request.url, self._name):
            self._crawler.stats.inc_value("robotstxt/forbidden")
            raise RobotsRefusedError("forbidden by robots.txt")
        if self._delays.get(urlsplit(request.url).hostname or ""):
            # AutoThrottle would shorten what the portal asked for.
            request.meta["autothrottle_dont_adjust_delay"] = True

    async def _rules_of(self, request: Request, netloc: str) -> RobotParser | None:
        """Return the rules of a host, fetched once however many requests wait; ``None`` where there are none."""
        if netloc not in self._rules:
            self._rules[netloc] = asyncio.ensure_future(self._fetch_rules(request, netloc))
        return await asyncio.shield(self._rules[netloc])

    async def _fetch_rules(self, request: Request, netloc: str) -> RobotParser | None:
        robots = Request(
            f"{urlsplit(request.url).scheme}://{netloc}/robots.txt",
            priority=1000,
            # RFC 9309, 2.3.1.2: redirects are followed, also to another host.
            meta={"dont_obey_robotstxt": True, "allow_offsite": True},
            callback=NO_CALLBACK,
        )
        self._crawler.stats.inc_value("robotstxt/request_count")
        try:
            response = await self._crawler.engine.download_async(robots)
        except Exception as problem:  # noqa: BLE001 - whatever kept us from the rules keeps us from the host
            self._skip(netloc, f"robots.txt cannot be fetched: {in_words(problem)}")
            return None
        self._crawler.stats.inc_value(f"robotstxt/response_status_count/{response.status}")
        return self._read(response, netloc)

    def _read(self, response: Response, netloc: str) -> RobotParser | None:
        if response.status in REFUSING_STATUS or response.status >= 500:
            self._skip(netloc, f"robots.txt answered {response.status}")
            return None
        if response.status >= 300:
            return None
        rules: RobotParser = build_from_crawler(self._parser, self._crawler, response.body[:MAX_RULES])
        delay = rules.crawl_delay(self._name)
        if delay and not self._crawler.settings["STORYKIN_REPLAY"]:
            self._slow_down(urlsplit(f"//{netloc}").hostname or "", delay)
        return rules

    def _skip(self, netloc: str, reason: str) -> None:
        self.skipped_hosts[netloc] = reason
        self._crawler.stats.inc_value("robotstxt/skipped_hosts")

    def _slow_down(self, host: str, delay: float) -> None:
        """Raise the delay of a host's download slot to its Crawl-delay, for now and when the slot is made anew."""
        downloader: Any = self._crawler.engine.downloader
        own = self._crawler.settings.getfloat("DOWNLOAD_DELAY")
        if delay <= own:
            return
        self._delays[host] = delay
        downloader.per_slot_settings[host] = {"concurrency": 1, "delay": delay, "jitter": 0}
        slot = downloader.slots.get(host)
        if slot is not None:
            slot.concurrency, slot.delay, slot.jitter = 1, delay, 0.0
        logger.info("%s asks for %s s between requests", host, delay)
