"""What a page costs as the store and the frontier grow: CPU seconds of a whole crawl, and decisions a second.

    python -m benchmarks.growth --stored 0 100000 1000000 --frontier 0 10000 1000000 --rounds 3

Crawls the site of :mod:`benchmarks.crawl_site` with everything on, again and again: into a database that was filled to
each size of ``--stored`` (articles with their fingerprints, see :mod:`benchmarks.index`), then, at the largest of
them, with a frontier of each length of ``--frontier``: that many entries of the portal wait behind those of the site,
which are queued before the crawl. What a crawl stored is deleted after it. At each size of the store ``--decisions``
further articles are decided through ``store_pages``. Figures are medians of the rounds; all of them go to
``docs/performance/growth.json``.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from pymongo import WriteConcern

from benchmarks import index
from benchmarks.crawl import Bench, mongod_cpu, served
from benchmarks.crawl_site import Site
from benchmarks.figures import FOLDER, write_figures
from benchmarks.process_cost import cost_of
from storage.database.store import Store
from storage.frontier import frontier
from storage.frontier.frontier import FrontierEntry

OF_A_CRAWL = ("edges", "pages", "failures", "runs", "versions", "hosts", "host_rules", "host_days")
BEHIND = 50
"""Priority of the entries that wait: they are leased after all of the site."""


@dataclass(frozen=True)
class Crawled:
    """One crawl."""

    stored: int
    frontier: int
    cpu: float
    """Seconds a page of all storykin processes, the start included."""
    mongod: float
    """Seconds a page."""
    rate: float
    """Pages a second, the start left out."""
    load: float


def crawl(bench: Bench, store: Store, stored: int, waiting: int) -> Crawled:
    """Crawl the whole site once and delete what that stored."""
    pages = len(bench.site.answering)
    paths = [bench.site.path(number) for number in range(bench.site.pages)]
    frontier.add(store, [FrontierEntry(portal="bench", url=bench.base + path, depth=1) for path in paths])
    before = mongod_cpu(store)
    # Every entry of the site and its front page; what waits behind them is not asked for.
    command = [*bench.command, "--max-pages", str(bench.site.pages + 1)]
    more = {"MONGODB_URI": store.uri, "STORYKIN_DATABASE": store.db.name}
    cost = cost_of(command, bench.folder / "log", more)
    spent = mongod_cpu(store) - before
    new = store.db["articles"].count_documents({"portal": "bench"})
    if new < 0.98 * pages:
        raise SystemExit(f"{new} articles of {pages} pages: {(bench.folder / 'log').read_text()[-500:]}")
    ended = [row["finished"].timestamp() for row in store.db["frontier"].find({"finished": {"$exists": True}})]
    seconds = max(ended) - min(ended)
    _forget(store)
    return Crawled(stored, waiting, cost.cpu / pages, spent / pages, len(ended) / seconds, os.getloadavg()[0])


def _forget(store: Store) -> None:
    ids = [row["_id"] for row in store.db["articles"].find({"portal": "bench"}, {"_id": 1})]
    for name, key in (("articles", "_id"), ("fingerprints", "_id"), ("exact", "article")):
        store.db[name].delete_many({key: {"$in": ids}})
    store.db["frontier"].delete_many({"priority": {"$lt": BEHIND}})
    for name in OF_A_CRAWL:
        store.db[name].delete_many({})


def lengthen(store: Store, base: str, start: int, stop: int) -> None:
    """Queue entries of the portal that are never asked for."""
    shelf = store.db["frontier"].with_options(write_concern=WriteConcern(1))
    frontier.add(store, [_waiting(base, start)])
    shape = store.db["frontier"].find_one({"priority": BEHIND})
    assert shape is not None
    for first in range(start + 1, stop, 10_000):
        entries = [_waiting(base, number) for number in range(first, min(first + 10_000, stop))]
        shelf.insert_many([{**shape, "_id": one.id, "url": one.url, "key": one.url} for one in entries], ordered=False)


def _waiting(base: str, number: int) -> FrontierEntry:
    return FrontierEntry(portal="bench", url=f"{base}/waits/story-{number}.html", depth=3, priority=BEHIND)


def table(rows: Sequence[Crawled], decisions: dict[int, float]) -> str:
    """Return the Markdown table of medians."""
    lines = [
        "| articles stored | entries waiting | CPU ms a page, storykin | mongod | pages/s | decisions/s |",
        "|---|---|---|---|---|---|",
    ]
    for stored, waiting in dict.fromkeys((one.stored, one.frontier) for one in rows):
        same = [one for one in rows if (one.stored, one.frontier) == (stored, waiting)]
        cpu, mongod, rate = (
            statistics.median(getattr(one, name) for one in same) for name in ("cpu", "mongod", "rate")
        )
        decided = f"{decisions[stored]:,.0f}" if stored in decisions and not waiting else ""
        lines.append(f"| {stored:,} | {waiting:,} | {1000 * cpu:.1f} | {1000 * mongod:.1f} | {rate:.1f} | {decided} |")
    return "\n".join(lines)


def measure(given: argparse.Namespace, store: Store, bench: Bench) -> tuple[list[Crawled], dict[int, float]]:
    """Crawl at every size."""
    rows: list[Crawled] = []
    decisions: dict[int, float] = {}

    def crawls(stored: int, waiting: int) -> None:
        for _ in range(given.rounds):
            rows.append(crawl(bench, store, stored, waiting))
            print(rows[-1], file=sys.stderr, flush=True)

    filled, longest = 0, 0
    for stage, stored in enumerate(sorted(given.stored)):
        begun = time.perf_counter()
        index.fill(store, filled, stored, given.words)
        filled = max(filled, stored)
        print(f"filled to {stored:,} in {time.perf_counter() - begun:.0f} s", file=sys.stderr, flush=True)
        crawls(stored, 0)
        if given.decisions:
            decisions[stored] = index.run(store, given.decisions, 500, given.words, stage)
            store.db["articles"].update_many({"portal": "bench"}, {"$set": {"portal": "old"}})
            store.db["frontier"].delete_many({})
            store.db["edges"].delete_many({})
    for waiting in sorted(set(given.frontier) - {0}):
        lengthen(store, bench.base, longest, waiting)
        longest = waiting
        crawls(filled, waiting)
    return rows, decisions


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--stored", type=int, nargs="+", default=[0, 100_000, 1_000_000])
    parser.add_argument("--frontier", type=int, nargs="+", default=[0, 10_000, 1_000_000])
    parser.add_argument("--pages", type=int, default=500, help="of the site")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--decisions", type=int, default=10_000)
    parser.add_argument("--words", type=int, default=380, help="mean words of a stored article")
    parser.add_argument("--no-docs", action="store_true", help="only print")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, served(given.pages) as base, ExitStack() as resources:
        os.environ.pop("MONGODB_URI", None)
        os.environ["STORYKIN_DATA"] = str(Path(folder) / "mongodb")
        store = resources.enter_context(Store.open(database="growth"))
        bench = Bench(Site(given.pages), base, Path(folder), Path(folder))
        rows, decisions = measure(given, store, bench)
    print(table(rows, decisions))
    if not given.no_docs:
        figures: dict[str, Any] = {
            "pages": given.pages,
            "decisions": decisions,
            "crawls": [asdict(one) for one in rows],
        }
        write_figures(FOLDER / "growth.json", figures)


if __name__ == "__main__":
    main()
