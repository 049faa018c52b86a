"""Turns of hosts, their rests, budgets and the ledger, on a real server."""

from __future__ import annotations

import threading
import time
from typing import Any

import pytest
from pymongo import MongoClient

from storage.database.store import Store
from storage.frontier import frontier, hosts, ledger, queues, robots_rules
from storage.frontier.frontier import FrontierEntry
from storage.frontier.hosts import Budget
from storage.frontier.ledger import HostDay
from storage.frontier.robots_rules import HostRules

HOST = "vov.example"


def queued(host: str, count: int, portal: str = "vov") -> list[FrontierEntry]:
    return [FrontierEntry(portal=portal, url=f"https://{host}/{n}") for n in range(count)]


def pass_by(store: Store, seconds: float) -> None:
    """Let so much time pass for the rests of all hosts."""
    earlier = {"$subtract": ["$rest", int(seconds * 1000)]}
    store.db["hosts"].update_many({}, [{"$set": {"rest": earlier}}])


def test_turns_of_many_workers_are_apart_by_the_delay(store: Store) -> None:
    def work() -> None:
        for _ in range(5):
            hosts.claim(store, HOST, 20, patience=3600)

    threads = [threading.Thread(target=work) for _ in range(4)]
    begun = time.monotonic()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    last = hosts.claim(store, HOST, 20, patience=3600)
    # 20 turns before this one, each with its gap, whoever took them.
    assert last.wait >= 20 * 20 - (time.monotonic() - begun) - 0.01


def test_a_host_that_was_idle_is_free_at_once_and_without_a_delay_always(store: Store) -> None:
    assert hosts.claim(store, HOST, 0.05, patience=30).wait == 0
    time.sleep(0.1)
    assert hosts.claim(store, HOST, 0.0, patience=30).wait == 0
    assert hosts.claim(store, HOST, 0.0, patience=30).wait == 0
    assert hosts.claim(store, "another.example", 9, patience=30).wait == 0


def test_the_crawl_delay_that_one_worker_read_holds_for_all(store: Store) -> None:
    hosts.set_crawl_delay(store, HOST, 7.5)
    assert hosts.claim(store, HOST, 2, patience=30).delay == 7.5
    assert hosts.claim(store, HOST, 10, patience=30).delay == 10
    hosts.set_crawl_delay(store, HOST, 0)
    assert hosts.claim(store, HOST, 2, patience=30).delay == 2


def test_rests_double_while_they_follow_each_other_and_begin_small_after_a_good_time(store: Store) -> None:
    assert hosts.rest(store, HOST, first=1000) == pytest.approx(1000)
    hosts.rest(store, HOST, first=1000)
    known = hosts.get(store, HOST)
    assert known
    assert known.strikes == 1, "answers of requests under way do not count again"
    pass_by(store, 1100)
    assert hosts.rest(store, HOST, first=1000, why="HTTP 503") == pytest.approx(2000)
    pass_by(store, 2100)
    hosts.rest(store, HOST, first=800)
    pass_by(store, 3201 + 3200)
    assert hosts.rest(store, HOST, first=1000) == pytest.approx(1000), "it answered as long as it had rested"


def test_retry_after_sets_the_first_rest_and_is_bounded(store: Store) -> None:
    assert hosts.rest(store, HOST, first=1000, asked_for=20) == pytest.approx(20)
    assert hosts.rest(store, HOST, first=1000, asked_for=3000) == pytest.approx(3000), (
        "a longer one counts while it rests"
    )
    assert hosts.rest(store, "other.example", first=1000, asked_for=9e9) == hosts.MAX_REST


def test_a_turn_waits_for_a_short_rest_and_is_not_granted_for_a_long_one(store: Store) -> None:
    hosts.rest(store, HOST, first=500)
    refused = hosts.claim(store, HOST, 1, patience=200)
    assert (refused.granted, refused.spent) == (False, False)
    assert refused.wait == pytest.approx(500, abs=100)
    known = hosts.get(store, HOST)
    assert known
    assert known.requests == 0
    assert hosts.claim(store, HOST, 1, patience=600).wait == pytest.approx(500, abs=100)


def test_the_budget_of_a_day_ends_and_the_next_day_has_its_own(store: Store) -> None:
    budget = Budget(requests=2, bytes=1000)
    answers = [hosts.claim(store, HOST, 0, patience=1, budget=budget) for _ in range(3)]
    assert [(one.granted, one.spent) for one in answers] == [(True, False), (True, False), (False, True)]
    store.db["hosts"].update_one({"_id": HOST}, {"$set": {"day": "2001-01-01"}})
    assert hosts.claim(store, HOST, 0, patience=1, budget=budget, received=999).granted
    assert not hosts.claim(store, HOST, 0, patience=1, budget=budget, received=1).granted
    assert hosts.claim(store, HOST, 0, patience=1).granted, "no budget, no limit"


def test_a_large_host_does_not_starve_a_small_one(store: Store) -> None:
    frontier.add(store, queued("big.example", 3000))
    frontier.add(store, queued("small.example", 6))
    taken = frontier.lease(store, "vov", "w", 8, 60)
    assert [one.host for one in taken] == ["big.example", "small.example"] * 4
    assert [one.host for one in frontier.lease(store, "vov", "w", 8, 60)].count("small.example") == 2
    assert len(frontier.lease(store, "vov", "w", 8, 60)) == 8, "the large one gets what the small one leaves"


def test_hosts_at_rest_or_without_budget_are_not_leased(store: Store) -> None:
    frontier.add(store, queued("a.example", 2) + queued("b.example", 2))
    hosts.rest(store, "a.example", first=60, why="HTTP 429")
    assert {one.host for one in frontier.lease(store, "vov", "w", 9, 60)} == {"b.example"}
    assert [(one.host, one.why, one.spent) for one in queues.closed(store, "vov")] == [("a.example", "HTTP 429", False)]
    store.db["hosts"].delete_one({"_id": "a.example"})
    assert queues.closed(store, "vov") == []
    budget = Budget(requests=1)
    hosts.claim(store, "a.example", 0, patience=1, budget=budget)
    assert frontier.lease(store, "vov", "w", 9, 60, budget=budget) == []
    assert [one.spent for one in queues.closed(store, "vov", budget)] == [True]
    assert len(frontier.lease(store, "vov", "w", 9, 60)) == 2


def test_what_a_lease_reads_does_not_grow_with_the_frontier(store: Store, owner: MongoClient[dict[str, Any]]) -> None:
    owned = owner[store.db.name]

    def examined(count: int) -> int:
        frontier.add(store, queued("big.example", count))
        owned.command("profile", 2)
        frontier.lease(store, "vov", "w", 16, 60)
        owned.command("profile", 0)
        rows = owned["system.profile"].find({"ns": f"{store.db.name}.frontier", "op": {"$ne": "getmore"}})
        read = sum(row.get("docsExamined", 0) + row.get("keysExamined", 0) for row in rows)
        owned.drop_collection("system.profile")
        return read

    small, large = examined(500), examined(20_000)
    assert 0 < large <= 2 * small


def test_the_ledger_adds_up_by_host_and_day(store: Store) -> None:
    one = HostDay(host=HOST, day="2026-03-14", requests=3, bytes=500, answers={"2xx": 2, "429": 1}, delay=4.0, rests=1)
    ledger.add(store, [one, one])
    ledger.add(store, [HostDay(host=HOST, day="2026-03-15", requests=1, answers={"none": 1})])
    ledger.add(store, [])
    newer, older = ledger.iterate(store, host=HOST)
    assert (older.requests, older.bytes, older.answers, older.delay) == (6, 1000, {"2xx": 4, "429": 2}, 8.0)
    assert (older.errors, newer.errors, older.rests) == (2, 1, 2)
    assert [row.day for row in ledger.iterate(store, day="2026-03-15")] == ["2026-03-15"]


def test_rules_are_shared_for_a_day_and_refusals_are_not(store: Store) -> None:
    origin = f"https://{HOST}"
    robots_rules.put(store, HostRules(origin=origin, host=HOST, status=200, crawl_delay=3), b"User-agent: *\n")
    found = robots_rules.fresh(store, origin)
    assert found
    assert (found[0].crawl_delay, found[1]) == (3, b"User-agent: *\n")
    assert robots_rules.fresh(store, origin, max_age=-1) is None
    assert robots_rules.fresh(store, "http://vov.example") is None
    robots_rules.put(store, HostRules(origin=origin, host=HOST, status=503, problem="robots.txt answered 503"), b"")
    assert robots_rules.fresh(store, origin) is None
    assert [one.problem for one in robots_rules.iterate(store, HOST)] == ["robots.txt answered 503"]


def test_what_fails_in_run_after_run_is_given_up(store: Store) -> None:
    frontier.add(store, queued(HOST, 1))
    (entry,) = queued(HOST, 1)
    for run in range(1, 4):
        (taken,) = frontier.lease(store, "vov", "w", 9, 60)
        frontier.fail(store, taken, "no answer in time")
        assert frontier.retry(store, "vov", [entry.id], max_runs=3) == (run < 3)
    assert frontier.counts(store, "vov")["dead"] == 1
    assert frontier.retry(store, "vov", [entry.id], max_runs=3) == 0
    assert frontier.requeue(store, "vov", ids=[entry.id]) == 1
    (taken,) = frontier.lease(store, "vov", "w", 9, 60)
    frontier.fail(store, taken, "no answer in time")
    assert frontier.retry(store, "vov", [entry.id], max_runs=3) == 1, "by hand it begins anew"
    (taken,) = frontier.lease(store, "vov", "w", 9, 60)
    frontier.finish(store, [(taken, {"state": "done"})])
    assert frontier.retry(store, "vov", [entry.id]) == 0, "what ended well is not asked for again"
