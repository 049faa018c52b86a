"""How the C library keeps freed memory: given back, so that a crawl of weeks needs no more than one of an hour.

glibc as it comes has an arena for each of the first eight threads a core, and after the first answer of 16 MB that is
freed it takes everything up to that size from these arenas. Each then keeps its own holes: a crawl of 4,000 pages held
83 MB of them, and they went on growing, with the objects of Python constant from the 300th page on.
"""

from __future__ import annotations

import ctypes
import gc
import sys

# malloc.h of glibc, the same on every processor.
_M_TRIM_THRESHOLD, _M_MMAP_THRESHOLD, _M_ARENA_MAX = -1, -3, -8

MAPPED_FROM = 1 << 20
"""Bytes from which a block is mapped by itself and given back when freed: the largest bodies of pages. glibc begins
with 128 kB, which batches for the database exceed as well: mapping those anew took a tenth of a crawl's CPU."""
KEPT_AT_THE_END = 32 << 20
"""Bytes at the end of the heap that may stay free for the next pages; glibc's 128 kB come and go with each batch."""
YOUNG = 5_000
"""New objects after which garbage in cycles is looked for, some ten pages; a page leaves twenty small ones, no tree
among them, and after Python's 700 looking takes .2 ms a page."""


def keep_what_is_loaded() -> None:
    """Have the collector of cycles leave alone what is there now, and look at what is new every :data:`YOUNG` objects.

    Walking it again and again takes a tenth of a page's time, and writes to memory that forked processes share.
    """
    gc.freeze()
    gc.set_threshold(YOUNG)


def give_back_freed_memory() -> bool:
    """Have this process keep one arena for all threads and large blocks outside of it; ``False`` without glibc.

    Threads that have an arena already keep it, so: before there are any. One arena is no bottleneck, since Python
    allocates under its own lock.
    """
    if not sys.platform.startswith("linux"):
        return False
    try:
        mallopt = ctypes.CDLL(None).mallopt
    except (OSError, AttributeError):  # musl has none
        return False
    wanted = {_M_ARENA_MAX: 1, _M_MMAP_THRESHOLD: MAPPED_FROM, _M_TRIM_THRESHOLD: KEPT_AT_THE_END}
    taken = [mallopt(name, value) == 1 for name, value in wanted.items()]
    return all(taken)
