"""Seed files drafted from a portal's pages."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from crawler.demo.server import DemoServer
from crawler.onboarding.url_pattern import guess_patterns
from crawler.portals.reader import read_seed
from crawler.urls.canonical import looks_like_article
from tests.crawler.conftest import Command, NewsSite

if TYPE_CHECKING:
    from storage.database.store import Store


@pytest.fixture
def demo() -> Iterator[DemoServer]:
    with DemoServer() as server:
        yield server


@pytest.fixture
def offline(tmp_path: Path) -> Command:
    """Commands that need no database."""
    return Command(tmp_path)


@pytest.mark.parametrize(
    ("addresses", "pattern"),
    [
        (["https://vov.vn/a/x-post1293496.vov", "https://m.vov.vn/b/y-post890562.vov"],
         r"https?://(?:www\.)?(?:m\.vov\.vn|vov\.vn)/(?:[^/?#]+/)[^/?#]+-post\d{5,8}\.vov"),
        (["https://www.e.org/news/2026/03/02/a-b/", "https://e.org/news/2026/11/12/a-c/"],
         r"https?://(?:www\.)?e\.org/news/\d{4,}/\d{1,2}/\d{1,2}/[^/?#]+/?"),
        ([f"https://e.org/article/{slug}-{4 * letters}" for slug, letters in (("s", "0a234567"), ("t-u", "abcdef01"))],
         r"https?://(?:www\.)?e\.org/article/[^/?#]+-[0-9a-fA-F]{32}"),
        (["https://e.org/world/123456", "https://e.org/defence/en/1234567"],
         r"https?://(?:www\.)?e\.org/(?:[^/?#]+/){1,2}\d{5,8}"),
    ],
)  # fmt: skip
def test_an_expression_is_made_of_what_addresses_have_in_common(addresses: list[str], pattern: str) -> None:
    (guess,) = guess_patterns(addresses, ["https://e.org/about", "https://vov.vn/the-thao"])
    assert (guess.pattern, guess.articles, guess.others) == (pattern, 2, 0)


def test_no_expression_is_made_of_slugs_alone_or_of_single_addresses() -> None:
    assert guess_patterns(["https://e.org/the-harbour-is-open", "https://e.org/the-harbour-is-closed"]) == []
    assert guess_patterns(["https://e.org/a-100001"]) == []
    assert guess_patterns([]) == []


def test_a_draft_of_the_demo_portal_is_a_seed_that_a_crawl_can_use(
    command: Command, demo: DemoServer, tmp_path: Path, store: Store
) -> None:
    (tmp_path / "seeds").mkdir()
    file = tmp_path / "seeds" / "gazette.toml"
    ended = command("portals", "add", demo.url, "-o", str(file))
    assert ended.code == 0, ended.err
    seed, text = read_seed(file), file.read_text(encoding="utf-8")
    assert seed.title.startswith("Harbour Gazette")
    assert (seed.start_urls, seed.allowed_domains, seed.loopback) == ((demo.url,), ("127.0.0.1",), True)
    # Every story has the form, lists do not.
    assert all(looks_like_article(demo.site.base + story.path, seed) for story in demo.site.stories)
    assert not looks_like_article(f"{demo.site.base}/vi/bien/?page=1", seed)
    assert re.search(r"-\\d\{4,5\}\\\.html',  # 21 and 0\n", text)
    assert ".related-news" in seed.related.css
    assert ".d-md-block" not in seed.related.css
    assert (seed.verified.confidence, "article_url" in seed.verified.unverified) == ("low", True)
    assert command("crawl", "gazette", "--seeds", str(file.parent), "--max-pages", "4").code == 0

    assert "exists" in command("portals", "add", demo.url, "-o", str(file)).err


def test_feeds_and_sitemaps_are_found_read_and_counted(offline: Command, site: NewsSite) -> None:
    site.front(*(site.story(number) for number in range(3)))
    status, headers, body = site.pages["/"]
    links = (
        '<link rel="alternate" type="application/rss+xml" href="/a.rss"><link rel="alternate" hreflang="vi" href="/vi">'
    )
    site.pages["/"] = (status, headers, body.replace(b"</head>", f"{links}</head>".encode()))
    robots = f"User-agent: *\nDisallow: /closed\nSitemap: {site.url}/s.xml\nsitemap: /closed.xml\n"
    site.pages["/robots.txt"] = (200, {"Content-Type": "text/plain"}, robots.encode())
    item = f"<item><link>{site.story_path(1)}</link><pubDate>Sun, 22 Nov 2026 10:00:00 GMT</pubDate></item>"
    item += "<item><link>/x</link></item>"
    site.pages["/a.rss"] = (200, {}, f"<rss><channel>{item}</channel></rss>".encode())
    site.html("/s.xml", "<html>no</html>")
    ended = offline("portals", "add", site.url)
    assert ended.code == 0, ended.err
    assert f'    "{site.url}/a.rss",  # 1 of 2 look like articles, the newest of 2026-11-22\n' in ended.out
    assert f"# Named, but of no use: {site.url}/s.xml: not a feed: HTML\n" in ended.out
    assert f"# Named, but of no use: {site.url}/closed.xml: forbidden by robots.txt\n" in ended.out
    assert "/closed.xml" not in site.asked


def test_a_portal_that_cannot_be_drafted_is_one_sentence(offline: Command, site: NewsSite, tmp_path: Path) -> None:
    site.html("/", "<html><body><p>Nothing here.</p></body></html>")
    assert "no link on it looks like an article's" in offline("portals", "add", site.url).err
    ended = offline("portals", "add", f"{site.url}/gone", "-o", str(tmp_path / "gone.toml"))
    assert (ended.code, ended.out, (tmp_path / "gone.toml").exists()) == (2, "", False)
    assert ended.err == f"storykin: {site.url}/gone: HTTP 404; give the address of the portal's front page\n"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["example.org"], "no whole URL"),
        (["https://example.org/", "-o", "Not_A_Name.toml"], "cannot name a portal"),
        (["https://example.org/", "-o", "no/such/folder/x.toml"], "a folder that exists"),
        (["https://example.org/"], "set STORYKIN_CONTACT"),
    ],
)
def test_bad_arguments_are_refused_before_anything_is_fetched(
    offline: Command, arguments: list[str], words: str
) -> None:
    ended = offline("portals", "add", *arguments)
    assert (ended.code, ended.out) == (2, "")
    assert words in ended.err
    assert ended.err.count("\n") == 1
