"""The other end of :mod:`crawler.workers.pool`: what a worker process does. Loads neither Scrapy nor pymongo."""

from __future__ import annotations

import pickle
import resource
import signal
import traceback
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

ORPHAN_SECONDS = 5.0
"""A worker whose parent did not stop it so long after its time was over has no parent any more."""

_STATM = Path("/proc/self/statm")
_PAGE = resource.getpagesize()
_MB = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What one task may take, and how long a worker lives."""

    seconds: float = 30.0
    """Time of one task. The slowest of 4,000 real news pages takes two."""
    megabytes: int = 1500
    """Memory of one task: address space beyond what the worker has when it starts (Linux)."""
    tasks: int = 5000
    """A worker ends after so many, and another takes its place."""
    kept_megabytes: int = 400
    """A worker that keeps more memory than this beyond its start ends as well."""


def serve(pipe: Connection, limits: Limits, preload: Sequence[str]) -> None:
    """Import *preload*, then run the tasks that come through *pipe* until it is closed.

    A task is a pickled ``(function, arguments)``. Its answer is a pickled ``(kind, value, leaves)``. *kind* is
    ``returned`` with the value, ``raised`` with the exception, or ``bloated``. *leaves* says that this worker ends now.
    Imports of *preload* count towards no task.
    """
    for name in preload:
        import_module(name)
    resident = _limit_memory(limits.megabytes)
    pipe.send_bytes(b"ready")
    left, leaves = limits.tasks, False
    while not leaves:
        try:
            task = pipe.recv_bytes()
        except (EOFError, ConnectionResetError):
            return
        left -= 1
        # The parent keeps the time. This timer's signal ends the process even in the middle of C code.
        signal.setitimer(signal.ITIMER_REAL, limits.seconds + ORPHAN_SECONDS)
        kind, value = _outcome(task)
        leaves = kind == "bloated" or left <= 0 or _memory()[0] - resident > limits.kept_megabytes * _MB
        answer = _pickled(kind, value, leaves)
        signal.setitimer(signal.ITIMER_REAL, 0)
        try:
            pipe.send_bytes(answer)
        except OSError:
            return


def _outcome(task: bytes) -> tuple[str, object]:
    try:
        function, arguments = pickle.loads(task)  # noqa: S301  comes from the parent process
        return "returned", function(*arguments)
    except MemoryError:
        return "bloated", None
    except Exception as problem:  # noqa: BLE001  the outer edge of a worker: the parent raises it again
        problem.add_note(f"In the worker process:\n{traceback.format_exc()}")
        return "raised", problem.with_traceback(None)


def _pickled(kind: str, value: object, leaves: bool) -> bytes:
    try:
        return pickle.dumps((kind, value, leaves), pickle.HIGHEST_PROTOCOL)
    except MemoryError:
        return pickle.dumps(("bloated", None, True))
    except Exception as problem:  # noqa: BLE001  whatever an object that cannot be pickled raises
        described = RuntimeError(f"an answer that cannot be sent: {type(problem).__name__}: {problem}")
        return pickle.dumps(("raised", described, leaves))


def _limit_memory(megabytes: int) -> int:
    """Bound the address space to what it is now and *megabytes* more; return the resident bytes now."""
    resident, virtual = _memory()
    if virtual:
        wanted, most = virtual + megabytes * _MB, resource.getrlimit(resource.RLIMIT_AS)[1]
        if most != resource.RLIM_INFINITY:  # an operator's own limit, which cannot be raised
            wanted = min(wanted, most)
        resource.setrlimit(resource.RLIMIT_AS, (wanted, wanted))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # a page that crashes a worker leaves no core file
    return resident


def _memory() -> tuple[int, int]:
    """Return resident and virtual bytes of this process, zeros where the system does not tell."""
    try:
        virtual, resident = _STATM.read_bytes().split()[:2]
    except OSError:
        return 0, 0
    return int(resident) * _PAGE, int(virtual) * _PAGE
