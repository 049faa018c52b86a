"""When a page that is known already is asked for again, and how that costs little. Pure."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from datetime import timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from crawler.options import CrawlOptions
    from crawler.seeds import Seed
    from storage.known_page import KnownPage

_STEP = re.compile(r"\s*(\d+)\s*([mhd])\s*:\s*(\d+)\s*([mhd])\s*")
_UNITS = {"m": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1)}


def parse_steps(texts: Sequence[str]) -> tuple[tuple[timedelta, timedelta], ...]:
    """Return the steps of ``[refetch]`` as pairs (younger than this, every so long).

    >>> [(str(age), str(every)) for age, every in parse_steps(["6h: 1h", "2d: 12h"])]
    [('6:00:00', '1:00:00'), ('2 days, 0:00:00', '12:00:00')]

    :raises ValueError: saying what is wrong with a step, or with their order
    """
    steps: list[tuple[timedelta, timedelta]] = []
    for text in texts:
        found = _STEP.fullmatch(text)
        if not found:
            raise ValueError(f"{text!r} is no step such as '6h: 1h' (younger than 6 hours: every hour; m, h, d)")
        number, unit, every, its_unit = found.groups()
        step = int(number) * _UNITS[unit], int(every) * _UNITS[its_unit]
        if not step[0] or not step[1]:
            raise ValueError(f"{text!r}: neither number may be 0; no steps at all switch re-fetching off")
        if steps and step[0] <= steps[-1][0]:
            raise ValueError(f"{text!r}: the ages must grow from step to step")
        steps.append(step)
    return tuple(steps)


def scope(seed: Seed, options: CrawlOptions, version: str) -> str:
    """Return a hash of all beside a page that decides what it leads to: portal file, options, storykin's version."""
    words = repr((version, options.follow, options.depth, seed))
    return hashlib.blake2b(words.encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()


def conditional_headers(known: KnownPage | None) -> dict[str, str]:
    """Return the request headers that ask only for what has changed (RFC 9110, 13.1.2 and 13.1.3)."""
    if known is None:
        return {}
    headers = {"If-None-Match": known.etag, "If-Modified-Since": known.last_modified}
    return {name: value for name, value in headers.items() if value}
