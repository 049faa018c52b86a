"""Kills of crawls at random points of their progress, and what is stored after them beside an undisturbed crawl.

A kill takes with SIGKILL and without warning the crawl with its worker processes, one of these alone, the embedded
mongod, its keeper, or the crawl and both of them. It counts only between 5 % and 95 % of the stories fetched.
"""

from __future__ import annotations

import contextlib
import hashlib
import itertools
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from storage.database.store import Store
from storage.embedded import client
from storage.embedded.folder import ServerFolder
from storage.frontier.frontier import MAX_DEATHS
from tests.support.soak_site import SoakSite

Victim = Literal["crawl", "worker", "mongod", "keeper", "both"]
VICTIMS: tuple[Victim, ...] = ("crawl", "crawl", "worker", "mongod", "keeper", "both")
MAX_FETCHES = MAX_DEATHS
"""Leases of one entry that may be lost with a killed process."""
EARLIEST, LATEST = 0.05, 0.95


@dataclass(frozen=True)
class Snapshot:
    """What a crawl left, without what may differ (times, runs, ids of workers)."""

    articles: dict[str, tuple[Any, ...]]
    edges: frozenset[str]
    clusters: dict[str, tuple[str, str]]
    frontier: dict[str, str]
    failures: frozenset[tuple[str, str]]

    def differences(self, other: Snapshot) -> list[str]:
        """Return in words what *other* has otherwise."""
        found = []
        for name in ("articles", "clusters", "frontier"):
            mine, theirs = getattr(self, name), getattr(other, name)
            if lost := set(mine) - set(theirs):
                found.append(f"{name}: {len(lost)} lost, such as {min(lost)}")
            if more := set(theirs) - set(mine):
                found.append(f"{name}: {len(more)} too many, such as {min(more)}")
            unlike = [key for key in set(mine) & set(theirs) if mine[key] != theirs[key]]
            if unlike:
                key = min(unlike)
                found.append(f"{name}: {len(unlike)} differ, such as {key}: {mine[key]} and {theirs[key]}")
        for name in ("edges", "failures"):
            mine, theirs = getattr(self, name), getattr(other, name)
            if mine != theirs:
                found.append(
                    f"{name}: {len(mine - theirs)} lost, {len(theirs - mine)} too many: {sorted(mine ^ theirs)[:2]}"
                )
        return found


@dataclass
class Outcome:
    """What a soak came to."""

    kills: Counter[str] = field(default_factory=Counter)
    problems: list[str] = field(default_factory=list)
    fetches: int = 0
    pages: int = 0
    most: int = 0
    restarts: list[float] = field(default_factory=list)
    """Seconds from a kill to the next page asked for, the start of the new process included."""


class Crawl:
    """``storykin crawl`` of a site into an embedded server of its own, in a process group of its own."""

    def __init__(self, site: SoakSite, folder: Path) -> None:
        self.site = site
        self.folder = folder
        self.env = {name: value for name, value in os.environ.items() if name != "MONGODB_URI"}
        self.env["STORYKIN_DATA"] = str(folder / "data")
        self.server = ServerFolder(folder / "data" / "mongodb")
        self.process: subprocess.Popen[bytes] | None = None
        folder.mkdir(parents=True, exist_ok=True)

    def start(self) -> None:
        """Start the crawl, or go on with it."""
        with (self.folder / "err").open("ab") as err:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "crawler.cli", "crawl", self.site.url, "--json"],
                stdout=err, stderr=err, env=self.env, start_new_session=True,
            )  # fmt: skip

    def running(self) -> bool:
        """Say whether it is under way."""
        return self.process is not None and self.process.poll() is None

    def kill(self, victim: Victim) -> None:
        """Kill without warning."""
        if victim in ("crawl", "both") and self.process is not None:
            os.killpg(self.process.pid, signal.SIGKILL)
        pids = workers_of(self.process.pid)[:1] if victim == "worker" and self.process is not None else []
        if server := client.running(self.server):
            pids += [server.mongod_pid] * (victim in ("mongod", "both"))
            pids += [server.keeper_pid] * (victim in ("keeper", "both"))
        for pid in pids:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        if victim in ("crawl", "both") and self.process is not None:
            self.process.wait()

    def finish(self, seconds: float = 600) -> int:
        """Wait for the crawl's own end; return its exit code."""
        assert self.process is not None
        return self.process.wait(seconds)

    def run(self, *arguments: str) -> str:
        """Run another command on the same data; return what it printed."""
        done = subprocess.run(
            [sys.executable, "-m", "crawler.cli", *arguments], env=self.env, capture_output=True, text=True, check=True
        )
        return done.stdout

    def snapshot(self) -> Snapshot:
        """Re-cluster and return what is stored."""
        lease = client.lease(self.server)
        try:
            self.run("dedupe", "--all")
            with Store.open(lease.uri) as store:
                return _snapshot(store)
        finally:
            lease.close()
            client.stop(self.server, force=True)


def workers_of(pid: int) -> list[int]:
    """Return the processes below *pid* that have none below them, the newest first: those that take pages apart."""
    above: dict[int, int] = {}
    for status in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            above[int(status.parent.name)] = int(status.read_text().rpartition(")")[2].split()[1])
    found, level = [], [pid]
    while level:
        level = [one for one, parent in above.items() if parent in level]
        found += [one for one in level if one not in above.values()]
    return sorted(found, reverse=True)


def _snapshot(store: Store) -> Snapshot:
    articles = {
        row["_id"]: (row["url"], row["title"], hashlib.sha256(row["text"].encode()).hexdigest()[:16], row["version"])
        for row in store.db["articles"].find()
    }
    clusters = {
        row["_id"]: (row["duplicate"]["of"], row["duplicate"]["relation"])
        for row in store.db["articles"].find({"duplicate.of": {"$exists": True}})
    }
    return Snapshot(
        articles=articles,
        edges=frozenset(row["_id"] for row in store.db["edges"].find({}, {"_id": 1})),
        clusters=clusters,
        # What fails in run after run is given up in the end: "dead" for "failed".
        frontier={
            row["_id"]: row["state"].replace("dead", "failed") for row in store.db["frontier"].find({}, {"state": 1})
        },
        failures=frozenset((row["url"], row["reason"]) for row in store.db["failures"].find()),
    )


def soak(
    kills: int,
    stories: int,
    random_seed: int,
    each: int,
    folder: Path,
    say: Callable[[str], None],
    victims: Sequence[Victim] = (),
) -> Outcome:
    """Kill *kills* times, *each* times a crawl, on a site of *stories* stories.

    :param victims: of the kills, in this order; empty: drawn from :data:`VICTIMS`
    """
    draw, outcome = random.Random(random_seed), Outcome()
    order: Iterator[Victim] = itertools.cycle(victims or (draw.choice(VICTIMS) for _ in range(kills * 2)))
    site = SoakSite(stories)
    try:
        undisturbed = Crawl(site, folder / "undisturbed")
        undisturbed.start()
        undisturbed.finish()
        before = undisturbed.snapshot()
        counts = f"{len(before.articles)} articles, {len(before.edges)} edges, {len(before.clusters)} duplicates"
        say(f"undisturbed: {counts}, {len(before.failures)} failures")
        round_ = 0
        while sum(outcome.kills.values()) < kills:
            round_ += 1
            crawl = Crawl(site, folder / f"round-{round_}")
            site.fetches.clear()
            wanted = min(each, kills - sum(outcome.kills.values()))
            begun = time.monotonic()
            _disturb(crawl, draw, wanted, outcome, order)
            took = time.monotonic() - begun
            code = crawl.finish()
            problems = before.differences(crawl.snapshot())
            if code not in (0, 3):
                problems.append(f"the last run ended with exit code {code}")
            # The start page is asked for in every run, robots.txt once a day or run.
            every_run = {"/", "/robots.txt"}
            entries = {
                path: count
                for path, count in site.fetches.items()
                if path not in every_run and not _retried(site, path)
            }
            outcome.pages += len(entries)
            outcome.fetches += sum(entries.values())
            problems += [f"{path} was fetched {count} times" for path, count in entries.items() if count > MAX_FETCHES]
            outcome.most = max(outcome.most, *entries.values())
            outcome.problems += [f"round {round_}: {problem}" for problem in problems]
            for problem in problems:
                say(f"PROBLEM {problem}")
            asked = f"{sum(entries.values())} fetches of {len(entries)} pages"
            say(f"round {round_}: {outcome.kills} kills so far, {len(problems)} problems, {asked}, {took:.0f} s")
            shutil.rmtree(crawl.folder, ignore_errors=True)
    finally:
        site.close()
    return outcome


def _retried(site: SoakSite, path: str) -> bool:
    """Say whether the crawl itself asks more than once for what the page answers (500)."""
    return site.pages.get(path, (404, {}, b""))[0] >= 500


def _disturb(crawl: Crawl, draw: random.Random, kills: int, outcome: Outcome, order: Iterator[Victim]) -> None:
    """Kill a crawl at *kills* random points of its progress, and leave it running for the last time."""
    crawl.start()
    for point in sorted(draw.uniform(EARLIEST, LATEST) for _ in range(kills)):
        end = time.monotonic() + 300
        while crawl.site.progress < point and time.monotonic() < end:
            if not crawl.running():
                if crawl.site.progress >= LATEST:
                    break
                crawl.start()  # it gave up on a dead database with exit code 5: ops start it again
            time.sleep(0.01)
        time.sleep(draw.uniform(0, 0.05))
        if not crawl.running() or crawl.site.progress > LATEST:
            crawl.start() if not crawl.running() else None
            continue
        victim = next(order)
        crawl.kill(victim)
        killed = time.monotonic()
        outcome.kills[victim] += 1
        if not crawl.running():
            crawl.start()
        # What was on its way to the site is answered still; a page asked for later is the new process's.
        time.sleep(0.3)
        asked = crawl.site.fetches.total()
        while crawl.site.fetches.total() == asked and crawl.running():
            time.sleep(0.01)
        outcome.restarts.append(time.monotonic() - killed)
    while crawl.running():
        time.sleep(0.05)
    # Whatever ended the last one: the same command goes on until it comes to its own end.
    for _ in range(5):
        if crawl.finish() in (0, 3):
            return
        crawl.start()
