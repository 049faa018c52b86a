"""Feeds and sitemaps in a crawl: their articles are found, and nothing about them is left out of the counts."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from storage.articles import articles
from storage.frontier import failures
from tests.support.databases import drop

if TYPE_CHECKING:
    from storage.database.store import Store
    from tests.crawler.conftest import Command, NewsSite

NOW = datetime.now(UTC)
MONTH = f"/sitemaps/{NOW.year}/{NOW.month}/article.xml"
XML = {"Content-Type": "application/xml"}


def sitemap(site: NewsSite, path: str, *entries: str, root: str = "urlset", tag: str = "url") -> None:
    text = "".join(f"<{tag}><loc>{site.url}{entry}</loc></{tag}>" for entry in entries)
    site.pages[path] = (200, XML, f"<{root}>{text}</{root}>".encode())


@pytest.fixture
def seeds(site: NewsSite, tmp_path: Path) -> Path:
    """A folder with the seed ``paper`` of a site: an index of sitemaps, one built by month, a feed, a dead feed."""
    site.front(site.story(1))
    dated = "".join(
        f"<item><link>{site.story(number)}</link><pubDate>{format_datetime(day)}</pubDate></item>"
        for number, day in ((2, NOW - timedelta(days=1)), (3, NOW - timedelta(days=90)))
    )
    site.pages["/home.rss"] = (200, {"Content-Type": "text/xml"}, f"<rss><channel>{dated}</channel></rss>".encode())
    site.html("/dead.rss", "<html><script>window.location.href='/'</script></html>")
    sitemap(
        site,
        "/sitemap.xml",
        "/sitemaps/a.xml",
        "/sitemap.xml",
        "/sitemaps/2019/1/a.xml",
        root="sitemapindex",
        tag="sitemap",
    )
    sitemap(site, "/sitemaps/a.xml", site.story(4), "/about-us")
    sitemap(site, MONTH, site.story(5))
    folder = tmp_path / "seeds"
    folder.mkdir()
    (folder / "paper.toml").write_text(
        f"""title = "Paper"
start_urls = ["{site.url}/"]
allowed_domains = ["127.0.0.1"]
article_url = ['http://127\\.0\\.0\\.1:\\d+/news/.+-\\d{{6}}\\.html']
loopback = true
[discovery]
feeds = ["{site.url}/home.rss", "{site.url}/dead.rss"]
sitemaps = ["{site.url}/sitemap.xml", "{site.url}/sitemaps/{{year}}/{{month}}/article.xml"]
""",
        encoding="utf-8",
    )
    return folder


def test_a_crawl_reads_feeds_and_sitemaps_and_again_in_the_next_run(
    command: Command, site: NewsSite, seeds: Path, store: Store
) -> None:
    first = command("crawl", "paper", "--seeds", str(seeds), "--json")
    assert first.code == 0, first.err
    counts = json.loads(first.out)
    numbers = {one.article.canonical_url.rpartition("-")[2][4:6] for one in articles.iterate(store)}
    assert numbers == {"01", "02", "04", "05"}  # 3 is 90 days old
    # Listings: the front page, the feed, the index, its sitemap, this month's.
    assert (counts["articles"], counts["listings"], counts["failures"], counts["fetched"]) == (4, 5, 2, 11)
    assert counts["failures_by_reason"] == {"not a feed: HTML": 1, "HTTP 404": 1}  # no file of last month
    assert {one.url.rpartition("/")[2] for one in failures.iterate(store, portal="paper")} == {
        "dead.rss",
        "article.xml",
    }
    assert site.asked_for("/sitemap.xml") == 1
    assert site.asked_for("/sitemaps/2019/1/a.xml") == 0

    sitemap(site, "/sitemaps/a.xml", site.story(4), site.story(6))
    again = command("crawl", "paper", "--seeds", str(seeds), "--json")
    assert (json.loads(again.out)["new"], json.loads(again.out)["fetched"]) == (1, 8)
    assert site.asked_for("/sitemaps/a.xml") == 2
    assert site.asked_for(site.story_path(4)) == 1


def test_feeds_obey_robots_and_belong_to_crawls_of_the_whole_portal(
    command: Command, site: NewsSite, seeds: Path
) -> None:
    site.pages["/robots.txt"] = (200, {"Content-Type": "text/plain"}, b"User-agent: *\nDisallow: /sitemap\n")
    counts = json.loads(command("crawl", "paper", "--seeds", str(seeds), "--json").out)
    assert counts["failures_by_reason"]["forbidden by robots.txt"] == 3
    assert not [path for path in site.asked if path.startswith("/sitemap")]
    site.asked.clear()
    for only in (("crawl", site.url + site.story_path(2)), ("crawl", "paper", "--depth", "0")):
        command(*only, "--seeds", str(seeds))
    assert not {"/home.rss", "/dead.rss"} & set(site.asked)


def test_a_replay_reads_the_feeds_of_the_archive_and_the_months_of_its_time(
    command: Command, site: NewsSite, seeds: Path, store: Store, tmp_path: Path
) -> None:
    archive = str(tmp_path / "paper.warc.gz")
    live = json.loads(command("crawl", "paper", "--seeds", str(seeds), "--record", archive, "--json").out)
    drop(store.db)
    site.pages.clear()
    site.asked.clear()
    again = command("crawl", "paper", "--seeds", str(seeds), "--replay", archive, "--json")
    counts = json.loads(again.out)
    assert [counts[name] for name in ("articles", "listings", "failures")] == [
        live[name] for name in ("articles", "listings", "failures")
    ]
    assert counts["articles"] == 4
    assert site.asked == []
