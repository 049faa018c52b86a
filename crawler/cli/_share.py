"""Shares given on the command line: ``5%``."""

from __future__ import annotations

import re

from dedupe.errors import InputError

BELOW_EXPECTATION = 3
"""Exit code where a share is larger than allowed, as of a crawl below its expectation."""


def share_of(text: str | None, option: str) -> float | None:
    """Return ``5%`` or ``5`` as 0.05, ``None`` for ``None``.

    :raises InputError: if it is no percentage
    """
    if text is None:
        return None
    found = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*%?\s*", text)
    if not found or float(found[1]) > 100:
        raise InputError(f"{option} {text!r} is no share: give a percentage such as 5%")
    return float(found[1]) / 100
