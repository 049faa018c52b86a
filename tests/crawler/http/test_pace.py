"""Politeness in real crawls: delays that workers share, 429 and Retry-After, budgets, robots.txt read once a day.

A crawl of this machine has no delay. ``2130706433`` is 127.0.0.1 to the system's resolver and an ordinary host to
the crawl, which then behaves as towards a real portal.
"""

from __future__ import annotations

import json
import os
import subprocess
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from crawler.http.backoff import retry_after
from crawler.http.pace import LATE
from storage.articles import articles
from storage.frontier import failures, frontier, hosts, ledger, robots_rules, runs
from storage.frontier.frontier import FrontierEntry
from storage.frontier.ledger import HostDay
from tests.crawler.conftest import NewsSite
from tests.crawler.processes import PATIENCE, wait_for

if TYPE_CHECKING:
    from storage.database.store import Store
    from tests.crawler.conftest import Command, Ended

SOAK = bool(os.environ.get("STORYKIN_SOAK"))
HOST = "2130706433"
CONTACT = {"STORYKIN_CONTACT": "https://example.org/bot", "STORYKIN_ANSWER_SECONDS": str(PATIENCE)}
TEXT = {"Content-Type": "text/plain"}


class Portal:
    """A seed for a site as if it were a real portal."""

    def __init__(self, folder: Path, site: NewsSite, command: Command, **crawl: float) -> None:
        self.name = "harbour"
        self.command = command
        self.options = ("--seeds", str(folder), "--allow-host", f"{HOST}:{site.port}", "--json")
        folder.mkdir()
        rules = "\n".join(f"{key} = {value}" for key, value in crawl.items())
        (folder / "harbour.toml").write_text(
            f'title = "Harbour"\nstart_urls = ["http://{HOST}:{site.port}/"]\nallowed_domains = ["{HOST}"]\n'
            f"[crawl]\n{rules}\n"
        )

    def entries(self, site: NewsSite, *paths: str) -> list[FrontierEntry]:
        return [FrontierEntry(portal=self.name, url=f"http://{HOST}:{site.port}{path}") for path in paths]

    def crawl(self, *more: str) -> Ended:
        return self.command("crawl", self.name, *self.options, *more, **CONTACT)

    def start(self, *more: str) -> subprocess.Popen[bytes]:
        return self.command.start("crawl", self.name, *self.options, *more, **CONTACT)


def have_joined(store: Store, run: runs.Run, workers: int) -> bool:
    """Say whether so many work on *run*; its lock lasts no longer than a busy machine may need to start them."""
    runs.heartbeat(store, run)
    known = runs.get(store, run.id)
    return known is not None and len(known.helpers) == workers


def last_turn(store: Store, delay: float) -> float:
    """Return when the last turn of the host was, by the system's clock: a request comes then or later, never before.

    Spans of arrivals say less: the first may arrive late, which shortens them, on a busy machine by seconds.
    """
    known = hosts.get(store, HOST)
    assert known
    assert known.next
    return known.next.timestamp() - delay - LATE - 0.002  # of two clocks, one in whole milliseconds


def busy(site: NewsSite, path: str, times: int, status: int, **headers: str) -> None:
    """Answer *path* with *status* for the first *times* requests."""
    answer, left, lock = site.pages[path], [times], threading.Lock()

    def before(asked: str) -> None:
        if asked == path:
            with lock:
                left[0] -= 1
                site.pages[path] = (status, headers, b"") if left[0] >= 0 else answer

    site.before = before


def test_several_workers_ask_a_host_no_faster_than_one(
    command: Command, site: NewsSite, store: Store, tmp_path: Path
) -> None:
    moments: list[float] = []
    go_on = threading.Event()

    def note_and_hold(path: str) -> None:
        moments.append(time.time())
        go_on.wait(PATIENCE)

    portal = Portal(tmp_path / "seeds", site, command, delay=0.1)
    site.pages["/robots.txt"] = (404, {}, b"")
    begun = runs.begin(store, portal.name)
    held = portal.entries(site, "/")
    frontier.add(store, held)
    held = frontier.lease(store, portal.name, "this test", 1, 600)
    workers = [(portal.start("--join"), command.files()) for _ in range(3)]
    wait_for(lambda: have_joined(store, begun, 3))
    site.before = note_and_hold
    # More than two workers lease: four requests at once, three leases each.
    frontier.add(store, portal.entries(site, *(site.story(number) for number in range(40))))
    frontier.finish(store, [(one, {"state": "done"}) for one in held])
    wait_for(lambda: len(store.db["frontier"].distinct("worker", {"state": "leased"})) == 3)
    go_on.set()
    ended = [command.end(*worker) for worker in workers]
    assert [one.code for one in ended] == [0, 0, 0], [one.err for one in ended]
    assert all(json.loads(one.out)["articles"] for one in ended), "each took part"
    assert [site.asked_for(site.story_path(number)) for number in range(40)] == [1] * 40
    assert moments[-1] >= last_turn(store, 0.1)
    (day,) = ledger.iterate(store)
    assert day.requests == len(site.asked) + site.tdmrep_asked
    assert day.delay >= 40 * 0.1 - 0.001


@pytest.mark.timeout(1800)
def test_no_gap_is_shorter_than_the_crawl_delay_while_workers_join(
    command: Command, site: NewsSite, store: Store, tmp_path: Path
) -> None:
    """However late robots.txt comes: a page that waited for it behind its turn came at the turn of another worker."""
    requests, delay = 1000 if SOAK else 40, 0.2
    moments: list[float] = []
    rules_may_come = threading.Event()

    def before(path: str) -> None:
        moments.append(time.time())
        if path == "/robots.txt":
            rules_may_come.wait(PATIENCE)

    site.before = before
    site.pages["/robots.txt"] = (200, TEXT, f"User-agent: *\nCrawl-delay: {delay}\n".encode())
    portal = Portal(tmp_path / "seeds", site, command, delay=0.01)
    begun = runs.begin(store, portal.name)
    frontier.add(store, portal.entries(site, "/"))
    held = frontier.lease(store, portal.name, "this test", 1, 600)
    workers = [(portal.start("--join"), command.files()) for _ in range(3)]
    wait_for(lambda: have_joined(store, begun, 3))
    frontier.add(store, portal.entries(site, *(site.story(number) for number in range(requests))))
    frontier.finish(store, [(one, {"state": "done"}) for one in held])
    wait_for(lambda: len(store.db["frontier"].distinct("worker", {"state": "leased"})) == 3)
    wait_for(lambda: site.asked_for("/robots.txt"))
    assert not store.db["hosts"].find_one({"requests": {"$gt": 0}}), "a turn was taken before the Crawl-delay was known"
    rules_may_come.set()
    for worker in workers:
        assert command.end(*worker).code == 0
    assert len(site.asked) - site.asked_for("/robots.txt") == requests
    (day,) = ledger.iterate(store)
    assert day.delay >= requests * delay - 0.001, "each turn kept the whole delay free behind it"
    assert moments[-1] >= last_turn(store, delay)


def test_retry_after_is_kept_and_the_page_is_no_failure(command: Command, site: NewsSite, store: Store) -> None:
    site.stories(4)
    story = site.story_path(2)
    busy(site, story, 1, 429, **{"Retry-After": "1"})
    asked: list[tuple[str, float]] = []
    before = site.before

    def note(path: str) -> None:
        asked.append((path, time.monotonic()))
        before(path)

    site.before = note
    ended = command("crawl", site.url, "--json")
    assert ended.code == 0, ended.err
    summary = json.loads(ended.out)
    assert (summary["articles"], summary["failures"]) == (4, 0)
    first, second = (moment for path, moment in asked if path == story)
    assert second - first >= 0.99
    known = hosts.get(store, "127.0.0.1")
    assert known
    assert (known.why, known.strikes) == ("HTTP 429", 1)
    (day,) = ledger.iterate(store)
    assert (day.answers["429"], day.rests) == (1, 1)
    assert list(failures.iterate(store)) == []


def test_a_page_that_stays_busy_fails_with_its_status_when_its_attempts_are_used(
    command: Command, site: NewsSite, store: Store
) -> None:
    site.stories(4)
    site.pages[site.story_path(3)] = (503, {}, b"")
    ended = command("crawl", site.url, "--json")
    assert ended.code == 0, ended.err
    assert json.loads(ended.out)["failures_by_reason"] == {"HTTP 503": 1}
    assert site.asked_for(site.story_path(3)) == frontier.MAX_ATTEMPTS
    (failure,) = failures.iterate(store)
    assert (failure.status, failure.attempts) == (503, frontier.MAX_ATTEMPTS)


def test_a_host_that_asks_for_a_long_rest_ends_the_crawl_and_all_stays_queued(
    command: Command, site: NewsSite, store: Store
) -> None:
    site.stories(12)
    for number in range(12):
        answer: Any = (429, {"Retry-After": "7200"}, b"")
        site.pages[site.story_path(number)] = answer
    ended = command("crawl", site.url, "--json")
    summary = json.loads(ended.out)
    assert ended.code == 4, ended.err
    assert summary["verdict"] == "stopped: 127.0.0.1 wants to be left alone for 60 minutes (HTTP 429)"
    assert (summary["failures"], summary["queued"]) == (0, 5)
    asked = len(site.asked)
    again = command("crawl", site.url, "--json")
    assert again.code == 4
    assert len(site.asked) == asked, "the rest holds for later crawls too"


def test_the_budget_of_requests_ends_the_crawl_and_the_next_day_goes_on(
    command: Command, site: NewsSite, store: Store, tmp_path: Path
) -> None:
    site.stories(9)
    portal = Portal(tmp_path / "seeds", site, command, delay=0.01, requests_per_day=4)
    ended = portal.crawl()
    summary = json.loads(ended.out)
    assert ended.code == 0, ended.err
    assert summary["verdict"] == f"finished for now: the budget of {HOST} for today is used up"
    assert summary["fetched"] == len(site.asked) - 1 == 4, "robots.txt does not count"
    assert summary["queued"] > 0
    assert json.loads(portal.crawl().out)["fetched"] == 0
    store.db["hosts"].update_one({"_id": HOST}, {"$set": {"day": "2001-01-01"}})
    assert json.loads(portal.crawl().out)["fetched"] == 4


def test_the_budget_of_bytes_ends_the_crawl(command: Command, site: NewsSite, tmp_path: Path) -> None:
    site.stories(60)
    portal = Portal(tmp_path / "seeds", site, command, delay=0.3, bytes_per_day=5000)
    summary = json.loads(portal.crawl().out)
    assert "the budget" in summary["verdict"]
    assert 1 < summary["fetched"] < 60  # what is on its way when the budget is used up comes on top


def test_robots_txt_is_read_once_a_day_by_all_crawls(
    command: Command, site: NewsSite, store: Store, tmp_path: Path
) -> None:
    site.stories(3)
    rules = f"User-agent: *\nDisallow: {site.story_path(1)}\nCrawl-delay: 0.3\n"
    site.pages["/robots.txt"] = (200, TEXT, rules.encode())
    portal = Portal(tmp_path / "seeds", site, command, delay=0.01)
    assert portal.crawl().code == 0
    moments: list[float] = []
    site.before = lambda path: moments.append(time.time())
    assert portal.crawl().code == 0
    assert site.asked_for("/robots.txt") == 1
    assert site.asked_for(site.story_path(1)) == 0
    assert {one.reason for one in failures.iterate(store, stage="robots")} == {"forbidden by robots.txt"}
    (known,) = robots_rules.iterate(store)
    assert (known.status, known.crawl_delay, known.host) == (200, 0.3, HOST)
    stored = hosts.get(store, HOST)
    assert stored
    assert stored.crawl_delay == 0.3
    assert moments[-1] >= last_turn(store, 0.3) - 0.3, "the page forbidden may have had the very last"
    told = command("hosts", HOST)
    assert told.code == 0, told.err
    assert f"http://{HOST}:{site.port}: robots.txt obeyed, Crawl-delay 0.3 s (read 20" in told.out
    assert "asked as storykin/" in told.out
    assert "(+https://example.org/bot)" in told.out
    (line,) = command("hosts", "--json").out.splitlines()
    assert json.loads(line)["days"][0]["requests"] == len(site.asked) + site.tdmrep_asked
    assert json.loads(line)["robots"][0]["crawl_delay"] == 0.3
    store.db["host_rules"].update_one({}, [{"$set": {"fetched": {"$subtract": ["$fetched", 90_000_000]}}}])
    assert portal.crawl().code == 0
    assert site.asked_for("/robots.txt") == 2


def test_rules_that_could_not_be_read_are_asked_for_again_in_the_next_crawl(
    command: Command, site: NewsSite, store: Store, tmp_path: Path
) -> None:
    site.stories(3)
    site.pages["/robots.txt"] = (403, {}, b"")
    portal = Portal(tmp_path / "seeds", site, command, delay=0.01)
    ended = portal.crawl()
    assert ended.code == 4
    assert "robots.txt answered 403" in json.loads(ended.out)["verdict"]
    assert site.asked == ["/robots.txt"]
    assert [one.problem for one in robots_rules.iterate(store)] == ["robots.txt answered 403"]
    del site.pages["/robots.txt"]
    assert portal.crawl().code == 0
    assert sum(1 for _ in articles.iterate(store)) == 3


def test_a_crawl_of_this_machine_takes_no_turns(command: Command, site: NewsSite, store: Store) -> None:
    site.stories(5)
    assert command("crawl", site.url).code == 0
    assert list(hosts.iterate(store)) == [], "no document, no round trip"
    (day,) = ledger.iterate(store)
    assert (day.host, day.requests, day.errors) == ("127.0.0.1", len(site.asked) + 1, 2)  # no files of the host: 404
    assert day.bytes > 5000


@pytest.mark.parametrize(
    ("arguments", "says"),
    [(("vov.example",), "never asked"), (("--day", "2026-3-1"), "no date"), (("--day", "2026-02-30"), "no date")],
)
def test_hosts_says_what_cannot_be_shown(command: Command, store: Store, arguments: tuple[str, ...], says: str) -> None:
    ended = command("hosts", *arguments)
    assert (ended.code, ended.out) == (2, "")
    assert says in ended.err


def test_a_rest_under_way_is_shown(command: Command, store: Store) -> None:
    ledger.add(store, [HostDay(host="vov.example", day="2026-03-14", requests=4, bytes=2_500_000, delay=8.0)])
    hosts.rest(store, "vov.example", first=600, why="HTTP 429")
    told = command("hosts", "--day", "2026-03-14")
    assert told.code == 0, told.err
    assert "vov.example: left alone until " in told.out
    row = next(line for line in told.out.splitlines() if "2026-03-14" in line)
    assert row.split()[2:5] == ["4", "2.50", "2.0"]
    assert command("hosts", "--day", "2026-03-15").err == "nothing was asked of any host on 2026-03-15\n"


NO_DATE = "Mon, 01 Jan 0001 00:00:00 GMT"
"""What .NET writes for a date that was never set."""


@pytest.mark.parametrize("value", ["1e3", "١٢", "+5", "12 s", "Sat, 99 Mar 2026 10:02:00 GMT", "\x00", NO_DATE])
def test_an_unreadable_retry_after_says_nothing(value: str) -> None:
    assert retry_after(value) is None


def test_a_moment_that_has_passed_is_now() -> None:
    assert retry_after("Sat, 14 Mar 2020 10:02:00 GMT") == 0
