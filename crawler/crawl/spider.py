"""One spider for all portals: leases addresses, fetches, takes pages apart, hands each on as one finished page."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar, Self, TypedDict, TypeVar

from scrapy import Request, Spider, signals
from scrapy.exceptions import CloseSpider, UsageError
from scrapy.http import Response

from crawler.article.body.consent import CONSENT_WALL
from crawler.article.page.decode import ExtractError
from crawler.article.page.feeds import NotAFeedError
from crawler.article.page.page import NOT_RENDERED, RENDERED, Page, raw_of
from crawler.crawl.leases import Leases
from crawler.crawl.outlinks import depth_limit, feed_outlinks, followed, needs_links, outlinks
from crawler.crawl.refetch import conditional_headers
from crawler.crawl.run import PortalRun
from crawler.http.backoff import HostBusyError
from crawler.http.browser import Browser, RenderError, require_fetchable
from crawler.http.challenge import challenge
from crawler.http.failures import CHALLENGE, in_words
from crawler.http.network_guard import require_guarded, resolver_in_use
from crawler.http.pace import Pace
from crawler.http.robots import RobotsRefusedError
from crawler.http.user_agent import require_contact, user_agent
from crawler.portals.rights import header_rights
from crawler.portals.seed import FOLLOWED, GENERIC, Seed
from crawler.settings import UNHURRIED, for_replay
from crawler.urls.hosts import host_and_port, is_loopback_url
from crawler.warc.record import RecordingError
from crawler.warc.replay import NOT_IN_ARCHIVE
from crawler.workers.pool import PickledOnce, WorkerFailureError
from crawler.workers.tasks import dissect_page, dissect_story, read_feed
from dedupe.errors import InputError
from storage.articles.pages import KEEP_DAYS
from storage.base.masking import mask
from storage.base.number_setting import number_setting
from storage.errors import StorageError
from storage.frontier.entry import body_digest
from storage.write.finished_page import FinishedPage, Outcome

if TYPE_CHECKING:
    from scrapy.crawler import Crawler
    from scrapy.settings import BaseSettings
    from twisted.python.failure import Failure

    from crawler.article.page.anatomy import PageAnatomy
    from crawler.article.page.feeds import Feed
    from storage.frontier.entry import FrontierEntry


SpiderType = TypeVar("SpiderType", bound="PortalSpider")


class _Where(TypedDict):
    final_url: str
    status: int


class PortalSpider(Spider):
    """Crawls the portal of :attr:`seed` as its run says."""

    name = "portal"
    seed: ClassVar[Seed] = GENERIC
    run: PortalRun
    pace: Pace | None = None
    """When each host may be asked; without a run nobody keeps count."""
    allowed_domains: list[str]
    browser: Browser | None = None

    @classmethod
    def update_settings(cls, settings: BaseSettings) -> None:
        """Set what depends on the portal and on ``STORYKIN_REPLAY``.

        :raises UsageError: if a real portal is to be crawled and no contact is set, or if settings were changed
            that the network guard rests on
        """
        super().update_settings(settings)
        rules = cls.seed.crawl
        values: dict[str, Any] = {
            "DOWNLOAD_DELAY": rules.delay,
            "AUTOTHROTTLE_START_DELAY": rules.delay,
            "CONCURRENT_REQUESTS_PER_DOMAIN": rules.concurrency,
            # Requests that wait for their host's delay are under way for Scrapy, and a stop waits for them.
            "CONCURRENT_REQUESTS": 4 * rules.concurrency,
            "USER_AGENT": user_agent(settings["STORYKIN_CONTACT"]),
            # Some portals answer in the reader's language; the portal's own is wanted.
            "DEFAULT_REQUEST_HEADERS": {"Accept": "text/html,*/*;q=0.5", "Accept-Language": cls.seed.language or "*"},
        }
        named = (*cls.seed.start_urls, *cls.seed.discovery.addresses)
        local = cls.seed.loopback or all(map(is_loopback_url, named))
        if settings["STORYKIN_REPLAY"]:
            values |= for_replay()
        elif local:
            values |= UNHURRIED
        try:
            name, usual = "STORYKIN_ANSWER_SECONDS", settings.getfloat("DOWNLOAD_TIMEOUT")
            values["DOWNLOAD_TIMEOUT"] = number_setting(name, settings[name], usual, (0.1, 3600), "seconds")
            for name, value in values.items():
                settings.set(name, value, priority="spider")
            if not settings["STORYKIN_REPLAY"]:
                if not local:
                    require_contact(settings["STORYKIN_CONTACT"])
                require_fetchable(cls.seed)
            require_guarded(settings)
        except InputError as problem:
            raise UsageError(str(problem)) from None

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, run: PortalRun, **kwargs: Any) -> Self:
        """Return the spider of *run*, which was begun."""
        spider = super().from_crawler(crawler, *args, **kwargs)
        spider.run = run
        spider.pace = Pace(crawler, cls.seed.crawl, run.context, is_off=run.archive is not None)
        run.context.database.stopped = lambda: not crawler.crawling
        name, days = "STORYKIN_KEEP_PAGES_DAYS", "days (0: keep none)"
        run.keep_days = number_setting(name, crawler.settings[name], KEEP_DAYS, (0, 36_500), days)
        spider.allowed_domains = list(cls.seed.hosts)
        if cls.seed.fetch.render and run.archive is None:
            spider.browser = Browser(crawler, cls.seed.fetch.hosts)
            crawler.signals.connect(spider.browser.close, signal=signals.spider_closed)
        return spider

    async def start(self) -> AsyncIterator[Any]:
        """Yield a request for each lease; ends when nothing of the portal is queued or leased by anyone."""
        settings = self.crawler.settings
        guard = resolver_in_use()
        for url in self.run.start_urls:
            if self.seed.loopback or is_loopback_url(url):
                guard.allow(*host_and_port(url))
        for netloc in settings.getlist("STORYKIN_ALLOW_HOSTS"):
            guard.allow(*host_and_port(f"http://{netloc}"))
        assert self.pace is not None
        run, at_once, replaying = self.run, settings.getint("CONCURRENT_REQUESTS"), self.run.archive is not None
        run.leases = leases = Leases(run.context, self.pace, at_once, run.not_answered, in_batches=replaying)
        try:
            async for entry in leases.entries():
                try:
                    request = self._request(entry)
                except ValueError as problem:
                    await self.run.finish_page(_failure(entry, f"no address that can be asked for: {problem}"))
                else:
                    yield request
        except StorageError as problem:
            self.run.problem = problem
            raise CloseSpider("storage") from None

    def stop(self, problem: StorageError | RecordingError) -> None:
        """End the crawl early because of *problem*. Pages that are under way are finished as far as possible."""
        if self.run.problem is None:
            self.run.problem = problem
            self._closing = asyncio.ensure_future(self.crawler.engine.close_spider_async(reason="failed"))

    def _request(self, entry: FrontierEntry) -> Request:
        return Request(
            entry.url,
            callback=self.finished,
            errback=self.failed,
            cb_kwargs={"entry": entry},
            meta={"entry": entry},
            headers={
                **({"Accept": _FEED_TYPES} if entry.kind == "feed" else {}),
                **conditional_headers(self.run.known(entry)),
            },
        )

    async def finished(self, response: Response, entry: FrontierEntry) -> AsyncIterator[FinishedPage]:
        """Yield the outcome of an address that answered: the one item of its page."""
        try:
            page = await self._finished(response, entry)
        except (HostBusyError, StorageError) as problem:
            await self._put_back(entry, problem)
            return
        except Exception as problem:
            self.logger.exception("cannot take %s apart", response.url)
            reason = f"storykin failed on it: {type(problem).__name__}: {problem}"
            page = _failure(entry, reason, stage="extract", final_url=response.url, status=response.status)
        yield page

    async def failed(self, failure: Failure) -> AsyncIterator[FinishedPage]:
        """Yield the failure of an address that gave no answer, or was not asked."""
        problem = failure.value
        assert problem is not None
        request: Request = failure.request  # type: ignore[attr-defined]
        if isinstance(problem, (HostBusyError, StorageError)):
            await self._put_back(request.meta["entry"], problem)
            return
        stage = "robots" if isinstance(problem, RobotsRefusedError) else "fetch"
        yield _failure(request.meta["entry"], in_words(problem), stage=stage, final_url=request.url)

    async def _put_back(self, entry: FrontierEntry, problem: HostBusyError | StorageError) -> None:
        """Queue an entry again that its host did not answer now; without the database the crawl ends."""
        assert self.run.leases is not None
        try:
            if isinstance(problem, StorageError):
                raise problem
            await self.run.leases.put_back(entry, problem)
        except StorageError as trouble:
            self.stop(trouble)

    async def _finished(self, response: Response, entry: FrontierEntry) -> FinishedPage:
        request = response.request
        assert request is not None
        where: _Where = {"final_url": response.url, "status": response.status}
        if not 200 <= response.status < 300 or response.status == 206:
            return self._without_page(response, request, entry, where)
        if guard := _challenge_of(response):
            return _failure(entry, f"{CHALLENGE} ({guard})", **where)
        page = _page(response, request, entry)
        raw = raw_of(page, etag=_header(response, "ETag"), last_modified=_header(response, "Last-Modified"))
        known = self.run.known(entry)
        if known and known.digest == body_digest(page.body):
            return FinishedPage(entry=entry, outcome="unchanged", reason="the same bytes", raw=raw, **where)
        if entry.kind == "feed":
            found = await self._discovered(page, entry, where)
        elif _may_be_html(page.content_type):
            found = await self._understood(page, entry, where)
        else:
            reason = f"{page.content_type.partition(';')[0].strip()}, not HTML"
            return FinishedPage(entry=entry, outcome="not article", reason=reason, **where)
        if found.raw is not None:  # rendered pages: an unchanged answer of the server does not mean an unchanged page
            return found
        return replace(found, raw=raw, scope=self.run.scope)

    def _without_page(self, response: Response, request: Request, entry: FrontierEntry, where: _Where) -> FinishedPage:
        """Return what an answer other than a page means."""
        if response.status == 304 and self.run.known(entry):
            return FinishedPage(entry=entry, outcome="unchanged", reason="HTTP 304", **where)
        if response.status == 410 and self.run.archive is None:
            return FinishedPage(entry=entry, outcome="gone", reason="HTTP 410", **where)
        missing = self.run.archive is not None and request.meta.get("captured") is None
        guard = _challenge_of(response)
        said = f"HTTP {response.status}" if response.status != 206 else "a part of a page (HTTP 206)"
        if 300 <= response.status < 400 and response.headers.get("Location"):
            said += ", which leads to no address of the web"  # Scrapy follows all others
        reason = NOT_IN_ARCHIVE if missing else f"{CHALLENGE} ({guard})" if guard else said
        return _failure(entry, reason, **where)

    async def _understood(self, page: Page, entry: FrontierEntry, where: _Where) -> FinishedPage:
        """Return what became of an HTML page."""
        sent = page
        try:
            page, found = await self._read(page, entry)
        except ExtractError as problem:
            return _failure(entry, str(problem), stage="extract", **where)
        if RENDERED in page.doubts and (guard := challenge(200, {}, page.body)):
            return _failure(entry, f"{CHALLENGE} ({guard})", **where)
        links = outlinks(found, entry, page.url, self.seed, self.run.context.options)
        outcome = _outcome(found, entry, links)
        if found.reason == CONSENT_WALL:
            return _failure(entry, CONSENT_WALL, **where)
        strange = self.run.usual.strange(found.article, entry) if found.article else ""
        if strange.startswith(CHALLENGE):
            return _failure(entry, strange, **where)
        if strange:
            return FinishedPage(entry=entry, outcome="not article", reason=strange, **where)
        along = followed(self.seed, self.run.context.options)
        cut = entry.depth >= depth_limit(self.seed, self.run.context.options)
        return FinishedPage(
            entry=entry,
            outcome=outcome,
            article=found.article,
            outlinks=links,
            along=along if len(along) < len(FOLLOWED) - 1 else (),
            reason=found.reason,
            raw=raw_of(page) if page is not sent else None,
            cut=cut,
            **where,
        )

    async def _read(self, page: Page, entry: FrontierEntry) -> tuple[Page, PageAnatomy]:
        """Return a page with what it holds, rendered before where its seed file asks for that.

        :raises ExtractError: if there is nothing to parse, or a limit was met
        """
        rules = self.seed.fetch
        wanted = self.browser is not None and (not rules.render_kinds or entry.kind in rules.render_kinds)
        if not wanted or rules.only_missing:
            found = await self._dissect(page, entry)
            if not wanted or not _lacks_something(found):
                return page, found
        page = await self._rendered(page)
        return page, await self._dissect(page, entry)

    async def _rendered(self, page: Page) -> Page:
        """Return a page as the browser shows it; as it was, with a doubt, where the browser fails on it."""
        assert self.browser is not None
        try:
            body = await self.browser.render(page.url, page.body, page.content_type)
        except RenderError as problem:
            self.logger.warning("%s was not rendered: %s", page.url, problem)
            return replace(page, doubts=(*page.doubts, NOT_RENDERED))
        shown = replace(page, body=body, content_type=_RENDERED_TYPE, doubts=(*page.doubts, RENDERED))
        if (recorder := self.run.recorder) is None:
            return shown
        try:
            answer = Response(page.url, headers={"Content-Type": _RENDERED_TYPE}, body=body)
            begins = recorder.write(answer, datetime.now(UTC), rendered=True)
        except OSError as problem:
            self.stop(RecordingError(f"{recorder.part}: cannot be written to: {problem.strerror}"))
            return shown
        return replace(shown, warc_offset=begins)

    async def _discovered(self, page: Page, entry: FrontierEntry, where: _Where) -> FinishedPage:
        """Return what became of a feed or sitemap: a listing of its addresses, or a failure that says why not."""
        try:
            feed = await self._read_feed(page)
        except (NotAFeedError, WorkerFailureError) as problem:
            return _failure(entry, str(problem), stage="extract", **where)
        moment = page.fetched or self.run.moment
        links, passed_over = await asyncio.to_thread(feed_outlinks, feed, entry, page.url, self.seed, moment)
        await self.run.start_frontier.read_again(links)
        reason = f"{feed.kind}: {len(links) + passed_over.counts.total()} named, {len(links)} followed"
        if passed_over.counts:
            reason += f": {passed_over}"
        not_followed = dict(passed_over.counts)
        return FinishedPage(
            entry=entry, outcome="listing", outlinks=links, reason=reason, not_followed=not_followed, **where
        )

    async def _read_feed(self, page: Page) -> Feed:
        """Read a feed in a worker process where the run has some: one of 50 MB may need 2 GB of memory.

        :raises NotAFeedError: if it is none
        :raises WorkerFailureError: if a limit was met
        """
        if self.run.pool is None:
            # 50,000 addresses, the most a sitemap may have, take seconds.
            return await asyncio.to_thread(read_feed, page.body, page.url)
        return await asyncio.wrap_future(self.run.pool.submit(read_feed, page.body, page.url))

    async def _dissect(self, page: Page, entry: FrontierEntry) -> PageAnatomy:
        """Take a page apart, in a worker process where the run has some; without links that nobody follows.

        :raises ExtractError: if there is nothing to parse, or a limit was met
        """
        pool, whole = self.run.pool, needs_links(entry, self.seed, self.run.context.options)
        dissect = dissect_page if whole else dissect_story
        if pool is None:
            return dissect(page, self.seed)
        try:
            return await asyncio.wrap_future(pool.submit(dissect, page, self._seed_once))
        except WorkerFailureError as problem:
            raise ExtractError(str(problem)) from None

    @cached_property
    def _seed_once(self) -> PickledOnce:
        return PickledOnce(self.seed)


def spider_for(seed: Seed, base: type[SpiderType]) -> type[SpiderType]:
    """Return the spider class of *seed*, under its name."""
    return type(f"{base.__name__}_{seed.name}", (base,), {"name": seed.name, "seed": seed})


def _challenge_of(response: Response) -> str:
    """Return whose challenge page *response* is; empty if it is none."""
    headers = {name.lower(): value for name, value in reversed(_headers(response))}
    return challenge(response.status, headers, response.body)


def _headers(response: Response) -> list[tuple[str, str]]:
    found = ((name.decode("latin-1"), values) for name, values in response.headers.items())
    return [(name, value.decode("latin-1")) for name, values in found for value in values]


def _header(response: Response, name: str) -> str:
    return (response.headers.get(name) or b"").decode("latin-1")


def _page(response: Response, request: Request, entry: FrontierEntry) -> Page:
    warc_file, warc_offset = request.meta.get("warc", ("", None))
    fetched = request.meta.get("captured") or datetime.now(UTC)
    site = request.meta.get("site_rights")
    return Page(
        url=response.url,
        body=response.body,
        content_type=_header(response, "Content-Type"),
        status=response.status,
        requested_url=entry.url,
        redirects=tuple(request.meta.get("redirect_urls", ())),
        fetched=fetched,
        rights=(*(site.of(response.url) if site else ()), *header_rights(_headers(response), fetched)),
        doubts=request.meta.get("doubts", ()),
        warc_file=warc_file,
        warc_offset=warc_offset,
    )


def _outcome(found: PageAnatomy, entry: FrontierEntry, links: Sequence[FrontierEntry]) -> Outcome:
    if found.kind != "other":
        return found.kind
    # A front page with three links is a poor listing, and what was asked for.
    return "listing" if links and entry.kind in ("start", "listing") else "not article"


def _lacks_something(found: PageAnatomy) -> bool:
    """Say whether a page may have more than the server sent: related stories to come, or next to no text."""
    article = found.article
    if article is None:
        return found.kind == "other"
    return article.related_status == "loaded by script" or not {"thin", "empty"}.isdisjoint(article.quality)


_RENDERED_TYPE = "text/html; charset=utf-8"


def _may_be_html(content_type: str) -> bool:
    kind = content_type.partition(";")[0].strip().lower()
    return not kind or "html" in kind or kind in _PERHAPS_HTML


def _failure(
    entry: FrontierEntry, reason: str, *, stage: str = "fetch", final_url: str = "", status: int = 0
) -> FinishedPage:
    reason = mask(reason)
    return FinishedPage(entry=entry, outcome="failure", reason=reason, stage=stage, final_url=final_url, status=status)


_FEED_TYPES = "application/rss+xml,application/atom+xml,application/xml;q=0.9,text/xml;q=0.9,*/*;q=0.5"
_PERHAPS_HTML = frozenset({"text/plain", "text/xml", "application/xml", "application/octet-stream"})
"""Types that careless servers give to pages; what they hold is looked at."""
