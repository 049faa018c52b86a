"""The short form of benchmarks/soak_pages.py: every kind of harm once, every address accounted for."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from benchmarks.hostile_site import KINDS, kind_of
from benchmarks.soak_pages import soak

if TYPE_CHECKING:
    from pathlib import Path

    from storage.mongo import Store


def test_a_hostile_site_is_crawled_to_its_end_and_every_address_accounted_for(store: Store, tmp_path: Path) -> None:
    stories, every = 4 * len(KINDS), 4
    assert {kind_of(number, every) for number in range(0, stories, every)} == set(KINDS)
    outcome = soak(stories, tmp_path, dict(os.environ), lambda said: None, every=every, seconds="1.5", step=20)
    assert outcome.problems == []
    assert outcome.summary["failures"] == outcome.reasons.total() > 20
    assert outcome.memory.rows[-1][0] > stories / 2
    assert "Traceback" not in outcome.output
