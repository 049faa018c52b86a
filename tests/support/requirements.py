"""What only some machines have: a test skips without it, or fails where it is required."""

from __future__ import annotations

import os
from typing import NoReturn

import pytest


def missing(name: str, remedy: str) -> NoReturn:
    """Skip the test, or its module while that is imported: *remedy* says what would enable it.

    Where ``STORYKIN_REQUIRE`` lists *name* (``browser,spark`` in CI), fail in place of it.
    """
    if name in os.environ.get("STORYKIN_REQUIRE", "").split(","):
        pytest.fail(f"STORYKIN_REQUIRE={name}, but: {remedy}", pytrace=False)
    pytest.skip(remedy, allow_module_level=True)
