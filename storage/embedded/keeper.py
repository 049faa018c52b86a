"""The process that owns the embedded mongod: starts it, starts it again if it is killed, stops it when unused.

Started by ``storage.embedded.client`` with the folder and the seconds of grace. It prints one JSON line on standard
output as soon as mongod accepts connections (``{"port": 41234}``) or cannot be started (``{"error": "..."}``), and
then lets go of the caller's files, so that a pipe into or out of the caller ends with the caller. Standard library
only, so that it costs little memory for as long as a crawl lasts.

A keeper that is killed leaves a mongod: on Linux it ends with the keeper, elsewhere :func:`end_orphan` ends it at the
next start.
"""

from __future__ import annotations

import contextlib
import ctypes
import json
import os
import select
import signal
import socket
import subprocess
import sys
import time
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import IO

from storage.embedded.binary import (
    PORT_TAKEN,
    cannot_be_loaded,
    find_mongods,
    lacks_curl,
    link_bundled_curl,
    why_not_started,
)
from storage.embedded.file_lock import FileLock, is_held, wait_until_free
from storage.embedded.folder import ServerFolder
from storage.errors import StorageError

POLL_SECONDS = 0.25
START_SECONDS = 60.0
"""Recovery after a kill replays the journal: a few seconds for what an embedded server holds."""
STOP_SECONDS = 30.0
LOCK_SECONDS = 5.0
PORT_ATTEMPTS = 5
MIN_LIFE_SECONDS = 5.0
"""A mongod that dies younger than this is not started again: it would die for ever."""
PR_SET_PDEATHSIG = 1
"""``prctl(2)``, Linux only; elsewhere the next start ends an orphaned mongod."""


class MongodEnded(Exception):  # noqa: N818 - an event, told apart by its exit code
    """mongod ended before it accepted connections."""

    def __init__(self, exit_code: int, output: str) -> None:
        super().__init__(exit_code)
        self.exit_code = exit_code
        self.output = output


@dataclass
class Server:
    """A running mongod."""

    process: subprocess.Popen[bytes]
    port: int
    started: float

    def must_be_worth_another_start(self, folder: ServerFolder) -> None:
        """Raise :class:`StorageError` with the reason of its end if it ended too young."""
        if time.monotonic() - self.started < MIN_LIFE_SECONDS:
            output = folder.output.read_text("utf-8", "replace")
            raise StorageError(why_not_started(self.process.returncode, output, folder.log))

    def stop(self) -> None:
        """End it cleanly, or by force after :data:`STOP_SECONDS`."""
        self.process.terminate()
        try:
            self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def start_server(folder: ServerFolder) -> Server:
    """Start the first mongod that runs on this system, and wait until it accepts connections.

    It gets the last port of the folder, or a free one if that is taken.

    :raises StorageError: with the reason and the remedy
    """
    *others, last = find_mongods()
    for mongod in others:
        with contextlib.suppress(_CannotRunError):
            return _start(folder, mongod)
    return _start(folder, last)


class _CannotRunError(StorageError):
    """This system cannot run that mongod at all: another one may do."""


def _start(folder: ServerFolder, mongod: Path) -> Server:
    library_path: str | None = None
    attempts = PORT_ATTEMPTS
    while True:
        port = _free_port(folder.last_port() if attempts == PORT_ATTEMPTS else 0)
        try:
            return _launch(folder, mongod, port, library_path)
        except MongodEnded as ended:
            if lacks_curl(ended.exit_code, ended.output) and library_path is None:
                library_path = link_bundled_curl(folder.libraries)
                if library_path is not None:
                    continue
            attempts -= 1
            if ended.exit_code == PORT_TAKEN and attempts:
                continue
            kind = _CannotRunError if cannot_be_loaded(ended.exit_code, ended.output) else StorageError
            raise kind(why_not_started(ended.exit_code, ended.output, folder.log)) from None


def _launch(folder: ServerFolder, mongod: Path, port: int, library_path: str | None) -> Server:
    environment = {name: value for name, value in os.environ.items() if name != "MONGODB_URI"}
    if library_path is not None:
        inherited = environment.get("LD_LIBRARY_PATH")
        environment["LD_LIBRARY_PATH"] = os.pathsep.join(filter(None, [library_path, inherited]))
    folder.keep_one_old_log()
    with folder.output.open("wb") as output:
        try:
            process = subprocess.Popen(  # noqa: S603 - the arguments are our own
                [mongod, *folder.arguments(port)],
                env=environment,
                cwd=folder.data,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                preexec_fn=partial(_die_with, os.getpid()),  # noqa: PLW1509 - the keeper has one thread
            )
        except OSError as problem:
            reason = f"{mongod} cannot be run ({problem.strerror}): set MONGODB_URI to a server"
            raise _CannotRunError(reason) from None
    folder.port.write_text(str(port), "ascii")
    deadline = time.monotonic() + START_SECONDS
    while process.poll() is None:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return Server(process, port, time.monotonic())
        if time.monotonic() > deadline:
            process.kill()
            process.wait()
            raise StorageError(f"mongod did not start within {START_SECONDS:.0f} s: see {folder.log}")
        time.sleep(0.01)
    raise MongodEnded(process.returncode, folder.output.read_text("utf-8", "replace"))


def _die_with(keeper_pid: int) -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() != keeper_pid:  # it died before the signal was ordered
        os._exit(1)


def _free_port(wanted: int) -> int:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", wanted))
        except OSError:
            return _free_port(0)
        return int(probe.getsockname()[1])


class Keeper:
    """Watches mongod and its clients until nobody needs it."""

    def __init__(self, folder: ServerFolder, grace: float) -> None:
        self.folder = folder
        self.grace = grace
        self.asked_to_stop = False
        self.must_stop = False
        self._wake, write_end = os.pipe()
        os.set_blocking(write_end, False)
        signal.set_wakeup_fd(write_end, warn_on_full_buffer=False)
        signal.signal(signal.SIGTERM, self._stop_when_unused)
        signal.signal(signal.SIGUSR1, self._stop_now)
        signal.signal(signal.SIGCHLD, lambda *_: None)  # a dead mongod ends the wait at once

    def run(self, server: Server) -> None:
        """Keep *server* until no client held the lock for ``grace`` seconds.

        SIGTERM ends the grace, SIGUSR1 ends the server also under its clients.
        """
        with FileLock(self.folder.clients_lock) as clients:
            unused_since: float | None = None
            while not self.must_stop:
                if not clients.is_on_disk():
                    server.process.kill()  # its data is deleted: no clean end is needed
                    server.process.wait()
                    return
                if server.process.poll() is not None:
                    if self.asked_to_stop:  # by a system that shuts down: mongod was asked too
                        break
                    server = self._start_again(server)
                unused_since = self._unused_since(clients, unused_since)
                if unused_since is not None and time.monotonic() - unused_since >= self.grace:
                    if clients.try_exclusive():
                        break  # held until mongod is gone: a client that comes now waits, then starts its own
                    unused_since = None
                self._sleep()
            self.folder.server.unlink(missing_ok=True)
            server.stop()

    def _unused_since(self, clients: FileLock, before: float | None) -> float | None:
        stays = self.folder.must_stay(os.getpid()) and not self.asked_to_stop
        if stays or not clients.try_exclusive():
            return None
        clients.release()
        return time.monotonic() if before is None else before

    def _start_again(self, dead: Server) -> Server:
        """Start mongod anew on the same port, so that the drivers of running commands find it again."""
        self.folder.server.unlink(missing_ok=True)
        self.folder.prepared.unlink(missing_ok=True)  # the port may change
        try:
            dead.must_be_worth_another_start(self.folder)
            server = start_server(self.folder)
        except StorageError as problem:
            with contextlib.suppress(OSError):  # the disk may be full
                self.folder.failure.write_text(str(problem), "utf-8")
            raise
        self.folder.announce(server.port, os.getpid(), server.process.pid)
        return server

    def _sleep(self) -> None:
        readable, _, _ = select.select([self._wake], [], [], POLL_SECONDS)
        if readable:
            os.read(self._wake, 512)

    def _stop_when_unused(self, *_: object) -> None:
        self.asked_to_stop = True
        self.grace = 0.0

    def _stop_now(self, *_: object) -> None:
        self.must_stop = True


def main(arguments: list[str]) -> None:
    """Detach, start mongod, report on standard output, and keep it."""
    folder, grace = ServerFolder(Path(arguments[0])), float(arguments[1])
    os.umask(0o077)
    if os.fork():
        os._exit(0)  # the caller waits for this one only, so that no zombie stays with it
    report = os.fdopen(os.dup(1), "w")
    _let_go_of_the_callers_files(folder)
    with FileLock(folder.keeper_lock) as lock:
        if not lock.exclusive(LOCK_SECONDS):  # asking whether the lock is held takes it for an instant
            _tell(report, error="another keeper has this data folder")
            return
        folder.keeper_lock.write_text(str(os.getpid()), "ascii")
        folder.failure.unlink(missing_ok=True)
        keeper = Keeper(folder, grace)
        try:
            server = start_server(folder)
        except (StorageError, OSError) as problem:
            _tell(report, error=str(problem))
            return
        folder.announce(server.port, os.getpid(), server.process.pid)
        _tell(report, port=server.port)
        with contextlib.suppress(StorageError):
            keeper.run(server)


def _tell(report: IO[str], **words: object) -> None:
    with contextlib.suppress(BrokenPipeError), report:  # the caller may be gone
        report.write(json.dumps(words) + "\n")


def _let_go_of_the_callers_files(folder: ServerFolder) -> None:
    nothing = os.open(os.devnull, os.O_RDWR)
    errors = os.open(folder.keeper_log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    os.dup2(nothing, 0)
    os.dup2(nothing, 1)
    os.dup2(errors, 2)


ORPHAN_SECONDS = 15.0
VANISH_SECONDS = 2.0
"""A killed process loses its command line some time before its locks."""


def end_orphan(folder: ServerFolder) -> None:
    """End a mongod whose keeper was killed, and wait until it is gone.

    :raises StorageError: if another program has the data, or mongod does not end
    """
    for sign in (signal.SIGTERM, signal.SIGKILL):
        if not is_held(folder.mongod_lock):
            return
        pid = folder.mongod_pid()
        if not _is_our_mongod(pid, folder):
            if wait_until_free(folder.mongod_lock, VANISH_SECONDS):
                return
            raise StorageError(
                f"{folder.data} is in use by another program (process {pid}): end it, or set STORYKIN_DATA"
            )
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, sign)
        if wait_until_free(folder.mongod_lock, ORPHAN_SECONDS):
            return
    raise StorageError(f"mongod does not end: end process {folder.mongod_pid()}, then try again")


def _is_our_mongod(pid: int, folder: ServerFolder) -> bool:
    """Guard against a process id from another machine or container."""
    try:
        if sys.platform == "linux":
            command = Path(f"/proc/{pid}/cmdline").read_text("utf-8", "replace")
        else:
            command = subprocess.run(  # noqa: S603
                ["/bin/ps", "-o", "command=", "-p", str(pid)], capture_output=True, text=True, check=False
            ).stdout
    except OSError:
        return False
    return str(folder.log) in command
