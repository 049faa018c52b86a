"""Advisory locks on files that the kernel gives back when their holder dies, however it dies.

``flock(2)`` belongs to the open file, not to the process: a lock is never left behind by a SIGKILL, and
unlike a pid file it cannot be mistaken for that of a later process with the same number.
"""

from __future__ import annotations

import fcntl
import os
import time
from pathlib import Path
from typing import Self

POLL_SECONDS = 0.01


class FileLock:
    """A lock on *path*, shared by many or held by one; the file is made where it is absent."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)

    def try_exclusive(self) -> bool:
        """Take the lock alone; ``False`` if anybody else holds it."""
        return self._try(fcntl.LOCK_EX)

    def shared(self, seconds: float) -> bool:
        """Wait up to *seconds* to take the lock beside other shared holders."""
        return self._wait(fcntl.LOCK_SH, seconds)

    def exclusive(self, seconds: float) -> bool:
        """Wait up to *seconds* for :meth:`try_exclusive`."""
        return self._wait(fcntl.LOCK_EX, seconds)

    def release(self) -> None:
        """Give the lock up and keep the file open."""
        fcntl.flock(self._descriptor, fcntl.LOCK_UN)

    def is_on_disk(self) -> bool:
        """Tell whether the path still leads to the locked file: a folder may be deleted under its users."""
        try:
            return os.path.samestat(os.fstat(self._descriptor), self.path.stat())
        except FileNotFoundError:
            return False

    def close(self) -> None:
        """Give the lock up for good; a second call does nothing."""
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _wait(self, kind: int, seconds: float) -> bool:
        deadline = time.monotonic() + seconds
        while not self._try(kind):
            if time.monotonic() > deadline:
                return False
            time.sleep(POLL_SECONDS)
        return True

    def _try(self, kind: int) -> bool:
        try:
            fcntl.flock(self._descriptor, kind | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True


def is_held(path: Path) -> bool:
    """Tell whether anybody holds a lock on *path*; an absent file is held by nobody."""
    if not path.exists():
        return False
    with FileLock(path) as lock:
        return not lock.try_exclusive()


def wait_until_free(path: Path, seconds: float) -> bool:
    """Wait up to *seconds* until nobody holds a lock on *path*; ``False`` if somebody still does."""
    deadline = time.monotonic() + seconds
    while is_held(path):
        if time.monotonic() > deadline:
            return False
        time.sleep(POLL_SECONDS)
    return True
