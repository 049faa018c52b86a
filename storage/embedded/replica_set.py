"""The embedded server's replica set of one and its users, made from whatever state an interrupted start left."""

from __future__ import annotations

import time
from typing import Any

from pymongo import MongoClient
from pymongo.errors import OperationFailure, PyMongoError

from storage.base.driver_errors import brief
from storage.embedded.folder import OWNER, REPLICA_SET, USER, ServerFolder
from storage.errors import StorageError

PRIMARY_SECONDS = 60.0
"""A second at most, but 30 where a silent program has taken the last port: mongod asks it whether it is itself."""
SELECTION_MILLISECONDS = 10_000
UNAUTHORISED, AUTHENTICATION_FAILED, ALREADY_INITIALISED = 13, 18, 23
NOT_YET_INITIALISED, NO_SUCH_USER, USER_EXISTS = 94, 11, 51003
ROLES = ("readWriteAnyDatabase", "clusterMonitor")
"""Of the user of commands: it reads, writes and sees who is connected; users, roles and settings are the owner's."""


def prepare(folder: ServerFolder, port: int) -> None:
    """Make the server on *port* a primary with our users; changes nothing where that is done already.

    :raises StorageError: if it cannot be done
    """
    host = f"127.0.0.1:{port}"
    try:
        if not _may_log_in(folder.uri(port, user=OWNER)):
            # Before there was an owner, the user of commands was root.
            older = _may_log_in(folder.uri(port))
            with _connected(folder.uri(port) if older else host) as client:
                if not older:
                    _initiate(client, host, folder)
                _wait_for_primary(client, folder, host if older else "")
                _create_owner(client, folder)
        with _connected(folder.uri(port, user=OWNER)) as client:
            _wait_for_primary(client, folder, host)
            _put_user(client, folder)
    except OperationFailure as problem:
        if problem.code != UNAUTHORISED:
            raise _not_set_up(folder, problem) from None
        raise StorageError(
            f"the password in {folder.owner_file} is not that of the data beside it: "
            "put the right one back, or set STORYKIN_DATA to a new folder"
        ) from None
    except PyMongoError as problem:
        raise _not_set_up(folder, problem) from None


def _not_set_up(folder: ServerFolder, problem: PyMongoError) -> StorageError:
    return StorageError(f"the embedded MongoDB cannot be set up ({brief(problem)}): see {folder.log}")


def _connected(host: str) -> MongoClient[dict[str, Any]]:
    return MongoClient(host, directConnection=True, serverSelectionTimeoutMS=SELECTION_MILLISECONDS)


def _may_log_in(uri: str) -> bool:
    with _connected(uri) as client:
        try:
            client.admin.command("ping")
        except OperationFailure as problem:
            if problem.code == AUTHENTICATION_FAILED:
                return False
            raise
    return True


def _initiate(client: MongoClient[dict[str, Any]], host: str, folder: ServerFolder) -> None:
    config = {"_id": REPLICA_SET, "members": [{"_id": 0, "host": host}]}
    try:
        client.admin.command("replSetInitiate", config)
    except OperationFailure as problem:
        if problem.code != ALREADY_INITIALISED:
            raise
        if "setName" not in client.admin.command("hello"):
            # Made on another port, and no user is there yet who could change that.
            sentence = f"the first start was interrupted: remove {folder.data}, which holds no data yet"
            raise StorageError(sentence) from None


def _create_owner(client: MongoClient[dict[str, Any]], folder: ServerFolder) -> None:
    """Create the owner, which the server allows without a log-in as long as it has no user."""
    try:
        client.admin.command("createUser", OWNER, pwd=folder.owner_file.read_text("ascii"), roles=["root"])
    except OperationFailure as problem:
        if problem.code != USER_EXISTS:
            raise


def _put_user(client: MongoClient[dict[str, Any]], folder: ServerFolder) -> None:
    """Give the user of commands its password and its roles, whatever an older version gave it."""
    given: dict[str, Any] = {"pwd": folder.password_file.read_text("ascii"), "roles": list(ROLES)}
    try:
        client.admin.command("updateUser", USER, **given)
    except OperationFailure as problem:
        if problem.code != NO_SUCH_USER:
            raise
        client.admin.command("createUser", USER, **given)


def _wait_for_primary(client: MongoClient[dict[str, Any]], folder: ServerFolder, host: str = "") -> None:
    """Wait until the server takes writes; with *host*, repair a configuration in which it is no member.

    It is none where it got another port than last time, or where it could not reach itself as it started.
    """
    deadline = time.monotonic() + PRIMARY_SECONDS
    while not (hello := client.admin.command("hello")).get("isWritablePrimary"):
        if time.monotonic() > deadline:
            raise StorageError(f"the embedded MongoDB does not become primary: see {folder.log}")
        if host and "setName" not in hello:
            _become_the_only_member(client, host)
        time.sleep(0.01)


def _become_the_only_member(client: MongoClient[dict[str, Any]], host: str) -> None:
    config = client.local["system.replset"].find_one()
    if config is None:
        return
    config["members"] = [{**config["members"][0], "host": host}]
    config["version"] += 1
    try:
        client.admin.command("replSetReconfig", config, force=True)
    except OperationFailure as problem:
        if problem.code != NOT_YET_INITIALISED:  # it still reads its configuration
            raise
