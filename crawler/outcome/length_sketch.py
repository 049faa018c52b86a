"""The median of many lengths in little room: counts over buckets whose bounds grow by a fixed ratio. Pure.

DDSketch (Masson, Rim, Lee, VLDB 2019, arXiv 1908.10693) without its limit on buckets: texts end at 16 MiB, which is
bucket 167. Two sketches are merged by adding their counts, which MongoDB's ``$inc`` does as well.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

RELATIVE_ERROR = 0.05
"""A median is off by at most this share of itself."""

_RATIO = (1 + RELATIVE_ERROR) / (1 - RELATIVE_ERROR)


def bucket(length: int) -> int:
    """Return the bucket of *length*; 0 is the one of 0 and 1.

    >>> bucket(0), bucket(1), bucket(2_000)
    (0, 0, 76)
    """
    return max(0, math.ceil(math.log(length, _RATIO))) if length > 1 else 0


def median(counts: Mapping[int, int] | Mapping[str, int]) -> float:
    """Return the lower median of the lengths counted in *counts* (bucket → lengths in it); 0.0 where there are none.

    Keys may be strings, as documents have them.
    """
    ordered = sorted((int(key), number) for key, number in counts.items())
    rank, seen = (sum(number for _, number in ordered) + 1) // 2, 0
    for key, number in ordered:
        seen += number
        if number and seen >= rank:
            return 2 * _RATIO**key / (_RATIO + 1) if key else 1.0
    return 0.0
