"""``storykin serve`` as people start it, the store that the demo fills, and a browser that can reach only it."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest

from storage.database.store import Store
from tests.support.browser import chromium
from tests.support.databases import drop

if TYPE_CHECKING:
    from playwright.sync_api import Browser


@dataclass(frozen=True)
class Served:
    """A running server."""

    address: str
    """As it is printed, with the token."""
    process: subprocess.Popen[str]

    @property
    def base(self) -> str:
        return self.address.partition("/?")[0]

    @property
    def token(self) -> str:
        return self.address.partition("token=")[2]

    @property
    def port(self) -> int:
        return urlsplit(self.address).port or 0


Serve = Callable[..., AbstractContextManager[Served]]


@pytest.fixture(scope="session")
def serve(program: Path, tmp_path_factory: pytest.TempPathFactory) -> Serve:
    """Start the command on a free port; at the end it is interrupted, and must have said nothing but its welcome."""

    @contextmanager
    def serving(uri: str, database: str, *options: str, said: Sequence[str] = ()) -> Iterator[Served]:
        errors = tmp_path_factory.mktemp("serve") / "err"
        env = os.environ | {"MONGODB_URI": uri, "STORYKIN_DATABASE": database}
        with errors.open("w") as stderr:
            typed = [program, "serve", "--port", "0", *options]
            process = subprocess.Popen(typed, stdout=subprocess.PIPE, stderr=stderr, env=env, text=True)
            assert process.stdout
            served = Served(process.stdout.readline().strip(), process)
            assert served.token, errors.read_text()
            try:
                yield served
            finally:
                pid = _listener(served.port)
                os.kill(pid, signal.SIGINT)
                process.stdout.close()
                code = process.wait(60)
        assert code == 130
        assert errors.read_text().splitlines() == [*said, "Open this address in a browser. Ctrl-C ends.", ""]

    return serving


def _listener(port: int) -> int:
    """Return the process that listens on *port*: the command is a fork of the one that was started."""
    inodes = {
        line.split()[9]
        for table in ("/proc/net/tcp", "/proc/net/tcp6")
        if Path(table).exists()
        for line in Path(table).read_text().splitlines()[1:]
        if line.split()[1].endswith(f":{port:04X}") and line.split()[3] == "0A"
    }
    for link in Path("/proc").glob("[0-9]*/fd/*"):
        try:
            if str(link.readlink()) in {f"socket:[{inode}]" for inode in inodes}:
                return int(link.parts[2])
        except OSError:
            continue
    raise AssertionError(f"nobody listens on {port}")


@pytest.fixture(scope="session")
def demo(program: Path, mongodb_uri: str) -> Iterator[Store]:
    """The store after ``storykin demo``."""
    env = os.environ | {"MONGODB_URI": mongodb_uri, "STORYKIN_WORKERS": "0"}
    ran = subprocess.run([program, "demo"], env=env, capture_output=True, check=False)
    assert ran.returncode == 0, ran.stderr.decode()
    with Store.open(mongodb_uri, "storykin_demo") as store:
        yield store
        drop(store.db)


@pytest.fixture(scope="session")
def served(serve: Serve, demo: Store) -> Iterator[Served]:
    """A server of the demo's store."""
    with serve(demo.uri, demo.db.name) as started:
        yield started


@dataclass
class Trap:
    """Where all names of invented sites (``*.example``) lead; Chromium itself asks for others."""

    port: int
    connections: list[str] = field(default_factory=list)


@pytest.fixture(scope="module")
def trap() -> Iterator[Trap]:
    """Count the connections to a port of this machine."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        found = Trap(listener.getsockname()[1])

        def count() -> None:
            with suppress(OSError):  # the listener is shut down
                while True:
                    line, (name, port) = listener.accept()
                    found.connections.append(f"{name}:{port}")
                    line.close()

        thread = threading.Thread(target=count)
        thread.start()
        yield found
        listener.shutdown(socket.SHUT_RDWR)
        thread.join()


@pytest.fixture(scope="module")
def browser(trap: Trap) -> Iterator[Browser]:
    """A browser for which each name of a site is the trap."""
    with chromium(f"--host-resolver-rules=MAP *.example 127.0.0.1:{trap.port}") as opened:
        yield opened
