"""Inputs with known right answers of the measuring data, each through the commands that meet its kind."""

from __future__ import annotations

import gzip
import json
import re
import zlib
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest

from crawler.article.page.feeds import parse_feed
from storage.articles import articles
from storage.frontier import failures

if TYPE_CHECKING:
    from storage.database.store import Store
    from tests.crawler.conftest import Command, NewsSite

HOST = "http://news.example.org"
SEED = """title = "Gazette"
start_urls = ["{url}/"]
allowed_domains = ["127.0.0.1"]
article_url = ['http://127\\.0\\.0\\.1:\\d+/.+']
loopback = true
"""
FEEDS = ("amp", "hreflang", "enclosure", "origlink", "gztail", "txt", "php", "year1", "index")
WARCS = ("revisit-nodigest", "date-overflow", "no-uri", "truncated", "brlie", "later304")


@pytest.fixture
def folder(shared_data: Path) -> Path:
    """Where the inputs are."""
    return shared_data / "cases" / "crawl"


def case_of(folder: Path, name: str) -> tuple[bytes, dict[str, Any]]:
    """Return an input and what is expected of it."""
    case = next(one for one in json.loads((folder / "index.json").read_text()) if one["id"] == name)
    return (folder / case["file"]).read_bytes(), case["expected"]


def on_host(body: bytes, url: str) -> bytes:
    """Return a feed, its addresses on the server at *url*."""
    if body.startswith(b"\x1f\x8b"):
        packed = zlib.decompressobj(31)
        text = packed.decompress(body)
        return gzip.compress(on_host(text, url)) + packed.unused_data
    return body.replace(HOST.encode(), url.encode())


def seeds(tmp_path: Path, site: NewsSite, more: str = "") -> Path:
    """Return a folder with the seed ``gazette``."""
    made = tmp_path / "seeds"
    made.mkdir()
    (made / "gazette.toml").write_text(SEED.format(url=site.url) + more)
    return made


@pytest.mark.parametrize("name", FEEDS)
def test_a_feed(command: Command, site: NewsSite, store: Store, tmp_path: Path, folder: Path, name: str) -> None:
    body, expected = case_of(folder, name)
    assert [entry.url for entry in parse_feed(body, expected["url"]).entries] == expected["urls"]
    path = urlsplit(expected["url"]).path
    site.pages[path] = (200, {"Content-Type": "application/xml"}, on_host(body, site.url))
    site.front(site.story(1))
    asked = [url.removeprefix(HOST) for url in expected["urls"]]
    for number, one in enumerate(asked, 2):
        site.pages[one] = site.pages[site.story(number)]
    key = "sitemaps" if name == "index" else "feeds"
    given = seeds(tmp_path, site, f'[discovery]\n{key} = ["{site.url}{path}"]\n')
    ended = command("crawl", "gazette", "--seeds", str(given), "--json")
    assert ended.code == 0, ended.err
    wanted = {path, "/", "/robots.txt", site.story_path(1), *asked}
    if newest := expected.get("newest_sitemap_asked", "").removeprefix(HOST):
        assert site.asked_for(newest) == 1
    else:
        assert set(site.asked) == wanted
        assert len(list(articles.iterate(store))) == 1 + len(asked)


@pytest.mark.parametrize("name", WARCS)
def test_an_archive(command: Command, store: Store, tmp_path: Path, folder: Path, name: str) -> None:
    _, expected = case_of(folder, name)
    path = str(folder / "warc" / f"{name}.warc.gz")
    extracted = command("extract", "--warc", path, "--workers", "0")
    rows = [json.loads(line) for line in extracted.out.splitlines()]
    if titles := expected.get("extract_titles"):
        assert extracted.code == expected.get("rc", 0), extracted.err
        assert sorted(row["title"] for row in rows if row["text"]) == titles
    if url := expected.get("not_silently_whole"):
        assert [row["url"] for row in rows if not row["quality"] and row["url"] == url] == []
        assert command("crawl", url, "--replay", path, "--json").code == 0
        assert [one.article.quality for one in articles.iterate(store)] == [("cut in the archive",)]
    for url, title in expected.get("replay_title", {}).items():
        command("crawl", url, "--replay", path, "--json")
        found = {one.article.url: one.article.title for one in articles.iterate(store)}
        assert found.get(url) == title


def test_a_robots_txt_cut_inside_a_line(command: Command, site: NewsSite, store: Store, folder: Path) -> None:
    body, expected = case_of(folder, "cut")
    site.pages["/robots.txt"] = (200, {"Content-Type": "text/plain"}, body)
    for number, (path, allowed) in enumerate(expected["allowed"].items()):
        site.pages[path] = site.pages[site.story(number)]
        site.asked.clear()
        command("crawl", site.url + path, "--json")
        assert (path in site.asked) is allowed


def answer_of(folder: Path, name: str) -> tuple[int, dict[str, str], bytes]:
    """Return the answer in a file as a site gives it."""
    head, _, body = case_of(folder, name)[0].replace(b"\r\n", b"\n").partition(b"\n\n")
    status, *fields = head.decode().split("\n")
    headers = dict(field.split(": ", 1) for field in fields if not field.startswith("Content-Length"))
    return int(status.split()[1]), headers, body


def test_a_part_of_a_page_is_no_article(command: Command, site: NewsSite, store: Store, folder: Path) -> None:
    site.pages["/a/part-100001.html"] = answer_of(folder, "partial")
    command("crawl", f"{site.url}/a/part-100001.html", "--json")
    assert list(articles.iterate(store)) == []
    assert [one.reason for one in failures.iterate(store)] == ["a part of a page (HTTP 206)"]


def test_an_unfilled_canonical_link_makes_no_versions(
    command: Command, site: NewsSite, store: Store, folder: Path
) -> None:
    paths = [f"/c/s-{number}" for number in (1, 2, 3)]
    status, headers, body = answer_of(folder, "canonical-tmpl")
    for number, path in enumerate(paths, 1):
        own = re.sub(rb"plan number \d", b"plan number %d" % number, body)
        site.pages[path] = (status, headers, own.replace(b"tmpl 1", b"tmpl %d" % number))
    command("crawl", *(site.url + path for path in paths), "--json")
    assert {one.article.canonical_url for one in articles.iterate(store)} == {site.url + path for path in paths}
    assert store.db["versions"].count_documents({}) == 0


def test_nul_and_lone_surrogates_are_in_no_field(command: Command, site: NewsSite, store: Store, folder: Path) -> None:
    site.pages["/a/nul-100001.html"] = answer_of(folder, "nul-jsonld")
    command("crawl", f"{site.url}/a/nul-100001.html", "--json")
    [found] = [one.article for one in articles.iterate(store)]
    assert found.title
    exported = command("export", "--fields", "title,authors,section,tags,lead,text,image")
    assert exported.code == 0, exported.err
    assert not re.search(r"\\u0000|\\ud[89a-f]|[\x00\ud800-\udfff]", exported.out + repr(found), re.IGNORECASE)
