"""What a page may do to a worker process, for test_pool.py. Imported by the workers, so light."""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path

from crawler.article.page.decode import ExtractError


def pid_after(seconds: float) -> int:
    time.sleep(seconds)
    return os.getpid()


def pid_when(path: str) -> int:
    """Return when there is a file at *path*."""
    while not Path(path).exists():
        time.sleep(0.01)
    return os.getpid()


def hang() -> None:
    time.sleep(600)


def hang_in_c() -> None:
    sum(range(10**15))


def bloat() -> int:
    return len(b"x" * (400 << 20))


def grow() -> None:
    grown = []
    while True:
        grown.append(bytes(8 << 20))


def crash(number: int) -> None:
    os.kill(os.getpid(), number)


def leave(code: int) -> None:
    os._exit(code)


def refuse(reason: str) -> None:
    raise ExtractError(reason)


class DiesOnTheWay:
    """An answer whose sender is killed while it is being pickled."""

    def __reduce__(self) -> str:
        os.kill(os.getpid(), signal.SIGKILL)
        return ""


def answer_dies() -> DiesOnTheWay:
    return DiesOnTheWay()


def answer_unpicklable() -> Callable[[], int]:
    return lambda: 1


def loaded() -> set[str]:
    return set(sys.modules)


def identity(value: object) -> int:
    return id(value)


KEPT: list[bytes] = []


def keep(megabytes: int) -> int:
    KEPT.append(b"x" * (megabytes << 20))
    return os.getpid()


def crash_once(path: str) -> str:
    """End by SIGKILL, but the first time only, which the file at *path* tells."""
    try:
        Path(path).touch(exist_ok=False)
    except FileExistsError:
        return "done"
    os.kill(os.getpid(), signal.SIGKILL)
    raise AssertionError
