"""``storykin schedule`` in a process of its own, with real crawls of a site on loopback."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from crawler.cli.scheduled import keep_timetable
from storage.base.workers import is_dead
from storage.database.store import Store
from storage.frontier import pauses, runs
from tests.crawler.conftest import Command, NewsSite
from tests.crawler.processes import wait_for


def write_seed(folder: Path, name: str, site: NewsSite, schedule: str) -> None:
    folder.mkdir(exist_ok=True)
    schedule = f"[schedule]\n{schedule}\n" if schedule else ""
    text = (
        f'title = "{name}"\nlanguage = "en"\nstart_urls = ["{site.url}/"]\nallowed_domains = ["127.0.0.1"]\n'
        f"loopback = true\n[crawl]\ndelay = 0\n{schedule}"
    )
    # As editors do: the reader never sees half a file.
    (folder / f".{name}").write_text(text)
    (folder / f".{name}").rename(folder / f"{name}.toml")


class Running:
    """A schedule that runs; ended with SIGTERM when the test is over."""

    def __init__(self, command: Command, folder: Path, *portals: str) -> None:
        self._command = command
        self.process = command.start("schedule", *portals, "--seeds", str(folder))
        self.files = command.files()

    @property
    def said(self) -> str:
        return self.files[1].read_text() if self.files[1].exists() else ""

    def wait_for(self, condition: Callable[[], object]) -> None:
        wait_for(lambda: condition() or self.process.poll() is not None, lambda: self.said)
        assert condition(), self.said

    def stop(self) -> int:
        self.process.send_signal(signal.SIGTERM)
        return self.ended()

    def ended(self) -> int:
        return self._command.end(self.process, self.files).code


Start = Callable[..., Running]


def due(store: Store, portal: str = "bay") -> None:
    """Let the portal's last run have been long ago: a schedule catches up with it at once."""
    store.db["runs"].insert_one(
        {"_id": f"old-{portal}", "portal": portal, "started": datetime.now(UTC) - timedelta(days=9)}
    )


@pytest.fixture
def schedule(command: Command, tmp_path: Path) -> Iterator[Start]:
    started: list[Running] = []

    def start(*portals: str) -> Running:
        started.append(Running(command, tmp_path / "seeds", *portals))
        return started[-1]

    yield start
    for running in started:
        if running.process.poll() is None:
            running.process.kill()
            running.process.wait()


def test_it_crawls_again_and_again_and_takes_up_changed_seeds(
    schedule: Start, site: NewsSite, store: Store, tmp_path: Path
) -> None:
    site.stories(4)
    folder = tmp_path / "seeds"
    write_seed(folder, "bay", site, 'every = "10s"')
    due(store)
    write_seed(folder, "cove", site, 'every = "1d"')
    running = schedule("bay", "cove")
    running.wait_for(lambda: running.said.count("bay: ended") >= 2)
    assert "4 articles, 4 new; finished" in running.said
    assert "cove: next crawl" in running.said

    write_seed(folder, "bay", site, 'every = "often"')
    running.wait_for(lambda: "'often' is no interval" in running.said)
    write_seed(folder, "bay", site, 'every = "1d"')
    running.wait_for(lambda: "bay: schedule changed: next crawl" in running.said)
    assert running.stop() == 0
    assert running.said.rstrip().endswith("waits for the next start")
    found = runs.history(store, "bay")
    assert len([run for run in found if run.exit_code == 0]) >= 2


def test_stopping_ends_the_crawl_under_way_in_order(
    schedule: Start, site: NewsSite, store: Store, tmp_path: Path
) -> None:
    site.stories(30)
    go_on = site.hold(after=6)
    write_seed(tmp_path / "seeds", "bay", site, 'every = "1d"')
    due(store)
    running = schedule("bay")
    running.wait_for(lambda: len(site.asked) > 6)
    running.process.send_signal(signal.SIGINT)
    running.wait_for(lambda: "bay: told to stop" in running.said)
    go_on.set()
    assert running.ended() == 0
    run = runs.history(store, "bay")[0]
    assert run.finished is not None
    assert run.exit_code == 130
    assert is_dead(run.worker)
    assert store.db["frontier"].count_documents({"state": "leased"}) == 0
    assert store.db["locks"].count_documents({}) == 0


def test_a_paused_portal_is_passed_by_and_a_crawl_of_it_refused(
    schedule: Start, command: Command, site: NewsSite, store: Store, tmp_path: Path
) -> None:
    site.stories(4)
    folder = tmp_path / "seeds"
    write_seed(folder, "bay", site, 'every = "10s"')
    paused = command("portals", "pause", "bay", "--until", "2d", "--reason", "they asked", "--seeds", str(folder))
    assert paused.code == 0
    assert "they asked" in paused.out
    refused = command("crawl", "bay", "--seeds", str(folder))
    assert refused.code == 1
    assert "storykin portals resume bay" in refused.err
    passed = command("crawl", "bay", "--scheduled", "--seeds", str(folder))
    assert passed.code == 0
    assert "not crawled: bay is paused" in passed.err
    due(store)
    running = schedule("bay")
    running.wait_for(lambda: "not crawled: bay is paused" in running.said)
    assert running.stop() == 0
    assert site.asked == []
    assert command("portals", "resume", "bay").out == "bay: resumed\n"
    assert command("portals", "resume", "bay").out == "bay: was not paused\n"
    resumed = command("crawl", "bay", "--scheduled", "--seeds", str(folder))
    assert resumed.code == 0
    assert "4 new" in resumed.out


def test_a_pause_that_is_over_holds_no_more(store: Store) -> None:
    pauses.pause(store, "bay", until=datetime.now(UTC) + timedelta(hours=1))
    assert set(pauses.every(store)) == {"bay"}
    pauses.pause(store, "bay", until=datetime.now(UTC) - timedelta(seconds=5))
    assert pauses.paused(store, "bay") is None
    assert pauses.every(store) == {}
    pauses.require_not_paused(store, "bay")


def test_no_crawl_starts_in_quiet_hours(command: Command, site: NewsSite, store: Store, tmp_path: Path) -> None:
    folder = tmp_path / "seeds"
    now = datetime.now(UTC)
    quiet = f"{now - timedelta(hours=1):%H:%M}-{now + timedelta(hours=1):%H:%M}"
    write_seed(folder, "bay", site, f'every = "1h"\nquiet_hours = ["{quiet}"]')
    passed = command("crawl", "bay", "--scheduled", "--seeds", str(folder))
    assert passed.code == 0
    assert "bay has its quiet hours" in passed.err
    assert site.asked == []


def test_of_a_killed_schedule_the_crawl_goes_on_and_the_next_one_waits(
    schedule: Start, site: NewsSite, store: Store, tmp_path: Path
) -> None:
    site.stories(20)
    go_on = site.hold(after=4)
    write_seed(tmp_path / "seeds", "bay", site, 'every = "1d"')
    due(store)
    first = schedule("bay")
    first.wait_for(lambda: len(site.asked) > 4)
    os.kill(first.process.pid, signal.SIGKILL)
    first.process.wait()
    store.db["runs"].update_many({}, {"$set": {"started": datetime.now(UTC) - timedelta(days=9)}})
    second = schedule("bay")
    second.wait_for(lambda: "bay is being crawled since" in second.said)
    go_on.set()
    second.wait_for(lambda: store.db["articles"].count_documents({}) == 20)
    assert all(site.asked_for(site.story_path(number)) == 1 for number in range(20))
    assert second.stop() == 0


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (["no-such-portal"], "no-such-portal"),
        (["demo"], "has no [schedule]"),
        (["--crawl-options", "'open"], "No closing quotation"),
        (["--crawl-options", "--max-pagse 5"], "--max-pages"),
        (["--crawl-options", "--max-pages none"], "none"),
        (["--crawl-options", "--follow relatd"], "'relatd' is none of related, recommended"),
        (["--crawl-options", "--metrics all.prom"], "put {portal} into its name"),
        (["vov", "--crawl-options", "--record vov.warc.gz"], "put {run} into its name"),
        (["--next", "soon"], "'soon' is no interval"),
    ],
)
def test_what_cannot_be_scheduled_is_said_at_once(command: Command, arguments: list[str], word: str) -> None:
    ended = command("schedule", *arguments)
    assert ended.code == 2
    assert word in ended.err
    assert "Traceback" not in ended.err


def test_each_run_of_a_schedule_writes_files_of_its_own(
    command: Command, site: NewsSite, store: Store, tmp_path: Path
) -> None:
    site.stories(2)
    for name in ("bay", "cove"):
        write_seed(tmp_path / "seeds", name, site, 'every = "10s"')
        due(store, name)
    files = f"--record {tmp_path}/w/{{portal}}/{{run}}.warc.gz --metrics {tmp_path}/{{portal}}.prom"
    process = command.start("schedule", "--seeds", str(tmp_path / "seeds"), "--crawl-options", files, "bay", "cove")
    out = command.files()
    wait_for(lambda: len(list(tmp_path.glob("w/*/*.warc.gz"))) >= 4, out[1].read_text)
    process.send_signal(signal.SIGTERM)
    assert command.end(process, out).code == 0
    assert {path.parent.name for path in tmp_path.glob("w/*/*.warc.gz")} == {"bay", "cove"}
    assert {path.name for path in tmp_path.glob("*.prom")} == {"bay.prom", "cove.prom"}


def test_the_next_starts_are_listed(command: Command, site: NewsSite, store: Store, tmp_path: Path) -> None:
    folder = tmp_path / "seeds"
    write_seed(folder, "bay", site, 'every = "6h"')
    write_seed(folder, "cove", site, 'cron = "30 6 * * *"\ntimezone = "Asia/Ho_Chi_Minh"')
    store.db["runs"].insert_one({"_id": "old", "portal": "bay", "started": datetime.now(UTC) - timedelta(hours=3)})
    pauses.pause(store, "cove")
    listed = command("schedule", "bay", "cove", "--seeds", str(folder), "--next", "1d")
    assert listed.code == 0
    lines = listed.out.splitlines()
    assert [line.split()[3] for line in lines].count("bay") == 4
    assert [line.split()[1:] for line in lines if "cove" in line] == [
        ["23:30:00", "UTC", "cove", "(paused:", "will", "be", "passed", "by)"]
    ]
    assert lines == sorted(lines)
    assert site.asked == []


def test_sigterm_before_the_crawl_has_begun_is_an_interruption(command: Command) -> None:
    process = command.start("crawl", "vov", fresh=True)
    files = command.files()
    caught = 1 << (signal.SIGTERM - 1)

    def is_handled() -> bool:
        status = Path(f"/proc/{process.pid}/status").read_text()
        return bool(int(status.partition("SigCgt:")[2].split()[0], 16) & caught)

    wait_for(is_handled, files[1].read_text)
    process.send_signal(signal.SIGTERM)
    ended = command.end(process, files)
    assert ended.code == 130
    assert "Traceback" not in ended.err


def test_quiet_hours_that_begin_stop_a_crawl_in_order(site: NewsSite, store: Store, tmp_path: Path) -> None:
    stopped: list[int] = []
    seeds = tmp_path / "seeds"
    write_seed(seeds, "bay", site, 'every = "1h"\nquiet_hours = ["23:00-23:30"]')
    before = signal.signal(signal.SIGTERM, lambda number, frame: stopped.append(number))
    try:
        with keep_timetable(["bay"], seeds, datetime(2026, 3, 2, 22, 59, 59, 700_000, UTC)) as not_now:
            assert not not_now
            wait_for(lambda: stopped)
    finally:
        signal.signal(signal.SIGTERM, before)
    assert stopped == [signal.SIGTERM]
