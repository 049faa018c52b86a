"""Memory that was freed goes back to the system: in a process of its own each, for the C library is told but once."""

from __future__ import annotations

import platform
import re
import subprocess
import sys

import pytest

PROBE = """
import ctypes, sys, tempfile, threading
from crawler.workers.memory import MAPPED_FROM, give_back_freed_memory

libc = ctypes.CDLL(None)
libc.malloc.restype, libc.malloc.argtypes = ctypes.c_void_p, [ctypes.c_size_t]
libc.free.argtypes = [ctypes.c_void_p]
libc.fdopen.restype = ctypes.c_void_p
libc.malloc_info.argtypes = [ctypes.c_int, ctypes.c_void_p]
libc.fflush.argtypes = [ctypes.c_void_p]
if sys.argv[1] == "told":
    assert give_back_freed_memory()
libc.free(libc.malloc(16 << 20))  # a large answer: from now on glibc would keep all that are smaller
held = [libc.malloc(4 * MAPPED_FROM) for _ in range(4)]
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


def mapped_and_arenas(told: str) -> tuple[int, int]:
    """Return how many large blocks are mapped by themselves, and how many arenas there are."""
    ended = subprocess.run([sys.executable, "-c", PROBE, told], capture_output=True, text=True, timeout=60, check=True)
    [mapped] = re.findall(r'<total type="mmap" count="(\d+)"', ended.stdout)
    return int(mapped), ended.stdout.count("<heap nr=")


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="this system's C library is not glibc")
def test_large_blocks_are_given_back_and_threads_share_an_arena() -> None:
    mapped, arenas = mapped_and_arenas("told")
    usually, usual_arenas = mapped_and_arenas("not told")
    assert mapped >= usually + 4, "each can be given back when it is freed"
    assert arenas == 1 < usual_arenas
