"""``storykin schedule``: one crawl after another of each portal, as its seed's timetable says.

Every crawl is a process of its own: Twisted's reactor runs once per process, and a crawl that dies takes no other
with it. When a portal was crawled last stands in the runs, so a schedule that was down knows what it missed.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.base import BaseTrigger

from crawler.portals.reader import load_seed, seed_names, seed_stamps
from crawler.portals.seed import Seed, SeedError
from crawler.portals.timetable import Timetable
from storage.database.store import Store
from storage.errors import StorageError
from storage.frontier import runs

RELOAD_SECONDS = 2
"""How often the seed files are looked at for changes; a look costs 20 stat calls."""
_GRACE_SECONDS = 60.0
"""How long a crawl may take to end after SIGTERM before it is killed; leases of what it held run out by then."""

Say = Callable[[str, str], None]
"""Tells the user of an event: (portal or empty, sentence)."""


class PortalTrigger(BaseTrigger):  # type: ignore[misc]
    """APScheduler's question "when next?" answered by a :class:`Timetable`."""

    def __init__(self, timetable: Timetable, last: datetime | None) -> None:
        self._timetable = timetable
        self._last = last

    def get_next_fire_time(self, previous_fire_time: datetime | None, now: datetime) -> datetime:
        """Return the next time, UTC; *now* where one was missed."""
        return self._timetable.next_run(now.astimezone(UTC), previous_fire_time or self._last)


@dataclass
class Schedule:
    """The portals to crawl and the processes that do it.

    :param portals: names to keep to; empty: every portal with a ``[schedule]``
    :param at_once: crawls of different portals at the same time
    :param crawl_arguments: further arguments of ``storykin crawl``
    """

    say: Say
    portals: tuple[str, ...] = ()
    seeds_folder: Path | None = None
    at_once: int = 2
    crawl_arguments: Sequence[str] = ()
    _seeds: dict[str, Seed] = field(default_factory=dict)
    _stamps: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    _problems: dict[str, str] = field(default_factory=dict)
    _children: dict[str, subprocess.Popen[str]] = field(default_factory=dict)
    _guard: threading.Lock = field(default_factory=threading.Lock)
    _stopping: threading.Event = field(default_factory=threading.Event)

    def run(self) -> None:
        """Crawl by the timetables until :meth:`stop` is called; then end the crawls under way and return.

        :raises SeedError: if a portal named has no seed or no schedule
        :raises StorageError: if the database cannot be asked for the last runs
        """
        self._scheduler = BackgroundScheduler(
            executors={"default": ThreadPoolExecutor(self.at_once), "reload": ThreadPoolExecutor(1)},
            # Late is better than never, and once is enough however often it was missed.
            job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
            timezone=UTC,
        )
        self._read_seeds(first=True)
        self._scheduler.add_job(self._read_seeds, "interval", seconds=RELOAD_SECONDS, executor="reload", id=" reload")
        self._scheduler.start()
        try:
            self._stopping.wait()
        finally:
            self._end_children()
            self._scheduler.shutdown(wait=True)

    def stop(self) -> None:
        """Make :meth:`run` return; safe in a signal handler."""
        self._stopping.set()

    def _read_seeds(self, *, first: bool = False) -> None:
        """Take up seed files that are new, changed or gone. One that cannot be used keeps its old timetable."""
        stamps = seed_stamps(self.seeds_folder)
        if stamps == self._stamps:
            return
        try:
            found = scheduled_seeds(self.portals, self.seeds_folder, self._broken, strict=first)
            changed = {name: seed for name, seed in found.items() if self._seeds.get(name) != seed}
            last = last_runs(changed)
        except (SeedError, StorageError) as problem:
            if first:
                raise
            self._broken("", str(problem))
            return
        self._broken("", "")
        self._stamps = stamps
        for name in set(self._seeds) - set(found) - set(self._problems):
            del self._seeds[name]
            self._scheduler.remove_job(name)
            self.say(name, "no longer scheduled")
        for name, seed in changed.items():
            timetable = Timetable.of(seed.schedule, name)
            assert timetable is not None  # scheduled_seeds
            known = name in self._seeds
            if not known or self._seeds[name].schedule != seed.schedule:
                trigger = PortalTrigger(timetable, last.get(name))
                self._scheduler.add_job(self._crawl, trigger, args=[name], id=name, replace_existing=True)
                due = timetable.next_run(datetime.now(UTC), last.get(name))
                self.say(name, f"{'schedule changed: ' if known else ''}next crawl {due:%Y-%m-%d %H:%M:%S} UTC")
            self._seeds[name] = seed

    def _broken(self, name: str, problem: str) -> None:
        """Tell of a seed file's or the database's trouble once, not at each look."""
        if problem and self._problems.get(name) != problem:
            self.say(name, problem)
        if problem:
            self._problems[name] = problem
        else:
            self._problems.pop(name, None)

    def _crawl(self, name: str) -> None:
        with self._guard:
            if self._stopping.is_set():
                return
            child = self._children[name] = self._start(name)
        self.say(name, f"started (process {child.pid})")
        begun = datetime.now(UTC)
        output, _ = child.communicate()
        with self._guard:
            del self._children[name]
        self.say(name, outcome(output, child.returncode, datetime.now(UTC) - begun))

    def _start(self, name: str) -> subprocess.Popen[str]:
        folder = ["--seeds", str(self.seeds_folder)] if self.seeds_folder else []
        command = [
            sys.executable,
            "-m",
            "crawler.cli",
            "crawl",
            name,
            "--scheduled",
            "--json",
            *folder,
            *self.crawl_arguments,
        ]
        # A session of its own: Ctrl-C in the terminal reaches the schedule alone, which then ends the crawls in order.
        return subprocess.Popen(  # noqa: S603  # our own command line
            command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True, encoding="utf-8",
            start_new_session=True,
        )  # fmt: skip

    def _end_children(self) -> None:
        with self._guard:
            children = dict(self._children)
        for name, child in children.items():
            _terminate(child)
            self.say(name, "told to stop; what is under way ends first")
        for child in children.values():
            try:
                child.wait(_GRACE_SECONDS)
            except subprocess.TimeoutExpired:
                os.killpg(child.pid, signal.SIGKILL)


def scheduled_seeds(
    portals: Sequence[str], folder: Path | None, broken: Callable[[str, str], None], *, strict: bool
) -> dict[str, Seed]:
    """Return the seeds to crawl by name: *portals*, or every one with a ``[schedule]``.

    :param broken: called with (name, problem) for each file that cannot be used, and (name, "") for each that can
    :raises SeedError: if *strict* and a portal named cannot be used or has no schedule
    """
    found = {}
    for name in portals or seed_names(folder):
        try:
            seed = load_seed(name, folder)
        except SeedError as problem:
            if strict and portals:
                raise
            broken(name, str(problem))
            continue
        broken(name, "")
        if Timetable.of(seed.schedule) is not None:
            found[name] = seed
        elif strict and portals:
            raise SeedError(f'{name}: its seed has no [schedule]; add one such as: every = "2h"')
    return found


def last_runs(portals: Mapping[str, Any]) -> dict[str, datetime]:
    """Return when the last run of each portal started; portals that never ran are left out.

    :raises StorageError: if the database cannot be used
    """
    if not portals:
        return {}
    with Store.open(prepare=False) as store, store.errors():
        newest = {name: runs.history(store, name, limit=1) for name in portals}
    return {name: found[0].started for name, found in newest.items() if found and found[0].started}


def starts(
    seeds: Mapping[str, Seed], last: Mapping[str, datetime], now: datetime, span: timedelta
) -> list[tuple[datetime, str]]:
    """Return (time, portal) of every crawl that starts within *span* from *now*, in the order of time.

    :param last: when the last run of each portal started, of those that ever ran
    """
    found = []
    for name, seed in seeds.items():
        timetable = Timetable.of(seed.schedule, name)
        assert timetable is not None  # scheduled_seeds
        moment = timetable.next_run(now, last.get(name))
        while moment <= now + span:
            found.append((moment, name))
            moment = timetable.next_run(moment, moment)
    return sorted(found)


def outcome(output: str, code: int, took: timedelta) -> str:
    """Return in one sentence how a crawl ended, from the JSON it printed."""
    seconds = round(took.total_seconds())
    time = f"{seconds} s" if seconds < 120 else f"{seconds // 60} min"
    lines = [line for line in output.splitlines() if line.startswith("{")]
    said = ""
    if lines:
        summary = json.loads(lines[-1])
        said = f": {summary['articles']} articles, {summary['new']} new; {summary['verdict']}"
    return f"ended after {time}, exit code {code}{said}"


def _terminate(child: subprocess.Popen[str]) -> None:
    if child.poll() is None:
        child.terminate()
