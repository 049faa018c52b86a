from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from storage.articles import pages
from storage.database.store import Store
from storage.frontier import frontier
from storage.frontier.frontier import FrontierEntry
from storage.records import Article, RawPage, article_id
from storage.write.finished_page import FinishedPage
from storage.write.store_pages import store_pages

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
URL = "https://vov.example/a"
BODY = "<p>Cầu mới thông xe.</p>".encode() * 100
RAW = RawPage(
    url=URL + "?from=feed",
    body=BODY,
    requested_url=URL,
    redirects=(URL,),
    content_type="text/html; charset=utf-8",
    etag='W/"1"',
    last_modified="Sun, 01 Mar 2026 05:00:00 GMT",
    fetched=NOON,
    portal="vov",
    kind="article",
    entry=frontier.entry_id("vov", URL),
    article=article_id(URL),
    content="c1",
)


def test_a_response_comes_back_as_it_was_put_by_every_name_of_its_page(store: Store) -> None:
    assert pages.put_many(store, [RAW]) == 1
    for key in (URL, RAW.entry, RAW.article):
        assert pages.get(store, key) == RAW
    assert pages.get(store, "https://vov.example/other") is None
    assert len(store.db["pages"].find_one()["body"]) < len(BODY) / 10


def test_the_newest_response_replaces_the_last_and_a_late_older_one_does_not(store: Store) -> None:
    newer = replace(RAW, body=b"newer", fetched=NOON + timedelta(hours=1))
    for raw in (RAW, newer, RAW):
        pages.put_many(store, [raw])
    assert pages.get(store, URL) == newer
    assert list(pages.iterate(store, older=True)) == [newer]


def test_the_response_of_an_older_version_is_kept_beside_the_newest(store: Store) -> None:
    newer = replace(RAW, body=b"newer", content="c2", fetched=NOON + timedelta(hours=1))
    for raw in (RAW, newer, newer, RAW):
        pages.put_many(store, [raw])
    assert list(pages.iterate(store)) == [newer]
    assert sorted(pages.iterate(store, older=True), key=lambda one: one.content) == [RAW, newer]
    assert pages.get(store, URL) == newer


def test_pages_go_when_their_time_is_over_and_stay_longer_when_seen_again(store: Store) -> None:
    pages.put_many(store, [RAW], 2)
    (soon,) = store.db["pages"].distinct("expires")
    pages.touch(store, [RAW.entry], 9)
    (later,) = store.db["pages"].distinct("expires")
    assert timedelta(days=6.9) < later - soon < timedelta(days=7.1)
    (index,) = [one for one in store.db["pages"].list_indexes() if one["name"] == "expires"]
    assert index["expireAfterSeconds"] == 0


def test_zero_days_keep_nothing_and_an_enormous_page_is_left_out(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    assert pages.put_many(store, [RAW], 0) == 0
    monkeypatch.setattr(pages, "MAX_COMPRESSED", 30)
    assert pages.put_many(store, [RAW, replace(RAW, entry="0" * 32, body=b"short")]) == 1
    assert [raw.body for raw in pages.iterate(store)] == [b"short"]


def test_iterate_filters_by_portal_and_time(store: Store) -> None:
    other = replace(RAW, portal="other", entry="0" * 32, fetched=NOON + timedelta(hours=1))
    pages.put_many(store, [RAW, other])
    assert list(pages.iterate(store, portal="vov")) == [RAW]
    assert list(pages.iterate(store, since=NOON + timedelta(minutes=1))) == [other]


def test_a_finished_page_brings_its_response_and_what_it_became(store: Store) -> None:
    frontier.add(store, [FrontierEntry(portal="vov", url=URL)])
    (entry,) = frontier.lease(store, "vov", "w", 1, 60)
    article = Article(id="", url=URL, canonical_url=URL, title="Cầu", text="Cầu mới thông xe.", fetched=NOON)
    page = FinishedPage(entry=entry, outcome="article", article=article, raw=RawPage(url=URL, body=BODY, fetched=NOON))
    for _ in range(2):
        store_pages(store, [page], "r")
    (raw,) = pages.iterate(store, older=True)
    assert (raw.portal, raw.kind, raw.entry, raw.article) == ("vov", "article", entry.id, article_id(URL))
    assert raw.content
    assert raw.body == BODY
