"""A crawl of the site that does harm (:mod:`tests.support.hostile_site`), and the account of every address.

The crawl has to end by itself, store exactly the articles that are there, give each failure the right stage and
reason, and leave nothing open in the frontier.
"""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import time
import urllib.request
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any
from urllib.parse import urlsplit

from crawler.portals.seed import GENERIC
from storage.database.store import Store
from tests.support.hostile_site import EVERY, LATE, WITHOUT_END, Expected, expected

SECONDS = "2"
"""How long an answer may take: the addresses that never answer are asked three times."""
ROWS = 10
"""Measurements of memory for each line that is printed."""


@dataclass
class Memory:
    """Resident memory in MB of the crawling process and of its workers together, by pages asked for."""

    rows: list[tuple[int, float, float]] = field(default_factory=list)

    def note(self, pages: int, process: int) -> tuple[int, float, float]:
        """Measure now."""
        row = (pages, resident(process), sum(map(resident, descendants(process))))
        self.rows.append(row)
        return row

    def halves(self, column: int) -> tuple[float, float]:
        """Return the median of the first half, its first tenth (start) left out, and of the second.

        Not the most: that is a matter of how many answers of 16 MB come at the same moment.
        """
        last = self.rows[-1][0] if self.rows else 0
        first = [row[column] for row in self.rows if last * 0.1 <= row[0] <= last * 0.5]
        second = [row[column] for row in self.rows if row[0] > last * 0.5]
        return median(first or [0.0]), median(second or [0.0])

    def most(self, column: int) -> float:
        """Return the most."""
        return max((row[column] for row in self.rows), default=0.0)


@dataclass
class Outcome:
    """What a soak came to."""

    summary: dict[str, Any]
    problems: list[str]
    memory: Memory
    seconds: float
    processor_seconds: float
    output: str
    """What the crawl said on standard error."""
    reasons: Counter[str]


def resident(process: int) -> float:
    """Return the resident memory of a process in MB; 0 if it is gone."""
    try:
        status = Path(f"/proc/{process}/status").read_text()
    except OSError:
        return 0.0
    return next((int(line.split()[1]) / 1024 for line in status.splitlines() if line.startswith("VmRSS")), 0.0)


def children(process: int) -> list[int]:
    """Return the processes that *process* has started."""
    found: list[int] = []
    for task in Path(f"/proc/{process}/task").glob("*/children"):
        with contextlib.suppress(OSError):
            found += map(int, task.read_text().split())
    return found


def descendants(process: int) -> list[int]:
    """Return the processes below *process*."""
    return [below for child in children(process) for below in (child, *descendants(child))]


@contextlib.contextmanager
def served(stories: int, every: int = EVERY) -> Iterator[str]:
    """Serve the site from a process of its own; yields its address."""
    arguments = [sys.executable, "-m", "tests.support.hostile_site", "--stories", str(stories), "--every", str(every)]
    with subprocess.Popen(arguments, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdin is not None
        assert server.stdout is not None
        try:
            yield f"http://127.0.0.1:{int(server.stdout.readline())}"
        finally:
            server.stdin.close()


def soak(
    stories: int,
    folder: Path,
    environment: dict[str, str],
    say: Callable[[str], None],
    *,
    every: int = EVERY,
    seconds: str = SECONDS,
    step: int = 1000,
) -> Outcome:
    """Crawl a site of *stories* stories into the database that *environment* names, and check what is stored."""
    folder.mkdir(parents=True, exist_ok=True)
    environment = {**environment, "STORYKIN_ANSWER_SECONDS": seconds}
    memory, out, err = Memory(), folder / "out", folder / "err"
    with served(stories, every) as site:
        begun = time.monotonic()
        with out.open("wb") as stdout, err.open("wb") as stderr:
            crawl = subprocess.Popen(
                [sys.executable, "-m", "crawler.cli", "crawl", site, "--json"],
                stdout=stdout, stderr=stderr, env=environment, start_new_session=True,
            )  # fmt: skip
        ended = _watch(crawl, site, memory, say, step)
        took = time.monotonic() - begun
        summary = json.loads(out.read_text() or "{}")
        with Store.open(environment.get("MONGODB_URI")) as store:
            problems, reasons = check(store, expected(stories, every, GENERIC.crawl.max_depth), summary)
        if os.waitstatus_to_exitcode(ended[0]) != 0:
            problems.insert(0, f"exit code {os.waitstatus_to_exitcode(ended[0])}: {summary.get('verdict')}")
    return Outcome(summary, problems, memory, took, ended[1], err.read_text(), reasons)


def _watch(
    crawl: subprocess.Popen[bytes], site: str, memory: Memory, say: Callable[[str], None], step: int
) -> tuple[int, float]:
    """Measure until the crawl ends, say so at every *step* pages; return its wait status and its processor seconds."""
    following = to_say = 0
    while True:
        pid, status, usage = os.wait4(crawl.pid, os.WNOHANG)
        if pid:
            crawl.returncode = os.waitstatus_to_exitcode(status)
            return status, usage.ru_utime + usage.ru_stime
        with urllib.request.urlopen(f"{site}/asked", timeout=600) as answer:
            pages = sum(json.load(answer).values())
        if pages >= following:
            row = memory.note(pages, crawl.pid)
            following = pages + max(1, step // ROWS)
            if pages >= to_say:
                to_say = (pages // step + 1) * step
                say(f"{row[0]:>7} pages asked for, crawler {row[1]:.0f} MB, workers {row[2]:.0f} MB")
        time.sleep(0.2)


def check(store: Store, wanted: Expected, summary: dict[str, Any]) -> tuple[list[str], Counter[str]]:
    """Return in words what is not as it has to be, and how often each reason of a failure was given."""
    entries = {_path(row["url"]): row for row in store.db["frontier"].find()}
    failures = {_path(row["url"]): row for row in store.db["failures"].find({"stage": {"$ne": "judge"}})}
    problems = [*_sums(summary, entries), *_articles(store, wanted.articles)]
    open_ = [path for path, row in entries.items() if row["state"] not in ("done", "failed", "dead")]
    if open_:
        problems.append(f"{len(open_)} entries are neither done nor failed, such as {min(open_)}")
    failed = {path for path, row in entries.items() if row["state"] != "done"}
    if unlike := failed ^ set(failures):
        problems.append(f"{len(unlike)} entries failed without a failure, or the other way, such as {min(unlike)}")
    for path, row in failures.items():
        if not row.get("stage") or not row.get("reason"):
            problems.append(f"{path}: no stage or reason: {row}")
        if path not in wanted.failures:
            problems.append(f"{path} failed: {row['reason']}")
        elif not _is_meant(row["reason"], wanted.failures[path]):
            problems.append(f"{path} failed for {row['reason']!r}, not {wanted.failures[path]!r}")
    problems += [f"{path}: not accounted for as a failure" for path in wanted.failures if path not in failures]
    return problems, Counter(f"{row['stage']}: {row['reason']}" for row in failures.values())


def _is_meant(reason: str, wanted: str) -> bool:
    return reason == wanted or (reason == LATE and wanted in WITHOUT_END)


def _sums(summary: dict[str, Any], entries: dict[str, Any]) -> Iterator[str]:
    parts = ("articles", "listings", "not_articles", "failures", "unchanged_pages", "withdrawn")
    if summary.get("fetched") != sum(summary.get(part, 0) for part in parts):
        yield f"{summary.get('fetched')} fetched are not the sum of {[summary.get(part) for part in parts]}"
    if summary.get("fetched", 0) + summary.get("answered_before", 0) != len(entries):
        yield f"{summary.get('fetched')} fetched, {len(entries)} entries"
    outcomes = Counter(row.get("outcome") for row in entries.values())
    counted = {"article": "articles", "listing": "listings", "not article": "not_articles", "failure": "failures"}
    for outcome, name in counted.items():
        if outcomes[outcome] != summary.get(name):
            yield f"{outcomes[outcome]} entries with the outcome {outcome!r}, the summary says {summary.get(name)}"


def _articles(store: Store, wanted: frozenset[str]) -> Iterator[str]:
    stored = Counter(_path(row["url"]) for row in store.db["articles"].find({}, {"url": 1}))
    if lost := wanted - set(stored):
        yield f"{len(lost)} articles are missing, such as {min(lost)}"
    if more := set(stored) - wanted:
        yield f"{len(more)} articles are too many, such as {sorted(more)[:3]}"
    if twice := [path for path, times in stored.items() if times > 1]:
        yield f"{len(twice)} articles are stored twice, such as {min(twice)}"


def _path(url: str) -> str:
    parts = urlsplit(url)
    return (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
