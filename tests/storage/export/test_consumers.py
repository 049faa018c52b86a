"""A consumer has one writer: who pulls for it, how far it has come, and what a second process is told."""

from __future__ import annotations

import subprocess
import sys
from datetime import timedelta

import pytest

from dedupe.errors import InputError
from storage.base.documents import now
from storage.base.workers import worker_id
from storage.database.store import Store
from storage.export import consumers
from storage.export.consumers import AlreadyPulledError, claimed
from storage.export.pull import Cursor

PLACE = Cursor("0a0a0a0a", 3)


def set_claim(store: Store, **fields: object) -> None:
    store.db["consumers"].update_one({"_id": "kho"}, {"$set": {f"claim.{key}": value for key, value in fields.items()}})


def test_a_consumer_goes_on_where_its_last_pull_ended(store: Store) -> None:
    with claimed(store, "kho") as claim:
        assert (claim.consumer.cursor, claim.consumer.pulled) == (Cursor("", 0), None)
        claim.advance(PLACE, {"portals": ["vov"]}, ["id", "title"])
    with claimed(store, "kho") as claim:
        before = claim.consumer
    assert (before.cursor, before.selection, before.fields) == (PLACE, {"portals": ["vov"]}, ("id", "title"))
    assert before.claimed_by == worker_id()
    after = consumers.get(store, "kho")
    assert after
    assert (after.claimed_by, after.claimed) == ("", None)


def test_a_second_process_is_told_who_pulls(store: Store) -> None:
    with claimed(store, "kho") as claim:
        told = rf"consumer kho is being pulled for by {worker_id()} since"
        with pytest.raises(AlreadyPulledError, match=told), claimed(store, "kho"):
            pytest.fail("two processes pull for one consumer")
        claim.advance(PLACE, {}, ["id"])


def test_a_pull_that_fails_leaves_no_consumer_and_no_claim(store: Store) -> None:
    with pytest.raises(ZeroDivisionError), claimed(store, "kho"):
        raise ZeroDivisionError
    assert consumers.get(store, "kho") is None


def test_the_claim_of_a_process_that_is_gone_is_taken_at_once(store: Store) -> None:
    code = "from storage.base.workers import worker_id; print(worker_id())"
    gone = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip()
    with claimed(store, "kho") as late:
        set_claim(store, worker=gone)
        with claimed(store, "kho") as claim:
            with pytest.raises(AlreadyPulledError, match="taken over by another process"):
                late.renew(at_once=True)
            with pytest.raises(AlreadyPulledError, match="nothing was written"):
                late.advance(PLACE, {}, ["id"])
            claim.advance(Cursor("0a0a0a0a", 9), {}, ["id"])
    found = consumers.get(store, "kho")
    assert found
    assert found.cursor.seq == 9


def test_the_claim_of_another_machine_ends_when_it_is_not_renewed(store: Store) -> None:
    with claimed(store, "kho") as late:
        set_claim(store, worker="elsewhere:1:1")
        with pytest.raises(AlreadyPulledError), claimed(store, "kho"):
            pytest.fail("its time is not over")
        set_claim(store, until=now() - timedelta(seconds=1))
        with claimed(store, "kho") as claim:
            claim.renew(at_once=True)
        with pytest.raises(AlreadyPulledError):
            late.renew(at_once=True)


def test_reset_and_delete(store: Store) -> None:
    for change in (consumers.reset, consumers.delete):
        with pytest.raises(InputError, match=r"there is no consumer 'kho' \(consumers: none\)"):
            change(store, "kho")
    with claimed(store, "kho") as claim:
        claim.advance(PLACE, {"portals": ["vov"]}, ["id"])
        with pytest.raises(AlreadyPulledError):
            consumers.reset(store, "kho")
    consumers.reset(store, "kho")
    found = consumers.get(store, "kho")
    assert found
    assert (found.cursor, found.selection, found.fields, found.pulled) == (Cursor("", 0), {}, None, None)
    consumers.delete(store, "kho")
    assert list(consumers.iterate(store)) == []
