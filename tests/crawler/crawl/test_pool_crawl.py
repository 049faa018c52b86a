"""Crawls whose pages are taken apart in worker processes: limits met, signals, kills, the same result as without."""

from __future__ import annotations

import json
import os
import signal
from typing import TYPE_CHECKING

import pytest

from storage.articles import articles
from storage.frontier import failures, related_links
from tests.crawler.processes import extraction_worker, hold, hold_until_its_alarm, session, wait_for, works
from tests.support.databases import drop

if TYPE_CHECKING:
    from pathlib import Path

    from storage.database.store import Store
    from tests.crawler.conftest import Command, NewsSite

ENDLESS = "/news/the-story-that-never-ends-100999.html"
SECONDS = "25"
"""Limit of a page: other pages keep it on a busy machine too."""


def worker_at_the_endless_page(site: NewsSite, crawl: int) -> int:
    """Return the worker of a crawl as soon as it is in the midst of the page; it stays there beyond its time.

    The front page, which is the only one before, takes it a tenth of a second.
    """
    wait_for(lambda: site.asked_for(ENDLESS) > 0)
    worker = extraction_worker(crawl)
    wait_for(lambda: works(worker))
    return worker


def endless(site: NewsSite) -> str:
    """Add a page of 60,000 paragraphs, which takes extraction many seconds."""
    body = "".join(f"<p>Part {n}: ferry {n} came in before dawn and carried {n} people.</p>" for n in range(60_000))
    site.html(ENDLESS, f"<html><head><title>A story without end</title></head><article>{body}</article></html>")
    return ENDLESS


def test_a_page_that_takes_too_long_is_a_failure_and_the_crawl_goes_on(
    command: Command, site: NewsSite, store: Store
) -> None:
    site.stories(4)
    site.front(*(site.story_path(number) for number in range(4)), endless(site))
    process = command.start("crawl", site.url, "--json", "--workers", "1", STORYKIN_PAGE_SECONDS=SECONDS)
    worker = worker_at_the_endless_page(site, process.pid)
    wait_for(lambda: works(worker, 2.5))  # the four stories may come before, a tenth of a second each
    hold(worker)  # its time runs out, and takes no processor
    ended = command.end(process)
    assert "Traceback" not in ended.err
    counts = json.loads(ended.out)
    assert (counts["articles"], counts["failures"]) == (4, 1)
    (failure,) = failures.iterate(store)
    assert failure.url == f"{site.url}{ENDLESS}"
    assert (failure.stage, failure.reason) == ("extract", f"extraction took longer than {SECONDS} s: stopped")


def test_workers_store_what_a_crawl_without_them_stores(command: Command, site: NewsSite, store: Store) -> None:
    site.stories(12)
    site.pages["/broken"] = (200, {"Content-Type": "text/html"}, b"%PDF-1.4")
    site.front(*(site.story_path(number) for number in range(5)), "/broken")
    stored = []
    for workers in ("0", "2"):
        drop(store.db)
        ended = command("crawl", site.url, "--follow", "articles", "--json", "--workers", workers)
        assert ended.code == 0, ended.err
        found = sorted((one.article.canonical_url, one.article.text) for one in articles.iterate(store))
        links = sorted((edge.source, edge.target) for edge in related_links.iterate(store))
        stored.append((found, links, sorted((one.url, one.stage, one.reason) for one in failures.iterate(store))))
    assert len(stored[0][0]) == 12
    assert stored[0] == stored[1]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_to_the_whole_group_lets_the_page_under_way_end(
    command: Command, site: NewsSite, store: Store, number: int
) -> None:
    site.stories(3)
    site.front(endless(site), *(site.story_path(number) for number in range(3)))
    go_on = site.hold(but=["/", "/robots.txt", ENDLESS])
    process = command.start("crawl", site.url, "--workers", "1", STORYKIN_PAGE_SECONDS=SECONDS)
    worker = worker_at_the_endless_page(site, process.pid)
    os.killpg(process.pid, number)
    go_on.set()
    wait_for(lambda: works(worker, 1.6))  # the signal has come, and it is still at work
    hold(worker)
    ended = command.end(process)
    assert ended.code == 130
    assert "Traceback" not in ended.err
    assert [one.reason for one in failures.iterate(store)] == [f"extraction took longer than {SECONDS} s: stopped"]
    wait_for(lambda: session(process.pid) == [])


def test_a_crawl_that_is_killed_leaves_no_process(command: Command, site: NewsSite, tmp_path: Path) -> None:
    site.front(endless(site))
    process = command.start("crawl", site.url, "--workers", "1", STORYKIN_PAGE_SECONDS=SECONDS)
    worker = worker_at_the_endless_page(site, process.pid)
    process.kill()
    process.wait()
    hold_until_its_alarm(worker)
    wait_for(lambda: session(process.pid) == [])


def test_a_setting_that_is_no_number_gets_one_sentence(command: Command, site: NewsSite) -> None:
    ended = command("crawl", site.url, STORYKIN_WORKERS="many")
    assert ended.code == 2
    assert ended.err.strip().splitlines()[-1].startswith("storykin: STORYKIN_WORKERS='many': write a whole number")
    assert site.asked == []
