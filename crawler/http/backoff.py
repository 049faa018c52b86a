"""Asks a host again later when it says so: 429, 503 and Retry-After; and lets redirects and retries wait their turn."""

from __future__ import annotations

import asyncio
import re
from collections import Counter
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Self
from urllib.parse import urlsplit

from scrapy import signals
from scrapy.exceptions import IgnoreRequest

from storage.frontier.frontier import MAX_ATTEMPTS

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.crawler import Crawler
    from scrapy.http import Response

    from crawler.http.pace import Pace

BUSY = frozenset({429, 503})
"""Statuses that mean "not now" (RFC 6585, 4; RFC 9110, 15.6.4)."""
IN_A_ROW = 3
"""Answers 503 without Retry-After after which it is the host that has trouble, not the page."""

_NO_YEAR = re.compile(r"\b0\d{3}\b")
"""What programs write where they have no date, such as 0001; the e-mail package reads it as a year after 2000."""


class HostBusyError(IgnoreRequest):
    """A page was answered with "not now", or not asked for; it goes back to the queue.

    :param retry_in: seconds until it may be asked for again; ``None`` where it was not asked for
    """

    def __init__(self, reason: str, retry_in: float | None = None) -> None:
        super().__init__(reason)
        self.retry_in = retry_in


class BackOffMiddleware:
    """Between the middlewares of robots.txt and of retries; without effect where no run asks (surveys, replays)."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self._in_a_row: Counter[str] = Counter()
        crawler.signals.connect(self._downloaded, signal=signals.response_downloaded)
        crawler.signals.connect(self._left, signal=signals.request_left_downloader)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Return the middleware of *crawler*."""
        return cls(crawler)

    async def process_request(self, request: Request) -> None:
        """Wait for a turn of the host, unless the lease has waited for it already.

        :raises HostBusyError: where the host is at rest for long, or its budget is used up
        """
        pace, host = self._pace(), _host(request)
        again = request.meta.get("redirect_times") or request.meta.get("retry_times")
        unpaced = not request.meta.get("rendering") and ("entry" not in request.meta or not again)
        if pace is None or unpaced or not pace.needs_turn(host):
            return
        turn = await pace.turn(host)
        if not turn.granted:
            raise HostBusyError(f"{host} may not be asked now")
        await asyncio.sleep(turn.wait)

    async def process_response(self, request: Request, response: Response) -> Response:
        """Hand on every answer but "not now".

        :raises HostBusyError: for 429 and 503, as long as the page has attempts left
        """
        pace, entry = self._pace(), request.meta.get("entry")
        if pace is None or (entry is None and not request.meta.get("rendering")):
            return response
        host, status = _host(request), response.status
        if status not in BUSY:
            self._in_a_row[host] = 0
            return response
        attempts = entry.attempts if entry else 1  # of a rendered page's script: the page is tried again
        retry_in = await self._rest(pace, host, attempts, response)
        # In the last attempt it becomes a failure with its status, which the next run tries again.
        request.meta["dont_retry"] = True
        if attempts >= MAX_ATTEMPTS:
            return response
        raise HostBusyError(f"HTTP {status}", retry_in)

    async def _rest(self, pace: Pace, host: str, attempts: int, response: Response) -> float:
        """Let the host rest, or the page alone; return for how many seconds."""
        asked_for = retry_after(_header(response, b"Retry-After"), _header(response, b"Date"))
        self._in_a_row[host] += 1
        if response.status == 429 or asked_for is not None or self._in_a_row[host] >= IN_A_ROW:
            return await pace.rest(host, f"HTTP {response.status}", asked_for)
        return float(pace.first_rest(host) * 2 ** (attempts - 1))

    def _downloaded(self, response: Response, request: Request) -> None:
        if pace := self._pace():
            request.meta["in_ledger"] = True
            pace.answered(_host(request), response.status, len(response.body))

    def _left(self, request: Request) -> None:
        answered = request.meta.pop("in_ledger", False)
        if not answered and (pace := self._pace()):
            pace.ledger.unanswered(_host(request))

    def _pace(self) -> Pace | None:
        pace: Pace | None = getattr(self._crawler.spider, "pace", None)
        return None if pace is None or pace.is_off else pace


def retry_after(value: str, date: str = "") -> float | None:
    """Return the seconds that a Retry-After header asks for, a number or an HTTP date; ``None`` if it says nothing.

    :param date: the response's Date header, by which an HTTP date is read; else this machine's clock

    >>> retry_after("120"), retry_after("soon"), retry_after("-5"), retry_after("")
    (120.0, None, None, None)
    >>> retry_after("Sat, 14 Mar 2026 10:02:00 GMT", "Sat, 14 Mar 2026 10:00:30 GMT")
    90.0
    """
    value = value.strip()
    if value.isascii() and value.isdigit():
        return float(value[:12])
    until = None if _NO_YEAR.search(value) else _moment(value)
    if until is None:
        return None
    return max(0.0, (until - (_moment(date) or datetime.now(UTC))).total_seconds())


def _moment(text: str) -> datetime | None:
    try:
        found = parsedate_to_datetime(text)
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _header(response: Response, name: bytes) -> str:
    return (response.headers.get(name) or b"").decode("latin-1")


def _host(request: Request) -> str:
    return (urlsplit(request.url).hostname or "").lower()
