"""Waiting for, and looking at, processes that a test has started."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

PATIENCE = 300.0
"""Seconds: no limit to what is tested, only a guard against waiting for what never comes."""


def wait_for(condition: Callable[[], object], why: Callable[[], object] = lambda: "it did not happen") -> None:
    """Look again and again until *condition* holds; *why* tells what there was in place of it."""
    end = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < end, why()
        time.sleep(0.02)


def alive(pid: int) -> bool:
    """Say whether a process runs; a zombie does not."""
    return state(pid) not in ("Z", "")


def state(pid: int) -> str:
    """Return the letter of a process's state in ``/proc``, such as R for one that works; empty if it is gone."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return ""


def session(leader: int) -> list[int]:
    """Return the running processes of a session."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and alive(int(entry.name)):
            try:
                stat = (entry / "stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue
            if int(stat[3]) == leader:
                found.append(int(entry.name))
    return found
