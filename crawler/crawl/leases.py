"""The lease loop behind the spider's ``start()``: a few frontier entries at a time, held until they are stored."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING

from crawler.crawl.host_queues import HostQueues
from crawler.http.pace import PATIENCE
from storage.errors import StorageError
from storage.frontier import frontier, queues, runs

if TYPE_CHECKING:
    from crawler.crawl.context import RunContext
    from crawler.http.backoff import HostBusyError
    from crawler.http.pace import Pace
    from storage.frontier.entry import FrontierEntry
    from storage.frontier.queues import ClosedHost

logger = logging.getLogger(__name__)

SECONDS = 60.0
"""A lease ends this long after it was last renewed, and the time for which a crawl waits for its database; it is
renewed every third of this. So no worker takes another's leases because the database was away from both."""
AHEAD = 4
"""Leases held for each request under way: enough that neither the downloader nor the workers wait while a batch is
stored; with three a crawl at full speed had 98 pages a second, with four 105."""
_FIRST_PAUSE, _LONGEST_PAUSE = 0.1, 2.0


class Leases:
    """What this process holds of a portal's frontier.

    :param pace: when each host may be asked
    :param at_once: requests under way; a multiple of it is held
    :param wanted: returns those of some leased entries that have to be asked for, and ends the others
    :param in_batches: take the next leases when all before are stored, so that a replay takes them in the same
        order every time, however long each page takes
    """

    def __init__(
        self,
        context: RunContext,
        pace: Pace,
        at_once: int,
        wanted: Callable[[Sequence[FrontierEntry]], Awaitable[list[FrontierEntry]]],
        *,
        in_batches: bool = False,
    ) -> None:
        self.pace = pace
        self._context = context
        self._wanted = wanted
        self._queues = HostQueues(pace)
        self._limit = at_once * AHEAD
        self._seconds = SECONDS + context.database.seconds
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
        """Yield leased entries as their hosts' turns come, until nothing of the portal is queued or leased by anyone,
        the budget of pages is spent, or no host may be asked any more for now.

        :raises StorageError: if the database is gone
        """
        self._renewal = asyncio.ensure_future(self._renew())
        pause = _FIRST_PAUSE
        while not self._closed:
            room = self._room()
            leased = await self._lease(room) if room else 0
            if (entry := await self._queues.pop()) is not None:
                pause = _FIRST_PAUSE
                yield entry
            elif refused := self._queues.refused():
                await self._give_back(refused)
            elif self._queues:
                await self._wait(min(self._queues.seconds(), _LONGEST_PAUSE))
            elif room is None or (room and not leased and not self._held and await self._is_over()):
                return
            else:
                await self._wait(_LONGEST_PAUSE if self._held else pause)
                pause = min(2 * pause, _LONGEST_PAUSE)

    def end(self, entry: FrontierEntry) -> None:
        """Forget a lease whose page is stored."""
        self._held.pop(entry.id, None)
        self._ended.set()

    async def put_back(self, entry: FrontierEntry, problem: HostBusyError) -> None:
        """Queue an entry again that its host did not answer now, or that was not asked for.

        :raises StorageError: if the database is gone; the lease then runs out
        """
        if problem.retry_in is None:
            await self._give_back([entry])
            return
        later = partial(frontier.fail, reason=str(problem), retry_in=problem.retry_in, run_id=self._context.id)
        await self._context.call(later, entry)
        self.end(entry)

    async def close(self) -> None:
        """Stop renewing, and give unused leases back, so that the next run need not wait for them."""
        self._closed = True
        if self._renewal is not None:
            self._renewal.cancel()
        if self._leasing is not None:
            await asyncio.gather(self._leasing, return_exceptions=True)
        left = list(self._held.values())
        self._held.clear()
        if left:
            await self._context.call(frontier.release, left)
        await self.pace.write_ledger()

    async def _give_back(self, entries: Sequence[FrontierEntry]) -> None:
        await self._context.call(frontier.release, entries)
        self._taken -= len(entries)
        for entry in entries:
            self.end(entry)

    async def _is_over(self) -> bool:
        """Say whether nothing is left for anyone, or all that is left has to wait for longer than a crawl does."""
        portal = self._context.portal
        if await self._context.call(frontier.is_idle, portal):
            return True
        if await self._context.call(frontier.free_lost, portal, self._context.worker, self._context.id):
            return False
        closed = await self._context.call(queues.closed, portal, self.pace.budget)
        if not closed or any(not one.spent and one.rest <= PATIENCE for one in closed):
            return False
        if await self._context.call(frontier.is_leased, portal):
            return False
        self._context.counts.halted = "; ".join(map(in_words, closed))
        self._context.counts.halted_by_host = not any(one.spent for one in closed)
        return True

    def _room(self) -> int | None:
        """Return how many more to lease now, or ``None`` where the budget of the run is spent."""
        budget = self._context.options.max_pages
        left = self._limit if budget is None else budget - self._taken
        if left <= 0:
            return None
        if self._in_batches and self._held:
            return 0
        room = min(left, self._limit - len(self._held))
        # A lease costs three round trips, so not for every page that ends.
        return room if room >= min(left, self._limit // 3) else 0

    async def _lease(self, count: int) -> int:
        """Lease up to *count* entries into their queues; return how many."""
        # Shielded: a thread goes on leasing while the crawl is stopped around it, and close() waits for what it took.
        self._leasing = asyncio.ensure_future(self._take(count))
        leased = await asyncio.shield(self._leasing)
        wanted = await self._wanted(leased)
        self._taken -= len(leased) - len(wanted)
        self._queues.put(wanted)
        return len(leased)

    async def _take(self, count: int) -> list[FrontierEntry]:
        take = partial(frontier.lease, budget=self.pace.budget, run_id=self._context.id)
        leased = await self._context.call(take, self._context.portal, self._context.worker, count, self._seconds)
        self._held.update({entry.id: entry for entry in leased})
        self._taken += len(leased)
        return leased

    async def _wait(self, seconds: float) -> None:
        """Wait until a lease ends, at most so long."""
        self._ended.clear()
        try:
            async with asyncio.timeout(seconds):
                await self._ended.wait()
        except TimeoutError:
            pass

    async def _keep_lock(self) -> None:
        """Keep the portal's lock. Where it was lost, the leases still keep two processes off one page."""
        if self._context.record is not None:
            await self._context.call(partial(runs.heartbeat, live=self._context.counts.live()), self._context.record)

    async def _renew(self) -> None:
        while True:
            await asyncio.sleep(SECONDS / 3)
            held = list(self._held.values())
            try:
                await self._keep_lock()
                await self.pace.write_ledger()
                still = await self._context.call(frontier.renew, held, self._seconds) if held else set()
            except StorageError as problem:
                # Whatever needs the database next finds out that it was given up.
                logger.warning("leases could not be renewed: %s", problem)
                continue
            for entry in held:
                if entry.id not in still and entry.id in self._held:
                    logger.info("lease of %s was lost to another worker", entry.url)


def in_words(closed: ClosedHost) -> str:
    """Return why a crawl cannot go on with a host."""
    if closed.spent:
        return f"the budget of {closed.host} for today is used up"
    return f"{closed.host} wants to be left alone for {closed.rest / 60:.0f} minutes ({closed.why})"
