"""robots.txt, strictly: unreadable rules keep a crawl out, and Crawl-delay is kept."""

from __future__ import annotations

import asyncio
import json
import time
from collections import Counter
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
from scrapy import Request
from scrapy.settings import Settings

from crawler.http.robots import StrictRobotsMiddleware
from storage.articles import articles
from storage.errors import StorageError
from storage.frontier import failures
from tests.crawler.conftest import NewsSite, serve

if TYPE_CHECKING:
    from storage.database.store import Store
    from tests.crawler.conftest import Command

RULES = b"User-agent: *\nDisallow: /\n\nUser-agent: storykin\nDisallow: /news/the-harbour-story-number-2-\n"


def seed(folder: Path, *starts: str) -> str:
    folder.mkdir()
    urls = ", ".join(f'"{start}/"' for start in starts)
    (folder / "harbour.toml").write_text(
        f'title = "Harbour"\nstart_urls = [{urls}]\nallowed_domains = ["127.0.0.1"]\nloopback = true\n'
    )
    return str(folder)


def test_hosts_whose_rules_cannot_be_read_are_skipped_and_the_others_crawled(
    command: Command, store: Store, tmp_path: Path
) -> None:
    answers = {
        "absent": None,
        "rules": (200, {"Content-Type": "text/plain"}, RULES),
        "trouble": (503, {}, b""),
        "forbidden": (403, {}, b"User-agent: *\nAllow: /\n"),
        "unauthorised": (401, {}, b""),
        "gone": (410, {}, b""),
    }
    sites, servers = {}, []
    for name, answer in answers.items():
        sites[name] = NewsSite()
        servers.append(serve(sites[name]))
        sites[name].front(*(sites[name].story(number) for number in (1, 2, 3)))
        if answer:
            sites[name].pages["/robots.txt"] = answer
    closed = "http://127.0.0.1:9"
    seeds = seed(tmp_path / "seeds", *(site.url for site in sites.values()), closed)
    ended = command("crawl", "harbour", "--seeds", seeds, "--json")
    for server in servers:
        server.shutdown()
        server.server_close()
    assert ended.code == 0, ended.err
    by_start = {one.url: one.reason for one in failures.iterate(store, stage="robots")}
    assert by_start.pop(f"{closed}/") == "host skipped: robots.txt cannot be fetched: connection refused"
    assert by_start == {
        f"{sites['trouble'].url}/": "host skipped: robots.txt answered 503",
        f"{sites['forbidden'].url}/": "host skipped: robots.txt answered 403",
        f"{sites['unauthorised'].url}/": "host skipped: robots.txt answered 401",
        sites["rules"].url + sites["rules"].story_path(2): "forbidden by robots.txt",
    }
    assert sum(1 for _ in articles.iterate(store)) == 3 + 2 + 3
    for name, site in sites.items():
        assert site.asked_for("/robots.txt") == (3 if name == "trouble" else 1)  # a 503 is asked again twice
        assert ("/" in site.asked) == (name in ("absent", "rules", "gone"))


def test_a_portal_that_forbids_everything_is_blocked(command: Command, site: NewsSite) -> None:
    site.stories(3)
    site.pages["/robots.txt"] = (200, {"Content-Type": "text/plain"}, b"User-agent: *\nDisallow: /\n")
    ended = command("crawl", site.url, "--json")
    assert ended.code == 4
    assert "robots.txt" in json.loads(ended.out)["verdict"]
    assert site.asked == ["/robots.txt"]


def test_a_database_that_is_away_says_nothing_of_a_host() -> None:
    """A request for robots.txt waits for its turn, which the database gives: the page is queued again, not refused."""

    async def download(request: Request) -> None:
        raise StorageError("the database does not answer")

    settings = Settings()
    settings.setmodule("crawler.settings")
    stats, engine = Counter[str](), SimpleNamespace(download_async=download)
    crawler: Any = SimpleNamespace(settings=settings, engine=engine, spider=None)
    crawler.stats = SimpleNamespace(inc_value=lambda name: stats.update([name]))
    robots = StrictRobotsMiddleware(crawler)
    with pytest.raises(StorageError, match="does not answer"):
        asyncio.run(robots.process_request(Request("https://harbour.example/news")))
    assert robots.skipped_hosts == {}


def test_crawl_delay_is_kept_between_requests(command: Command, site: NewsSite) -> None:
    moments: list[float] = []
    site.before = lambda path: moments.append(time.monotonic())
    site.stories(4)
    site.pages["/robots.txt"] = (200, {"Content-Type": "text/plain"}, b"User-agent: *\nCrawl-delay: 0.4\n")
    assert command("crawl", site.url).code == 0
    assert len(moments) == 1 + 5
    # From robots.txt on: no page is asked for before it is answered, and a busy machine only adds to the time.
    assert moments[5] - moments[0] >= 4 * 0.4 - 0.01


def test_every_request_says_who_asks(command: Command, site: NewsSite) -> None:
    agents: list[str] = []
    site.stories(2)
    site.note_agent = agents.append
    command("crawl", site.url, STORYKIN_CONTACT="https://example.org/bot")
    assert set(agents) == {f"{agents[0].split()[0]} (+https://example.org/bot)"}
    assert agents[0].startswith("storykin/")
