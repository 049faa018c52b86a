"""Fixtures for every test: the shared measuring data, a private MongoDB, a fresh database."""

from __future__ import annotations

import os
import secrets
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import hypothesis
import pytest

from tests.crawler import forked_commands

MEMORY = Path("/dev/shm")
MEMORY_NEEDED = 4 << 30
"""Bytes, for the servers of several workers and what their tests store."""

# Shared machines are slow at times: how long an example took says nothing about the code. Fixed examples
# (derandomize) keep a run's verdict the same from one day to the next.
hypothesis.settings.register_profile(
    "storykin", deadline=None, derandomize=True, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("storykin")

if TYPE_CHECKING:
    from pymongo import MongoClient

    from storage.database.store import Store
    from storage.embedded.client import Lease


LONGEST = (
    "tests/crawler/corpus/test_on_spark.py", "tests/dedupe/corpus/test_in_spark.py",
    "tests/crawler/corpus/test_build.py", "tests/crawler/crawl/test_crawl.py", "tests/crawler/http/test_browser.py",
    "tests/docs/test_site.py", "tests/crawler/web/test_hostile.py", "tests/crawler/crawl/test_database_trouble.py",
    "tests/crawler/ops/test_scrapyd.py",
)  # fmt: skip
"""Files with a test of more than 12 s of processor time. They are begun first, so that no worker is still at one of
them when the others have nothing left."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: not item.nodeid.startswith(LONGEST))


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of measuring pages and texts, which a user's clone does not have."""
    shared = Path(os.environ.get("STORYKIN_SHARED", Path(__file__).resolve().parents[2] / "shared"))
    if not (shared / "data").is_dir():
        pytest.skip("needs the measuring data (../shared or STORYKIN_SHARED), absent in a plain clone")
    return shared / "data"


@pytest.fixture(scope="session", autouse=True)
def private_data_folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Keep every test, and every command that a test runs, away from the user's own data and server."""
    folder = tmp_path_factory.mktemp("data")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("STORYKIN_DATA", str(folder))
        patch.delenv("MONGODB_URI", raising=False)
        yield folder


@pytest.fixture(scope="session")
def server_home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Where the session's mongod keeps its files: in memory if there is room, for each write waits for its disk.

    The indexes of a fresh database take 0.2 s there, and 0.9 s on a disk.
    """
    from storage.embedded.file_lock import is_held
    from storage.embedded.folder import ServerFolder

    if not os.access(MEMORY, os.W_OK) or shutil.disk_usage(MEMORY).free < MEMORY_NEEDED:
        yield tmp_path_factory.mktemp("mongodb")
        return
    # A killed session leaves its files; an hour later none can be about to start.
    for left in MEMORY.glob("storykin-test-*"):
        with suppress(OSError):  # another worker was quicker
            if time.time() - left.stat().st_mtime > 3600 and not is_held(ServerFolder(left).keeper_lock):
                shutil.rmtree(left)
    with tempfile.TemporaryDirectory(prefix="storykin-test-", dir=MEMORY, ignore_cleanup_errors=True) as folder:
        yield Path(folder)


@pytest.fixture(scope="session")
def server(server_home: Path) -> Iterator[Lease]:
    """A private embedded mongod for the session."""
    from storage.embedded import client
    from storage.embedded.folder import ServerFolder

    lease = client.lease(ServerFolder(server_home), grace=0.5)
    yield lease
    lease.close()
    client.stop(lease.folder, force=True)


@pytest.fixture(scope="session")
def mongodb_uri(server: Lease) -> str:
    """The URI of the session's server, as commands use it; it names no database."""
    return server.uri


@pytest.fixture(scope="session")
def owner(server: Lease) -> Iterator[MongoClient[dict[str, Any]]]:
    """The session's server for who may do what commands may not."""
    from pymongo import MongoClient

    from storage.embedded.folder import OWNER

    found = server.folder.running()
    assert found
    with MongoClient[dict[str, Any]](server.folder.uri(found.port, user=OWNER)) as client:
        yield client


@pytest.fixture(scope="session", autouse=True)
def end_of_forks() -> Iterator[None]:
    """End the process that commands are forked from."""
    yield
    forked_commands.close()


@pytest.fixture(scope="session")
def program(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The path of a program ``storykin`` whose starts cost no imports."""
    return forked_commands.program(tmp_path_factory.mktemp("bin"))


@dataclass
class PreparedDatabase:
    """A database that tests use one after another: its fifty indexes take longer to make than most tests run."""

    uri: str = ""
    documents: dict[str, list[Any]] = field(default_factory=dict)
    """What each collection held when it was made."""
    indexes: dict[str, Any] = field(default_factory=dict)

    def made(self, store: Store) -> None:
        """Remember how *store* is before a test."""
        self.uri = store.uri
        self.documents = {name: list(store.db[name].find()) for name in store.db.list_collection_names()}
        self.indexes = {name: store.db[name].index_information() for name in self.documents}

    def restore(self, store: Store, owner: MongoClient[dict[str, Any]]) -> None:
        """Make *store* as it was; where collections or indexes have changed, let the next test make another one."""
        uri, self.uri = self.uri, ""
        database = owner[store.db.name]
        names = set(database.list_collection_names())
        if names != set(self.indexes) or any(
            database[name].index_information() != self.indexes[name] for name in names
        ):
            owner.drop_database(database)
            return
        for name, documents in self.documents.items():
            database[name].delete_many({})
            if documents:
                database[name].insert_many(documents)
        self.uri = uri


@pytest.fixture(scope="session")
def prepared_database() -> PreparedDatabase:
    """The database of this session's tests."""
    return PreparedDatabase()


@pytest.fixture
def store(
    mongodb_uri: str,
    owner: MongoClient[dict[str, Any]],
    prepared_database: PreparedDatabase,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Store]:
    """An empty database; ``MONGODB_URI`` names it, so that commands find it too."""
    from storage.database.store import Store

    uri = prepared_database.uri or mongodb_uri.replace("/?", f"/test_{secrets.token_hex(6)}?")
    monkeypatch.setenv("MONGODB_URI", uri)
    with Store.open() as opened:
        if not prepared_database.uri:
            prepared_database.made(opened)
        yield opened
        prepared_database.restore(opened, owner)
