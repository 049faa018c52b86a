"""What a crawl shows while it runs: one live line on a terminal, a plain line now and then elsewhere."""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from typing import TYPE_CHECKING, Self

from crawler.health.status import rests
from storage.errors import StorageError
from storage.frontier import frontier, hosts

if TYPE_CHECKING:
    from rich.console import Console

    from crawler.crawl.context import RunContext
    from crawler.portals.seed import Seed

LIVE_SECONDS = 0.5
LINE_SECONDS = 15.0
_QUEUE_SECONDS = 3.0


class Progress:
    """Shows the counts of *runs*, and the hosts of *seeds* that want to be left alone, on standard error.

    A thread of its own shows them, so they appear while the event loop takes pages apart. All runs are in one database.
    """

    def __init__(
        self, runs: Sequence[RunContext], console: Console | None = None, *, seeds: Sequence[Seed] = ()
    ) -> None:
        self._runs = runs
        self._seeds = seeds
        self._waits: list[str] = []
        self._console = console
        self._started = time.monotonic()
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._show, name="progress", daemon=True)
        self._queued = 0
        self._queue_read = 0.0

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def line(self) -> str:
        """Return the counts as one line."""
        counts = [run.counts for run in self._runs]
        pages = sum(one.fetched for one in counts)
        seconds = max(time.monotonic() - self._started, 0.001)
        parts = [
            f"{pages} pages ({pages / seconds:.1f}/s)",
            f"{sum(one.articles for one in counts)} articles",
            f"{sum(one.duplicates for one in counts)} duplicates",
            f"{self._queued} queued",
            f"{sum(one.outcomes['failure'] for one in counts)} failures",
        ]
        return " · ".join([*parts, *self._waits])

    def _show(self) -> None:
        # Half a second later the first requests are out as a rule: importing rich sooner would hold them up.
        if self._over.wait(LIVE_SECONDS):
            return
        from rich.console import Console
        from rich.live import Live
        from rich.text import Text

        console = self._console or Console(stderr=True)
        if not console.is_terminal or console.is_dumb_terminal:
            while not self._over.wait(LINE_SECONDS):
                self._read_queue()
                console.print(self.line(), markup=False, highlight=False, soft_wrap=True)
            return
        with Live(console=console, auto_refresh=False, transient=True) as live:
            while not self._over.wait(LIVE_SECONDS):
                self._read_queue()
                names = ", ".join(run.portal for run in self._runs)
                live.update(Text(f"{names}: {self.line()}", overflow="ellipsis", no_wrap=True), refresh=True)

    def _read_queue(self) -> None:
        if time.monotonic() - self._queue_read < _QUEUE_SECONDS:
            return
        self._queue_read = time.monotonic()
        try:
            self._queued = sum(_queued(run) for run in self._runs)
            self._waits = _waits(self._runs[0], self._seeds)
        except StorageError:
            return  # the crawl itself finds out and says so


def _waits(run: RunContext, seeds: Sequence[Seed]) -> list[str]:
    with run.store.errors():
        return rests(hosts.resting(run.store), *seeds)


def _queued(run: RunContext) -> int:
    with run.store.errors():
        return frontier.counts(run.store, run.portal)["queued"]
