"""What a page costs the database: bytes of each collection, commands and mongod's CPU, after a crawl of the site.

    python -m benchmarks.unit_costs --pages 2000

Crawls the site of :mod:`benchmarks.crawl_site` into an embedded database of its own, writes out what is in memory, and
prints a Markdown table: documents for each article, bytes of a document (BSON, and on disk after compression) and of
its index entries. ``docs/scaling.md`` plans with these figures.
"""

from __future__ import annotations

import argparse
import os
import tempfile
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from benchmarks.crawl import Bench, mongod_cpu, served
from benchmarks.crawl_site import Site
from benchmarks.process_cost import cost_of
from storage.database.store import Store

OPERATIONS = ("insert", "update", "query", "getmore", "command")


def table(store: Store, articles: int) -> str:
    """Return one row a collection, the largest first."""
    rows = []
    for name in store.db.list_collection_names():
        stats = store.db.command("collStats", name)
        if count := stats["count"]:
            rows.append(
                (name, count, stats["size"] / count, stats["storageSize"] / count, stats["totalIndexSize"] / count)
            )
    rows.sort(key=lambda row: -row[1] * (row[3] + row[4]))
    lines = [
        "| collection | documents an article | bytes of one, BSON | on disk | its index entries | kB an article |",
        "|---|---|---|---|---|---|",
    ]
    lines += [
        f"| `{name}` | {count / articles:.2f} | {size:.0f} | {disk:.0f} | {index:.0f} "
        f"| {count * (disk + index) / articles / 1000:.2f} |"
        for name, count, size, disk, index in rows
        if count * 100 > articles
    ]
    return "\n".join(lines)


def operations(store: Store) -> Mapping[str, int]:
    counters: Mapping[str, Any] = store.client.admin.command("serverStatus")["opcounters"]
    return {name: int(counters[name]) for name in OPERATIONS}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pages", type=int, default=2000)
    pages = parser.parse_args().pages
    with tempfile.TemporaryDirectory() as folder, served(pages) as base, ExitStack() as resources:
        os.environ.pop("MONGODB_URI", None)
        os.environ["STORYKIN_DATA"] = str(Path(folder) / "mongodb")
        store = resources.enter_context(Store.open(database="unit_costs"))
        bench = Bench(Site(pages), base, Path(folder), Path(folder))
        before, cpu = operations(store), mongod_cpu(store)
        command = [*bench.command, "--workers", "2"]
        cost = cost_of(command, Path(folder) / "log", {"MONGODB_URI": store.uri, "STORYKIN_DATABASE": store.db.name})
        done, spent = operations(store), mongod_cpu(store) - cpu
        store.client.admin.command("fsync")
        articles = store.db["articles"].count_documents({})
        print(table(store, articles))
        asked = ", ".join(f"{(done[name] - before[name]) / pages:.2f} {name}" for name in OPERATIONS)
        print(
            f"\n{articles} articles of {pages} pages; operations a page: {asked}; CPU a page: storykin "
            f"{1000 * cost.cpu / pages:.1f} ms, mongod {1000 * spent / pages:.1f} ms; load {os.getloadavg()[0]:.1f}."
        )


if __name__ == "__main__":
    main()
