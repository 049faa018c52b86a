"""Fixtures for every test: the shared measuring data."""

from __future__ import annotations

import os
from pathlib import Path

import hypothesis
import pytest

# Shared machines are slow at times: how long an example took says nothing about the code. Fixed examples
# (derandomize) keep a run's verdict the same from one day to the next.
hypothesis.settings.register_profile(
    "storykin", deadline=None, derandomize=True, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("storykin")


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of measuring pages and texts, which a user's clone does not have."""
    shared = Path(os.environ.get("STORYKIN_SHARED", Path(__file__).resolve().parents[2] / "shared"))
    if not (shared / "data").is_dir():
        pytest.skip("needs the measuring data (../shared or STORYKIN_SHARED), absent in a plain clone")
    return shared / "data"
