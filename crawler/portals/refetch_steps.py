"""The steps of ``[refetch]``: up to which age an article is asked for again how often."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import timedelta

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
