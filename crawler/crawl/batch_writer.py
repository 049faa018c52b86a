"""Stores finished pages in batches, without ever blocking the event loop."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from storage.write.finished_page import FinishedPage, Stored

MAX_BATCH = 64
ENOUGH = 24
"""Pages that are worth a batch: its twenty round trips are then less than one a page. Below half of the leases that a
crawl holds (``leases.AHEAD``), so that as many are under way meanwhile."""
LINGER_SECONDS = 0.5
"""Longest that a page waits for others to be stored with."""


class BatchWriter:
    """Collects pages into batches that grow with the load.

    A page is written at once if the last batch was written more than :data:`LINGER_SECONDS` ago, or if no other page is
    under way that could join the batch. The leases of the crawl bound how many pages can wait: each waiting page holds
    one.

    :param store: writes pages and returns the outcome of each, in order; one call is awaited at a time
    :param under_way: returns how many pages are still to be stored, the waiting ones included
    """

    def __init__(
        self,
        store: Callable[[Sequence[FinishedPage]], Awaitable[Sequence[Stored]]],
        under_way: Callable[[], int] = lambda: 0,
    ) -> None:
        self._store = store
        self._under_way = under_way
        self._waiting: list[tuple[FinishedPage, asyncio.Future[Stored]]] = []
        self._flushing: asyncio.Task[None] | None = None
        self._came = asyncio.Event()
        self._hurried = False
        self._written = float("-inf")
        """When the last batch was written, by the loop's clock."""

    async def put(self, page: FinishedPage) -> Stored:
        """Return once *page* is acknowledged by the store.

        :raises StorageError: if its batch could not be written; its lease then runs out and it is fetched again
        """
        acknowledged: asyncio.Future[Stored] = asyncio.get_running_loop().create_future()
        self._waiting.append((page, acknowledged))
        self._came.set()
        if self._flushing is None or self._flushing.done():
            self._flushing = asyncio.ensure_future(self._flush())
        return await acknowledged

    async def drain(self) -> None:
        """Return when nothing waits to be written; from now on no page waits for others."""
        self._hurried = True
        self._came.set()
        if self._flushing is not None:
            await self._flushing

    async def _flush(self) -> None:
        now = asyncio.get_running_loop().time
        while self._waiting:
            if now() < self._written + LINGER_SECONDS:
                await self._gather()
            batch, self._waiting = self._waiting[:MAX_BATCH], self._waiting[MAX_BATCH:]
            try:
                results = await self._store([page for page, _ in batch])
            except Exception as problem:  # noqa: BLE001 - every waiting page hears of it, whatever it is
                for _, acknowledged in batch:
                    if not acknowledged.done():
                        acknowledged.set_exception(problem)
                continue
            self._written = now()
            for (_, acknowledged), stored in zip(batch, results, strict=True):
                if not acknowledged.done():
                    acknowledged.set_result(stored)

    async def _gather(self) -> None:
        """Return when enough pages wait, no other can come, or the first has waited long enough."""
        try:
            async with asyncio.timeout(LINGER_SECONDS):
                while not self._hurried and len(self._waiting) < min(ENOUGH, self._under_way()):
                    self._came.clear()
                    await self._came.wait()
        except TimeoutError:
            pass
