from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from typing import Any

import pytest

from storage.base.workers import is_dead, worker_id
from storage.database.store import Store
from storage.frontier import failures, frontier
from storage.frontier.frontier import FrontierEntry

PORTAL = "vov"


def entries(count: int, **fields: object) -> list[FrontierEntry]:
    return [FrontierEntry(**({"portal": PORTAL, "url": f"https://vov.example/{n}"} | fields)) for n in range(count)]


def test_adding_twice_queues_once_and_keeps_the_smaller_depth(store: Store) -> None:
    assert frontier.add(store, entries(3, depth=4, priority=2)) == 3
    assert frontier.add(store, entries(4, depth=2, priority=9)) == 1
    assert frontier.add(store, []) == 0
    taken = frontier.lease(store, PORTAL, "w", 9, 60)
    assert [(one.depth, one.priority) for one in taken] == [(2, 2), (2, 2), (2, 2), (2, 9)]


def test_an_entry_is_known_by_its_key_and_asked_for_by_its_url(store: Store) -> None:
    first = FrontierEntry(portal=PORTAL, url="https://m.vov.example/1?amp", key="https://vov.example/1")
    second = FrontierEntry(portal=PORTAL, url="https://vov.example/1")
    elsewhere = FrontierEntry(portal="other", url="https://vov.example/1")
    assert frontier.add(store, [first, second, elsewhere]) == 2
    (taken,) = frontier.lease(store, PORTAL, "w", 9, 60)
    assert (taken.url, taken.key, taken.host) == (first.url, second.url, "m.vov.example")
    assert taken.id == first.id == second.id != elsewhere.id


def test_lease_takes_the_best_and_nobody_else_gets_it(store: Store) -> None:
    frontier.add(store, [*entries(2, priority=5), *entries(4, priority=1)[2:]])
    first = frontier.lease(store, PORTAL, "a", 3, 60)
    second = frontier.lease(store, PORTAL, "b", 3, 60)
    assert [one.priority for one in first] == [1, 1, 5]
    assert [one.priority for one in second] == [5]
    assert not {one.id for one in first} & {one.id for one in second}
    assert frontier.counts(store, PORTAL) == {"queued": 0, "leased": 4, "done": 0, "failed": 0, "dead": 0}


def test_many_workers_share_a_frontier_without_a_page_twice(store: Store) -> None:
    frontier.add(store, entries(300))
    taken: list[str] = []

    def work(name: str) -> None:
        while got := frontier.lease(store, PORTAL, name, 7, 60):
            taken.extend(one.id for one in got)

    threads = [threading.Thread(target=work, args=(f"w{n}",)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(taken) == len(set(taken)) == 300


def test_expired_lease_goes_to_another_worker_but_not_to_its_own(store: Store) -> None:
    frontier.add(store, entries(1))
    (held,) = frontier.lease(store, PORTAL, "slow", 1, -1)
    assert frontier.lease(store, PORTAL, "slow", 1, 60) == []
    (again,) = frontier.lease(store, PORTAL, "other", 1, 60)
    assert (again.id, again.attempts) == (held.id, 2)
    assert frontier.finish(store, [(held, {"state": "done"})]) == {held.id}
    assert frontier.renew(store, [held, again], 60) == {again.id}
    assert frontier.release(store, [held]) == 0
    assert frontier.finish(store, [(again, {"state": "done"})]) == set()
    assert frontier.finish(store, [(again, {"state": "done"})]) == set(), "ending twice is no loss"


def test_renewed_lease_does_not_expire(store: Store) -> None:
    frontier.add(store, entries(1))
    held = frontier.lease(store, PORTAL, "a", 1, -1)
    assert frontier.renew(store, held, 60) == {held[0].id}
    assert frontier.lease(store, PORTAL, "b", 1, 60) == []


def test_given_back_unused_costs_no_attempt(store: Store) -> None:
    frontier.add(store, entries(2))
    assert frontier.release(store, frontier.lease(store, PORTAL, "a", 2, 60)) == 2
    assert [one.attempts for one in frontier.lease(store, PORTAL, "a", 2, 60)] == [1, 1]


def test_entry_that_outlives_its_attempts_is_dead_and_recorded(store: Store) -> None:
    frontier.add(store, entries(1))
    for attempt in range(1, 4):
        (taken,) = frontier.lease(store, PORTAL, f"w{attempt}", 1, -1, max_attempts=3)
        assert taken.attempts == attempt
    assert frontier.lease(store, PORTAL, "w9", 1, 60, max_attempts=3, run_id="the-last") == []
    assert frontier.counts(store, PORTAL)["dead"] == 1
    (failure,) = failures.iterate(store, portal=PORTAL, run_id="the-last")
    assert (failure.url, failure.attempts) == (taken.url, 3)
    assert "3 times" in failure.reason
    assert failure.at


def test_a_page_that_kills_its_worker_goes_behind_the_others(store: Store) -> None:
    frontier.add(store, entries(1, priority=0))
    (bad,) = frontier.lease(store, PORTAL, "a", 1, -1)
    frontier.add(store, entries(3, priority=5))
    assert frontier.reclaim(store, PORTAL, "b") == 1
    assert [one.id == bad.id for one in frontier.lease(store, PORTAL, "b", 3, 60)] == [False, False, True]


def test_failing_entry_waits_then_is_tried_again_until_its_attempts_are_used(store: Store) -> None:
    frontier.add(store, entries(1))
    (taken,) = frontier.lease(store, PORTAL, "a", 1, 60)
    assert frontier.fail(store, taken, "timeout", retry_in=600) == "queued"
    assert frontier.lease(store, PORTAL, "a", 1, 60) == [], "it is not due yet"
    assert not frontier.is_idle(store, PORTAL)
    store.db["frontier"].update_many({}, [{"$set": {"due": {"$subtract": ["$due", 600_000]}}}])
    (again,) = frontier.lease(store, PORTAL, "a", 1, 60)
    assert frontier.fail(store, again, "timeout", retry_in=0.1, max_attempts=2) == "dead"
    assert frontier.is_idle(store, PORTAL)
    assert [one.reason for one in failures.iterate(store)] == ["timeout"]


def test_final_failure_is_failed(store: Store) -> None:
    frontier.add(store, entries(1))
    (taken,) = frontier.lease(store, PORTAL, "a", 1, 60)
    assert frontier.fail(store, taken, "$404", status=404) == "failed"
    (failure,) = failures.iterate(store)
    assert (failure.status, failure.reason, failure.stage) == (404, "$404", "fetch")


def test_new_run_asks_for_start_and_listing_pages_again_but_not_for_articles(store: Store) -> None:
    kinds = ("start", "listing", "article", "related")
    frontier.add(store, [FrontierEntry(portal=PORTAL, url=f"https://v.example/{k}", kind=k) for k in kinds])
    done = frontier.lease(store, PORTAL, "a", 9, 60)
    frontier.finish(store, [(one, {"state": "done"}) for one in done])
    assert frontier.is_idle(store, PORTAL)
    again: dict[str, Any] = {"states": ("done", "failed", "dead"), "kinds": ("start", "listing"), "run_id": "run2"}
    assert frontier.requeue(store, PORTAL, **again) == 2
    assert frontier.requeue(store, PORTAL, **again) == 0
    assert sorted(one.kind for one in frontier.lease(store, PORTAL, "a", 9, 60)) == ["listing", "start"]


def test_failed_entries_can_be_queued_again(store: Store) -> None:
    frontier.add(store, entries(2))
    for taken in frontier.lease(store, PORTAL, "a", 2, 60):
        frontier.fail(store, taken, "timeout")
    assert frontier.requeue(store, PORTAL) == 2
    assert [one.attempts for one in frontier.lease(store, PORTAL, "a", 2, 60)] == [1, 1]


def test_leases_of_a_killed_process_are_free_at_once(store: Store) -> None:
    frontier.add(store, entries(4))
    script = (
        "import sys\nfrom storage.database.store import Store\nfrom storage.frontier import frontier\n"
        "from storage.base.workers import worker_id\n"
        f"frontier.lease(Store.open(sys.argv[1]), {PORTAL!r}, worker_id(), 3, 3600)\n"
        "print('leased', flush=True)\nsys.stdin.read()\n"
    )
    child = subprocess.Popen(
        [sys.executable, "-c", script, store.uri], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    try:
        assert child.stdout
        assert child.stdout.readline() == "leased\n"
        assert frontier.free_dead_workers(store, PORTAL) == 0, "it is still alive"
    finally:
        os.kill(child.pid, signal.SIGKILL)
    child.communicate()
    assert frontier.free_dead_workers(store, PORTAL) == 3
    assert len(frontier.lease(store, PORTAL, worker_id(), 9, 60)) == 4


def test_a_lease_whose_answer_was_lost_is_free_again_as_if_it_had_not_been_taken(store: Store) -> None:
    frontier.add(store, entries(4))
    frontier.lease(store, PORTAL, "a", 3, 3600)
    others = frontier.lease(store, PORTAL, "b", 1, 3600)
    assert frontier.free_lost(store, PORTAL, "a") == 3
    assert [one.attempts for one in frontier.lease(store, PORTAL, "a", 9, 60)] == [1, 1, 1]
    assert frontier.renew(store, others, 60) == {others[0].id}


@pytest.mark.parametrize(
    ("worker", "dead"),
    [
        (worker_id(), False),
        (worker_id().rpartition(":")[0] + ":1", True),  # the pid was given to another process
        ("another-host/1:1:1", False),
        ("nonsense", False),
        (f"{worker_id().rsplit(':', 2)[0]}:99999999:5", True),
    ],
    ids=["itself", "pid used again", "elsewhere", "no worker's name", "gone"],
)
def test_only_processes_of_this_machine_are_known_dead(worker: str, dead: bool) -> None:
    assert is_dead(worker) is dead


def test_leases_lost_with_killed_workers_use_up_no_attempts(store: Store) -> None:
    """A crawl that is killed ten times leases the same few entries each time, most of which it never asked for."""
    gone = f"{worker_id().rsplit(':', 2)[0]}:99999999:5"
    frontier.add(store, entries(1))
    for death in range(1, frontier.MAX_DEATHS):
        (held,) = frontier.lease(store, PORTAL, gone, 1, 60)
        assert held.attempts == 1, death
        assert frontier.free_dead_workers(store, PORTAL) == 1
    assert frontier.counts(store, PORTAL)["queued"] == 1
    frontier.lease(store, PORTAL, gone, 1, 60)
    frontier.free_dead_workers(store, PORTAL, run_id="the-last")
    assert frontier.counts(store, PORTAL)["dead"] == 1
    (failure,) = failures.iterate(store, portal=PORTAL, run_id="the-last")
    assert failure.reason == f"its worker was killed {frontier.MAX_DEATHS} times"
