"""The folder of the embedded server: its files, its secrets, its command line. Standard library only."""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import socket
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from storage.base.number_setting import number_setting
from storage.errors import StorageError

REPLICA_SET = "storykin"
OWNER, USER = "owner", "storykin"
"""Who sets the server up and may do all, and as whom commands read and write."""
CACHE_GIGABYTES = 0.5
CACHE_SHARE = 1 / 8
"""Least cache and share of the memory that is one: machines are shared with crawls, MongoDB would take half by itself.
The index of 300,000 articles fills half a gigabyte; beyond that a decision costs mongod four times as much."""
OPLOG_MEGABYTES = 256
"""Change streams of one machine need hours, not days; MongoDB would take 5 % of the disk."""

JOURNAL_FILE_MEGABYTES = 16
"""MongoDB keeps three journal files of 100 MB ready, more than most embedded databases hold."""


def cache_gigabytes() -> float:
    """Return the most memory that the embedded server keeps data in: ``STORYKIN_MONGODB_CACHE``, in gigabytes.

    :raises StorageError: if that is no number of gigabytes that MongoDB takes
    """
    name, memory = "STORYKIN_MONGODB_CACHE", os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / 2**30
    usual = round(max(CACHE_GIGABYTES, CACHE_SHARE * memory), 2)
    return number_setting(name, os.environ.get(name), usual, (0.25, 10_000), "gigabytes", error=StorageError)


@dataclass(frozen=True, slots=True)
class Running:
    """A server that accepts connections, as its keeper announced it."""

    port: int
    keeper_pid: int
    mongod_pid: int
    host: str


@dataclass(frozen=True, slots=True)
class ServerFolder:
    """Names in the folder *path*, which belongs to one user alone (mode 0700)."""

    path: Path

    @property
    def data(self) -> Path:
        """What mongod stores."""
        return self.path / "db"

    @property
    def log(self) -> Path:
        """mongod's own log, a JSON document a line."""
        return self.path / "mongod.log"

    @property
    def output(self) -> Path:
        """What mongod, or the loader before it, printed."""
        return self.path / "mongod.output"

    @property
    def keeper_log(self) -> Path:
        """What the keeper had to say; empty as a rule."""
        return self.path / "keeper.log"

    @property
    def libraries(self) -> Path:
        """Links to shared libraries that the system lacks."""
        return self.path / "lib"

    @property
    def clients_lock(self) -> Path:
        """Held shared by every client, and alone by the keeper while it stops mongod."""
        return self.path / "clients.lock"

    @property
    def start_lock(self) -> Path:
        """Held by the one client that looks for the server or starts it."""
        return self.path / "start.lock"

    @property
    def keeper_lock(self) -> Path:
        """Held by the keeper for its life; holds its process id."""
        return self.path / "keeper.lock"

    @property
    def mongod_lock(self) -> Path:
        """Held by mongod itself for its life; holds its process id."""
        return self.data / "mongod.lock"

    @property
    def server(self) -> Path:
        """The announcement of a server that accepts connections."""
        return self.path / "server.json"

    @property
    def prepared(self) -> Path:
        """Names the keeper whose server has its replica set and its user."""
        return self.path / "prepared"

    @property
    def stay(self) -> Path:
        """Names the keeper that runs until it is stopped."""
        return self.path / "stay"

    @property
    def port(self) -> Path:
        """The port last used: the same one again spares a change of the replica set."""
        return self.path / "port"

    @property
    def failure(self) -> Path:
        """Why mongod could not go on, in a sentence; absent while all is well."""
        return self.path / "failure"

    @property
    def key(self) -> Path:
        """The replica set's key file: https://www.mongodb.com/docs/v6.0/core/security-internal-authentication/."""
        return self.path / "key"

    @property
    def password_file(self) -> Path:
        """The password of :data:`USER`, mode 0600."""
        return self.path / "password"

    @property
    def owner_file(self) -> Path:
        """The password of :data:`OWNER`, mode 0600."""
        return self.path / "owner.password"

    def create(self) -> None:
        """Make the folder and its secrets where they are absent.

        :raises OSError: if the place cannot be written
        :raises StorageError: if the folder belongs to somebody else, or is a link, which somebody else may have laid
        """
        for path in (self.path.parent, self.path, self.data):
            if path.is_symlink():
                raise StorageError(
                    f"{path} is a link, and data is kept in real folders alone: "
                    f"set STORYKIN_DATA to the folder itself, such as {path.resolve()}"
                )
        self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
        owner = self.path.stat().st_uid
        if owner != os.getuid():
            raise StorageError(
                f"{self.path} belongs to another user (uid {owner}): set STORYKIN_DATA to a folder of your own"
            )
        self.path.chmod(0o700)
        self.data.mkdir(mode=0o700, exist_ok=True)

    def create_secrets(self) -> None:
        """Write the key and the password once; the caller holds the start lock."""
        passwords = ((path, secrets.token_urlsafe(32)) for path in (self.password_file, self.owner_file))
        for path, secret in ((self.key, secrets.token_hex(256)), *passwords):
            if not path.exists() or not path.stat().st_size:
                write_whole(path, secret)

    def arguments(self, port: int) -> list[str]:
        """Return mongod's arguments: loopback, authentication, a replica set of one, modest memory and disk."""
        settings = {
            # mongod runs in its data folder: one that outlives a deleted folder cannot write into its successor.
            "--dbpath": ".",
            "--logpath": self.log,
            "--port": port,
            "--bind_ip": "127.0.0.1",
            "--keyFile": self.key,
            "--replSet": REPLICA_SET,
            "--oplogSize": OPLOG_MEGABYTES,
            "--wiredTigerCacheSizeGB": cache_gigabytes(),
            "--wiredTigerEngineConfigString": f"log=(file_max={JOURNAL_FILE_MEGABYTES}MB)",
            # MongoDB 6.0.5 decompresses what a client sends before it knows who that is.
            "--networkMessageCompressors": "disabled",
        }
        # No socket file: its path may be at most 107 bytes long, a data folder's is not bounded.
        arguments = ["--nounixsocket", "--noscripting"]
        for name, value in settings.items():
            arguments += [name, str(value)]
        for parameter in ("diagnosticDataCollectionEnabled=false", "shutdownTimeoutMillisForSignaledShutdown=100"):
            arguments += ["--setParameter", parameter]
        return arguments

    def uri(self, port: int, database: str = "", *, user: str = USER) -> str:
        """Return the connection string of *user*, password included."""
        password = (self.owner_file if user == OWNER else self.password_file).read_text("ascii")
        return f"mongodb://{user}:{password}@127.0.0.1:{port}/{database}?authSource=admin&directConnection=true"

    def bytes(self) -> int:
        """Return what all files here take on disk."""
        total = 0
        for folder, _, names in os.walk(self.path):
            for name in names:
                with contextlib.suppress(FileNotFoundError):  # mongod removes files as it goes
                    total += Path(folder, name).lstat().st_blocks * 512
        return total

    def announce(self, port: int, keeper_pid: int, mongod_pid: int) -> None:
        """Let clients know the server."""
        words = {
            "port": port,
            "keeper_pid": keeper_pid,
            "mongod_pid": mongod_pid,
            "host": socket.gethostname(),
        }
        write_whole(self.server, json.dumps(words))

    def running(self) -> Running | None:
        """Return the announced server, alive or not; ``None`` if none is announced."""
        words = self._read_json(self.server)
        return Running(**words) if words else None

    def last_port(self) -> int:
        """Return the port last used, or 0."""
        try:
            return int(self.port.read_text("ascii"))
        except (OSError, ValueError):
            return 0

    def must_stay(self, keeper_pid: int) -> bool:
        """Tell whether the keeper *keeper_pid* was asked to run until it is stopped."""
        return self._pid_in(self.stay) == keeper_pid

    def is_prepared(self, keeper_pid: int) -> bool:
        """Tell whether a client has prepared the server of this keeper."""
        return self._pid_in(self.prepared) == keeper_pid

    def keeper_pid(self) -> int:
        """Return the process id in the keeper's lock, meaningful while the lock is held; 0 if there is none."""
        return self._pid_in(self.keeper_lock)

    def mongod_pid(self) -> int:
        """Return the process id in mongod's lock, meaningful while the lock is held; 0 if there is none."""
        return self._pid_in(self.mongod_lock)

    def keep_one_old_log(self) -> None:
        """Set the log aside: mongod itself would keep one more file for every start."""
        if self.log.exists():
            self.log.replace(self.log.with_suffix(".log.1"))

    def _pid_in(self, path: Path) -> int:
        try:
            return int(path.read_text("ascii"))
        except (OSError, ValueError):
            return 0

    def _read_json(self, path: Path) -> dict[str, Any]:
        try:
            words: dict[str, Any] = json.loads(path.read_text("utf-8"))
        except (OSError, ValueError):
            return {}
        return words


def write_whole(path: Path, text: str) -> None:
    """Replace *path* by *text* in one step, mode 0600, so that a reader or a crash never sees half of it."""
    draft = path.with_name(f"{path.name}.{os.getpid()}.new")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
