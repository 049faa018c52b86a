"""Waiting for a database that is away: what is repeated, what is not, and when it is given up."""

from __future__ import annotations

import asyncio
import threading
import time
from typing import TYPE_CHECKING

import pytest
from pymongo.errors import AutoReconnect, OperationFailure, WriteConcernError

from crawler.crawl import database
from crawler.crawl.context import RunContext
from crawler.crawl.database import WAIT_SECONDS, RetryingStore, wait_seconds
from crawler.crawl.run import PortalRun
from crawler.portals.seed import Seed
from dedupe.errors import InputError
from storage.errors import StoppedWaitingError, StorageError, UnavailableError
from storage.frontier import runs
from tests.crawler.processes import wait_for

if TYPE_CHECKING:
    from collections.abc import Callable

    from pymongo.errors import PyMongoError

    from storage.database.store import Store


def failing(times: int, problem: PyMongoError) -> Callable[[Store], str]:
    """Return a function of a store that fails so many times, then works."""
    left = [times]

    def function(store: Store) -> str:
        left[0] -= 1
        if left[0] >= 0:
            raise problem
        return str(store.client.admin.command("ping")["ok"])

    return function


PASSING = [
    AutoReconnect("connection closed"),
    OperationFailure("stepped down", 189),
    OperationFailure("no primary", 10107),
    OperationFailure("shutting down", 11600),
    OperationFailure("out of disk", 14031),
    WriteConcernError("waiting for replication timed out", 64),
]


@pytest.mark.parametrize("problem", PASSING, ids=str)
def test_what_may_pass_is_tried_again(store: Store, problem: PyMongoError) -> None:
    patient = RetryingStore(store, 30)
    assert asyncio.run(patient.call(failing(2, problem))) == "1.0"
    assert patient.call_here(failing(2, problem)) == "1.0"


def test_what_does_not_pass_is_said_at_once(store: Store) -> None:
    tried = failing(1, OperationFailure("not allowed", 13))
    with pytest.raises(StorageError, match="readWrite") as caught:
        RetryingStore(store, 3600).call_here(tried)
    assert not isinstance(caught.value, UnavailableError)
    assert tried(store) == "1.0", "it was tried once"


def test_after_its_time_the_database_is_given_up_for_good(store: Store) -> None:
    patient = RetryingStore(store, 0.5)
    with pytest.raises(UnavailableError, match=r"does not answer.*; the crawl waited 0\.5 s for it"):
        patient.call_here(failing(1000, AutoReconnect("gone")))
    tries = failing(1, AutoReconnect("gone"))
    with pytest.raises(UnavailableError):
        patient.call_here(tries)
    assert tries(store) == "1.0", "no second try after that"


@pytest.mark.parametrize("here", [False, True])
def test_who_is_told_to_stop_waits_no_longer(store: Store, here: bool) -> None:
    """Not for the next try, and not for one that is under way."""
    patient, told, go_on = RetryingStore(store, 3600), threading.Event(), threading.Event()
    patient.stopped = told.is_set
    tries = failing(1, AutoReconnect("gone"))

    def hang(store: Store) -> str:
        if patient_tries.pop():
            return tries(store)
        told.set()
        go_on.wait()
        return "too late"

    patient_tries = [False, True]
    call = patient.call_here if here else lambda function: asyncio.run(_released(patient, function, go_on))
    try:
        with pytest.raises(StoppedWaitingError, match="interrupted while the database was away"):
            call(hang)
        with pytest.raises(StoppedWaitingError):
            patient.call_here(failing(1, AutoReconnect("gone")))
    finally:
        go_on.set()


async def _released(patient: RetryingStore, function: Callable[[Store], str], go_on: threading.Event) -> str:
    try:
        return await patient.call(function)
    finally:
        go_on.set()  # the event loop waits for its threads when it ends


def test_who_is_told_to_stop_is_served_where_the_database_is_there(store: Store) -> None:
    patient = RetryingStore(store, 3600)
    patient.stopped = lambda: True

    def slow(store: Store) -> str:
        time.sleep(3 * database._LOOK_SECONDS)
        return "stored"

    assert patient.call_here(slow) == asyncio.run(patient.call(slow)) == "stored"


def test_an_interrupted_run_whose_end_cannot_be_recorded(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    run = PortalRun(RunContext(store, "harbour"), Seed(name="harbour"), ("https://harbour.example/",))
    run.begin()
    run.context.database.stopped = lambda: True
    monkeypatch.setattr(
        "storage.frontier.frontier.counts", lambda store, portal: failing(1000, AutoReconnect("gone"))(store)
    )
    summary = run.finish("shutdown")
    assert (summary.exit_code, summary.verdict.partition(";")[0]) == (130, "interrupted while the database was away")
    run.abandon()
    [left] = runs.history(store, "harbour")
    assert left.finished is None, "its lock runs out"


def test_an_operation_that_hangs_is_cut_off_by_the_server_itself(store: Store) -> None:
    def hang(store: Store) -> None:
        stages = [{"$match": {"$expr": {"$gt": ["$_id", -1]}}}, {"$group": {"_id": {"$add": ["$_id", "$other"]}}}]
        store.db["numbers"].insert_many([{"_id": number} for number in range(300)])
        lookup = {"$lookup": {"from": "numbers", "pipeline": [], "as": "all"}}
        list(store.db["numbers"].aggregate([lookup, {"$unwind": "$all"}, lookup, {"$unwind": "$all"}, *stages]))

    with pytest.raises(UnavailableError):
        RetryingStore(store, 0.1).call_here(hang)
    running = [{"$currentOp": {}}, {"$match": {"ns": f"{store.db.name}.numbers", "op": "command"}}]
    wait_for(lambda: not list(store.client.admin.aggregate(running)), lambda: "nobody waits for it any more")


@pytest.mark.parametrize(("text", "seconds"), [("", WAIT_SECONDS), (" 7.5 ", 7.5), ("0", 0.0)])
def test_the_setting_is_read(monkeypatch: pytest.MonkeyPatch, text: str, seconds: float) -> None:
    monkeypatch.setenv("STORYKIN_MONGODB_WAIT", text)
    assert wait_seconds() == seconds


@pytest.mark.parametrize("text", ["soon", "-1", "nan", "1e9"])
def test_a_setting_that_is_no_number_of_seconds_is_named(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setenv("STORYKIN_MONGODB_WAIT", text)
    with pytest.raises(InputError, match=f"STORYKIN_MONGODB_WAIT='{text}': write a number of seconds"):
        wait_seconds()
