"""Who holds a lease: the name of a process, and whether that process is surely gone."""

from __future__ import annotations

import os
import socket
from pathlib import Path

_PROC = Path("/proc")


def worker_id() -> str:
    """Return this process's name, ``host:pid:start``: start in clock ticks since boot, 0 where unknown."""
    return f"{_host()}:{os.getpid()}:{_started(os.getpid()) or 0}"


def is_dead(worker: str) -> bool:
    """Return whether *worker* ran on this machine and is gone; ``False`` for any other machine's.

    A pid that was given to another process counts as gone, and so does a zombie.
    """
    host, _, rest = worker.rpartition(":")[0].rpartition(":")
    start = worker.rpartition(":")[2]
    if host != _host() or not rest.isdecimal() or not start.isdecimal():
        return False
    if _PROC.joinpath("self", "stat").exists():
        return _started(int(rest)) != int(start)
    return not _answers(int(rest))


def _host() -> str:
    """Return the host name with the pid namespace: containers may share the one, not the other."""
    try:
        namespace = _PROC.joinpath("self", "ns", "pid").readlink().name.strip("pid:[]")
    except OSError:
        namespace = ""
    return f"{socket.gethostname()}/{namespace}"


def _started(pid: int) -> int | None:
    """Return the process's start in ticks since boot, ``None`` if it is gone: proc_pid_stat(5), fields 3 and 22."""
    try:
        fields = _PROC.joinpath(str(pid), "stat").read_text(errors="replace").rpartition(")")[2].split()
    except OSError:
        return None
    return None if fields[0] in {"Z", "X"} else int(fields[19])


def _answers(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True
