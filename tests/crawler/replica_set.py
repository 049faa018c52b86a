"""A replica set of three real mongods on loopback, whose members can be killed, frozen and brought back."""

from __future__ import annotations

import ctypes
import os
import shutil
import signal
import socket
import subprocess
from contextlib import suppress
from pathlib import Path
from typing import Any

from pymongo import MongoClient
from pymongo.errors import PyMongoError

from storage.embedded.binary import find_mongods, link_bundled_curl
from tests.crawler.processes import wait_for

NAME = "trouble"
PR_SET_PDEATHSIG = 1


class ReplicaSet:
    """Members 0 to 2, with elections after two seconds and the drivers told to look often."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._mongod = find_mongods()[0]
        library_path = None if shutil.which("mongod") else link_bundled_curl(folder / "lib")
        self._env = {**os.environ} | ({"LD_LIBRARY_PATH": library_path} if library_path else {})
        self.ports = _free_ports(3)
        self._processes: dict[int, subprocess.Popen[bytes]] = {}
        for member in range(3):
            self.start(member)
        config = {
            "_id": NAME,
            "members": [{"_id": n, "host": f"127.0.0.1:{port}"} for n, port in enumerate(self.ports)],
            "settings": {"electionTimeoutMillis": 2000, "heartbeatIntervalMillis": 500},
        }
        wait_for(lambda: all(map(self._answers, range(3))))
        with self.direct(0) as client:
            client.admin.command("replSetInitiate", config)
        self.wait()

    def uri(self, database: str) -> str:
        """Return the connection string of all members."""
        hosts = ",".join(f"127.0.0.1:{port}" for port in self.ports)
        options = f"replicaSet={NAME}&heartbeatFrequencyMS=500&connectTimeoutMS=2000&serverSelectionTimeoutMS=3000"
        return f"mongodb://{hosts}/{database}?{options}"

    def direct(self, member: int) -> MongoClient[dict[str, Any]]:
        """Return a client of one member alone."""
        return MongoClient("127.0.0.1", self.ports[member], directConnection=True, serverSelectionTimeoutMS=2000)

    def states(self) -> dict[int, str]:
        """Return the state of each member that answers, as it sees itself."""
        found = {}
        for member in range(3):
            with self.direct(member) as client, suppress(PyMongoError):
                found[member] = str(client.admin.command("replSetGetStatus")["members"][member]["stateStr"])
        return found

    def wait(self) -> None:
        """Wait until there are a primary and two secondaries."""
        wait_for(lambda: sorted(self.states().values()) == ["PRIMARY", "SECONDARY", "SECONDARY"])

    @property
    def primary(self) -> int:
        """Number of the primary."""
        return next(member for member, state in self.states().items() if state == "PRIMARY")

    @property
    def secondary(self) -> int:
        """Number of a secondary."""
        return next(member for member, state in self.states().items() if state == "SECONDARY")

    def start(self, member: int) -> None:
        """Start a member on its port and its data."""
        data = self._folder / str(member)
        data.mkdir(parents=True, exist_ok=True)
        parent = os.getpid()

        def die_with_parent() -> None:
            ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
            if os.getppid() != parent:
                os._exit(1)

        with (self._folder / f"{member}.log").open("ab") as log:
            self._processes[member] = subprocess.Popen(
                [
                    str(self._mongod), "--dbpath", str(data), "--port", str(self.ports[member]), "--replSet", NAME,
                    "--bind_ip", "127.0.0.1", "--nounixsocket", "--oplogSize", "32", "--wiredTigerCacheSizeGB", "0.25",
                    "--networkMessageCompressors", "disabled", "--quiet",
                    "--wiredTigerEngineConfigString", "log=(file_max=16MB)",
                    "--setParameter", "diagnosticDataCollectionEnabled=false",
                ],
                stdout=log, stderr=log, env=self._env, preexec_fn=die_with_parent,  # noqa: PLW1509
            )  # fmt: skip

    def kill(self, *members: int) -> None:
        """Kill members without warning."""
        for member in members:
            self._processes[member].kill()
        for member in members:
            self._processes[member].wait()

    def freeze(self, member: int) -> None:
        """Let a member neither answer nor close its connections."""
        self._processes[member].send_signal(signal.SIGSTOP)

    def thaw(self, member: int) -> None:
        """Let a frozen member go on."""
        self._processes[member].send_signal(signal.SIGCONT)

    def heal(self) -> None:
        """Bring back whoever is gone."""
        for member, process in self._processes.items():
            if process.poll() is not None:
                self.start(member)
        self.wait()

    def _answers(self, member: int) -> bool:
        with self.direct(member) as client:
            try:
                client.admin.command("ping")
            except PyMongoError:
                return False
        return True

    def close(self) -> None:
        """End all members."""
        self.kill(*self._processes)


def _free_ports(count: int) -> list[int]:
    probes = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [probe.getsockname()[1] for probe in probes]
    for probe in probes:
        probe.close()
    return ports
