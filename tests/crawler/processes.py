"""Waiting for, and looking at, processes that a test has started."""

from __future__ import annotations

import os
import re
import signal
import time
from collections.abc import Callable
from pathlib import Path

from tests.support.hostile_crawl import children

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


def processor_seconds(pid: int) -> float:
    """Return the processor time that a process has taken."""
    user, system = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[11:13]
    return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")


def works(pid: int, seconds: float = 1.0) -> bool:
    """Say whether a process has taken so much processor time, and so is in the midst of a long task."""
    return processor_seconds(pid) >= seconds


def hold(pid: int) -> None:
    """Stop a process: what it is at goes on for ever without processor time."""
    os.kill(pid, signal.SIGSTOP)
    wait_for(lambda: state(pid) == "T", lambda: f"process {pid} is {state(pid) or 'gone'}")


def hold_until_its_alarm(pid: int) -> None:
    """Stop a process until the signal of its timer is due, then let it have that signal."""
    hold(pid)
    wait_for(lambda: int(_pending(pid), 16) >> (signal.SIGALRM - 1) & 1)
    os.kill(pid, signal.SIGCONT)


def _pending(pid: int) -> str:
    found = re.search(r"^ShdPnd:\s*(\w+)", Path(f"/proc/{pid}/status").read_text(), re.MULTILINE)
    assert found
    return found[1]


def extraction_worker(crawl: int) -> int:
    """Wait for the one worker process of a crawl, which its fork server has started, and return it."""
    wait_for(lambda: _grandchildren(crawl))
    return _grandchildren(crawl)[0]


def _grandchildren(pid: int) -> list[int]:
    return [below for child in children(pid) for below in children(child)]
