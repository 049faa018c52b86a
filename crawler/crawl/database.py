"""Calls of the database that wait while it is away: gone, restarted, without a primary, out of disk, too slow.

Every call of a crawl goes through here, in a thread. One that fails for a reason that may pass is repeated, which
changes nothing where its first try did arrive. While it waits, so does the lease loop: no page is asked for beyond
the leases that are held, and what was fetched for those stays in memory. Who is told to stop waits no longer.
"""

from __future__ import annotations

import asyncio
import itertools
import logging
import os
import threading
import time
from collections.abc import Callable, Coroutine
from typing import TYPE_CHECKING, Any, TypeVar

from storage.base.number_setting import number_setting
from storage.errors import StoppedWaitingError, StorageError, UnavailableError

if TYPE_CHECKING:
    from storage.database.store import Store

T = TypeVar("T")

logger = logging.getLogger(__name__)

WAIT_SECONDS = 120.0
"""A replica set elects within 12 s, a server that was killed recovers within a minute;
``STORYKIN_MONGODB_WAIT`` (seconds) sets another time."""
_FIRST_PAUSE, _LONGEST_PAUSE = 0.1, 5.0
_FIRST_TRY = 15.0
"""Seconds; each further try may take twice as long, since a server may be so slow. Within its time the driver itself
repeats what can be repeated, and does not say so."""
_LAST_WORDS = 2.0
"""Seconds for each call after the database was given up: the leases may still be given back."""
_LOOK_SECONDS = 0.2
"""So often somebody who waits looks whether the crawl was told to stop."""


def wait_seconds() -> float:
    """Return for how long a crawl waits for its database.

    :raises InputError: if ``STORYKIN_MONGODB_WAIT`` is no number of seconds
    """
    name = "STORYKIN_MONGODB_WAIT"
    return number_setting(name, os.environ.get(name), WAIT_SECONDS, (0, 86_400), "seconds (0: do not wait)")


class RetryingStore:
    """Calls functions of *store* for at most *seconds* each, and gives the database up for good after that."""

    def __init__(self, store: Store, seconds: float) -> None:
        self.seconds = seconds
        self.stopped: Callable[[], bool] = lambda: False
        """Says whether the crawl was told to stop: then nothing is waited for while the database is away."""
        self._store = store
        self._lock = threading.Lock()
        self._away_since: float | None = None
        self._given_up = False

    async def call(self, function: Callable[..., T], *arguments: Any) -> T:
        """Return ``function(store, *arguments)``, run in a thread.

        :raises StoppedWaitingError: if the crawl was told to stop and the database is away; what is under way may
            still arrive there
        :raises UnavailableError: if the database stayed away
        :raises StorageError: where the driver fails for a reason that does not pass
        """
        begun = time.monotonic()
        for tries in itertools.count():
            try:
                return await self._watched(asyncio.to_thread(self._try, begun, tries, function, arguments))
            except UnavailableError as problem:
                pause = self._pause(begun, tries, problem)
            await self._watched(asyncio.sleep(pause))
        raise AssertionError  # it counts for ever

    def call_here(self, function: Callable[..., T], *arguments: Any) -> T:
        """Do as :meth:`call` does, and let this thread wait for it."""
        loop = asyncio.new_event_loop()  # asyncio.run would wait for a thread that hangs
        try:
            return loop.run_until_complete(self.call(function, *arguments))
        finally:
            loop.close()

    async def _watched(self, work: Coroutine[Any, Any, T]) -> T:
        """Return what *work* returns, unless the crawl is told to stop while the database is away."""
        task = asyncio.ensure_future(work)
        try:
            while not (await asyncio.wait({task}, timeout=_LOOK_SECONDS))[0]:
                self._require_patience()
            return task.result()
        finally:
            task.cancel()  # has no effect on a future that is done; its thread goes on unobserved

    def _require_patience(self) -> None:
        """Raise where nothing is waited for any more.

        :raises StoppedWaitingError: if the crawl was told to stop and the database is away
        """
        if self._away_since is not None and self.stopped():
            raise StoppedWaitingError("interrupted while the database was away; the same command goes on from here")

    def _try(self, begun: float, tries: int, function: Callable[..., T], arguments: tuple[Any, ...]) -> T:
        seconds = max(_LAST_WORDS, min(self._left(begun), _FIRST_TRY * 2.0 ** min(tries, 10)))
        try:
            # The server gets the limit with each operation, so that it does not finish one after its time-out.
            with self._store.errors(seconds):
                result = function(self._store, *arguments)
        except StorageError as problem:
            if not isinstance(problem, UnavailableError):
                self._given_up = True
            raise
        with self._lock:
            if self._away_since is not None:
                logger.warning("the database is back after %.0f s", time.monotonic() - self._away_since)
            self._away_since = None
        return result

    def _left(self, begun: float) -> float:
        """Return the seconds that are left to a call since *begun*: it shares the time with all that wait."""
        with self._lock:
            if self._given_up:
                return 0.0
            since = begun if self._away_since is None else min(begun, self._away_since)
        return since + self.seconds - time.monotonic()

    def _pause(self, begun: float, tries: int, problem: UnavailableError) -> float:
        """Return how long to wait before the next try.

        :raises StoppedWaitingError: if the crawl was told to stop
        :raises UnavailableError: if the time is over
        """
        with self._lock:
            first = self._away_since is None and not self._given_up
            if self._away_since is None:
                self._away_since = time.monotonic()
        self._require_patience()
        left = self._left(begun)
        if left <= 0:
            self._given_up = True
            raise UnavailableError(f"{problem}; the crawl waited {self.seconds:g} s for it") from None
        if first:
            logger.warning("%s; the crawl waits up to %.0f s", problem, left)
        return min(_FIRST_PAUSE * 2.0 ** min(tries, 10), _LONGEST_PAUSE, left)
