"""``storykin reprocess`` and the WARC export on a real crawl's database."""

from __future__ import annotations

import hashlib
import json
import os
import signal
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from http.server import ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from crawler.review.reprocess_report import Report, changed_fields
from crawler.warc.archive import read_pages
from storage.articles import articles, pages
from storage.articles.versions import versions
from storage.base.documents import content_hash, document_of
from storage.duplicates import decide
from storage.frontier import related_links
from storage.records import Article, RelatedStory
from tests.crawler.conftest import NewsSite, serve
from tests.crawler.processes import wait_for
from tests.support.databases import drop

if TYPE_CHECKING:
    from storage.articles.articles import StoredArticle
    from storage.database.store import Store
    from tests.crawler.conftest import Command


def snapshot(store: Store) -> dict[str, list[dict[str, Any]]]:
    """All that an article is made of, but for what tells that it was looked at."""
    return {name: list(store.db[name].find().sort("_id", 1)) for name in ("articles", "edges", "versions", "frontier")}


def as_an_older_version_read_it(store: Store, number: int, **fields: Any) -> str:
    """Make the stored article of a page what an older extraction would have left; return its id."""
    (row,) = [one for one in articles.iterate(store) if f"-number-{number}-" in one.article.url]
    older = replace(row.article, id="", extractor="storykin 0.0.1", **fields)
    store.db["articles"].delete_one({"_id": row.article.id})
    for name in ("fingerprints", "exact"):
        store.db[name].delete_many({"$or": [{"_id": row.article.id}, {"article": row.article.id}]})
    (entry,) = store.db["pages"].find({"article": row.article.id}, {"_id": 1})
    (put,) = articles.put_many(store, [older], entries=[entry["_id"]])
    decide.decide(store, [put.id])
    store.db["pages"].update_one({"_id": entry["_id"]}, {"$set": {"content": content_hash(older)}})
    return put.id


@dataclass
class Crawl:
    """A crawl's site, which is served until the module's end, and the documents of its database."""

    site: NewsSite | None = None
    server: ThreadingHTTPServer | None = None
    rows: dict[str, list[dict[str, Any]]] = field(default_factory=dict)


@pytest.fixture(scope="module")
def first_crawl() -> Iterator[Crawl]:
    crawl = Crawl()
    yield crawl
    if crawl.server:
        crawl.server.shutdown()
        crawl.server.server_close()


@pytest.fixture
def crawled(command: Command, store: Store, first_crawl: Crawl) -> NewsSite:
    """The site, with *store* as its crawl left it: made once, for no test here changes the site or asks it again."""
    if not first_crawl.site:
        site = NewsSite()
        first_crawl.server = serve(site)
        site.stories(8)
        ended = command("crawl", site.url)
        assert ended.code == 0, ended.err
        first_crawl.site = site
        first_crawl.rows = {name: list(store.db[name].find()) for name in store.db.list_collection_names()}
        return site
    for name, rows in first_crawl.rows.items():
        store.db[name].delete_many({})
        if rows:
            store.db[name].insert_many(rows)
    return first_crawl.site


def test_pages_that_give_the_same_change_nothing_and_are_read_once(
    command: Command, crawled: NewsSite, store: Store
) -> None:
    before, asked = snapshot(store), len(crawled.asked)
    first = command("reprocess", "--workers", "2", "--json")
    assert first.code == 0, first.err
    report = json.loads(first.out)
    assert report["outcomes"] == {"unchanged": 8, "no article": 1}
    assert (report["fields"], report["examples"], report["read_before"]) == ({}, [], 0)
    assert snapshot(store) == before
    assert len(crawled.asked) == asked
    again = json.loads(command("reprocess", "--json").out)
    assert (again["pages"], again["read_before"]) == (0, 9)
    assert json.loads(command("reprocess", "--again", "--workers", "0", "--json").out)["pages"] == 9


def test_what_the_present_version_reads_otherwise_is_a_version_with_its_reason(
    command: Command, crawled: NewsSite, store: Store
) -> None:
    good = {one.article.id: one for one in articles.iterate(store)}
    key = as_an_older_version_read_it(store, 3, text="Read more about it here.", related=(), section="Nowhere")
    row = store.db["articles"].find_one({"_id": key})
    assert row
    dry = json.loads(command("reprocess", "--dry-run", "--json").out)
    assert store.db["articles"].find_one({"_id": key}) == row
    report = json.loads(command("reprocess", "--json").out)
    assert dry["fields"] == report["fields"] == {"text": 1, "related": 1, "section": 1}
    assert report["outcomes"] == {"unchanged": 7, "changed": 1, "no article": 1}
    assert report["related"]["came"] == len(good[key].article.related) > 0
    (example,) = [one for one in report["examples"] if one["field"] == "text"]
    assert any("Read more about it here." in before for before, _ in example["differences"])
    after = articles.get(store, key)
    assert after
    assert after.article == good[key].article
    assert (after.version, after.last_seen) == (2, row["last_seen"])
    (older,) = versions(store, key)
    assert (older.reason, older.changed, older.article.text) == (
        "reprocessed", ("text", "section"), "Read more about it here."
    )  # fmt: skip
    raw = pages.get(store, key)
    assert raw
    assert raw.content == content_hash(after.article)


def test_other_details_of_the_same_text_are_replaced_without_a_version(
    command: Command, crawled: NewsSite, store: Store
) -> None:
    key = as_an_older_version_read_it(store, 2, tags=("wrong",), related=())
    report = json.loads(command("reprocess", "--json").out)
    assert report["fields"] == {"related": 1, "tags": 1}
    stored = articles.get(store, key)
    assert stored
    assert (stored.article.tags, stored.version, versions(store, key)) == ((), 1, [])
    assert stored.article.related
    assert len(list(related_links.iterate(store, source=key))) == len(stored.article.related)
    row = store.db["articles"].find_one({"_id": key})
    assert row
    assert row["unpulled"] is True


def test_duplicates_are_decided_anew_for_texts_that_change(command: Command, crawled: NewsSite, store: Store) -> None:
    text = next(one for one in articles.iterate(store) if "-number-5-" in one.article.url).article.text
    key = as_an_older_version_read_it(store, 6, text=text)
    wrong = articles.get(store, key)
    assert wrong
    duplicates = [one for one in articles.iterate(store) if one.duplicate]
    assert len(duplicates) == 1
    report = json.loads(command("reprocess", "--dedupe", "--json").out)
    assert report["fields"] == {"text": 1}
    assert [one for one in articles.iterate(store) if one.duplicate] == []
    assert sum(report["duplicates"].values()) == 1, "whichever of the two was the kept one"


def test_a_page_that_is_no_article_any_more_leaves_the_stored_one(
    command: Command, crawled: NewsSite, store: Store
) -> None:
    url = f"{crawled.url}{crawled.story_path(1)}"
    raw = pages.get(store, url)
    assert raw
    pages.put_many(store, [replace(raw, body=b"<html><body><p>Gone.</p></body></html>")])
    before = articles.get(store, url)
    report = json.loads(command("reprocess", url, "--json").out)
    assert report["outcomes"] == {"no article any more": 1}
    assert sum(report["reasons"].values()) == 1
    assert articles.get(store, url) == before


def test_a_killed_run_goes_on_and_ends_as_an_undisturbed_one(command: Command, site: NewsSite, store: Store) -> None:
    site.stories(80)  # a batch of 64 pages and a rest
    assert command("crawl", site.url).code == 0
    for row in articles.iterate(store):
        store.db["articles"].update_one({"_id": row.article.id}, {"$set": {"tags": ["wrong"], "details": ""}})
    last = store.db["pages"].find_one({"article": {"$gt": ""}}, sort=[("_id", -1)])
    assert last
    with store.client.start_session() as session, session.start_transaction():
        # Until this is over, the second batch cannot be stored, so that the kill comes before it.
        store.db["articles"].update_one({"_id": last["article"]}, {"$set": {"held": True}}, session=session)
        process = command.start("reprocess", "--workers", "1")
        # Pages are marked one after another.
        wait_for(lambda: store.db["pages"].count_documents({"read_by": {"$exists": True}}) == 64)
        os.killpg(process.pid, signal.SIGKILL)
        command.end(process)
        done = store.db["pages"].count_documents({"read_by": {"$exists": True}})
        session.abort_transaction()
    assert done == 64
    ended = command("reprocess", "--json")
    assert ended.code == 0, ended.err
    report = json.loads(ended.out)
    assert (report["pages"], report["read_before"]) == (17, 64)
    assert {one.article.tags for one in articles.iterate(store)} == {()}
    assert {one.version for one in articles.iterate(store)} == {1}


def test_a_recording_is_read_anew_and_gone_on_with(
    command: Command, site: NewsSite, store: Store, tmp_path: Path
) -> None:
    site.stories(6)
    warc = tmp_path / "crawl.warc.gz"
    assert command("crawl", site.url, "--record", str(warc)).code == 0
    good = {one.article.id: one.article for one in articles.iterate(store)}
    key = as_an_older_version_read_it(store, 3, text="Read more about it here.")
    store.db["pages"].delete_many({})
    report = json.loads(command("reprocess", "--warc", str(warc), "--json").out)
    assert report["outcomes"] == {"unchanged": 5, "changed": 1, "no article": 1}
    assert {one.article.id: one.article for one in articles.iterate(store)} == good
    assert [one.reason for one in versions(store, key)] == ["reprocessed"]
    assert json.loads(command("reprocess", "--warc", str(warc), "--json").out)["read_before"] == 7
    for name in set(store.db.list_collection_names()) - {"meta"}:
        store.db[name].delete_many({})
    anew = json.loads(command("reprocess", "--warc", str(warc), "--json").out)
    assert anew["outcomes"] == {"new": 6, "no article": 1}
    assert {one.article.id: one.article.text for one in articles.iterate(store)} == {
        key: article.text for key, article in good.items()
    }


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("nowhere",), "no pages of 'nowhere' are kept"),
        (("https://vov.example/none",), "no page of this address is kept; crawl it again"),
        (("--dry-run", "--dedupe"), "--dedupe writes clusters"),
        (("--since", "yesterday"), "'yesterday' is no date"),
        (("--seed", "vov"), "--seed goes with --warc"),
    ],
)
def test_what_cannot_be_done_is_said(command: Command, arguments: tuple[str, ...], sentence: str) -> None:
    ended = command("reprocess", *arguments)
    assert ended.code == 2
    assert sentence in ended.err
    assert len(ended.err.splitlines()) == 1


def untimed(stored: dict[str, StoredArticle]) -> dict[str, Article]:
    """The articles by id, without when they were fetched and which file they were read from."""
    away: dict[str, Any] = {"fetched": None, "warc_file": "", "warc_offset": None}
    return {key: replace(one.article, **away) for key, one in stored.items()}


def test_exported_pages_replay_into_the_same_articles(
    command: Command, site: NewsSite, store: Store, tmp_path: Path
) -> None:
    site.stories(8)
    site.redirect("/moved/the-harbour-story-that-moved-100099.html", site.story_path(7))
    site.front("/moved/the-harbour-story-that-moved-100099.html", *map(site.story_path, range(5)), path="/")
    assert command("crawl", site.url).code == 0
    first = {one.article.id: one for one in articles.iterate(store)}
    links = {(one.source, one.target, one.story) for one in related_links.iterate(store)}
    warc = tmp_path / "pages.warc.gz"
    exported = command("export", "--all-copies", "-o", str(warc), "--manifest", str(tmp_path / "m.json"))
    assert exported.code == 0, exported.err
    facts = json.loads((tmp_path / "m.json").read_text())
    kept = list(pages.iterate(store))
    assert (facts["kind"], facts["format"], facts["rows"]) == ("pages", "warc", len(kept))
    assert facts["files"][0]["sha256"] == hashlib.sha256(warc.read_bytes()).hexdigest()
    assert sorted((page.url, page.body, page.fetched) for page in read_pages(warc)) == sorted(
        (raw.url, raw.body, raw.fetched) for raw in kept
    )
    asked = len(site.asked)
    other = {"MONGODB_URI": store.uri.replace(store.db.name, f"{store.db.name}_replayed")}
    try:
        replayed = command("crawl", site.url, "--replay", str(warc), **other)
        assert replayed.code == 0, replayed.err
        from storage.database.store import Store as Opened

        with Opened.open(other["MONGODB_URI"]) as second:
            again = {one.article.id: one for one in articles.iterate(second)}
            assert untimed(again) == untimed(first)
            # A page that two addresses led to was fetched twice: its article has the time of one, a replay the newest.
            for key, one in again.items():
                times = [raw.fetched for raw in kept if raw.url == one.article.url]
                assert one.article.fetched == max(times)
                assert first[key].article.fetched in times
            assert {(one.source, one.target, one.story) for one in related_links.iterate(second)} == links
    finally:
        drop(store.client[f"{store.db.name}_replayed"])
    assert len(site.asked) == asked


def test_an_export_of_pages_keeps_to_the_selection(
    command: Command, crawled: NewsSite, store: Store, tmp_path: Path
) -> None:
    one = next(articles.iterate(store)).article
    store.db["articles"].update_one({"_id": one.id}, {"$set": {"language": "vi"}})
    warc = tmp_path / "some.warc.gz"
    assert command("export", "--language", "vi", "-o", str(warc)).code == 0
    assert {page.url for page in read_pages(warc)} == {one.url, f"{crawled.url}/"}


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("--format", "warc"), "name a file with -o"),
        (("--format", "warc", "-o", "pages.jsonl"), "called NAME.warc.gz"),
        (("-o", "pages.warc.gz", "--fields", "id"), "--fields is about rows of articles"),
        (("-o", "pages.warc.gz", "--consumer", "lake"), "--consumer is about rows of articles"),
        (("-o", "pages.warc.gz"), "no stored page meets the conditions"),
    ],
)
def test_a_warc_export_that_cannot_be_made_leaves_no_file(
    command: Command, tmp_path: Path, arguments: tuple[str, ...], sentence: str
) -> None:
    ended = command("export", *arguments)
    assert ended.code == 2
    assert sentence in ended.err
    assert [file.name for file in tmp_path.iterdir() if file.suffix not in {".out", ".err"}] == []


def test_white_space_and_the_limits_of_paragraphs_are_no_change() -> None:
    story = RelatedStory(url="https://vov.example/2", title="Chợ cũ")
    before = document_of(
        Article(id="1", url="https://vov.example/1", title="Cầu  mới", text="Một.\n\nHai.", related=(story,))
    )
    after = document_of(
        Article(id="1", url="https://vov.example/1", title="Cầu mới", text="Một. Hai.", related=(story,))
    )
    assert changed_fields(before, after) == []
    report = Report()
    assert not report.note_changes("https://vov.example/1", before, after)
    assert report.note_changes("https://vov.example/1", before, {**after, "text": "Một. Ba.", "related": []})
    assert [(one.field, [(d.before, d.after) for d in one.differences]) for one in report.examples] == [
        ("text", [("Hai.", "Ba.")]),
        ("related", [("Chợ cũ", "")]),
    ]
