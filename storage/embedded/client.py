"""The embedded MongoDB: one private mongod a data folder, shared by all commands of its user on this machine.

A client holds ``clients.lock`` shared for as long as it lives; the kernel gives it back however the client dies. The
client that finds no server starts a keeper process (``storage.embedded.keeper``) under ``start.lock``. The keeper
stops mongod when it can hold ``clients.lock`` alone for some seconds, and mongod dies with its keeper.
"""

from __future__ import annotations

import errno
import json
import logging
import os
import signal
import socket
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import platformdirs

from storage.embedded import replica_set
from storage.embedded.binary import FULL_MEGABYTES, disk_full, free_megabytes
from storage.embedded.file_lock import FileLock, is_held, wait_until_free
from storage.embedded.folder import Running, ServerFolder, write_whole
from storage.embedded.keeper import end_orphan
from storage.errors import StorageError

GRACE_SECONDS = 5.0
"""How long mongod outlives its last client: the next command of a script finds it warm."""
LOCK_SECONDS = 150.0
"""Longer than a start (60 s) with its preparation (60 s), or a stop (30 s), may last."""
STOP_ANSWER_SECONDS = 10.0
IN_USE = "commands still use the server: it stops after the last of them; --force stops it now"
MIN_FREE_MEGABYTES = 100
"""An empty database takes 50 MB; a server that runs out of disk ends and leaves its last writes to the journal."""

log = logging.getLogger(__name__)


@dataclass
class Lease:
    """A share in the running server; the server stays for as long as anybody holds one."""

    uri: str
    folder: ServerFolder
    lock: FileLock

    def close(self) -> None:
        """Give the share back; a second call does nothing."""
        self.lock.close()

    def may_come_back(self) -> bool:
        """Say whether the server's keeper is there to start it again; a keeper that was killed is started first."""
        if not is_held(self.folder.keeper_lock) and self.folder.server.exists():  # its end was none of its own
            try:
                server = _join(self.folder, self.lock, GRACE_SECONDS)
            except (StorageError, OSError) as problem:
                log.warning("the embedded MongoDB cannot be started again: %s", problem)
                return False
            return self.folder.uri(server.port) == self.uri  # on another port no driver would look for it
        return is_held(self.folder.keeper_lock) and not self.folder.failure.exists()

    def failure(self) -> str:
        """Return why the server does not answer, in a sentence with the remedy."""
        return _failure(self.folder) or (
            f"the embedded MongoDB of {self.folder.path} has ended: run the command again, which starts it"
        )


def data_folder() -> Path:
    """Return where storykin keeps its data: ``STORYKIN_DATA``, else the user's data folder, else ``.storykin`` here.

    The last is for a home folder that is absent or cannot be written.
    """
    chosen = os.environ.get("STORYKIN_DATA")
    if chosen:
        return Path(chosen).expanduser().absolute()
    usual = platformdirs.user_data_path("storykin")
    try:
        usual.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError:
        usable = False
    else:
        usable = os.access(usual, os.W_OK)
    if usable:
        return usual
    here = Path.cwd() / ".storykin"
    log.info("%s cannot be written, the data is in %s", usual, here)
    return here


def server_folder() -> ServerFolder:
    """Return the embedded server's folder, which need not exist."""
    return ServerFolder(data_folder() / "mongodb")


def lease(folder: ServerFolder | None = None, grace: float | None = None) -> Lease:
    """Return a share in the embedded server, which is started if it does not run.

    :param grace: seconds that a server started here outlives its last client, else :data:`GRACE_SECONDS`
    :raises StorageError: if it cannot be started, with the reason and the remedy
    """
    folder = folder or server_folder()
    clients = _clients_lock(folder)
    try:
        server = _join(folder, clients, GRACE_SECONDS if grace is None else grace)
    except OSError as problem:
        clients.close()
        raise _unwritable(folder, problem) from None
    except BaseException:
        clients.close()
        raise
    return Lease(folder.uri(server.port), folder, clients)


def _join(folder: ServerFolder, clients: FileLock, grace: float) -> Running:
    if not clients.shared(LOCK_SECONDS):
        raise StorageError(_stuck(folder, "is stopping and does not end"))
    with FileLock(folder.start_lock) as start:
        if not start.exclusive(LOCK_SECONDS):
            raise StorageError(_stuck(folder, "is being started by a command that does not end"))
        folder.create_secrets()
        server = _find(folder) or _start(folder, grace)
        if not folder.is_prepared(server.keeper_pid):
            try:
                replica_set.prepare(folder, server.port)
            except StorageError as problem:
                raise StorageError(_failure(folder) or str(problem)) from None
            write_whole(folder.prepared, str(server.keeper_pid))
    return server


def running(folder: ServerFolder) -> Running | None:
    """Return the server that runs now, without starting one."""
    return folder.running() if is_held(folder.keeper_lock) else None


def keep_running(folder: ServerFolder) -> None:
    """Let the running server stay until :func:`stop`."""
    write_whole(folder.stay, str(folder.keeper_pid()))


def stop(folder: ServerFolder, force: bool = False) -> bool:
    """Stop the server; ``False`` if none ran.

    :raises StorageError: if commands still use it and *force* is not set; it then stops after the last of them
    """
    folder.stay.unlink(missing_ok=True)
    if not is_held(folder.keeper_lock):
        return False
    if not force and is_held(folder.clients_lock):
        raise StorageError(IN_USE)
    os.kill(folder.keeper_pid(), signal.SIGUSR1 if force else signal.SIGTERM)
    if not _withdrawn(folder):
        raise StorageError(IN_USE)
    if not wait_until_free(folder.keeper_lock, LOCK_SECONDS):
        raise StorageError(_stuck(folder, "does not end"))
    return True


def _withdrawn(folder: ServerFolder) -> bool:
    """Wait until the keeper takes its announcement back, which it does not while a client has come in between."""
    deadline = time.monotonic() + STOP_ANSWER_SECONDS
    while folder.server.exists():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.01)
    return True


def _failure(folder: ServerFolder) -> str:
    """Return why the keeper gave up; empty while all is well."""
    if free_megabytes(folder.path) < FULL_MEGABYTES:
        return disk_full(folder.path)
    try:
        return folder.failure.read_text("utf-8")
    except OSError:
        return ""


def _clients_lock(folder: ServerFolder) -> FileLock:
    try:
        folder.create()
        return FileLock(folder.clients_lock)
    except OSError as problem:
        raise _unwritable(folder, problem) from None


def _unwritable(folder: ServerFolder, problem: OSError) -> StorageError:
    if problem.errno == errno.ENOSPC:
        remedy = "free some space, or set STORYKIN_DATA to another disk"
    else:
        remedy = "set STORYKIN_DATA to a folder that can be written, or MONGODB_URI to a server"
    return StorageError(f"cannot keep data in {folder.path} ({problem.strerror or problem}): {remedy}")


def _stuck(folder: ServerFolder, what: str) -> str:
    return f"the MongoDB of {folder.path} {what}: end process {folder.keeper_pid()}, then try again"


def _find(folder: ServerFolder) -> Running | None:
    """Return the running server; wait for one that is starting or stopping; ``None`` if there is no keeper."""
    deadline = time.monotonic() + LOCK_SECONDS
    while is_held(folder.keeper_lock):
        server = folder.running()
        if server is not None:
            if server.host != socket.gethostname():
                raise StorageError(
                    f"{folder.path} is in use on the machine {server.host}: "
                    "set STORYKIN_DATA to a folder of this machine, or MONGODB_URI to a server"
                )
            return server
        if time.monotonic() > deadline:
            raise StorageError(_stuck(folder, "neither starts nor ends"))
        time.sleep(0.02)
    return None


def _start(folder: ServerFolder, grace: float) -> Running:
    if free_megabytes(folder.path) < MIN_FREE_MEGABYTES:
        raise StorageError(disk_full(folder.path))
    end_orphan(folder)
    for remnant in (folder.server, folder.prepared, folder.stay):  # of a keeper that was killed
        remnant.unlink(missing_ok=True)
    answer = _run_keeper(folder, grace)
    if "error" in answer:
        raise StorageError(answer["error"])
    server = folder.running()
    if server is None:
        raise StorageError(f"the embedded MongoDB did not start: see {folder.keeper_log}")
    return server


def _run_keeper(folder: ServerFolder, grace: float) -> dict[str, Any]:
    # Where storage lies may be no place where a new interpreter looks: an egg that Scrapyd unpacked, a checkout.
    place = str(Path(__file__).resolve().parents[2])
    command = "import sys; sys.path.append(sys.argv[1]); from storage.embedded.keeper import main; main(sys.argv[2:])"
    with subprocess.Popen(  # noqa: S603 - our own module
        [sys.executable, "-c", command, place, str(folder.path), str(grace)],
        cwd=folder.path,  # the current folder is first on the module path: it must be one that only we write to
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        start_new_session=True,  # Ctrl-C on the terminal ends the command, not the server of the others
    ) as process:
        assert process.stdout is not None
        answer = process.stdout.readline()
    try:
        words: dict[str, Any] = json.loads(answer)
    except ValueError:
        return {"error": f"the embedded MongoDB did not start: see {folder.keeper_log}"}
    return words
