from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from pymongo import MongoClient
from pymongo.errors import BulkWriteError

from storage.base.documents import insert_missing
from storage.database.store import Store
from storage.frontier import failures
from storage.frontier.failures import Failure

LOST = Failure(
    id="1", portal="vov", url="https://vov.example/1", stage="fetch", reason="HTTP 404", status=404, run="r1"
)


def test_failures_are_listed_newest_first_and_filtered(store: Store) -> None:
    failures.record(store, [LOST])
    failures.record(store, [replace(LOST, id="2", portal="ap", stage="extract", reason="no text", run="r2")])
    newest, older = failures.iterate(store)
    assert (newest.id, older.id) == ("2", "1")
    assert older == replace(LOST, at=older.at)
    assert older.at
    assert [one.id for one in failures.iterate(store, portal="vov")] == ["1"]
    assert [one.id for one in failures.iterate(store, stage="extract", run_id="r2")] == ["2"]


def test_the_last_failure_of_an_entry_counts(store: Store) -> None:
    failures.record(store, [LOST])
    failures.record(store, [replace(LOST, reason="timeout", attempts=2)])
    (one,) = failures.iterate(store)
    assert (one.reason, one.attempts) == ("timeout", 2)
    assert failures.clear(store, ["1", "unknown"]) == 1
    assert list(failures.iterate(store)) == []
    failures.record(store, [])
    assert failures.clear(store, []) == 0


def test_like_failures_are_counted_together(store: Store) -> None:
    failures.record(store, [replace(LOST, id=str(n)) for n in range(3)])
    failures.record(store, [replace(LOST, id="x", reason="timeout")])
    large = [
        replace(LOST, id=f"l{n}", stage="store", reason=f"the article has {n}.5 MiB", attempts=n) for n in (20, 30)
    ]
    failures.record(store, large)
    groups = failures.grouped(store)
    assert [(one.stage, one.reason, one.count) for one in groups] == [
        ("fetch", "HTTP 404", 3),
        ("store", "the article has N MiB", 2),
        ("fetch", "timeout", 1),
    ]
    assert groups[1].attempts == 30
    assert groups[1].oldest
    assert groups[1].newest
    assert groups[1].oldest <= groups[1].newest
    assert groups[1].example == LOST.url
    assert failures.grouped(store, "ap") == []
    assert [one.reason for one in failures.grouped(store, "vov", stage="store", run_id="r1")] == [groups[1].reason]


def test_inserting_what_is_missing_leaves_the_rest_alone(store: Store, owner: MongoClient[dict[str, Any]]) -> None:
    numbers = store.db["numbers"]
    assert insert_missing(numbers, [{"_id": 1, "n": 1}, {"_id": 2, "n": 2}]) == {1, 2}
    assert insert_missing(numbers, [{"_id": 2, "n": 9}, {"_id": 3, "n": 3}, {"_id": 3, "n": 4}]) == {3}
    assert [row["n"] for row in numbers.find().sort("_id", 1)] == [1, 2, 3]
    assert insert_missing(numbers, []) == set()
    numbers.create_index("n", unique=True)
    assert insert_missing(numbers, [{"_id": 5, "n": 1}]) == set(), "a duplicate key, too"
    owner[store.db.name].command("collMod", "numbers", validator={"n": {"$lt": 100}})
    with pytest.raises(BulkWriteError, match="validation"):
        insert_missing(numbers, [{"_id": 7, "n": 700}])
