"""Crawls while their database is in trouble: a replica set of three mongods, and an embedded server without disk.

Each crawl must wait, go on, ask for no page twice, and store what an undisturbed one stores.
"""

from __future__ import annotations

import json
import os
import secrets
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest
from pymongo.errors import PyMongoError

from storage.database.store import Store
from storage.embedded import client as embedded
from storage.errors import StorageError
from storage.frontier import frontier
from tests.crawler.conftest import Command, NewsSite, serve
from tests.crawler.processes import PATIENCE, wait_for
from tests.crawler.replica_set import ReplicaSet

STORIES = 40
LONG_FORM = pytest.mark.skipif(not os.environ.get("STORYKIN_SOAK"), reason="long form: make soak sets STORYKIN_SOAK")
Left = tuple[dict[str, str], frozenset[str], dict[str, int]]


@pytest.fixture(scope="module")
def members(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ReplicaSet]:
    """A replica set for the module."""
    found = ReplicaSet(tmp_path_factory.mktemp("replica-set"))
    yield found
    found.close()


@pytest.fixture(scope="module")
def lasting_site() -> Iterator[NewsSite]:
    """A site at the same address for all crawls."""
    site = NewsSite()
    server = serve(site)
    site.stories(STORIES)
    yield site
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="module")
def undisturbed(members: ReplicaSet, lasting_site: NewsSite, tmp_path_factory: pytest.TempPathFactory) -> Left:
    """What a crawl leaves in a database that is well."""
    uri = members.uri("undisturbed")
    ended = Command(tmp_path_factory.mktemp("undisturbed"))("crawl", lasting_site.url, MONGODB_URI=uri)
    assert ended.code == 0, ended.err
    with Store.open(uri) as store:
        return left(store)


def left(store: Store) -> Left:
    articles = {row["_id"]: row["text"] for row in store.db["articles"].find({}, {"text": 1})}
    edges = frozenset(row["_id"] for row in store.db["edges"].find({}, {"_id": 1}))
    [portal] = store.db["frontier"].distinct("portal")
    return articles, edges, dict(frontier.counts(store, portal))


Trouble = Callable[[ReplicaSet], AbstractContextManager[None]]


@contextmanager
def stepped_down(members: ReplicaSet) -> Iterator[None]:
    with members.direct(members.primary) as client:
        client.admin.command("replSetStepDown", 5, secondaryCatchUpPeriodSecs=2, force=True)
    yield


@contextmanager
def killed_primary(members: ReplicaSet) -> Iterator[None]:
    members.kill(members.primary)
    yield


@contextmanager
def killed_secondary(members: ReplicaSet) -> Iterator[None]:
    members.kill(members.secondary)
    yield


@contextmanager
def killed_majority(members: ReplicaSet) -> Iterator[None]:
    members.kill(members.primary, members.secondary)
    yield


@contextmanager
def all_killed(members: ReplicaSet) -> Iterator[None]:
    members.kill(0, 1, 2)
    yield


@contextmanager
def frozen_primary(members: ReplicaSet) -> Iterator[None]:
    primary = members.primary
    members.freeze(primary)
    yield
    members.thaw(primary)


@contextmanager
def locked_primary(members: ReplicaSet) -> Iterator[None]:
    with members.direct(members.primary) as client:
        client.admin.command("fsync", lock=True)
        yield
        client.admin.command("fsyncUnlock")


@pytest.mark.parametrize(
    ("trouble", "seconds"),
    [
        (stepped_down, 0),
        (killed_primary, 0),
        pytest.param(killed_secondary, 0, marks=LONG_FORM),
        pytest.param(killed_majority, 4, marks=LONG_FORM),
        (all_killed, 4),
        pytest.param(frozen_primary, 6, marks=LONG_FORM),
        pytest.param(locked_primary, 3, marks=LONG_FORM),
    ],
)
def test_a_crawl_waits_for_its_replica_set_and_goes_on(
    tmp_path: Path,
    members: ReplicaSet,
    lasting_site: NewsSite,
    undisturbed: Left,
    trouble: Trouble,
    seconds: float,
) -> None:
    lasting_site.asked.clear()
    go_on = lasting_site.hold(after=12)
    command, uri = Command(tmp_path), members.uri(f"test_{secrets.token_hex(4)}")
    process = command.start("crawl", lasting_site.url, "--json", MONGODB_URI=uri)
    try:
        wait_for(lambda: len(lasting_site.asked) > 12)
        with trouble(members):
            go_on.set()
            time.sleep(seconds)
            if seconds:
                assert len(lasting_site.asked) < STORIES, "nothing was asked for beyond the leases that were held"
                assert process.poll() is None
        members.heal()
        ended = command.end(process)
    finally:
        go_on.set()
        process.kill()
        members.heal()
    assert ended.code == 0, ended.err
    with Store.open(uri) as store:
        assert left(store) == undisturbed
        [run] = store.db["runs"].find()
        assert (run["exit_code"], run["counts"]["fetched"]) == (0, STORIES + 1)
        store.client.drop_database(store.db.name)
    stories = [lasting_site.story_path(number) for number in range(STORIES)]
    assert [lasting_site.asked_for(path) for path in stories] == [1] * STORIES


def test_a_database_that_stays_away_is_given_up_and_the_next_crawl_goes_on(
    tmp_path: Path, members: ReplicaSet, lasting_site: NewsSite, undisturbed: Left
) -> None:
    lasting_site.asked.clear()
    go_on = lasting_site.hold(after=12)
    command, uri = Command(tmp_path), members.uri(f"test_{secrets.token_hex(4)}")
    process = command.start("crawl", lasting_site.url, "--json", MONGODB_URI=uri, STORYKIN_MONGODB_WAIT="2")
    try:
        wait_for(lambda: len(lasting_site.asked) > 12)
        members.kill(0, 1, 2)
        go_on.set()
        ended = command.end(process)
    finally:
        go_on.set()
        members.heal()
    assert ended.code == 5, ended.err
    verdict = json.loads(ended.out)["verdict"]
    assert "the crawl waited 2 s for it" in verdict
    again = command("crawl", lasting_site.url, MONGODB_URI=uri)
    assert again.code == 0, again.err
    with Store.open(uri) as store:
        assert left(store) == undisturbed
        store.client.drop_database(store.db.name)
    assert max(map(lasting_site.asked_for, lasting_site.asked)) == 2


@LONG_FORM  # the driver bridges the first 15 seconds without a word
def test_a_signal_ends_the_wait_for_a_database(tmp_path: Path, members: ReplicaSet, lasting_site: NewsSite) -> None:
    command, uri = Command(tmp_path), members.uri(f"test_{secrets.token_hex(4)}")
    process = command.start("crawl", lasting_site.url, "--json", MONGODB_URI=uri, STORYKIN_MONGODB_WAIT="86400")
    try:
        wait_for(lambda: "articles" in stored_collections(uri) or process.poll() is not None)
        members.kill(0, 1, 2)
        wait_for(lambda: "the crawl waits up to" in command.files()[1].read_text() or process.poll() is not None)
        process.terminate()
        ended = command.end(process)
    finally:
        members.heal()
    assert ended.code == 130, ended.err
    assert json.loads(ended.out)["verdict"].startswith("interrupted while the database was away")
    assert "Traceback" not in ended.err


def stored_collections(uri: str) -> list[str]:
    with Store.open(uri, prepare=False) as store:
        return [name for name in store.db.list_collection_names() if store.db[name].find_one()]


def test_a_wait_that_is_no_number_is_refused_before_anything_is_fetched(command: Command, site: NewsSite) -> None:
    ended = command("crawl", site.url, STORYKIN_MONGODB_WAIT="soon")
    assert ended.code == 2
    assert "STORYKIN_MONGODB_WAIT='soon': write a number of seconds" in ended.err
    assert site.asked == []


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 130 MB; needs root."""
    place = tmp_path / "disk"
    place.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=130m", "tmpfs", str(place)]
    if os.getuid() or subprocess.run(command, capture_output=True, check=False).returncode:
        pytest.skip("needs the right to mount a disk of its own")
    yield place
    server = embedded.running(embedded.ServerFolder(place / "mongodb"))
    if server is not None:
        os.kill(server.keeper_pid, signal.SIGKILL)
    subprocess.run(["umount", "--lazy", str(place)], check=True)


def fill(store: Store) -> None:
    for number in range(500):
        store.client["filler"]["blocks"].insert_one({"_id": number, "block": os.urandom(1_000_000)})


@LONG_FORM
def test_a_crawl_without_disk_says_so_and_goes_on_when_there_is_some(
    tmp_path: Path, small_disk: Path, site: NewsSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STORYKIN_DATA", str(small_disk))
    monkeypatch.setattr("storage.database.store.EMBEDDED_MILLISECONDS", 2_000)
    site.stories(STORIES)
    go_on = threading.Event()
    site.before = lambda path: len(site.asked) < 12 or bool(go_on.wait(PATIENCE))
    command = Command(tmp_path)
    process = command.start("crawl", site.url, "--json", STORYKIN_DATA=str(small_disk), STORYKIN_MONGODB_WAIT="60")
    wait_for(lambda: len(site.asked) > 11 or process.poll() is not None)
    with pytest.raises((StorageError, PyMongoError)), Store.open() as store:
        fill(store)
    go_on.set()
    ended = command.end(process)
    assert ended.code == 5, ended.err
    assert "is full" in json.loads(ended.out)["verdict"]
    assert "free some space" in json.loads(ended.out)["verdict"]
    subprocess.run(["mount", "-o", "remount,size=500m", str(small_disk)], check=True)
    again = command("crawl", site.url, STORYKIN_DATA=str(small_disk))
    assert again.code == 0, again.err
    with Store.open() as store:
        assert store.db["articles"].count_documents({}) == STORIES
    assert max(map(site.asked_for, site.asked)) <= 2
