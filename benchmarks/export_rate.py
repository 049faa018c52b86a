"""Rate and memory of exports and pulls of invented articles.

    python -m benchmarks.export_rate --articles 1000000

Fills a database of its own in the embedded server (or at ``MONGODB_URI``), exports it to every format, each in a
process of its own, and drops it. Seconds are CPU seconds of the exporting process; the rate is by the wall clock,
which a busy machine spoils. The peak is that process's largest resident set.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import secrets
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from storage.articles import change_marks
from storage.articles.articles import _page
from storage.database.store import Store
from storage.export.export import Layout, export
from storage.export.pull import Cursor, Pull
from storage.export.selection import Selection
from storage.records import Article, Paragraph, RelatedStory
from tests.support.databases import drop

KINDS = ("jsonl", "jsonl.gz", "jsonl.zst", "csv", "parquet", "partitioned", "pull", "pull again")


def articles(count: int) -> Iterator[Article]:
    """Invented articles of news length: eight paragraphs of 45 words, five related stories, twenty portals."""
    draw = random.Random(1)
    vocabulary = ["".join(draw.choices("aăâbcdđeêghiklmnoôơpqrstuưvxy", k=draw.randint(2, 7))) for _ in range(5000)]
    paragraphs = [" ".join(draw.choices(vocabulary, k=45)) + "." for _ in range(2000)]
    begin = datetime(2026, 1, 1, tzinfo=UTC)
    for number in range(count):
        parts = draw.sample(paragraphs, 8)
        url = f"https://portal{number % 20}.example/{number}"
        related = tuple(
            RelatedStory(url=f"{url}/r{n}", title=parts[n][:60], blurb=parts[n][:200], position=n) for n in range(5)
        )
        yield Article(
            id="",
            url=url,
            canonical_url=url,
            portal=f"portal{number % 20}",
            title=parts[0][:80],
            lead=parts[0],
            text="\n\n".join(parts),
            paragraphs=tuple(Paragraph(text=part) for part in parts),
            related=related,
            language="vi",
            published=begin + timedelta(minutes=number % 43_200),
            fetched=begin,
        )


def fill(store: Store, count: int) -> None:
    """Insert *count* articles as they stand after deduplication, which found no copies."""
    batch: list[dict[str, Any]] = []
    for article in articles(count):
        page = _page(article, "", "")
        batch.append(page | {"judged": page["content"]})
        if len(batch) == 1000:
            store.db["articles"].insert_many(batch, ordered=False)
            batch = []
    if batch:
        store.db["articles"].insert_many(batch, ordered=False)


def measure(database: str, kind: str, folder: Path) -> dict[str, Any]:
    """Export once, in this process, and return the figures."""
    import resource

    with Store.open(database=database) as store:
        started, burnt = time.perf_counter(), time.process_time()
        pull = Pull(store, Selection(), Cursor.parse("start")) if kind.startswith("pull") else None
        numbered = time.perf_counter() - started
        names = {"parquet": "parquet", "partitioned": "parquet", "csv": "csv"}
        layout = Layout(format=names.get(kind, "jsonl"), partition=kind == "partitioned")
        target = folder / ("out" if kind == "partitioned" else f"out.{kind.replace(' ', '')}")
        exported = export(store, target, layout=layout, pull=pull)
        return {
            "rows": exported.rows,
            "MB": sum(file.bytes for file in exported.files) / 1e6,
            "seconds": time.perf_counter() - started,
            "CPU": time.process_time() - burnt,
            "numbering": numbered if pull else 0.0,
            "peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--articles", type=int, default=100_000)
    parser.add_argument("--kinds", nargs="+", choices=KINDS, default=KINDS)
    parser.add_argument("--one", nargs=3, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.one:
        print(json.dumps(measure(given.one[0], given.one[1], Path(given.one[2]))))
        return
    with Store.open(database=f"bench_{secrets.token_hex(4)}") as store:
        try:
            started = time.perf_counter()
            fill(store, given.articles)
            print(f"{given.articles:,} articles stored in {time.perf_counter() - started:.0f} s", flush=True)
            print(f"{'':12} {'rows':>10} {'MB':>8} {'rows/s':>8} {'ms CPU/row':>10} {'numbering s':>11} {'peak MB':>8}")
            for kind in given.kinds:
                with tempfile.TemporaryDirectory() as folder:
                    typed = [sys.executable, "-m", "benchmarks.export_rate", "--one", store.db.name, kind, folder]
                    ran = subprocess.run(typed, stdout=subprocess.PIPE, check=True, env=os.environ)
                one = json.loads(ran.stdout)
                rates = f"{one['rows'] / one['seconds']:>8,.0f} {1000 * one['CPU'] / max(1, one['rows']):>10.3f}"
                size, rest = f"{one['rows']:>10,} {one['MB']:>8,.1f}", f"{one['numbering']:>11.1f} {one['peak']:>8,.0f}"
                print(f"{kind:12} {size} {rates} {rest}", flush=True)
            rows = store.db.command("collStats", change_marks.__name__.rpartition(".")[2])
            print(f"changes: {rows['count']:,} rows, {rows['size'] / max(1, rows['count']):.0f} bytes each")
        finally:
            drop(store.db)


if __name__ == "__main__":
    main()
