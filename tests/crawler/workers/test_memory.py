"""Memory that was freed goes back to the system where the image or the unit of systemd starts storykin."""

from __future__ import annotations

import os
import platform
import re
import subprocess
import sys
from pathlib import Path

import pytest

from crawler.ops.cron_and_systemd import systemd_units
from tests.crawler.processes import PATIENCE

PROBE = """
import ctypes, sys, tempfile, threading

libc = ctypes.CDLL(None)
libc.malloc.restype, libc.malloc.argtypes = ctypes.c_void_p, [ctypes.c_size_t]
libc.free.argtypes = [ctypes.c_void_p]
libc.fdopen.restype = ctypes.c_void_p
libc.malloc_info.argtypes = [ctypes.c_int, ctypes.c_void_p]
libc.fflush.argtypes = [ctypes.c_void_p]
libc.free(libc.malloc(16 << 20))  # a large answer: from now on glibc would keep all that are smaller
held = [libc.malloc(4 << 20) for _ in range(4)]
ready, done = threading.Barrier(5), threading.Event()

def allocate():
    held.append(libc.malloc(1000))
    ready.wait()
    done.wait()

threads = [threading.Thread(target=allocate) for _ in range(4)]
for one in threads:
    one.start()
ready.wait()
file = tempfile.TemporaryFile()
stream = libc.fdopen(file.fileno(), b"w+")
libc.malloc_info(0, stream)
libc.fflush(stream)
file.seek(0)
sys.stdout.write(file.read().decode())
done.set()
"""


def settings(text: str) -> dict[str, str]:
    return dict(re.findall(r"\b(MALLOC_\w+)=(\d+)", text))


def mapped_and_arenas(environment: dict[str, str]) -> tuple[int, int]:
    """Return how many large blocks are mapped by themselves, and how many arenas there are."""
    probe, usual = [sys.executable, "-c", PROBE], {k: v for k, v in os.environ.items() if not k.startswith("MALLOC_")}
    ended = subprocess.run(probe, capture_output=True, text=True, timeout=PATIENCE, check=True, env=usual | environment)
    [mapped] = re.findall(r'<total type="mmap" count="(\d+)"', ended.stdout)
    return int(mapped), ended.stdout.count("<heap nr=")


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="this system's C library is not glibc")
def test_large_blocks_are_given_back_and_threads_share_an_arena() -> None:
    image = settings((Path(__file__).parents[3] / "Dockerfile").read_text())
    [(_, unit)] = systemd_units([], ["/bin/storykin"])
    assert image == settings(unit)
    mapped, arenas = mapped_and_arenas(image)
    usually, usual_arenas = mapped_and_arenas({})
    assert mapped >= 4 > usually, "each can be given back when it is freed"
    assert arenas == 1 < usual_arenas
