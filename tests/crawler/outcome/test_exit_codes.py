"""Every exit code of a crawl, made to happen by a real site, a real database and real signals."""

from __future__ import annotations

import json
import signal
import socket
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from crawler.cli.runs import command as runs_command
from storage.frontier import frontier, runs
from tests.crawler.processes import wait_for

if TYPE_CHECKING:
    from pathlib import Path

    from storage.database.store import Store
    from tests.crawler.conftest import Command, NewsSite

CHALLENGE = (
    "<html><head><title>Just a moment...</title></head><body><script>window._cf_chl_opt={};</script></body></html>"
)


def test_1_where_the_crawl_cannot_go_on(command: Command, site: NewsSite, store: Store) -> None:
    site.stories(10)
    ended = command("crawl", site.url, "--record", "all.warc.gz", largest_file=2_000)
    assert ended.code == 1
    [run] = runs.history(store)
    assert run.exit_code == 1


def test_2_for_an_address_with_a_password_which_is_not_repeated(command: Command, store: Store) -> None:
    ended = command("crawl", "https://ann:geheim@news.example/")
    assert ended.code == 2
    assert "geheim" not in ended.err
    assert "https://ann:***@news.example/" in ended.err
    assert runs.history(store) == []


def a_day_later(store: Store) -> None:
    """Move the runs so far back by a day: how many articles are usual depends on the time between two runs."""
    earlier = {name: {"$subtract": [f"${name}", 86_400_000]} for name in ("started", "finished")}
    store.db["runs"].update_many({}, [{"$set": earlier}])


def test_3_where_a_run_is_worse_than_the_portals_own_last_ones(command: Command, site: NewsSite, store: Store) -> None:
    for day in range(4):
        fresh = 20 if day < 3 else 1
        paths = [site.story(100 * day + number) for number in range(fresh)]
        old = [site.story_path(100 * (day - 1) + number) for number in range(20 - fresh)]
        site.front(*paths, *old)
        ended = command("crawl", site.url, "--depth", "1", "--workers", "0")
        assert ended.code == (0 if day < 3 else 3), ended.out
        a_day_later(store)
    assert "1 article, usually 20" in ended.out
    # What the operator declares to be the portal's new state is not held against the next run.
    last = runs.history(store)[0]
    assert "1 article, usually 20" in last.verdict
    assert CliRunner().invoke(runs_command, [last.id, "--accept"]).exit_code == 0
    site.front(site.story(900), *old)
    assert command("crawl", site.url, "--depth", "1", "--workers", "0").code == 0


@pytest.mark.parametrize("status", [200, 403, 503])
def test_4_for_a_challenge_page_in_place_of_the_start_page(command: Command, site: NewsSite, status: int) -> None:
    site.html("/", CHALLENGE, status=status)
    ended = command("crawl", site.url)
    assert ended.code == 4, ended.out
    assert "challenge page (Cloudflare)" in ended.out


def test_a_challenge_is_no_article_no_listing_and_no_feed(
    command: Command, site: NewsSite, store: Store, tmp_path: Path
) -> None:
    """Also where the seed file says that what stands at such an address is an article, and the page has links."""
    words = "<p>The site wants to know more about your browser before it shows this page to you. It takes a moment.</p>"
    wall = f"<html><body>{words * 2}<a href='/privacy'>Privacy</a><div class='h-captcha'></div></body></html>"
    paths = [site.story(number) for number in range(5)]
    site.front(*paths)
    for path in ("/feed.xml", *paths[1:]):
        site.html(path, wall)
    (tmp_path / "harbour.toml").write_text(
        f'title = "Harbour"\nstart_urls = ["{site.url}/"]\nallowed_domains = ["127.0.0.1"]\nloopback = true\n'
        f'article_url = [".*/news/.*"]\n[discovery]\nfeeds = ["{site.url}/feed.xml"]\n'
    )
    ended = command("crawl", "harbour", "--seeds", str(tmp_path), "--json")
    counts = json.loads(ended.out)
    assert counts["failures_by_reason"] == {"challenge page (a captcha)": 5}
    assert counts["articles"] == 1
    assert command("crawl", site.url + paths[1], "--seeds", str(tmp_path)).code == 4


def test_a_guard_that_nobody_knows_is_told_by_what_the_portal_usually_gives(
    command: Command, site: NewsSite, store: Store
) -> None:
    def dated(number: int) -> str:
        path = site.story(number)
        status, headers, body = site.pages[path]
        stamp = b'<meta property="article:published_time" content="2026-03-14T06:00:00Z"></head>'
        site.pages[path] = status, headers, body.replace(b"</head>", stamp)
        return path

    site.front(*map(dated, range(50)))
    assert command("crawl", site.url, "--depth", "1").code == 0
    assert store.db["articles"].count_documents({}) == 50
    words = "<p>The harbour office keeps the gates shut to some visitors today and asks them to come back later on.</p>"
    fresh = [dated(number) for number in range(60, 72)]
    for path in fresh:
        site.html(path, f"<html><head><title>Gate</title></head><body><h1>Gate</h1>{words * 5}</body></html>")
    site.front(*fresh)
    ended = command("crawl", site.url, "--depth", "1", "--json")
    assert store.db["articles"].count_documents({}) == 50, "the gate is no article"
    counts = json.loads(ended.out)
    assert counts["failures_by_reason"] == {"challenge page (the same text at other addresses)": 11}
    assert ended.code == 4, ended.out


@pytest.mark.parametrize("rest", ["", "<footer>Harbour Paper</footer>"])
def test_a_consent_wall_is_named_and_its_words_are_no_text(
    command: Command, site: NewsSite, store: Store, rest: str
) -> None:
    words = "<p>We and our 812 partners store cookies on your device. You may change your choices at any time.</p>"
    paths = [site.story(number) for number in range(4)]
    site.front(*paths)
    for path in paths:
        site.html(path, f"<html><body><h2>Your privacy</h2>{words * 9}<button>Accept all</button>{rest}</body></html>")
    ended = command("crawl", site.url)
    assert ended.code == 4, ended.out
    assert "failed: 4 × consent wall" in ended.out
    assert store.db["articles"].count_documents({}) == 0


def test_4_where_the_articles_are_refused_and_the_listings_are_not(command: Command, site: NewsSite) -> None:
    paths = [site.story(number) for number in range(6)]
    for path in paths:
        site.html(path, "<h1>Forbidden</h1>", status=403)
    site.front(*paths)
    ended = command("crawl", site.url)
    assert ended.code == 4, ended.out
    assert "6 of 6 pages beyond the listings were refused, 6 of them: HTTP 403" in ended.out


def test_130_before_the_first_page_and_at_once(command: Command, site: NewsSite) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        uri = f"mongodb://127.0.0.1:{silent.getsockname()[1]}/news"
        process = command.start("crawl", site.url, MONGODB_URI=uri, STORYKIN_MONGODB_TIMEOUT="600")
        with silent.accept()[0]:
            process.send_signal(signal.SIGTERM)
            ended = command.end(process)
    assert ended.code == 130
    assert "Traceback" not in ended.err


def test_130_for_a_second_signal_that_does_not_wait_for_pages_under_way(
    command: Command, site: NewsSite, store: Store, tmp_path: Path
) -> None:
    site.stories(20)
    go_on = site.hold(but=["/", "/robots.txt"])
    log = tmp_path / "log"
    process = command.start("crawl", site.url, "--log-file", str(log), "--log-level", "INFO")
    wait_for(lambda: len(site.asked) >= 4)
    process.send_signal(signal.SIGTERM)
    wait_for(lambda: "Received SIGTERM" in log.read_text())
    assert process.poll() is None, "the first waits for what is under way"
    process.send_signal(signal.SIGTERM)
    ended = command.end(process)
    assert ended.code == 130, ended.err
    [run] = runs.history(store)
    assert run.exit_code == 130
    assert run.finished
    go_on.set()
    assert command("crawl", site.url).code == 0
    assert store.db["articles"].count_documents({}) == 20
    assert frontier.counts(store, run.portal)["leased"] == 0
