"""Pages as a browser shows them after their scripts, where a seed file asks for it.

The browser has no way out: every request that a page makes is answered by Scrapy's downloader, or refused. So
robots.txt, pace, budgets, limits and the network guard hold for each of them, and a recording has them.
(scrapy-playwright lets the browser connect by itself, where none of these can stand.)

The page itself is the answer that the crawl has already: rendering asks for what its scripts ask for, nothing else.
"""

from __future__ import annotations

import asyncio
import logging
import os
import shutil
from contextlib import suppress
from dataclasses import dataclass
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from scrapy import Request
from scrapy.http.request import NO_CALLBACK

from crawler.http.backoff import HostBusyError
from crawler.http.operator_headers import operator_headers
from crawler.urls.hosts import host_and_port
from dedupe.errors import InputError
from dedupe.intake.limits import MAX_BODY
from storage.errors import StorageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from playwright.async_api import Page, Playwright, Route
    from scrapy.crawler import Crawler
    from scrapy.http import Response

    from crawler.portals.seed import Seed

logger = logging.getLogger(__name__)

_ASKED = frozenset({"script", "xhr", "fetch"})
"""What a page gets: no pictures, styles, fonts, frames; GET alone."""
_MOST_REQUESTS = 40
"""Of one page; a list without end stops there."""
_QUIET = 0.5
"""Seconds without a request and without growth after which a page is as it stays."""
_RESTLESS = 20
"""Such stretches that a page may take that does not come to rest."""
_BUSY = 15.0
"""Seconds that its scripts may keep the browser from answering."""
_MOST_PAGES = 100
"""Pages of one browser: Playwright keeps something of each request as long as its connection lasts."""
_CACHE = 64 << 20
"""Bytes of scripts that are kept, since nearly all pages of a portal have the same."""
_HOP = frozenset({"content-encoding", "content-length", "transfer-encoding", "set-cookie"})
"""Headers that the browser does not get."""
_ARGUMENTS = (
    "--disable-gpu",
    "--disable-quic",
    "--force-webrtc-ip-handling-policy=disable_non_proxied_udp",
    "--host-resolver-rules=MAP * ~NOTFOUND",
)
_NOWHERE: Any = {"server": "http://127.0.0.1:1", "bypass": "<-loopback>"}
"""A proxy that nobody is: what is not answered here, such as a web socket, ends there."""


class RenderError(RuntimeError):
    """A page could not be rendered; the message says why, in words."""


def chromium() -> str:
    """Return the path of the machine's Chromium.

    :raises InputError: if there is none, or the extra ``browser`` is missing
    """
    path = next(filter(None, map(shutil.which, ("chromium", "google-chrome", "chromium-browser"))), "")
    if not path or not find_spec("playwright"):
        wanted = "Chromium on the PATH" if not path else "the extra: pip install 'storykin[browser]'"
        raise InputError(f'a seed file with render = "browser" needs {wanted}')
    return path


def require_fetchable(seed: Seed) -> None:
    """Make sure that the pages of *seed* can be asked for as it and the operator want.

    :raises InputError: if there is no browser to render them, or the operator's headers cannot be used
    """
    if seed.fetch.render:
        chromium()
    operator_headers(seed.name)


@dataclass
class _Visit:
    """A page that is being rendered."""

    url: str
    answer: dict[str, Any] | None
    """What the tab gets at first; then nothing leads it anywhere else."""
    asked: int = 0
    waiting: int = 0
    problem: Exception | None = None
    """What ends it, whatever the page makes of it."""


class Browser:
    """Renders one page after another, all in one tab: a new one costs a second of processor. A page leaves nothing to
    the next.

    :param hosts: hosts beside the portal's own that its pages may ask for scripts and data
    """

    def __init__(self, crawler: Crawler, hosts: Sequence[str]) -> None:
        self._crawler = crawler
        self._hosts = frozenset(hosts)
        self._turn = asyncio.Lock()
        self._playwright: Playwright | None = None
        self._tab: Page | None = None
        self._visit: _Visit | None = None
        self._pages = 0
        self._scripts: dict[str, Response] = {}

    async def render(self, url: str, body: bytes, content_type: str) -> bytes:
        """Return the page at *url*, whose answer was *body*, as it stands when its scripts are through, in UTF-8.

        :raises RenderError: if the browser fails on it, or it grows too large
        :raises HostBusyError: if a host that it needs may not be asked now
        :raises StorageError: if the database is gone
        """
        async with self._turn:
            visit = self._visit = _Visit(url, {"body": body, "content_type": content_type or "text/html"})
            try:
                html = await self._rendered(visit)
            except Exception as problem:  # Playwright's own, those of its connection, and of too long a wait
                await self.close()
                said = str(problem).partition("\n")[0][:200] or "its scripts do not come to an end"
                raise visit.problem or RenderError(said) from problem
            finally:
                self._visit = None
        if visit.problem is not None:
            raise visit.problem
        if len(html) > MAX_BODY:
            raise RenderError(f"it has more than {MAX_BODY >> 20} MB when rendered")
        return html.encode("utf-8", "replace")

    async def close(self) -> None:
        """End the browser; the next page begins another one."""
        playwright, tab = self._playwright, self._tab
        self._playwright = self._tab = None
        self._pages = 0
        with suppress(Exception):  # it may be gone already
            if tab is not None and tab.context.browser is not None:
                await tab.context.browser.close()
        with suppress(Exception):
            if playwright is not None:
                await playwright.stop()

    async def _rendered(self, visit: _Visit) -> str:
        if self._pages >= _MOST_PAGES:
            await self.close()
        tab = self._tab = self._tab or await self._started()
        self._pages += 1
        session = await tab.context.new_cdp_session(tab)
        origin = "/".join(visit.url.split("/", 3)[:3])
        await session.send("Storage.clearDataForOrigin", {"origin": origin, "storageTypes": "all"})
        await session.detach()
        await tab.goto(visit.url, wait_until="commit", timeout=_BUSY * 1000)
        await self._rest(tab, visit)
        html: str = await asyncio.wait_for(tab.content(), _BUSY)
        if host_and_port(tab.url) != host_and_port(visit.url):
            raise RenderError("it leads elsewhere")
        await tab.goto("about:blank")  # what it has left to do ends with it
        return html

    async def _started(self) -> Page:
        from playwright.async_api import async_playwright

        self._playwright = await async_playwright().start()
        browser = await self._playwright.chromium.launch(
            executable_path=chromium(), args=_ARGUMENTS, chromium_sandbox=os.geteuid() != 0, proxy=_NOWHERE
        )
        agent = self._crawler.settings["USER_AGENT"]
        context = await browser.new_context(user_agent=agent, service_workers="block", accept_downloads=False)
        await context.route("**/*", self._answer)
        tab = await context.new_page()
        tab.on("popup", lambda popup: popup.close())
        return tab

    async def _rest(self, tab: Page, visit: _Visit) -> None:
        """Wait until nothing is asked for and nothing grows any more."""
        before = (-1, -1)
        for _ in range(_RESTLESS):
            while visit.waiting and visit.problem is None:
                await asyncio.sleep(_QUIET / 10)
            size = await asyncio.wait_for(tab.evaluate("document.documentElement.outerHTML.length"), _BUSY)
            if before == (visit.asked, size) or visit.problem is not None or size > MAX_BODY:
                return
            before = visit.asked, size
            await asyncio.sleep(_QUIET)

    async def _answer(self, route: Route) -> None:
        """Answer a request of the page in the tab, or refuse it."""
        request, visit = route.request, self._visit
        if request.is_navigation_request() and visit is not None:
            answer, visit.answer = visit.answer or {"status": 204}, None  # at 204 the tab stays where it is
            await route.fulfill(**answer)
            return
        wanted = request.resource_type in _ASKED and request.method == "GET" and request.url.startswith("http")
        if visit is None or not wanted or visit.asked >= _MOST_REQUESTS or visit.problem is not None:
            await route.abort()
            return
        visit.asked += 1
        visit.waiting += 1
        try:
            response = await self._response(request.url, visit.url, request.resource_type)
            sent = {name.decode("latin-1"): values[-1].decode("latin-1") for name, values in response.headers.items()}
            kept = {name: value for name, value in sent.items() if name.lower() not in _HOP}
            await route.fulfill(status=response.status, body=response.body, headers=kept)
        except (HostBusyError, StorageError) as problem:
            visit.problem = problem
        except Exception as problem:  # noqa: BLE001 - what keeps a page from one of its scripts is told to it alone
            logger.debug("%s does not get %s: %s", visit.url, request.url, problem)
            with suppress(Exception):  # the page may be gone
                await route.abort()
        finally:
            visit.waiting -= 1

    async def _response(self, url: str, referrer: str, kind: str) -> Response:
        """Return the answer to a request of a page, as the rules of the crawl allow.

        :raises IgnoreRequest: if they do not
        """
        if known := self._scripts.get(url):
            return known
        meta = {"rendering": True, "dont_retry": True, "allow_offsite": urlsplit(url).hostname in self._hosts}
        request = Request(url, headers={"Accept": "*/*", "Referer": referrer}, meta=meta, callback=NO_CALLBACK)
        response = await self._crawler.engine.download_async(request)
        if kind == "script" and response.status == 200:
            if sum(len(one.body) for one in self._scripts.values()) + len(response.body) > _CACHE:
                self._scripts.clear()
            self._scripts[url] = response
        return response
