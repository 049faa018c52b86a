from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from crawler.outcome.metrics import write_metrics
from dedupe.errors import InputError
from storage.frontier.runs import Run

BEGAN = datetime(2026, 3, 2, 6, tzinfo=UTC)
RUN = Run(
    id="vov-1",
    portal="vov",
    started=BEGAN,
    finished=BEGAN + timedelta(seconds=90),
    exit_code=3,
    counts={"fetched": 20, "articles": 12, "new": 7},
    measures={"stages": {"fetch": 3}, "statuses": {"403": 2, "0": 1}, "relations": {"near": 4}, "lengths": {"76": 12}},
    queued=5,
)


def samples(path: Path) -> dict[tuple[str, ...], float]:
    families = text_string_to_metric_families(path.read_text(encoding="utf-8"))
    return {(one.name, *sorted(one.labels.values())): one.value for family in families for one in family.samples}


def test_the_last_runs_can_be_read_by_prometheus(tmp_path: Path) -> None:
    path = tmp_path / "storykin.prom"
    odd = 'báo "mới"\n\\'
    write_metrics(path, [RUN, Run(id="x", portal=odd, started=BEGAN, finished=BEGAN, exit_code=5)])
    found = samples(path)
    assert found["storykin_run_exit_code", "vov"] == 3
    assert found["storykin_run_duration_seconds", "vov"] == 90
    assert found["storykin_run_end_timestamp_seconds", "vov"] == BEGAN.timestamp() + 90
    assert found["storykin_run_pages", "vov"] == 20
    assert found["storykin_run_articles", "vov"] == 12
    assert found["storykin_run_new_articles", "vov"] == 7
    assert found["storykin_run_queue_length", "vov"] == 5
    assert found["storykin_run_failures", "fetch", "vov"] == 3
    assert found["storykin_run_failures", "extract", "vov"] == 0
    assert found["storykin_run_duplicates", "near", "vov"] == 4
    assert found["storykin_run_responses", "403", "vov"] == 2
    assert found["storykin_run_body_characters_median", "vov"] == pytest.approx(1910, abs=1)
    assert found["storykin_run_exit_code", odd] == 5


def test_a_file_is_replaced_whole_and_nothing_else_is_left(tmp_path: Path) -> None:
    path = tmp_path / "storykin.prom"
    for code in (0, 4):
        write_metrics(path, [Run(id="x", portal="vov", exit_code=code)])
        assert samples(path)["storykin_run_exit_code", "vov"] == code
    assert [file.name for file in tmp_path.iterdir()] == ["storykin.prom"]


def test_a_file_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"absent/a\.prom: the metrics cannot be written \(No such file"):
        write_metrics(tmp_path / "absent" / "a.prom", [RUN])
