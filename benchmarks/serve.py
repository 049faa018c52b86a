"""What a page of ``storykin serve`` costs in a large store, and how much memory the server takes.

    python -m benchmarks.serve --articles 100000

Fills a database of its own in the embedded server (or at ``MONGODB_URI``) with invented articles, a fifth of them
copies, their related stories, failures and runs; starts the command, asks for each page again and again, and drops the
database. Milliseconds are medians by the wall clock and, in the last two columns, of CPU time a request.
"""

from __future__ import annotations

import argparse
import os
import re
import secrets
import statistics
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from benchmarks.crawl import mongod_cpu
from benchmarks.export_rate import articles, fill
from storage.base.documents import batches
from storage.database.store import Store
from storage.frontier import failures, related_links
from storage.frontier.failures import Failure
from storage.records import article_id
from tests.support.databases import drop

_TICKS = os.sysconf("SC_CLK_TCK")
_PORTALS = [f"portal{number}" for number in range(20)]


def furnish(store: Store, count: int) -> str:
    """Store *count* articles and what a year of crawls leaves beside them; return the id of the largest story."""
    fill(store, count)
    ids = [article_id(f"https://portal{number % 20}.example/{number}") for number in range(count)]
    rows = store.db["articles"]
    for some in batches(range(4, count, 5), 5_000):
        for number in some:
            of = ids[0] if number < 200 else ids[number - 4]
            copy = {
                "of": of,
                "relation": "near",
                "score": 0.9,
                "reason": "",
                "kept_in": of,
                "role": "copy",
                "spans": [],
            }
            rows.update_one({"_id": ids[number]}, {"$set": {"duplicate": copy}})
    for some in batches(articles(count), 2_000):
        related_links.put_many(store, some)
    now = datetime.now(UTC)
    lost = (
        Failure(
            id=f"{number:032x}", portal=_PORTALS[number % 20], url=f"https://portal{number % 20}.example/lost/{number}",
            stage="fetch", reason=f"HTTP {500 + number % 4} after {number} bytes", attempts=3,
        )
        for number in range(count // 10)
    )  # fmt: skip
    failures.record(store, lost)
    store.db["frontier"].insert_many(map(_entry, range(count)))
    store.db["runs"].insert_many(_run(name, back, now) for name in _PORTALS for back in range(360))
    return ids[0]


def _entry(number: int) -> dict[str, Any]:
    """Return an address that was read or, one of twenty, waits."""
    portal = f"portal{number % 20}"
    url = f"https://{portal}.example/{number}"
    waits = number % 400 < 20
    fields = {"portal": portal, "url": url, "key": url, "host": f"{portal}.example", "kind": "article", "depth": 1}
    ended = {"state": "queued" if waits else "done", "attempts": 0 if waits else 1, "priority": 5}
    return {"_id": article_id(f"{url}/entry"), "referrer": f"https://{portal}.example/", **fields, **ended}


def _run(portal: str, back: int, now: datetime) -> dict[str, Any]:
    """Return a run with the counts of twenty sources, two of which brought something new."""
    urls = [f"https://{portal}%2Eexample/section-{number}" for number in range(20)]
    began = now - timedelta(hours=2 * back + 2)
    measures: dict[str, dict[str, int]] = {
        "source read": dict.fromkeys(urls, 1),
        "source links": dict.fromkeys(urls, 30),
        "source new": {urls[back % 7]: 6, urls[back % 5 + 7]: 4} if back > 20 else {urls[back % 7]: 10},
        "listings": {"pages": 20, "links": 600},
        "lengths": {str(length): 8 for length in range(60, 70)},
        "fields": dict.fromkeys(("title", "date", "author", "lead", "related"), 80),
        "statuses": {"200": 98, "404": 2},
        "candidates": {"article": 80},
    }
    return {
        "_id": f"{portal}-{back}", "portal": portal, "arguments": {"start_urls": [f"https://{portal}.example/"]},
        "started": began, "finished": began + timedelta(minutes=9), "exit_code": 0, "verdict": "finished",
        "counts": {"fetched": 100, "articles": 80, "new": 10, "failures": 2}, "measures": measures,
    }  # fmt: skip


class Server:
    """The command, and what is asked of it."""

    def __init__(self, store: Store) -> None:
        env = os.environ | {"MONGODB_URI": store.uri, "STORYKIN_DATABASE": store.db.name}
        command = [sys.executable, "-m", "crawler.cli", "serve", "--port", "0"]
        self._process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=env, text=True)
        assert self._process.stdout is not None
        address = urlsplit(self._process.stdout.readline().strip())
        self._cookie = {"Cookie": f"storykin_{address.port}={address.query.partition('=')[2]}"}
        self._line = HTTPConnection("127.0.0.1", address.port or 0)

    def ask(self, path: str) -> tuple[float, str]:
        """Return the milliseconds that the answer took, and the answer."""
        begun = time.perf_counter()
        self._line.request("GET", path, headers=self._cookie)
        answer = self._line.getresponse()
        body = answer.read().decode()
        if answer.status != 200:
            raise SystemExit(f"{path}: {answer.status}: {body[:500]}")
        return 1000 * (time.perf_counter() - begun), body

    def cpu(self) -> float:
        """Return the seconds of CPU time so far."""
        fields = Path(f"/proc/{self._process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / _TICKS

    def peak(self) -> int:
        """Return the largest resident set so far, in megabytes."""
        found = re.search(r"VmHWM:\s+(\d+)", Path(f"/proc/{self._process.pid}/status").read_text())
        return int(found[1]) // 1024 if found else 0

    def end(self) -> None:
        """Interrupt the command."""
        self._process.send_signal(2)
        self._process.communicate()


def paths(root: str) -> dict[str, str]:
    """Return the pages to ask for, by what they show."""
    return {
        "portals": "/",
        "one portal": "/?portal=portal3",
        "articles": "/articles",
        "articles of a portal": "/articles?portal=portal3",
        "a filter that few meet": "/articles?quality=thin",
        "a word that many titles have": "/articles?words=a",
        "a word that no title has": "/articles?words=zzzqo",
        "a word that no text has": "/articles?words=zzzqo&in_text=1",
        "an article": f"/article/{root}",
        "stories": "/stories",
        "a story of forty texts": f"/story/{root}",
    }


def measure(store: Store, root: str, rounds: int) -> None:
    """Print the table."""
    server = Server(store)
    try:
        print(
            "| page | first, ms | median, ms | slowest, ms | kB | CPU ms, serve | CPU ms, mongod |\n"
            "|---|---|---|---|---|---|---|"
        )
        for name, path in paths(root).items():
            first, body = server.ask(path)
            own, other = server.cpu(), mongod_cpu(store)
            took = [server.ask(path)[0] for _ in range(rounds)]
            spent: list[Any] = [1000 * (server.cpu() - own) / rounds, 1000 * (mongod_cpu(store) - other) / rounds]
            figures = [first, statistics.median(took), max(took), len(body) / 1000, *spent]
            print(f"| {name} | {' | '.join(f'{one:,.0f}' for one in figures)} |", flush=True)
        print(f"\nThe server took {server.peak()} MB at most.")
    finally:
        server.end()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--articles", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=20)
    given = parser.parse_args()
    with Store.open(database=f"bench_{secrets.token_hex(4)}") as store:
        try:
            root = furnish(store, given.articles)
            measure(store, root, given.rounds)
        finally:
            drop(store.db)


if __name__ == "__main__":
    main()
