"""robots.txt, strictly: a host whose rules cannot be read is not crawled (RFC 9309, 2.3.1.4), Crawl-delay counts.

Scrapy's own middleware takes "unreachable", 5xx, 401 and 403 for "everything allowed".
"""

from __future__ import annotations

import asyncio
import logging
import time
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import urlsplit

from scrapy import Request, signals
from scrapy.exceptions import IgnoreRequest, NotConfigured
from scrapy.http.request import NO_CALLBACK
from scrapy.utils.misc import build_from_crawler, load_object

from crawler.http.failures import HOST_SKIPPED, in_words
from crawler.http.site_rights import TDMREP, SiteRights
from crawler.urls.hosts import is_loopback_url
from dedupe.intake.limits import MAX_ROBOTS
from storage.errors import StorageError
from storage.frontier import robots_rules
from storage.frontier.robots_rules import MAX_AGE, HostRules

if TYPE_CHECKING:
    from scrapy import Spider
    from scrapy.crawler import Crawler
    from scrapy.robotstxt import RobotParser

    from crawler.http.calls import DatabaseCalls
    from crawler.http.pace import Pace

logger = logging.getLogger(__name__)

REFUSING_STATUS = frozenset({401, 403, 429})
"""Answers to ``/robots.txt`` that keep a crawler out, beside all of 5xx; other 4xx mean there are no rules."""


MAX_CRAWL_DELAY = 60.0
"""Seconds of a Crawl-delay that are kept at most; a longer one is kept as this and shown by ``storykin hosts``."""


class RobotsRefusedError(IgnoreRequest):
    """A page was not fetched because robots.txt forbids it, or because its rules cannot be read."""


@dataclass(frozen=True, slots=True)
class _Origin:
    """Scheme, host and port: what one robots.txt holds for (RFC 9309, 2.3)."""

    name: str
    netloc: str
    host: str

    @classmethod
    def of(cls, url: str) -> Self:
        parts = urlsplit(url)
        return cls(f"{parts.scheme}://{parts.netloc}", parts.netloc, (parts.hostname or "").lower())


def _whole_lines(body: bytes) -> bytes:
    """Return *body*, or the whole lines of its first ``MAX_ROBOTS`` bytes: ``Disallow: /private/`` cut behind the first
    slash forbids everything.
    """
    if len(body) <= MAX_ROBOTS:
        return body
    head = body[:MAX_ROBOTS]
    return head[: max(head.rfind(b"\n"), head.rfind(b"\r")) + 1]


class StrictRobotsMiddleware:
    """Obeys robots.txt. Hosts whose rules cannot be read are skipped, with the reason in ``skipped_hosts``.

    Rules are read once a day; all crawls and workers of one database share the reading.
    """

    def __init__(self, crawler: Crawler) -> None:
        if not crawler.settings.getbool("ROBOTSTXT_OBEY"):
            raise NotConfigured("ROBOTSTXT_OBEY is off")
        self.skipped_hosts: dict[str, str] = {}
        self._crawler = crawler
        self._parser: Any = load_object(crawler.settings["ROBOTSTXT_PARSER"])
        self._name: str = crawler.settings["ROBOTSTXT_USER_AGENT"]
        self._rules: dict[_Origin, tuple[float, asyncio.Future[RobotParser | None]]] = {}
        self._delays: dict[str, float] = {}
        self._rights: dict[_Origin, SiteRights] = {}

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Return the middleware of *crawler*, or raise ``NotConfigured`` where robots.txt is not to be obeyed."""
        robots = cls(crawler)
        crawler.signals.connect(robots.spider_opened, signal=signals.spider_opened)
        return robots

    def spider_opened(self, spider: Spider) -> None:
        """Let the pace know the rules of a host before it gives turns."""
        if pace := self._pace():
            pace.read_rules = lambda url: self._rules_of(_Origin.of(url))

    async def process_request(self, request: Request, spider: Spider | None = None) -> None:
        """Raise :class:`RobotsRefusedError` unless the rules of the host allow the request."""
        if request.meta.get("dont_obey_robotstxt"):
            return
        origin = _Origin.of(request.url)
        parser = await self._rules_of(origin)
        if origin.netloc in self.skipped_hosts:
            raise RobotsRefusedError(f"{HOST_SKIPPED}: {self.skipped_hosts[origin.netloc]}")
        if parser is not None and not parser.allowed(request.url, self._name):
            self._crawler.stats.inc_value("robotstxt/forbidden")
            raise RobotsRefusedError("forbidden by robots.txt")
        request.meta["site_rights"] = self._rights.get(origin)
        if self._delays.get(origin.host):
            # AutoThrottle would shorten what the portal asked for.
            request.meta["autothrottle_dont_adjust_delay"] = True

    async def _rules_of(self, origin: _Origin) -> RobotParser | None:
        """Return the rules of a host, read once however many requests wait; ``None`` where there are none."""
        known = self._rules.get(origin)
        if known is None or known[0] < time.monotonic() - MAX_AGE:
            self.skipped_hosts.pop(origin.netloc, None)
            known = self._rules[origin] = (time.monotonic(), asyncio.ensure_future(self._read_rules(origin)))
        return await asyncio.shield(known[1])

    async def _read_rules(self, origin: _Origin) -> RobotParser | None:
        """Read the rules from the database, else from the host; note Crawl-delay and trouble."""
        calls = self._sharing_calls(origin)
        found = await calls.call(robots_rules.fresh, origin.name) if calls else None
        if found is None and (pace := self._pace()):
            await pace.wait_for_rules(origin.host)
            found = await calls.call(robots_rules.fresh, origin.name) if calls else None  # another worker's, meanwhile
        rules, body = found or await self._fetch_rules(origin)
        if not rules.problem:
            await self._slow_down(origin.host, rules.crawl_delay)
            if found is None and (pace := self._pace()):
                rules = replace(rules, tdmrep=await self._fetch_tdmrep(origin, body, pace))
        if found is None and calls:
            await calls.call(robots_rules.put, rules, body)
        if rules.problem:
            self._skip(origin.netloc, rules.problem)
            return None
        text = body.decode("utf-8", "replace")
        self._rights[origin] = SiteRights(text, rules.tdmrep, rules.fetched, self._name)
        return self._parsed(body) if 200 <= rules.status < 300 else None

    async def _fetch_rules(self, origin: _Origin) -> tuple[HostRules, bytes]:
        """Return what the host answered, and the file."""
        robots = Request(
            f"{origin.name}/robots.txt",
            priority=1000,
            # RFC 9309, 2.3.1.2: redirects are followed, also to another host.
            meta={"dont_obey_robotstxt": True, "allow_offsite": True},
            callback=NO_CALLBACK,
        )
        self._crawler.stats.inc_value("robotstxt/request_count")
        try:
            response = await self._crawler.engine.download_async(robots)
        except StorageError:  # the database was away while the request waited; this says nothing of the host
            raise
        except Exception as problem:  # noqa: BLE001 - whatever kept us from the rules keeps us from the host
            reason = f"robots.txt cannot be fetched: {in_words(problem)}"
            return HostRules(origin=origin.name, host=origin.host, problem=reason), b""
        status = response.status
        moment = (response.request or robots).meta.get("captured") or datetime.now(UTC)
        self._crawler.stats.inc_value(f"robotstxt/response_status_count/{status}")
        refused = status in REFUSING_STATUS or status >= 500
        body = _whole_lines(response.body) if 200 <= status < 300 else b""
        rules = HostRules(
            origin=origin.name,
            host=origin.host,
            status=status,
            problem=f"robots.txt answered {status}" if refused else "",
            crawl_delay=float(self._parsed(body).crawl_delay(self._name) or 0) if body else 0.0,
            fetched=moment,
        )
        return rules, body

    async def _fetch_tdmrep(self, origin: _Origin, robots: bytes, pace: Pace) -> str:
        """Return the host's TDMRep file; empty where it has none, or none that is given to us."""
        url = f"{origin.name}{TDMREP}"
        if robots and not self._parsed(robots).allowed(url, self._name):
            return ""
        await pace.wait_for_rules(origin.host)
        meta = {"dont_obey_robotstxt": True, "allow_offsite": True, "dont_retry": True}
        try:
            response = await self._crawler.engine.download_async(Request(url, meta=meta, callback=NO_CALLBACK))
        except StorageError:
            raise
        except Exception:  # noqa: BLE001 - who gives no file does not follow the protocol, whatever the cause
            return ""
        small = response.status == 200 and len(response.body) <= MAX_ROBOTS
        return response.body.decode("utf-8", "replace") if small else ""

    def _parsed(self, body: bytes) -> RobotParser:
        parser: RobotParser = build_from_crawler(self._parser, self._crawler, body)
        return parser

    def _sharing_calls(self, origin: _Origin) -> DatabaseCalls | None:
        """Return the way to the database that shares the rules of the host: not those of an archive or this machine."""
        pace = self._pace()
        return None if pace is None or pace.is_off or is_loopback_url(origin.name) else pace.calls

    def _pace(self) -> Pace | None:
        pace: Pace | None = getattr(self._crawler.spider, "pace", None)
        return pace

    def _skip(self, netloc: str, reason: str) -> None:
        self.skipped_hosts[netloc] = reason
        self._crawler.stats.inc_value("robotstxt/skipped_hosts")

    async def _slow_down(self, host: str, asked_for: float) -> None:
        """Raise the delay of a host's download slot to its Crawl-delay, for now and when the slot is made anew."""
        if self._crawler.settings["STORYKIN_REPLAY"]:
            return
        if asked_for > MAX_CRAWL_DELAY:
            logger.warning("%s asks for %s s between requests; %s s are kept", host, asked_for, MAX_CRAWL_DELAY)
        delay = max(0.0, min(asked_for, MAX_CRAWL_DELAY))
        if pace := self._pace():
            await pace.keep_crawl_delay(host, delay)
        if delay <= self._crawler.settings.getfloat("DOWNLOAD_DELAY"):
            return
        downloader: Any = self._crawler.engine.downloader
        self._delays[host] = delay
        downloader.per_slot_settings[host] = {"concurrency": 1, "delay": delay, "jitter": 0}
        slot = downloader.slots.get(host)
        if slot is not None:
            slot.concurrency, slot.delay, slot.jitter = 1, delay, 0.0
        logger.info("%s asks for %s s between requests", host, asked_for)
