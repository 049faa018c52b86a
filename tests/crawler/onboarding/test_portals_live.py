"""Seed files held against live pages: what still matches, what does not."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from email.utils import format_datetime
from pathlib import Path

import pytest

from crawler.demo.server import DemoServer
from tests.crawler.conftest import Command, NewsSite

SEED = """title = "Paper"
start_urls = ["{url}"]
allowed_domains = ["127.0.0.1"]
article_url = ['http://127\\.0\\.0\\.1:\\d+/(?:en|vi)/[a-z-]+/.+-\\d{{4}}\\.html', 'http://.+/news/.+-\\d{{6}}\\.html']
loopback = true
{more}
"""


@pytest.fixture
def offline(tmp_path: Path) -> Command:
    """Commands that need no database."""
    return Command(tmp_path)


def seeds(folder: Path, url: str, more: str = "") -> Path:
    (folder / "seeds").mkdir()
    (folder / "seeds" / "paper.toml").write_text(SEED.format(url=url, more=more), encoding="utf-8")
    return folder / "seeds"


def test_a_portal_that_is_as_its_file_says_passes(offline: Command, tmp_path: Path) -> None:
    with DemoServer() as demo:
        rules = '[related]\ncss = [".related-news", ".nowhere"]'
        ended = offline(
            "portals", "check", "paper", "--live", "--json", "--seeds", str(seeds(tmp_path, demo.url, rules))
        )
    assert ended.code == 0, ended.err
    found = [json.loads(line) for line in ended.out.splitlines()]
    assert [(one["key"], one["verdict"]) for one in found] == [
        ("start_urls", "ok"),
        *3 * [("article", "ok")],
        ("related.css", "ok"),
        ("related.css", "not seen"),
        ("article_url", "ok"),
        ("article_url", "not seen"),
    ]
    assert found[0]["detail"] == "21 of 26 links match article_url"
    assert all(one["detail"].startswith("title, date, ") for one in found[1:4])
    assert found[5]["detail"] == "matches nothing on 3 articles"


def test_what_does_not_match_any_more_is_named(offline: Command, site: NewsSite, tmp_path: Path) -> None:
    """Articles without a date, a feed that is a page, a feed of stories long past, a start page that is gone."""
    site.front(site.story(1))
    old, new = ("Sun, 02 Mar 2014 10:00:00 GMT", format_datetime(datetime.now(UTC)))
    for name, day in (("old", old), ("new", new)):
        item = f"<item><link>{site.story_path(1)}</link><pubDate>{day}</pubDate></item>"
        site.pages[f"/{name}.rss"] = (200, {}, f"<rss><channel>{item}</channel></rss>".encode())
    site.html("/page.rss", "<html>moved</html>")
    feeds = ", ".join(f'"{site.url}/{name}.rss"' for name in ("new", "old", "page"))
    folder = seeds(tmp_path, f'{site.url}/", "{site.url}/gone', f"[discovery]\nfeeds = [{feeds}]")
    ended = offline("portals", "check", "paper", "--live", "--seeds", str(folder))
    assert ended.code == 3
    assert ended.err.splitlines() == ["paper: ok", "storykin: not as their seed files say: paper; see 'wrong' above"]
    rows = [
        [cell.strip() for cell in line.strip("│ ").split("│")][1:]
        for line in ended.out.splitlines()
        if "│ paper" in line
    ]
    assert [row[2:] for row in rows[:2]] == [["ok", "1 of 1 links match article_url"], ["wrong", "HTTP 404"]]
    assert rows[2][:3] == ["article", site.url + site.story_path(1), "wrong"]
    assert rows[2][3].startswith("no date; ")
    assert [row[2] for row in rows[3:]] == ["not seen", "ok", "ok", "wrong", "wrong"]
    assert rows[7][3] == "not a feed: HTML"
    assert site.asked[0] == "/robots.txt"


def test_robots_and_the_contact_hold_for_a_check_too(offline: Command, site: NewsSite, tmp_path: Path) -> None:
    site.front(site.story(1))
    site.pages["/robots.txt"] = (200, {"Content-Type": "text/plain"}, b"User-agent: *\nDisallow: /\n")
    ended = offline("portals", "check", "paper", "--live", "--json", "--seeds", str(seeds(tmp_path, f"{site.url}/")))
    assert (ended.code, json.loads(ended.out)["detail"]) == (3, "forbidden by robots.txt")
    assert site.asked == ["/robots.txt"]
    refused = offline("portals", "check", "vov", "--live")
    assert (refused.code, refused.out) == (2, "")
    assert "set STORYKIN_CONTACT" in refused.err
