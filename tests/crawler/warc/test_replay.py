"""A recorded crawl, replayed without the server, is the same crawl."""

from __future__ import annotations

import hashlib
import json
import os
import zlib
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from scrapy.http import HtmlResponse
from warcio.archiveiterator import ArchiveIterator

from crawler.http.site_rights import TDMREP
from crawler.warc.archive import WarcArchive, read_pages
from crawler.warc.record import WarcRecorder
from dedupe.errors import InputError
from storage import open_store
from storage.articles import articles
from storage.frontier import failures

if TYPE_CHECKING:
    from storage.database.store import Store
    from tests.crawler.conftest import Command, NewsSite


SOAK = bool(os.environ.get("STORYKIN_SOAK"))


def stored(store: Store) -> list[dict[str, object]]:
    return [found.article.to_json() for found in articles.iterate(store)]


def forget(store: Store) -> None:
    for name in set(store.db.list_collection_names()) - {"meta"}:
        store.db[name].delete_many({})


def test_a_replay_stores_what_the_recorded_crawl_stored_and_asks_no_server(
    command: Command, site: NewsSite, store: Store, tmp_path: Path
) -> None:
    site.stories(12)
    path = site.story_path(3)
    status, headers, body = site.pages[path]
    site.pages[path] = (status, {**headers, "Content-Encoding": "deflate"}, zlib.compress(body))
    site.redirect("/moved/the-harbour-story-that-moved-100099.html", site.story_path(5))
    site.front(
        site.story_path(0), "/moved/the-harbour-story-that-moved-100099.html", "/gone/the-lost-story-100098.html"
    )
    site.pages["/robots.txt"] = (200, {"Content-Type": "text/plain"}, b"User-agent: *\nDisallow: /gone/\n")
    warc = tmp_path / "crawl.warc.gz"
    first = command("crawl", site.url, "--record", str(warc), "--json")
    assert first.code == 0, first.err
    live = stored(store)
    asked = len(site.asked)
    forget(store)

    again = command("crawl", site.url, "--replay", str(warc), "--json")
    assert again.code == 0, again.err
    assert len(site.asked) == asked
    replayed, counts = json.loads(again.out), json.loads(first.out)
    del replayed["run"], counts["run"]
    assert replayed == counts
    assert {one["url"]: one["text"] for one in stored(store)} == {one["url"]: one["text"] for one in live}
    assert stored(store) == sorted(stored(store), key=lambda one: str(one["id"]))
    assert [failure.reason for failure in failures.iterate(store)] == ["forbidden by robots.txt"]

    with warc.open("rb") as file:
        urls = [record.rec_headers.get_header("WARC-Target-URI") for record in ArchiveIterator(file)][1:]
    assert sorted(url.removeprefix(site.url) for url in urls) == sorted([*site.asked, TDMREP])


def test_an_article_says_how_it_was_found_and_where_its_page_is(
    command: Command, site: NewsSite, store: Store, tmp_path: Path
) -> None:
    site.stories(6)
    warc = tmp_path / "crawl.warc.gz"

    def places() -> dict[str, tuple[str, str, int | None]]:
        return {one.url: (one.page_digest, one.warc_file, one.warc_offset) for one in articles.iterate(store)}

    assert command("crawl", site.url, "--record", str(warc)).code == 0
    recorded = places()
    assert len(recorded) == 6
    for url, (digest, file, offset) in recorded.items():
        assert (file, offset is not None) == ("crawl.warc.gz", True)
        with warc.open("rb") as stream:
            stream.seek(offset or 0)
            record = next(iter(ArchiveIterator(stream)))
            assert record.rec_headers.get_header("WARC-Target-URI") == url
            assert hashlib.sha256(record.content_stream().read()).hexdigest() == digest
    ways = {(one.found_as, one.found_on) for one in articles.iterate(store)}
    assert ways <= {("article", f"{site.url}/"), *(("related", url) for url in recorded)}
    assert ("article", f"{site.url}/") in ways
    forget(store)
    assert command("crawl", site.url, "--replay", str(warc)).code == 0
    assert places() == recorded
    assert {page.url: (page.warc_file, page.warc_offset) for page in read_pages(warc)}.items() >= {
        url: (file, offset) for url, (_, file, offset) in recorded.items()
    }.items()
    forget(store)
    assert command("crawl", site.url).code == 0
    assert {url: (digest, "", None) for url, (digest, _, _) in recorded.items()} == places()
    with open_store() as opened:
        row = next(opened.articles(all_copies=True).rows(["page_digest", "warc_file", "warc_offset", "found_on"]))
    assert (row["warc_file"], row["warc_offset"]) == (None, None)


def test_two_replays_are_the_same_to_the_last_field(
    command: Command, site: NewsSite, store: Store, tmp_path: Path
) -> None:
    site.stories(30)
    command("crawl", site.url, "--record", str(tmp_path / "a.warc.gz"))
    results = []
    for _ in range(2):
        forget(store)
        ended = command(
            "crawl", site.url, "--replay", str(tmp_path / "a.warc.gz"), "--max-pages", "17", "--json", fresh=True
        )
        assert json.loads(ended.out)["fetched"] == 17
        results.append(stored(store))
    assert results[0] == results[1]


def test_what_no_followed_link_leads_to_is_not_read_and_what_is_missing_is_a_failure(
    command: Command, site: NewsSite, store: Store, tmp_path: Path
) -> None:
    site.story(1, related=(site.story_path(2), site.story_path(9)))
    site.story(2)
    site.story(3)
    site.front(site.story_path(1))
    warc = tmp_path / "a.warc.gz"
    with closing(WarcRecorder(warc, software="test")) as recorder:
        for path in ("/", *map(site.story_path, (1, 2, 3))):
            response = HtmlResponse(site.url + path, body=site.pages[path][2], headers=site.pages[path][1])
            recorder.write(response, datetime(2017, 1, 20, tzinfo=UTC))
    ended = command("crawl", site.url, "--replay", str(warc), "--json")
    counts = json.loads(ended.out)
    assert counts["failures_by_reason"] == {"not in the archive": 1}
    assert {found.article.url for found in articles.iterate(store)} == {
        site.url + site.story_path(1), site.url + site.story_path(2)
    }  # fmt: skip
    assert {found.article.fetched for found in articles.iterate(store)} == {datetime(2017, 1, 20, tzinfo=UTC)}
    assert site.asked == []


def story_record(site: NewsSite, number: int, *more: bytes) -> bytes:
    """Return the record of a story, *more* among its fields."""
    _, _, body = site.pages[site.story(number)]
    block = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n" + body
    fields = (
        b"WARC/1.1",
        b"WARC-Type: response",
        b"WARC-Date: 2026-11-20T08:00:00Z",
        b"Content-Length: %d" % len(block),
        *more,
    )
    return b"\r\n".join(fields) + b"\r\n\r\n" + block + b"\r\n\r\n"


def test_what_an_archive_lacks_is_counted_and_its_doubts_outlive_every_reading(
    command: Command, site: NewsSite, store: Store, tmp_path: Path
) -> None:
    address, path, doubt = f"{site.url}{site.story_path(1)}", tmp_path / "a.warc", ["cut in the archive"]
    target = b"WARC-Target-URI: " + address.encode()
    parts = [story_record(site, 1, target, b"WARC-Truncated: disconnect"), story_record(site, 2), story_record(site, 3)]
    path.write_bytes(b"".join(parts))
    passed_over = {"a capture without WARC-Target-URI": 2}

    replayed = json.loads(command("crawl", address, "--replay", str(path), "--json").out)
    assert (replayed["articles"], replayed["passed_over"]) == (1, passed_over)
    told = command("runs", replayed["run"]).out
    assert "2 records of the archive: a capture without WARC-Target-URI × 2" in told
    assert "the pages of 2026-11-20 08:00:00 UTC" in told
    said = command("crawl", address, "--replay", str(path)).out
    assert "2 records of the archive were passed over: a capture without WARC-Target-URI × 2" in said

    for again in (("--again",), ("--warc", str(path), "--again")):
        report = json.loads(command("reprocess", *again, "--workers", "0", "--json").out)
        assert report["outcomes"] == {"unchanged": 1}
        assert report["passed_over"] == (passed_over if "--warc" in again else {})
    assert [list(found["quality"]) for found in stored(store)] == [doubt]
    assert command("export", "--format", "warc", "-o", str(tmp_path / "b.warc")).code == 0
    assert [list(page.doubts) for page in read_pages(tmp_path / "b.warc")] == [doubt]


def test_a_cut_archive_is_refused_before_anything_is_stored(
    command: Command, store: Store, tmp_path: Path, site: NewsSite
) -> None:
    site.stories(3)
    command("crawl", site.url, "--record", str(tmp_path / "a.warc.gz"))
    forget(store)
    whole = (tmp_path / "a.warc.gz").read_bytes()
    (tmp_path / "cut.warc.gz").write_bytes(whole[: len(whole) - 200])
    ended = command("crawl", site.url, "--replay", str(tmp_path / "cut.warc.gz"))
    assert ended.code == 2
    assert "cut" in ended.err
    assert len(ended.err.strip().splitlines()) == 1
    assert store.db["frontier"].count_documents({}) == 0


def test_a_full_disk_ends_the_crawl_and_the_same_command_goes_on_with_crawl_and_recording(
    command: Command, site: NewsSite, store: Store, tmp_path: Path
) -> None:
    site.stories(25)
    warc = tmp_path / "a.warc.gz"
    ended = command("crawl", site.url, "--record", str(warc), largest_file=9000)
    assert ended.code == 1, ended.err
    assert "a.warc.gz.part: cannot be written to" in ended.out
    assert not warc.exists()
    before = {found.article.url for found in articles.iterate(store)}
    assert len(before) < 25
    assert command("crawl", site.url, "--record", str(warc)).code == 0
    recorded = {page.url for page in read_pages(warc)}
    assert {found.article.url for found in articles.iterate(store)} <= recorded | before
    assert len(list(articles.iterate(store))) == 25


def write(recorder: WarcRecorder, number: int) -> None:
    response = HtmlResponse(f"http://example.org/{number}", body=b"<html>%d</html>" % number)
    recorder.write(response, datetime(2026, 1, 1, tzinfo=UTC))


def test_a_recording_never_overwrites(tmp_path: Path) -> None:
    path = tmp_path / "a.warc.gz"
    path.write_bytes(b"precious")
    with pytest.raises(InputError, match="exists"):
        WarcRecorder(path, software="test")
    assert path.read_bytes() == b"precious"
    with (
        closing(WarcRecorder(tmp_path / "b.warc.gz", software="test")),
        pytest.raises(InputError, match="another crawl"),
    ):
        WarcRecorder(tmp_path / "b.warc.gz", software="test")


@pytest.mark.parametrize("cut", [1, 30, 150])
def test_a_killed_recording_is_gone_on_with_after_its_whole_records(tmp_path: Path, cut: int) -> None:
    path = tmp_path / "a.warc.gz"
    recorder = WarcRecorder(path, software="test")
    for number in range(4):
        write(recorder, number)
    recorder.abandon()
    assert not path.exists()
    data = recorder.part.read_bytes()
    recorder.part.write_bytes(data[:-cut])
    with closing(WarcRecorder(path, software="test")) as again:
        write(again, 9)
    bodies = [page.body for page in read_pages(path)]
    assert bodies == [b"<html>0</html>", b"<html>1</html>", b"<html>2</html>", b"<html>9</html>"]
    assert not recorder.part.exists()


def test_repeated_headers_and_the_time_survive(tmp_path: Path) -> None:
    path = tmp_path / "a.warc.gz"
    with closing(WarcRecorder(path, software="test")) as recorder:
        response = HtmlResponse("http://example.org/", status=301, body=b"", headers={"Set-Cookie": ["a=1", "b=2"]})
        recorder.write(response, datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC))
    with WarcArchive(path) as archive:
        found = archive.lookup("http://example.org/")
    assert found is not None
    assert found.status == 301
    assert [value for name, value in found.headers if name == "Set-Cookie"] == ["a=1", "b=2"]
    assert found.date == datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


@pytest.mark.shared
@pytest.mark.timeout(900)
def test_the_captured_portal_of_the_measuring_data(command: Command, store: Store, shared_data: Path) -> None:
    """Two links deep; with STORYKIN_SOAK the whole portal."""
    depth, least = ((), 440) if SOAK else (("--depth", "2"), 25)
    warc = str(shared_data / "portals" / "abcnews.warc.gz")
    arguments = (
        "crawl",
        "http://abcnews.go.com/",
        "--replay",
        warc,
        "--replay-at",
        "2017-01-20",
        "--follow",
        "articles",
        *depth,
    )
    first = json.loads(command(*arguments, "--json").out)
    assert first["new"] >= least
    assert first["fetched"] == first["articles"] + first["listings"] + first["not_articles"] + first["failures"]
    assert first["articles"] == first["distinct"] + first["duplicates"]
    again = json.loads(command(*arguments, "--json").out)
    assert (again["new"], again["versions"]) == (0, 0)
