"""How Python looks for garbage in cycles, in the crawling process and in its workers."""

from __future__ import annotations

import gc

YOUNG = 5_000
"""New objects after which garbage in cycles is looked for, some ten pages; a page leaves twenty small ones, no tree
among them, and after Python's 700 looking takes .2 ms a page."""


def keep_what_is_loaded() -> None:
    """Exempt the present objects from the collector of cycles, and let it look at new ones every :data:`YOUNG` objects.

    To go through the present objects again and again takes a tenth of a page's time, and writes to memory that forked
    processes share.
    """
    gc.freeze()
    gc.set_threshold(YOUNG)
