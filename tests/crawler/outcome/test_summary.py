"""The verdict on a run, from its counts alone."""

from __future__ import annotations

from crawler.http.network_guard import INSIDE
from crawler.outcome.counts import Counts
from crawler.outcome.summary import judge_run


def test_a_portal_inside_the_network_is_told_how_it_is_let_through() -> None:
    counts = Counts()
    counts.start_failures.append(("http://paper.lan:8080/", f"refused: paper.lan is at 10.0.0.7, {INSIDE}", 0))
    code, verdict = judge_run(counts, 1, "finished", None)
    assert code == 3
    assert verdict.endswith("; if that server is yours: --allow-host paper.lan:8080")
