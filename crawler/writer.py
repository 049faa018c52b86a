"""Stores finished pages in batches, without ever blocking the event loop."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from storage.write import FinishedPage, Stored

MAX_BATCH = 64


class BatchWriter:
    """Gathers pages while a batch is being written, so batches grow with the load and an idle crawl waits for none.

    What waits is bounded by the leases that the crawl holds: each page is one, and no new one is taken meanwhile.

    :param store: writes pages and returns what became of each, in order; awaited once at a time
    """

    def __init__(self, store: Callable[[Sequence[FinishedPage]], Awaitable[Sequence[Stored]]]) -> None:
        self._store = store
        self._waiting: list[tuple[FinishedPage, asyncio.Future[Stored]]] = []
        self._flushing: asyncio.Task[None] | None = None

    async def put(self, page: FinishedPage) -> Stored:
        """Return once *page* is acknowledged by the store.

        :raises StorageError: if its batch could not be written; its lease then runs out and it is fetched again
        """
        acknowledged: asyncio.Future[Stored] = asyncio.get_running_loop().create_future()
        self._waiting.append((page, acknowledged))
        if self._flushing is None or self._flushing.done():
            self._flushing = asyncio.ensure_future(self._flush())
        return await acknowledged

    async def drain(self) -> None:
        """Return when nothing waits to be written."""
        if self._flushing is not None:
            await self._flushing

    async def _flush(self) -> None:
        while self._waiting:
            batch, self._waiting = self._waiting[:MAX_BATCH], self._waiting[MAX_BATCH:]
            try:
                results = await self._store([page for page, _ in batch])
            except Exception as problem:  # noqa: BLE001 - every waiting page hears of it, whatever it is
                for _, acknowledged in batch:
                    if not acknowledged.done():
                        acknowledged.set_exception(problem)
                continue
            for (_, acknowledged), stored in zip(batch, results, strict=True):
                if not acknowledged.done():
                    acknowledged.set_result(stored)
