"""SIGTERM and Ctrl-C are one thing: what is under way is stored, the run is recorded, the exit code is 130.

While the reactor runs, Scrapy's own handlers do that: the first signal waits for what is under way, the second does
not. Before it a signal ends the command at once; after it, while the end is written down, the first is waited out.
"""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from crawler.outcome.exit_codes import INTERRUPTED

SIGNALS = (signal.SIGINT, signal.SIGTERM)


class StopSignals:
    """Handles both signals outside the reactor; the crawl says when it begins to write down its end."""

    def __init__(self) -> None:
        self._ending = False
        self._patience = 1
        self.heard = False
        """Whether the crawl was interrupted, or a signal came since it began to write down its end."""

    def ending(self, *, interrupted: bool) -> None:
        """Let the next signal pass while the end is written down; where the crawl was *interrupted*, none more."""
        self._ending, self._patience, self.heard = True, 0 if interrupted else 1, interrupted
        if _in_main_thread():
            self._install()

    def _install(self) -> None:
        for number in SIGNALS:
            signal.signal(number, self._received)

    def _received(self, number: int, frame: FrameType | None) -> None:
        if not self._ending:
            raise KeyboardInterrupt
        if not self._patience:
            os._exit(INTERRUPTED)
        self._patience -= 1
        self.heard = True


@contextmanager
def stop_signals() -> Iterator[StopSignals]:
    """Handle both signals until the block is left; does nothing elsewhere than in the main thread."""
    stops = StopSignals()
    if not _in_main_thread():
        yield stops
        return
    before = {number: signal.getsignal(number) for number in SIGNALS}
    stops._install()
    try:
        yield stops
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _in_main_thread() -> bool:
    return threading.current_thread() is threading.main_thread()
