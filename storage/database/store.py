"""The one way to MongoDB: from a URI, from ``MONGODB_URI``, or to the embedded server."""

from __future__ import annotations

import os
import re
import secrets
import sys
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from importlib import metadata
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import unquote

import pymongo
from pymongo import MongoClient
from pymongo.database import Database
from pymongo.errors import ConnectionFailure, InvalidURI, PyMongoError

from storage.base.driver_errors import explained, masked, may_pass
from storage.base.masking import mask
from storage.database import indexes
from storage.errors import StorageError, UnavailableError

if TYPE_CHECKING:
    from storage.embedded.client import Lease

__all__ = ["Store", "masked"]

APPLICATION = "storykin"
DATABASE = "storykin"
START_SECONDS = 5.0
"""A server that is there answers within this; ``STORYKIN_MONGODB_TIMEOUT`` (seconds) sets another limit."""
CLOSE_SECONDS = 1.0
"""The driver says goodbye to the server; it would look for one that is gone as long as for any other operation."""
EMBEDDED_MILLISECONDS = 15_000
"""A server on this machine that was killed is back within seconds, or never."""
DEFAULTS: dict[str, Any] = {"w": "majority", "retryWrites": True, "retryReads": True}
"""For options that the URI does not set itself."""


@dataclass
class Store:
    """An open database. A context manager: driver errors leave it as :class:`StorageError`."""

    client: MongoClient[dict[str, Any]] = field(repr=False)
    db: Database[dict[str, Any]] = field(repr=False)
    uri: str = field(repr=False)
    """The connection string with its password; print :func:`masked` of it only."""
    lease: Lease | None = field(default=None, repr=False)

    @classmethod
    def open(cls, uri: str | None = None, database: str | None = None, *, prepare: bool = True) -> Self:
        """Open the database at *uri*, else at ``MONGODB_URI``, else in the embedded server.

        :param database: else ``STORYKIN_DATABASE``, else the one that the URI's path names, else ``storykin``
        :param prepare: check the schema and make the indexes; otherwise nothing is read or written
        :raises StorageError: if the server cannot be reached, refuses the log-in, or another schema is in use
        """
        uri = uri or os.environ.get("MONGODB_URI") or None
        lease = _embedded_lease() if uri is None else None
        address = uri or (lease.uri if lease else "")
        mask.learn_uri(address)
        store = None
        try:
            client = _client(address, {"serverSelectionTimeoutMS": EMBEDDED_MILLISECONDS} if lease else {})
            store = cls(
                client, client[database or os.environ.get("STORYKIN_DATABASE") or _database_in(address)], address, lease
            )
            with store.errors(), pymongo.timeout(_start_seconds()):
                client.admin.command("ping")
            if prepare:
                with store.errors():
                    indexes.ensure(store.db)
        except BaseException:
            if store is not None:
                store.close()
            elif lease is not None:
                lease.close()
            raise
        return store

    def close(self) -> None:
        """Close the connections and let go of the embedded server; a second call does nothing."""
        with pymongo.timeout(CLOSE_SECONDS):
            self.client.close()
        if self.lease is not None:
            self.lease.close()

    @contextmanager
    def errors(self, within: float | None = None) -> Iterator[None]:
        """Turn a driver error inside the block into a :class:`StorageError` of one sentence.

        :param within: seconds for all operations of the block together, which the server is told as well
        """
        try:
            with pymongo.timeout(within) if within is not None else nullcontext():
                yield
        except PyMongoError as problem:
            raise self.explain(problem) from None

    def explain(self, problem: PyMongoError) -> StorageError:
        """Return what *problem* means for an operator, with the remedy and without the password."""
        kind = UnavailableError if may_pass(problem) else StorageError
        if self.lease is not None and isinstance(problem, ConnectionFailure):
            if not self.lease.may_come_back():
                kind = StorageError
            return kind(self.lease.failure())
        return kind(explained(problem, self.uri, _source(self.uri)))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        explanation = self.explain(problem) if isinstance(problem, PyMongoError) else None
        self.close()
        if explanation is not None:
            raise explanation from None

    def __repr__(self) -> str:
        return f"Store({masked(self.uri)!r}, database={self.db.name!r})"


@contextmanager
def temporary_store() -> Iterator[Store]:
    """Open a database that nobody else has, and drop it when the block ends.

    :raises StorageError: if the server cannot be reached or refuses the log-in
    """
    with Store.open(database=f"{DATABASE}_temporary_{secrets.token_hex(6)}") as store:
        try:
            yield store
        finally:
            for name in store.db.list_collection_names():  # without the last one it is gone; this needs readWrite only
                store.db.drop_collection(name)


def _embedded_lease() -> Lease:
    if sys.platform == "win32":
        raise StorageError("the embedded MongoDB runs on Linux and macOS: set MONGODB_URI to a server")
    from storage.embedded import client as embedded

    return embedded.lease()


def application() -> str:
    """Return the name by which the server knows the connections of this process."""
    return f"{APPLICATION} {metadata.version('storykin')} pid {os.getpid()}"


def _client(uri: str, more: dict[str, Any]) -> MongoClient[dict[str, Any]]:
    given = {name.lower() for name in re.findall(r"[?&]([^=&]+)=", uri)}
    options = {name: value for name, value in DEFAULTS.items() if name.lower() not in given}
    try:
        return MongoClient(uri, tz_aware=True, appname=application(), **options, **more)
    except (PyMongoError, ValueError, TypeError) as problem:
        wrong = problem if isinstance(problem, PyMongoError) else InvalidURI(str(problem))
        raise StorageError(explained(wrong, uri, _source(uri))) from None


def _source(uri: str) -> str:
    """Return where the operator wrote *uri*, for a sentence about it: some commands take a second address."""
    return "MONGODB_URI" if (os.environ.get("MONGODB_URI") or uri) == uri else "that address"


def _database_in(uri: str) -> str:
    """Return the database that the path of *uri* names. The driver's own parser asks the DNS for ``mongodb+srv``."""
    path = uri.partition("://")[2].rpartition("@")[2].partition("?")[0].partition("/")[2]
    return unquote(path) or DATABASE


def _start_seconds() -> float:
    text = os.environ.get("STORYKIN_MONGODB_TIMEOUT", "")
    try:
        seconds = float(text or START_SECONDS)
    except ValueError:
        seconds = 0.0
    if not seconds > 0:
        raise StorageError(f"STORYKIN_MONGODB_TIMEOUT={text!r} is no number of seconds: set one above 0")
    return seconds
