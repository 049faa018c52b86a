from __future__ import annotations

import random
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from pymongo.collection import Collection

from storage.articles import articles
from storage.database.store import Store
from storage.frontier import failures, frontier, related_links
from storage.frontier.frontier import FrontierEntry
from storage.records import Article, RawPage, RelatedStory, article_id
from storage.write.finished_page import FinishedPage, Stored
from storage.write.store_pages import store_pages

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
SITE = "https://vov.example"
WRITES = ("bulk_write", "update_one", "update_many", "delete_many", "insert_one")


def words(seed: int, count: int = 200) -> list[str]:
    draw = random.Random(seed)
    return [f"từ{draw.randrange(5000)}" for _ in range(count)]


def article(path: str, text: list[str], url: str = "") -> Article:
    return Article(
        id="",
        url=url or f"{SITE}/{path}",
        canonical_url=f"{SITE}/{path}",
        portal="vov",
        title=path,
        text=" ".join(text),
        fetched=NOON,
        related=(RelatedStory(url=f"{SITE}/related-{path}", title="Phà", title_copies=2),),
    )


def crawl(store: Store) -> list[FinishedPage]:
    """Lease a small crawl of every outcome: copies, an alias, a listing, no article, a failure."""
    names = ["a", "b", "copy", "part", "mobile", "list", "about", "gone"]
    frontier.add(store, [FrontierEntry(portal="vov", url=f"{SITE}/{name}") for name in names])
    leased = {one.url.rpartition("/")[2]: one for one in frontier.lease(store, "vov", "w", 99, 600)}
    given = {
        "a": article("a", words(1)),
        "b": article("b", words(2)),
        "copy": article("copy", words(1)),
        "part": article("part", words(2)[:120]),
        "mobile": article("a", words(1), url=f"{SITE}/mobile"),
    }
    pages = []
    for name, entry in leased.items():
        link = FrontierEntry(portal="vov", url=f"{SITE}/related-{name}", kind="related", depth=1)
        links = (link, FrontierEntry(portal="vov", url=f"{SITE}/shared", kind="related", depth=1))
        if name in given:
            pages.append(FinishedPage(entry=entry, outcome="article", article=given[name], outlinks=links))
        elif name == "list":
            pages.append(FinishedPage(entry=entry, outcome="listing", outlinks=links, status=200))
        elif name == "about":
            pages.append(FinishedPage(entry=entry, outcome="not article", reason="too few words", status=200))
        else:
            pages.append(FinishedPage(entry=entry, outcome="failure", reason="HTTP 404", stage="fetch", status=404))
    return sorted(pages, key=lambda page: page.entry.url)


def state(store: Store) -> dict[str, Any]:
    """All that a crawl leaves, without times, tokens and who did it."""
    kept = {
        "articles": ["_id", "url", "aliases", "title", "content", "judged", "duplicate", "story", "version", "entry"],
        "versions": ["_id"],
        "edges": ["_id", "source", "target"],
        "exact": ["_id", "article"],
        "fingerprints": ["_id", "content"],
        "frontier": ["_id", "state", "outcome", "reason", "article", "depth", "token", "known"],
        "pages": ["_id", "article", "content", "newest", "bytes", "etag"],
        "failures": ["_id", "stage", "reason", "status"],
    }
    found = {
        name: [{key: row.get(key) for key in fields} for row in store.db[name].find().sort("_id", 1)]
        for name, fields in kept.items()
    }
    found["withdrawn"] = store.db["articles"].distinct("_id", {"withdrawn": {"$ne": None}})
    return found


def outcomes(stored: list[Stored]) -> list[tuple[str, str, str | None]]:
    return [(one.outcome, one.article_id, one.duplicate.relation if one.duplicate else None) for one in stored]


def test_every_page_has_one_outcome_and_the_sums_add_up(store: Store) -> None:
    pages = crawl(store)
    stored = store_pages(store, pages, "run1")
    names = [page.entry.url.rpartition("/")[2] for page in pages]
    found = dict(zip(names, stored, strict=True))
    assert {one.outcome for one in stored} == {"article", "listing", "not article", "failure"}
    assert found["copy"].duplicate or found["a"].duplicate
    assert [found[name].change for name in ("a", "mobile")] == ["new", "alias"]
    contained = found["part"].duplicate or found["b"].duplicate
    assert contained
    assert contained.relation in {"near", "contained"}
    assert all(one.held for one in stored)
    assert frontier.counts(store, "vov") == {"queued": 7, "leased": 0, "done": 7, "failed": 1, "dead": 0}
    assert {one.outcome for one in stored if one.article_id} == {"article"}
    assert sorted(one.stage for one in failures.iterate(store)) == ["fetch", "judge"]
    assert sum(1 for _ in related_links.iterate(store, portal="vov")) == 4
    (edge,) = related_links.iterate(store, source=article_id(f"{SITE}/a"))
    assert edge.target == article_id(f"{SITE}/related-a")
    assert edge.story.title_copies == 2


def test_storing_again_changes_nothing(store: Store) -> None:
    pages = crawl(store)
    first = store_pages(store, pages, "run1")
    before = state(store)
    again = store_pages(store, pages, "run1")
    assert state(store) == before
    assert outcomes(again) == outcomes(first)
    assert all(one.held for one in again)


class KilledError(BaseException):
    """Stands for the end of the process: nothing catches it on the way."""


@contextmanager
def killed_at(write: int, *, acknowledged: bool, patch: pytest.MonkeyPatch) -> Iterator[list[int]]:
    """End the block at its *write*-th write, before it reaches the server or after it was done there."""
    seen = [0]

    def breaking(method: Callable[..., Any]) -> Callable[..., Any]:
        def call(*arguments: Any, **options: Any) -> Any:
            seen[0] += 1
            if seen[0] == write and not acknowledged:
                raise KilledError
            at = seen[0]
            try:
                return method(*arguments, **options)
            finally:  # also where the server refused it
                if at == write:
                    raise KilledError

        return call

    with patch.context() as local:
        for name in WRITES:
            local.setattr(Collection, name, breaking(getattr(Collection, name)))
        yield seen


@pytest.mark.parametrize("acknowledged", [False, True])
def test_killed_at_any_write_and_run_again_ends_in_the_same_state(
    store: Store, acknowledged: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    pages = crawl(store)
    store_pages(store, pages, "run1")
    wanted = state(store)
    write, finished = 0, False
    while not finished:
        write += 1
        for name in store.db.list_collection_names():
            if name != "meta":
                store.db[name].delete_many({})
        pages = crawl(store)
        with killed_at(write, acknowledged=acknowledged, patch=monkeypatch):
            try:
                store_pages(store, pages, "run1")
                finished = True
            except KilledError:
                done = store.db["frontier"].count_documents({"state": "done"})
                assert not done or done == 7, "entries end together, in the last write"
        store_pages(store, pages, "run2")
        assert state(store) == wanted, f"killed at write {write}"
    assert write > 8, "too few writes were seen to have killed each"


def fetched_again(store: Store) -> list[FinishedPage]:
    """Crawl four articles and a listing, and return what became of each the second time."""
    names = ["changed", "same", "gone", "mobile", "list"]
    frontier.add(store, [FrontierEntry(portal="vov", url=f"{SITE}/{name}") for name in names])
    ways: dict[str, dict[str, Any]] = {
        "changed": {"outcome": "article", "article": article("changed", words(5))},
        "same": {"outcome": "article", "article": article("same", words(6))},
        "gone": {"outcome": "article", "article": article("gone", words(7))},
        "mobile": {"outcome": "article", "article": article("same", words(6), url=f"{SITE}/mobile")},
        "list": {"outcome": "not article", "reason": "too few words"},
    }
    for round_ in (1, 2):
        leased = {one.url.rpartition("/")[2]: one for one in frontier.lease(store, "vov", "w", 99, 600)}
        pages = [
            FinishedPage(entry=leased[name], raw=response(name, round_), scope="s", **ways[name]) for name in names
        ]
        if round_ == 1:
            store_pages(store, pages, "run1")
            frontier.requeue(store, "vov", states=["done"], ids=[page.entry.id for page in pages])
            later = replace(article("changed", words(8)), fetched=NOON + timedelta(hours=1))
            ways["changed"] = {"outcome": "article", "article": later}
            ways["same"] = ways["list"] = {"outcome": "unchanged", "reason": "HTTP 304"}
            ways["gone"] = ways["mobile"] = {"outcome": "gone", "reason": "HTTP 410"}
    return pages


def response(name: str, number: int) -> RawPage:
    return RawPage(
        url=f"{SITE}/{name}", body=name.encode() * number, etag=f"e{number}", fetched=NOON + timedelta(hours=number - 1)
    )


def test_what_is_fetched_again_is_a_version_or_unchanged_or_gone(store: Store) -> None:
    pages = fetched_again(store)
    stored = dict(zip(["changed", "same", "gone", "mobile", "list"], store_pages(store, pages, "run2"), strict=True))
    assert [one.outcome for one in stored.values()] == ["article", "unchanged", "gone", "failure", "unchanged"]
    assert stored["changed"].change == "version"
    assert stored["same"].article_id == article_id(f"{SITE}/same")
    after = state(store)
    assert after["withdrawn"] == [article_id(f"{SITE}/gone")], "the mobile page of an article may go without it"
    assert {row["outcome"] for row in after["frontier"] if row["state"] == "done" and row["known"]} == {
        "article",
        "gone",
        "not article",
    }
    # What was no article still is none, and what is gone from another address is a failure.
    assert sorted((one.stage, one.reason) for one in failures.iterate(store)) == [
        ("fetch", "HTTP 410"),
        ("judge", "too few words"),
    ]
    kept = [row for row in after["pages"] if row["article"] == article_id(f"{SITE}/changed")]
    assert {row["etag"]: row["newest"] for row in kept} == {"e1": False, "e2": True}
    seen = articles.get(store, f"{SITE}/same")
    assert seen
    assert seen.last_seen
    assert seen.first_seen
    assert seen.last_seen > seen.first_seen


@pytest.mark.parametrize("acknowledged", [False, True])
def test_killed_at_any_write_of_a_second_visit_ends_in_the_same_state(
    store: Store, acknowledged: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    pages = fetched_again(store)
    before = {name: list(store.db[name].find()) for name in store.db.list_collection_names() if name != "meta"}
    store_pages(store, pages, "run2")
    wanted = state(store)
    write, finished = 0, False
    while not finished:
        write += 1
        for name, rows in before.items():
            store.db[name].delete_many({})
            if rows:
                store.db[name].insert_many(rows)
        with killed_at(write, acknowledged=acknowledged, patch=monkeypatch):
            try:
                store_pages(store, pages, "run2")
                finished = True
            except KilledError:
                store_pages(store, pages, "run2")
        assert state(store) == wanted, f"write {write}"
    assert write > 8


def test_unchanged_page_that_was_never_understood_is_refused(store: Store) -> None:
    entry = FrontierEntry(portal="vov", url=f"{SITE}/a")
    with pytest.raises(ValueError, match="never understood"):
        store_pages(store, [FinishedPage(entry=entry, outcome="unchanged")], "r")


def test_an_index_of_sitemaps_is_never_taken_as_known(store: Store) -> None:
    frontier.add(store, [FrontierEntry(portal="vov", url=f"{SITE}/s.xml", kind="feed")])
    (entry,) = frontier.lease(store, "vov", "w", 1, 60)
    link = FrontierEntry(portal="vov", url=f"{SITE}/s1.xml", kind="feed", depth=1)
    page = FinishedPage(entry=entry, outcome="listing", outlinks=(link,), raw=response("s.xml", 1), scope="s")
    store_pages(store, [page], "r")
    frontier.requeue(store, "vov", states=["done"])
    assert [one.known for one in frontier.lease(store, "vov", "w", 9, 60)] == [None, None]


def test_two_writers_at_once_end_in_the_same_state(store: Store) -> None:
    pages = crawl(store)
    errors: list[BaseException] = []

    def write() -> None:
        try:
            store_pages(store, pages, "run1")
        except BaseException as error:  # noqa: BLE001 - handed to the test's own thread
            errors.append(error)

    threads = [threading.Thread(target=write) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not errors
    after = state(store)
    assert len(after["articles"]) == 4
    assert len(after["edges"]) == 4
    assert sum(one["duplicate"] is not None for one in after["articles"]) == 2
    assert all(one["judged"] == one["content"] for one in after["articles"])
    store_pages(store, pages, "run2")
    assert state(store) == after


def test_page_whose_lease_was_lost_is_stored_but_not_ended(store: Store) -> None:
    pages = crawl(store)
    store.db["frontier"].update_one({"_id": pages[0].entry.id}, {"$set": {"token": "another worker's"}})
    stored = store_pages(store, pages, "run1")
    assert [one.held for one in stored] == [False, *[True] * (len(pages) - 1)]
    assert articles.get(store, f"{SITE}/a")
    assert frontier.counts(store, "vov")["leased"] == 1


def test_article_too_large_for_a_document_fails_alone(store: Store) -> None:
    pages = crawl(store)
    large = replace(article("b", ["x"]), text="tiếng " * 2_800_000)
    pages = [replace(page, article=large) if page.entry.url.endswith("/b") else page for page in pages]
    stored = {page.entry.url: one for page, one in zip(pages, store_pages(store, pages, "r"), strict=True)}
    assert stored[f"{SITE}/b"].outcome == "failure"
    assert "MiB" in stored[f"{SITE}/b"].reason
    assert stored[f"{SITE}/a"].outcome == "article"
    assert "store" in {one.stage for one in failures.iterate(store)}


def test_page_of_a_million_tiny_parts_fails_alone(store: Store) -> None:
    pages = crawl(store)
    stories = tuple(RelatedStory(url=f"u{n}", title="x") for n in range(120_000))
    large = replace(article("b", ["x"]), related=stories)
    pages = [replace(page, article=large) if page.entry.url.endswith("/b") else page for page in pages]
    assert [one.outcome for one in store_pages(store, pages, "r")].count("failure") == 2


def test_what_utf8_cannot_hold_stops_no_batch(store: Store) -> None:
    bad = "https://vov.example/\ud800"
    frontier.add(store, [FrontierEntry(portal="vov", url=bad, referrer=bad)])
    (entry,) = frontier.lease(store, "vov", "w", 1, 60)
    page = FinishedPage(entry=entry, outcome="failure", reason="\udfff", final_url=bad)
    assert [one.held for one in store_pages(store, [page], "r")] == [True]
    assert [one.reason for one in failures.iterate(store)] == ["?"]


def test_failure_is_forgotten_when_the_page_becomes_an_article_after_all(store: Store) -> None:
    frontier.add(store, [FrontierEntry(portal="vov", url=f"{SITE}/a")])
    (entry,) = frontier.lease(store, "vov", "w", 1, 60)
    frontier.fail(store, entry, "timeout")
    frontier.requeue(store, "vov")
    (entry,) = frontier.lease(store, "vov", "w", 1, 60)
    store_pages(store, [FinishedPage(entry=entry, outcome="article", article=article("a", words(1)))], "r")
    assert list(failures.iterate(store)) == []


def test_article_page_without_article_is_refused(store: Store) -> None:
    entry = FrontierEntry(portal="vov", url=f"{SITE}/a")
    with pytest.raises(ValueError, match="needs its article"):
        store_pages(store, [FinishedPage(entry=entry, outcome="article")], "r")
