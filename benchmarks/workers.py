"""Workers on one frontier: pages a second and CPU seconds a page of 1, 2 and 4 processes, as ratios to one.

    python -m benchmarks.workers --pages 200 --rounds 3

A site of invented stories on this machine answers every request after 300 ms. Each worker is ``storykin crawl
--join`` with one extraction process and two requests at once, and the pages are light (13 kB), so that waiting, not two
cores, is what limits four workers. Start-up is left out: the clock runs from the moment that the frontier is filled to
the last page stored. The workers of each round run in alternating order, each on a database of its own, which is
dropped. All figures go to ``docs/performance/workers.json``.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import secrets
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import asdict, dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from benchmarks.figures import FOLDER, write_figures
from storage.database.store import Store
from storage.frontier import frontier, runs
from storage.frontier.frontier import FrontierEntry
from tests.support.databases import drop

PORTAL = "bench"
AT_ONCE = 2
_TICKS = os.sysconf("SC_CLK_TCK")


@dataclass
class Figures:
    pages_a_second: float
    cpu_a_page: float
    fetched: int


def story(number: int) -> bytes:
    """A page of some 13 kB, most of it menus and script, with a related block."""
    draw = random.Random(number)
    words = [f"w{draw.randrange(5000)}rd" for _ in range(280)]
    body = "".join(f"<p>{' '.join(words[at : at + 70]).capitalize()}.</p>" for at in range(0, 280, 70))
    menu = "".join(f'<li><a href="/section/{n}/page">Section {n} of the bench paper</a></li>' for n in range(60))
    script = f"<script>const state = {json.dumps(words * 2)}</script>"
    related = "".join(f'<li><a href="{path(n)}">Story {n} of the bench</a></li>' for n in range(number, number + 3))
    return (
        f'<html lang="en"><head><title>Story {number}</title><meta property="og:type" content="article"></head><body>'
        f"<nav><ul>{menu}</ul></nav><article><h1>Story {number} of the bench</h1>{body}</article>{script}"
        f'<section class="related-stories"><h3>Related stories</h3><ul>{related}</ul></section></body></html>'
    ).encode()


def path(number: int) -> str:
    return f"/news/story-of-the-bench-{100_000 + number}.html"


class Site:
    """Answers after *latency* seconds, from prepared pages."""

    def __init__(self, pages: int, latency: float) -> None:
        bodies = {path(number): story(number) for number in range(pages)}
        asked: list[str] = []

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                asked.append(self.path)
                time.sleep(latency)
                body = bodies.get(self.path, b"")
                self.send_response(200 if body else 404)
                self.send_header("Content-Type", "text/html; charset=utf-8")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *arguments: Any) -> None:
                pass

        self.asked = asked
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


def cpu(sessions: list[int]) -> float:
    """CPU seconds so far of all processes of *sessions*, those that have ended and were waited for included."""
    total = 0
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text(errors="replace").rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[3]) in sessions:
            total += sum(map(int, fields[11:15]))
    return total / _TICKS


def measure(workers: int, pages: int, latency: float) -> Figures:
    site = Site(pages, latency)
    database = f"bench_{secrets.token_hex(4)}"
    with tempfile.TemporaryDirectory() as folder, Store.open(database=database) as store:
        (Path(folder) / f"{PORTAL}.toml").write_text(
            f'title = "Bench"\nstart_urls = ["{site.url}/"]\nallowed_domains = ["127.0.0.1"]\nloopback = true\n'
        )
        try:
            return _measured(store, site, workers, pages, folder)
        finally:
            drop(store.client[database])
            site.server.shutdown()
            site.server.server_close()


def _measured(store: Store, site: Site, workers: int, pages: int, folder: str) -> Figures:
    run = runs.begin(store, PORTAL)
    # Held by nobody that works: keeps the workers waiting until the frontier is filled.
    frontier.add(store, [FrontierEntry(portal=PORTAL, url=f"{site.url}/")])
    held = frontier.lease(store, PORTAL, "benchmark", 1, 3600)
    command = [sys.executable, "-m", "benchmarks.workers", "--worker", store.db.name, folder]
    log = (Path(folder) / "log").open("wb")
    processes = [
        subprocess.Popen(
            command, stdout=log, stderr=log, start_new_session=True, env={**os.environ, "MONGODB_URI": store.uri}
        )
        for _ in range(workers)
    ]
    try:
        while len(runs.get(store, run.id).helpers) < workers:
            _require_alive(processes, folder)
            time.sleep(0.1)
        time.sleep(3)  # the last helper's first look at the frontier
        sessions = [process.pid for process in processes]
        before, begun = cpu(sessions), time.perf_counter()
        frontier.add(store, [FrontierEntry(portal=PORTAL, url=site.url + path(n)) for n in range(pages)])
        while (done := frontier.counts(store, PORTAL)["done"]) < pages:
            _require_alive(processes, folder)
            time.sleep(0.1)
        seconds, spent = time.perf_counter() - begun, cpu(sessions) - before
        frontier.finish(store, [(one, {"state": "done"}) for one in held])
        for process in processes:
            process.wait(60)
        fetched = [one for one in site.asked if one != "/robots.txt"]
        if len(fetched) != len(set(fetched)):
            raise SystemExit(f"{len(fetched) - len(set(fetched))} pages were fetched twice")
        return Figures(done / seconds, spent / done, len(fetched))
    finally:
        for process in processes:
            process.kill()
        log.close()


def _require_alive(processes: list[subprocess.Popen[bytes]], folder: str) -> None:
    if any(process.poll() is not None for process in processes):
        raise SystemExit("a worker ended early:\n" + (Path(folder) / "log").read_text())


def work(database: str, folder: str) -> None:
    """Be a worker."""
    from crawler import settings
    from crawler.cli.main import main as storykin

    os.environ["STORYKIN_DATABASE"] = database
    settings.UNHURRIED.update(CONCURRENT_REQUESTS=AT_ONCE, CONCURRENT_REQUESTS_PER_DOMAIN=AT_ONCE)
    storykin(["crawl", PORTAL, "--seeds", folder, "--join", "--workers", "1"])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pages", type=int, default=200)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--latency", type=float, default=0.3, help="seconds before each answer")
    parser.add_argument("--workers", type=int, nargs="+", default=[1, 2, 4])
    parser.add_argument("--no-docs", action="store_true", help="do not write docs/performance/workers.json")
    parser.add_argument("--worker", nargs=2, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.worker:
        work(*given.worker)
        return
    found: dict[int, list[Figures]] = {number: [] for number in given.workers}
    with Store.open(database="bench"):  # keeps an embedded server up
        for turn in range(given.rounds):
            for number in given.workers if turn % 2 == 0 else given.workers[::-1]:
                figures = measure(number, given.pages, given.latency)
                found[number].append(figures)
                print(f"round {turn + 1}, {number} workers: {figures}", file=sys.stderr, flush=True)
    first = given.workers[0]
    print("workers  pages/s  ratio  ratio min–max  CPU s/page  ratio")
    for number, rows in found.items():
        ratios = [row.pages_a_second / one.pages_a_second for row, one in zip(rows, found[first], strict=True)]
        costs = [row.cpu_a_page / one.cpu_a_page for row, one in zip(rows, found[first], strict=True)]
        rate = statistics.median(row.pages_a_second for row in rows)
        cost = statistics.median(row.cpu_a_page for row in rows)
        print(
            f"{number:7}  {rate:7.1f}  {statistics.median(ratios):5.2f}  {min(ratios):5.2f} – {max(ratios):.2f}  "
            f"{cost:10.4f}  {statistics.median(costs):5.2f}"
        )
    if not given.no_docs:
        figures = {"pages": given.pages, "latency": given.latency, "load": os.getloadavg()[0]}
        rounds = {number: [asdict(row) for row in rows] for number, rows in found.items()}
        write_figures(FOLDER / "workers.json", figures | {"workers": rounds})


if __name__ == "__main__":
    main()
