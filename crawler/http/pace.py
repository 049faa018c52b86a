"""How fast this process may ask each host, together with all other workers.

A host without a delay, a rest or a budget costs nothing: its turns need no database.
"""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from functools import partial
from typing import TYPE_CHECKING, Any

from crawler.http.ledger import Ledger
from storage.errors import StorageError
from storage.frontier import hosts, ledger
from storage.frontier.hosts import Budget, Turn

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from scrapy.crawler import Crawler

    from crawler.http.calls import DatabaseCalls
    from crawler.portals.seed import CrawlRules

logger = logging.getLogger(__name__)

LATE = 0.05
"""Seconds after its turn at which a request may leave a busy process; the gap behind each turn is so much longer."""
LONGEST_WAIT = 30.0
"""Seconds of a rest for which a leased page is held; for a longer one it goes back to the queue."""
PATIENCE = 300.0
"""Seconds for which a crawl waits while all hosts it could ask are at rest; it ends where that takes longer."""
_FIRST_REST = 5
"""The first rest of a host that names no time, in delays: 10 s at the usual delay of 2 s; it doubles from there."""
_SHORTEST_REST = 0.1


class Pace:
    """Turns, rests and budgets of the hosts of one run, and the ledger of what was asked.

    :param crawler: whose delay (``DOWNLOAD_DELAY``, raised by AutoThrottle and Crawl-delay) counts
    :param is_off: whether nobody is asked: a replay
    """

    def __init__(self, crawler: Crawler, rules: CrawlRules, calls: DatabaseCalls, *, is_off: bool = False) -> None:
        self.is_off = is_off
        self.calls = calls
        self.budget = Budget(requests=rules.requests_per_day, bytes=rules.bytes_per_day)
        self.ledger = Ledger(crawler.settings["USER_AGENT"])
        self._crawler = crawler
        self._own = crawler.settings.getfloat("DOWNLOAD_DELAY")
        self._crawl_delays: dict[str, float] = {}
        self._rest_ends: dict[str, float] = {}
        self._received: Counter[str] = Counter()
        self.read_rules: Callable[[str], Awaitable[object]] | None = None
        """Reads the robots.txt that holds for an address; set by what obeys it."""
        self._reading: dict[str, asyncio.Future[object]] = {}

    def delay(self, host: str) -> float:
        """Return the seconds between two requests to *host*, as this process knows them."""
        downloader: Any = self._crawler.engine.downloader if self._crawler.engine else None
        slot = downloader.slots.get(host) if downloader else None
        return max(self._own, slot.delay if slot else 0.0, self._crawl_delays.get(host, 0.0))

    def needs_turn(self, host: str) -> bool:
        """Say whether a request to *host* has to wait for :meth:`turn`."""
        if self.is_off:
            return False
        return bool(self.budget) or self.delay(host) > 0 or self._rest_ends.get(host, 0) > _now()

    def knows_rules(self, url: str) -> bool:
        """Say whether robots.txt of the host of *url* was read, and begin to read it: a turn taken before would not
        know its Crawl-delay, and pass while the page waits for the rules.
        """
        if self.read_rules is None:
            return True
        origin = "/".join(url.split("/", 3)[:3])
        if origin not in self._reading:
            self._reading[origin] = asyncio.ensure_future(self.read_rules(url))
        reading = self._reading[origin]
        if reading.done():
            reading.exception()  # each page of the host meets it
        return reading.done()

    async def wait_for_rules(self, host: str) -> None:
        """Wait for a turn to ask *host* for robots.txt, which counts for no budget.

        :raises StorageError: if the database is gone
        """
        if self.needs_turn(host):
            claim = partial(hosts.claim, patience=LONGEST_WAIT, counted=False)
            turn: Turn = await self.calls.call(claim, host, self.delay(host) + LATE)
            if turn.granted:
                await asyncio.sleep(turn.wait)

    async def turn(self, host: str) -> Turn:
        """Take the next turn of *host* among all workers; what comes before it has to be waited for.

        :raises StorageError: if the database is gone
        """
        received = self._received.pop(host, 0)
        claim = partial(hosts.claim, patience=LONGEST_WAIT, budget=self.budget, received=received)
        turn: Turn = await self.calls.call(claim, host, self.delay(host) and self.delay(host) + LATE)
        if turn.granted:
            self.ledger.kept_free(host, turn.delay)
        elif not turn.spent:
            self._rest_ends[host] = _now() + turn.wait
        return turn

    async def rest(self, host: str, why: str, retry_after: float | None) -> float:
        """Leave *host* alone for a while, in all workers; return for how many seconds.

        :param retry_after: seconds that the host asked for
        :raises StorageError: if the database is gone
        """
        leave = partial(hosts.rest, first=self.first_rest(host), asked_for=retry_after, why=why)
        seconds: float = await self.calls.call(leave, host)
        if self._rest_ends.get(host, 0) <= _now():
            self.ledger.rested(host)
            logger.info("%s is left alone for %.1f s: %s", host, seconds, why)
        self._rest_ends[host] = _now() + seconds
        return seconds

    def first_rest(self, host: str) -> float:
        """Return the seconds of the first rest of *host* where its answer names no time."""
        return max(_FIRST_REST * self.delay(host), _SHORTEST_REST)

    async def keep_crawl_delay(self, host: str, seconds: float) -> None:
        """Keep the Crawl-delay of *host*, here and in all workers; 0 where robots.txt names none.

        :raises StorageError: if the database is gone
        """
        known = self._crawl_delays.get(host)
        self._crawl_delays[host] = seconds
        # A host that never had one needs no document.
        if known != seconds and (seconds or self._own):
            await self.calls.call(hosts.set_crawl_delay, host, seconds)

    def answered(self, host: str, status: int, size: int) -> None:
        """Count a request with its answer."""
        self._received[host] += size
        self.ledger.answered(host, status, size)

    async def write_ledger(self) -> None:
        """Write what was counted since the last time; after a failure it is tried again the next time."""
        days = self.ledger.take()
        if not days or self.is_off:
            return
        try:
            await self.calls.call(ledger.add, days)
        except StorageError:
            self.ledger.give_back(days)
            raise


def _now() -> float:
    return asyncio.get_running_loop().time()
