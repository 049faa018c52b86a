from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading

import pytest

from storage.database.store import Store
from storage.frontier import runs


def test_a_run_is_recorded_from_begin_to_end(store: Store) -> None:
    run = runs.begin(store, "vov", arguments={"max_pages": 200, "follow": "related"}, version="0.1.0")
    assert runs.get(store, run.id) == run
    assert run.finished is None
    assert runs.heartbeat(store, run)
    runs.finish(store, run, exit_code=0, counts={"pages": 12, "articles": 9}, verdict="as usual")
    ended = runs.get(store, run.id)
    assert ended
    assert ended.finished
    assert ended.started
    assert ended.finished >= ended.started
    assert (ended.exit_code, ended.verdict, dict(ended.counts)) == (0, "as usual", {"pages": 12, "articles": 9})
    assert ended.arguments == {"max_pages": 200, "follow": "related"}
    assert not runs.heartbeat(store, run), "the lock was given back"


def test_second_run_of_a_portal_is_told_who_holds_it(store: Store) -> None:
    first = runs.begin(store, "vov")
    with pytest.raises(runs.AlreadyRunningError, match=rf"process {os.getpid()} .*{first.id}.*--join") as caught:
        runs.begin(store, "vov")
    assert caught.value.exit_code == 6
    runs.begin(store, "another portal")
    runs.finish(store, first, exit_code=0, counts={})
    assert runs.begin(store, "vov").id != first.id


def test_lock_without_heartbeat_runs_out_and_the_run_is_marked(store: Store) -> None:
    first = runs.begin(store, "vov", seconds=-1)
    second = runs.begin(store, "vov")
    buried = runs.get(store, first.id)
    assert buried
    assert buried.finished
    assert buried.exit_code is None
    assert "killed" in buried.verdict
    assert not runs.heartbeat(store, first)
    assert runs.heartbeat(store, second)
    runs.finish(store, first, exit_code=0, counts={})  # comes back from a stall: the lock is not its own
    with pytest.raises(runs.AlreadyRunningError):
        runs.begin(store, "vov")


def test_lock_of_a_killed_process_is_free_at_once(store: Store) -> None:
    script = (
        "import sys\nfrom storage.database.store import Store\nfrom storage.frontier import runs\n"
        "print(runs.begin(Store.open(sys.argv[1]), 'vov', seconds=3600).id, flush=True)\nsys.stdin.read()\n"
    )
    child = subprocess.Popen(
        [sys.executable, "-c", script, store.uri], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert child.stdout
    first = child.stdout.readline().strip()
    try:
        with pytest.raises(runs.AlreadyRunningError, match=f"process {child.pid} "):
            runs.begin(store, "vov")
        helper = runs.begin(store, "vov", join=True)
        assert helper.id == first
        assert len(helper.helpers) == 1
        assert runs.heartbeat(store, helper)
        runs.finish(store, helper, exit_code=0, counts={"pages": 3})
        joined = runs.get(store, first)
        assert joined
        assert dict(joined.counts) == {"pages": 3}
        assert joined.finished is None
    finally:
        os.kill(child.pid, signal.SIGKILL)
        child.communicate()
    assert runs.begin(store, "vov").id != first
    assert [run.id == first for run in runs.history(store, "vov")] == [False, True]


def test_of_many_that_begin_at_once_one_gets_the_lock(store: Store) -> None:
    begun: list[runs.Run] = []
    refused: list[runs.AlreadyRunningError] = []

    def begin() -> None:
        try:
            begun.append(runs.begin(store, "vov"))
        except runs.AlreadyRunningError as error:
            refused.append(error)

    threads = [threading.Thread(target=begin) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(begun), len(refused)) == (1, 5)
    assert len(runs.history(store)) == 1
