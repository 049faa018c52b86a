"""Upkeep of a database: prune, move to another server, migrate."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from click.testing import CliRunner

from crawler.cli.db import command
from storage.articles import articles
from storage.database.store import Store
from storage.errors import StorageError
from storage.frontier import runs
from storage.maintenance import migrations, move, prune
from storage.records import SCHEMA_VERSION, Article
from tests.support.databases import drop

NOW = datetime(2026, 11, 22, tzinfo=UTC)


def days_ago(days: float) -> datetime:
    return NOW - timedelta(days=days)


def article(name: str) -> Article:
    url = f"https://bay.example/{name}"
    return Article(
        id="",
        url=url,
        canonical_url=url,
        portal="bay",
        title=f"Tin {name}",
        text=f"Giá gạo ở {name} tăng.",
        fetched=NOW,
        published=days_ago(400),
    )


def test_prune_takes_what_is_old_and_nothing_else(store: Store) -> None:
    articles.put_many(store, [article("old")])
    store.db["frontier"].insert_many(
        [
            {"_id": "waits", "state": "queued", "finished": days_ago(900)},
            {"_id": "held", "state": "leased"},
            {"_id": "old", "state": "done", "finished": days_ago(366)},
            {"_id": "new", "state": "done", "finished": days_ago(364)},
        ]
    )
    store.db["failures"].insert_many([{"_id": n, "at": days_ago(n)} for n in (1, 89, 91)])
    store.db["versions"].insert_one({"_id": "v", "article": "a", "replaced": days_ago(2000)})
    store.db["runs"].insert_many([{"_id": "over", "finished": days_ago(400)}, {"_id": "runs", "finished": None}])
    store.db["host_days"].insert_many([{"_id": day, "day": day, "host": day} for day in ("2024-01-01", "2026-11-21")])
    counted = {one.name: one.documents for one in prune.prune(store, {}, NOW, pretend=True)}
    done = {one.name: one.documents for one in prune.prune(store, {}, NOW)}
    assert counted == done == {"frontier": 1, "failures": 1, "runs": 1, "hosts": 1}
    assert {row["_id"] for row in store.db["frontier"].find()} == {"waits", "held", "new"}
    assert store.db["versions"].count_documents({}) == 1
    assert [one.documents for one in prune.prune(store, {"versions": timedelta(days=365)}, NOW) if one.documents] == [1]
    assert store.db["articles"].count_documents({}) == 1


def test_the_prune_command_says_what_goes_and_refuses_what_is_no_age(store: Store) -> None:
    store.db["failures"].insert_one({"_id": "f", "at": datetime.now(UTC) - timedelta(days=40)})
    told = CliRunner().invoke(command, ["prune", "--failures", "5w", "--dry-run"])
    assert "1 failures  older than" in told.output
    assert store.db["failures"].count_documents({}) == 1
    CliRunner().invoke(command, ["prune", "--failures", "5w"], catch_exceptions=False)
    assert store.db["failures"].count_documents({}) == 0
    wrong = CliRunner().invoke(command, ["prune", "--pages", "soon"])
    assert "--pages 'soon' is no age" in str(wrong.exception)


@pytest.fixture
def elsewhere(store: Store, mongodb_uri: str) -> Iterator[tuple[str, Store]]:
    """Another empty database, for the target: its URI, and it opened unprepared."""
    uri = mongodb_uri.replace("/?", f"/target_{secrets.token_hex(6)}?")
    with Store.open(uri, prepare=False) as opened:
        yield uri, opened
        drop(opened.db)


def fill(store: Store, count: int = 30) -> None:
    articles.put_many(store, [article(str(n)) for n in range(count)])
    store.db["fingerprints"].insert_many([{"_id": str(n), "bands": [n, -n], "at": NOW} for n in range(5)])


def same(one: Store, other: Store) -> None:
    for name in one.db.list_collection_names():
        rows = [list(each.db[name].find().sort("_id", 1)) for each in (one, other)]
        assert rows[0] == rows[1], name
        indexes = [set(each.db[name].index_information()) for each in (one, other)]
        assert indexes[0] <= indexes[1], name


def test_a_moved_database_is_the_same(store: Store, elsewhere: tuple[str, Store]) -> None:
    fill(store)
    uri, target = elsewhere
    ended = CliRunner().invoke(command, ["move", "--to", uri], catch_exceptions=False)
    assert "30 articles: the same on both sides" in ended.output
    assert "***" in ended.stderr
    same(store, target)
    with Store.open(uri) as opened:
        assert articles.get(opened, "https://bay.example/7") is not None


def test_an_interrupted_move_is_refused_by_other_commands_and_gone_on_with(
    store: Store, elsewhere: tuple[str, Store], monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(store)
    uri, target = elsewhere
    monkeypatch.setattr(move, "BATCH_BYTES", 2_000)

    class Killed(BaseException):
        pass

    def kill(collection: str, documents: int) -> None:
        if target.db["articles"].count_documents({}) > 10:
            raise Killed

    with pytest.raises(Killed):
        list(move.move(store, target, kill))
    assert 10 < target.db["articles"].count_documents({}) < 30
    with pytest.raises(StorageError, match="unfinished move"):
        Store.open(uri)
    # Meanwhile the source went on: one article is changed, one is gone.
    store.db["articles"].update_one({"url": "https://bay.example/3"}, {"$set": {"title": "Tin mới"}})
    gone = store.db["fingerprints"].find_one_and_delete({})
    target.db["fingerprints"].replace_one({"_id": gone["_id"]}, gone, upsert=True)
    list(move.move(store, target))
    same(store, target)


def test_a_move_goes_into_no_foreign_database_and_not_beside_a_crawl(
    store: Store, elsewhere: tuple[str, Store]
) -> None:
    fill(store, 2)
    _, target = elsewhere
    target.db["articles"].insert_one({"_id": "theirs"})
    with pytest.raises(StorageError, match="is not empty"):
        list(move.move(store, target))
    target.db["articles"].delete_many({})
    run = runs.begin(store, "bay")
    with pytest.raises(StorageError, match="bay is being crawled"):
        list(move.move(store, target))
    assert run.id
    wrong = CliRunner().invoke(command, ["move", "--to", "localhost:27017"])
    assert "mongodb://" in str(wrong.exception)


def test_a_target_that_does_not_answer_is_not_taken_for_the_database_here(store: Store) -> None:
    assert os.environ["MONGODB_URI"] == store.uri
    silent = CliRunner().invoke(command, ["move", "--to", "mongodb://127.0.0.1:1/news"])
    assert "check the host and port in that address" in str(silent.exception)


def as_of_schema_1(store: Store) -> None:
    """Make the articles what storykin wrote before there was schema 2."""
    fields = {"schema_version": 1, "content": "old", "judged": "old"}
    store.db["articles"].update_many({}, {"$set": fields, "$unset": {"details": "", "stamp": "", "unpulled": ""}})
    store.db["meta"].update_one({"_id": "schema"}, {"$set": {"schema_version": 1}})


def test_an_older_database_is_refused_until_it_is_migrated(store: Store) -> None:
    fill(store)
    before = {row["_id"]: row["content"] for row in store.db["articles"].find()}
    as_of_schema_1(store)
    # Killed in the middle of an earlier migration.
    store.db["articles"].update_one({"url": "https://bay.example/3"}, {"$set": {"judged": ""}})
    with pytest.raises(StorageError, match="storykin db migrate"):
        Store.open(store.uri)
    ended = CliRunner().invoke(command, ["migrate"], catch_exceptions=False)
    assert "schema 2: 30 documents" in ended.output
    with Store.open(store.uri) as opened:
        rows = list(opened.db["articles"].find())
    assert {row["_id"]: row["content"] for row in rows} == before
    assert sum(row["judged"] == row["content"] for row in rows) == 29
    assert all(row["unpulled"] and row["stamp"] and row["details"] for row in rows)
    again = articles.put_many(store, [article("7")])
    assert [put.change for put in again] == ["unchanged"]
    assert "has schema" in CliRunner().invoke(command, ["migrate"]).stderr
    assert list(migrations.migrate(store)) == []


def test_no_migration_beside_a_crawl_or_backwards(store: Store) -> None:
    as_of_schema_1(store)
    runs.begin(store, "bay")
    with pytest.raises(StorageError, match="bay is being crawled"):
        list(migrations.migrate(store))
    store.db["meta"].update_one({"_id": "schema"}, {"$set": {"schema_version": SCHEMA_VERSION + 1}})
    with pytest.raises(StorageError, match="upgrade storykin"):
        list(migrations.migrate(store))


def test_the_last_step_leads_to_the_current_schema() -> None:
    assert [step.to for step in migrations.STEPS] == list(range(2, SCHEMA_VERSION + 1))
