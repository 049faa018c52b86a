from __future__ import annotations

import random
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


def test_groups_are_those_of_all_reasons_also_where_an_older_storykin_stored_no_shape(store: Store) -> None:
    draw = random.Random(3)
    shapes = ("HTTP {}", "HTTP 503 after {} bytes", "'{}' at 0x7f3a2c", "got https://a.example/{} twice", "“{}” {}")
    lost = [
        replace(
            LOST, id=str(n), portal=draw.choice("ab"), stage=draw.choice(("fetch", "store")),
            attempts=draw.randint(1, 9), url=f"https://vov.example/{draw.random()}",
            reason=draw.choice(shapes).format(*[draw.randint(400, 420)] * 2),
        )
        for n in range(300)
    ]  # fmt: skip
    failures.record(store, lost)
    store.db["failures"].update_many({"attempts": {"$gt": 4}}, {"$unset": {"shape": ""}})
    for portal in ("", "a"):
        expected: dict[tuple[str, str, str], list[Failure]] = {}
        for one in failures.iterate(store, portal=portal):
            expected.setdefault((one.portal, one.stage, failures.reason_shape(one.reason)), []).append(one)
        ordered = sorted(expected, key=lambda key: (-len(expected[key]), *key))
        groups = failures.grouped(store, portal)
        assert [(one.portal, one.stage, one.reason) for one in groups] == ordered
        for group, members in zip(groups, map(expected.__getitem__, ordered), strict=True):
            times = [one.at for one in members if one.at]
            told = (group.count, group.attempts, group.oldest, group.newest, group.example)
            most = max(one.attempts for one in members)
            assert told == (len(members), most, min(times), max(times), min(one.url for one in members))


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
