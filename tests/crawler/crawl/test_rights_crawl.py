"""Where an article's rights come from in a crawl: each source from an invented site, its date, reprocess, exports."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from crawler.http.site_rights import TDMREP
from storage.articles import articles, pages
from storage.report.rows import portal_numbers

if TYPE_CHECKING:
    from storage.articles.articles import StoredArticle
    from storage.database.store import Store
    from tests.crawler.conftest import Command, NewsSite

ROBOTS = b"User-agent: *\nContent-Signal: search=yes, ai-train=no\nAllow: /\n\nUser-agent: GPTBot\nDisallow: /news/\n"
RULES = json.dumps([{"location": "/news/", "tdm-reservation": 1}]).encode()


def with_files(site: NewsSite) -> None:
    site.pages["/robots.txt"] = (200, {"Content-Type": "text/plain"}, ROBOTS)
    site.pages[TDMREP] = (200, {"Content-Type": "application/json"}, RULES)


def by_number(store: Store) -> dict[str, StoredArticle]:
    return {one.title.split(":")[0][-1]: one for one in articles.iterate(store)}


def test_an_article_says_what_its_host_its_headers_and_its_page_say(
    command: Command, site: NewsSite, store: Store
) -> None:
    site.stories(2)
    with_files(site)
    status, headers, body = site.pages[site.story_path(1)]
    told = {"TDM-Reservation": "0", "X-Robots-Tag": "noai"}
    site.pages[site.story_path(1)] = (status, {**headers, **told}, body)
    began = datetime.now(UTC) - timedelta(seconds=1)
    assert command("crawl", f"{site.url}/").code == 0
    found = by_number(store)
    assert found["0"].rights == ("ai-agents:refused", "ai-train:no", "search:yes", "tdm:reserved")
    assert found["1"].rights == ("ai-agents:refused", "ai-train:no", "noai", "search:yes", "tdm:not-reserved")
    assert [one.source for one in found["1"].rights_source] == [
        *["robots.txt"] * 3, "tdmrep.json", "header", "header",
    ]  # fmt: skip
    assert all(one.read and one.read >= began for article in found.values() for one in article.rights_source)
    assert site.tdmrep_asked == 1
    # What the page kept says is what it said then, whatever the host says now.
    kept = pages.get(store, site.url + site.story_path(1))
    assert kept is not None
    assert kept.rights == found["1"].rights_source
    assert command("reprocess").code == 0
    assert by_number(store)["1"].rights_source == found["1"].rights_source
    (row,) = portal_numbers(store)
    assert row.rights["ai-train:no"] == 2
    assert row.rights["noai"] == 1
    said = command("report").out
    assert "what portals say of use, by articles: 2 ai-agents:refused, 2 ai-train:no, 2 search:yes, 1 noai" in said
    chosen = command("export", "--rights", "noai", "--fields", "url,rights,rights_source").out.splitlines()
    assert [json.loads(line)["url"] for line in chosen] == [site.url + site.story_path(1)]
    assert json.loads(chosen[0])["rights_source"][-1]["said"] == "noai"
    left = command("export", "--without-rights", "noai", "--fields", "url").out.splitlines()
    assert [json.loads(line)["url"] for line in left] == [site.url + site.story_path(0)]


def test_a_host_without_files_says_nothing_and_stops_nothing(command: Command, site: NewsSite, store: Store) -> None:
    site.stories(2)
    site.pages[TDMREP] = (503, {"Retry-After": "600"}, b"busy")
    assert command("crawl", f"{site.url}/").code == 0
    assert [one.rights for one in articles.iterate(store)] == [(), ()]
    assert command("export", "--rights", "any").out == ""


def test_the_file_is_not_asked_for_where_robots_txt_forbids_it(command: Command, site: NewsSite, store: Store) -> None:
    site.stories(1)
    with_files(site)
    site.pages["/robots.txt"] = (200, {}, b"User-agent: *\nDisallow: /.well-known/\n")
    assert command("crawl", f"{site.url}/").code == 0
    assert site.tdmrep_asked == 0
    assert [one.rights for one in articles.iterate(store)] == [()]


def test_a_replay_says_what_the_recording_said(command: Command, site: NewsSite, store: Store, tmp_path: Path) -> None:
    site.stories(1)
    with_files(site)
    archive = str(tmp_path / "harbour.warc.gz")
    assert command("crawl", f"{site.url}/", "--record", archive).code == 0
    (live,) = articles.iterate(store)
    for name in set(store.db.list_collection_names()) - {"meta"}:
        store.db[name].delete_many({})
    site.pages.clear()
    assert command("crawl", f"{site.url}/", "--replay", archive).code == 0
    (replayed,) = articles.iterate(store)
    assert replayed.rights == live.rights != ()
    assert [one.said for one in replayed.rights_source] == [one.said for one in live.rights_source]
    assert all(one.read for one in replayed.rights_source)
    read = command("extract", archive).out.splitlines()
    assert json.loads(read[-1])["rights"] == []  # of one page of an archive the files of its host are not looked at
