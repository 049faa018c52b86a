"""What a command costs with all processes that it starts: CPU seconds, and the most memory at once. Linux.

    python -m benchmarks.process_cost RESULT.json COMMAND…

This process adopts what the command leaves behind (``PR_SET_CHILD_SUBREAPER``), so that the kernel's count of its
children holds the CPU time of every process that has ended. Memory is the proportional set size, which counts a page
that several processes share once, looked at every second: a look at five large processes takes 20 ms.
"""

from __future__ import annotations

import ctypes
import json
import os
import re
import resource
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

_PR_SET_CHILD_SUBREAPER = 36
_LOOK_SECONDS = 1.0


@dataclass(frozen=True)
class Cost:
    begun: float
    """Time of day in seconds."""
    seconds: float
    cpu: float
    peak: int
    """Bytes."""
    status: int


def cost_of(command: Sequence[str], log: Path, more: Mapping[str, str] | None = None) -> Cost:
    """Run *command*, its output into *log*, and return what it cost."""
    with tempfile.TemporaryDirectory() as folder, log.open("wb") as file:
        result = Path(folder) / "cost.json"
        wrapper = [sys.executable, "-m", "benchmarks.process_cost", str(result), *command]
        subprocess.run(wrapper, stdout=file, stderr=subprocess.STDOUT, env={**os.environ, **(more or {})}, check=False)
        return Cost(**json.loads(result.read_text()))


def main() -> None:
    ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    begun, peaks = time.time(), [0]
    process = subprocess.Popen(sys.argv[2:])
    over = threading.Event()
    watch = threading.Thread(target=_watch, args=(peaks, over))
    watch.start()
    status = process.wait()
    seconds = time.time() - begun
    while True:  # what it left behind
        try:
            os.wait()
        except ChildProcessError:
            break
    over.set()
    watch.join()
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    cost = {"begun": begun, "seconds": seconds, "cpu": used.ru_utime + used.ru_stime, "peak": max(peaks)}
    Path(sys.argv[1]).write_text(json.dumps({**cost, "status": status}))


def _watch(peaks: list[int], over: threading.Event) -> None:
    while not over.wait(_LOOK_SECONDS):
        peaks.append(sum(map(_memory, _descendants(os.getpid()))))


def _descendants(root: int) -> list[int]:
    parents = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text(errors="replace").rpartition(")")[2].split()
        except OSError:
            continue
        parents[int(stat.parent.name)] = int(fields[1])
    found, new = [], [root]
    while new:
        new = [pid for pid, parent in parents.items() if parent in new]
        found += new
    return found


def _memory(pid: int) -> int:
    try:
        match = re.search(r"^Pss:\s+(\d+) kB", Path(f"/proc/{pid}/smaps_rollup").read_text(), re.MULTILINE)
    except OSError:
        return 0
    return int(match[1]) * 1024 if match else 0


if __name__ == "__main__":
    main()
