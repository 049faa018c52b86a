"""Runs as a Prometheus text file, for the textfile collector of node_exporter. Written whole or not at all."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from prometheus_client import write_to_textfile
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector, CollectorRegistry

from crawler.outcome import length_sketch
from dedupe.errors import InputError

if TYPE_CHECKING:
    from storage.frontier.runs import Run

_Gauge = tuple[str, str, Callable[["Run"], float | None]]
_GAUGES: tuple[_Gauge, ...] = (
    (
        "exit_code",
        "How the last run ended: 0 ok, 3 below expectation, 4 blocked, 5 database",
        lambda run: run.exit_code,
    ),
    ("duration_seconds", "How long the last run took", lambda run: run.seconds),
    ("start_timestamp_seconds", "When the last run began", lambda run: _stamp(run.started)),
    ("end_timestamp_seconds", "When the last run ended", lambda run: _stamp(run.finished)),
    ("queue_length", "Addresses that wait to be asked for", lambda run: run.queued),
    ("pages", "Pages asked for in the last run", lambda run: run.counts.get("fetched", 0)),
    ("articles", "Articles found in the last run", lambda run: run.counts.get("articles", 0)),
    ("new_articles", "Articles stored for the first time in the last run", lambda run: run.counts.get("new", 0)),
    (
        "body_characters_median",
        "Median length of the articles' texts in the last run",
        lambda run: length_sketch.median(run.measures.get("lengths", {})),
    ),
)
_GROUPS = (
    ("duplicates", "Articles of the last run that repeat another one", "relation", "relations"),
    ("failures", "Pages of the last run that failed", "stage", "stages"),
    ("responses", "Pages of the last run by HTTP status; 0: no answer", "status", "statuses"),
)
_ALWAYS: Mapping[str, tuple[str, ...]] = {
    "relations": ("exact", "near", "contained"),
    "stages": ("fetch", "robots", "extract", "store"),
    "statuses": (),
}
"""Labels that are there with 0, so that a rule on them always has a value."""


def write_metrics(path: Path, runs: Iterable[Run]) -> None:
    """Write the last run of each portal to *path*.

    :raises InputError: if the file cannot be written
    """
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Families(list(runs)))
    try:
        write_to_textfile(str(path), registry)
    except OSError as problem:
        reason = problem.strerror or str(problem)
        raise InputError(f"{path}: the metrics cannot be written ({reason}); name another file") from None


class _Families(Collector):
    def __init__(self, runs: list[Run]) -> None:
        self._runs = runs

    def collect(self) -> Iterable[GaugeMetricFamily]:
        for name, text, value_of in _GAUGES:
            family = GaugeMetricFamily(f"storykin_run_{name}", text, labels=["portal"])
            for run in self._runs:
                value = value_of(run)
                if value is not None:
                    family.add_metric([run.portal], float(value))
            yield family
        for name, text, label, group in _GROUPS:
            family = GaugeMetricFamily(f"storykin_run_{name}", text, labels=["portal", label])
            for run in self._runs:
                counts = dict.fromkeys(_ALWAYS[group], 0) | dict(run.measures.get(group, {}))
                for member, number in sorted(counts.items()):
                    family.add_metric([run.portal, member], float(number))
            yield family


def _stamp(moment: datetime | None) -> float | None:
    return moment.timestamp() if moment else None
