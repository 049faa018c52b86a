"""The lease loop behind the spider's ``start()``: a few frontier entries at a time, held until they are stored."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING

from storage import frontier
from storage.errors import StorageError

if TYPE_CHECKING:
    from crawler.portal_run import PortalRun
    from storage.frontier import FrontierEntry

logger = logging.getLogger(__name__)

SECONDS = 60.0
"""A lease ends this long after it was last renewed; it is renewed three times as often."""
AHEAD = 3
"""Leases held for each request under way: enough that the downloader never waits for the database."""
_FIRST_PAUSE, _LONGEST_PAUSE = 0.1, 2.0


class Leases:
    """What this process holds of a portal's frontier.

    :param at_once: requests under way; a multiple of it is held
    :param in_batches: take the next leases when all before are stored, so that a replay takes them in the same
        order every time, however long each page takes
    """

    def __init__(self, run: PortalRun, at_once: int, *, in_batches: bool = False) -> None:
        self._run = run
        self._limit = at_once * AHEAD
        self._in_batches = in_batches
        self._held: dict[str, FrontierEntry] = {}
        self._taken = 0
        self._ended = asyncio.Event()
        self._renewal: asyncio.Task[None] | None = None
        self._leasing: asyncio.Task[list[FrontierEntry]] | None = None
        self._closed = False

    @property
    def held(self) -> int:
        """Leases under way."""
        return len(self._held)

    async def entries(self) -> AsyncIterator[FrontierEntry]:
        """Yield leased entries until nothing of the portal is queued or leased by anyone, or the budget is spent.

        :raises StorageError: if the database is gone
        """
        self._renewal = asyncio.ensure_future(self._renew())
        pause = _FIRST_PAUSE
        while (room := self._room()) is not None:
            leased = await self._lease(room) if room else []
            for entry in leased:
                yield entry
            if leased:
                pause = _FIRST_PAUSE
            elif room and not self._held and await self._run.call(frontier.is_idle, self._run.portal):
                return
            else:
                await self._wait(pause)
                pause = min(2 * pause, _LONGEST_PAUSE)

    def end(self, entry: FrontierEntry) -> None:
        """Forget a lease whose page is stored."""
        self._held.pop(entry.id, None)
        self._ended.set()

    async def close(self) -> None:
        """Stop renewing and give back what was not used, so that the next run need not wait for it."""
        self._closed = True
        if self._renewal is not None:
            self._renewal.cancel()
        if self._leasing is not None:
            await asyncio.gather(self._leasing, return_exceptions=True)
        left = list(self._held.values())
        self._held.clear()
        if left:
            await self._run.call(frontier.release, left)

    def _room(self) -> int | None:
        """Return how many more to lease now, or ``None`` where the budget of the run is spent."""
        if self._closed:
            return None
        budget = self._run.options.max_pages
        left = self._limit if budget is None else budget - self._taken
        if left <= 0:
            return None
        if self._in_batches and self._held:
            return 0
        room = min(left, self._limit - len(self._held))
        # A lease costs three round trips, so not for every page that ends.
        return room if room >= min(left, self._limit // 3) else 0

    async def _lease(self, count: int) -> list[FrontierEntry]:
        # Shielded: a thread goes on leasing while the crawl is stopped around it, and close() waits for what it took.
        self._leasing = asyncio.ensure_future(self._take(count))
        return await asyncio.shield(self._leasing)

    async def _take(self, count: int) -> list[FrontierEntry]:
        leased: list[FrontierEntry] = await self._run.call(
            frontier.lease, self._run.portal, self._run.worker, count, SECONDS
        )
        self._held.update({entry.id: entry for entry in leased})
        self._taken += len(leased)
        return leased

    async def _wait(self, seconds: float) -> None:
        """Wait until a lease ends, at most so long."""
        self._ended.clear()
        try:
            async with asyncio.timeout(seconds if not self._held else _LONGEST_PAUSE):
                await self._ended.wait()
        except TimeoutError:
            pass

    async def _renew(self) -> None:
        while True:
            await asyncio.sleep(SECONDS / 3)
            held = list(self._held.values())
            try:
                await self._run.heartbeat()
                still = await self._run.call(frontier.renew, held, SECONDS) if held else set()
            except StorageError as problem:
                # The next storing of a page finds out whether the database is gone for good.
                logger.warning("leases could not be renewed: %s", problem)
                continue
            for entry in held:
                if entry.id not in still and entry.id in self._held:
                    logger.info("lease of %s was lost to another worker", entry.url)
