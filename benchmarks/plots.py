"""Draws the curves of ``docs/performance``: cost as store and frontier grow, and the rate of several workers.

    python -m benchmarks.plots

Reads ``growth.json`` and ``workers.json`` there (:mod:`benchmarks.growth`, :mod:`benchmarks.workers`) and writes an SVG
beside each. Each point is the median of the rounds, the bar its spread.
"""

from __future__ import annotations

import json
import statistics
from collections.abc import Mapping, Sequence
from typing import Any

import matplotlib as mpl
from matplotlib import pyplot

from benchmarks.figures import FOLDER


def curve(axes: Any, points: Mapping[int, Sequence[float]], label: str) -> None:
    """Draw the medians of *points* with their spread, at even distances: sizes go by powers of ten."""
    middle = [statistics.median(values) for values in points.values()]
    below = [one - min(values) for one, values in zip(middle, points.values(), strict=True)]
    above = [max(values) - one for one, values in zip(middle, points.values(), strict=True)]
    axes.errorbar(range(len(points)), middle, yerr=[below, above], marker="o", capsize=3, label=label)
    axes.set_xticks(range(len(points)), [f"{size:,}" for size in points])
    axes.set_ylim(bottom=0)


def growth(rows: Sequence[Mapping[str, Any]]) -> None:
    """CPU of a page by articles stored and by entries waiting."""
    figure, (stored, waiting) = pyplot.subplots(1, 2, figsize=(9, 3.5), sharey=True, layout="constrained")
    largest = max(row["stored"] for row in rows)
    for name, label in (("cpu", "storykin"), ("mongod", "mongod")):
        of_size: dict[int, list[float]] = {}
        of_length: dict[int, list[float]] = {}
        for row in rows:
            if not row["frontier"]:
                of_size.setdefault(row["stored"], []).append(1000 * row[name])
            if row["stored"] == largest:
                of_length.setdefault(row["frontier"], []).append(1000 * row[name])
        curve(stored, of_size, label)
        curve(waiting, of_length, label)
    stored.set(xlabel="articles stored", ylabel="CPU ms a page")
    waiting.set(xlabel=f"entries waiting, {largest:,} articles stored")
    stored.legend()
    figure.savefig(FOLDER / "growth.svg", metadata={"Date": None})


def workers(found: Mapping[str, Sequence[Mapping[str, float]]]) -> None:
    """Pages a second of several workers, beside so many times the rate of one."""
    figure, axes = pyplot.subplots(figsize=(4.5, 3.5), layout="constrained")
    rates = {int(number): [row["pages_a_second"] for row in rows] for number, rows in found.items()}
    curve(axes, rates, "pages/s")
    one = statistics.median(rates[min(rates)])
    axes.plot(range(len(rates)), [one * number for number in rates], linestyle=":", color="grey", label="ideal")
    axes.set(xlabel="workers", ylabel="pages/s")
    axes.legend()
    figure.savefig(FOLDER / "workers.svg", metadata={"Date": None})


def main() -> None:
    """Draw what there are figures of."""
    mpl.rcParams["svg.hashsalt"] = "storykin"  # the same figures, the same file
    if (FOLDER / "growth.json").exists():
        growth(json.loads((FOLDER / "growth.json").read_text())["crawls"])
    if (FOLDER / "workers.json").exists():
        workers(json.loads((FOLDER / "workers.json").read_text())["workers"])


if __name__ == "__main__":
    main()
