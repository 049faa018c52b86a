"""Starts ``storykin`` from a process that has imported everything once; each start is a fork of it, with its own pid.

A fresh interpreter spends a second of CPU on imports, which several hundred starts in the tests would pay each.
A start has its own session, environment, folder and files, as one of :mod:`subprocess` has.
"""

from __future__ import annotations

import atexit
import gc
import json
import os
import selectors
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Mapping
from contextlib import suppress
from functools import cache
from importlib import import_module, reload
from pathlib import Path
from typing import Any, TextIO

ROOT = Path(__file__).resolve().parents[2]
FORKER = "from tests.crawler.forked_commands import run, serve; serve(); run()"
PRELOAD = (
    "crawler.http.limits", "crawler.http.offsite", "crawler.crawl.pipelines", "crawler.crawl.run",
    "crawler.crawl.run_crawl", "crawler.crawl.spiderloader", "crawler.crawl.spider", "crawler.workers.preload",
    "pymongo.synchronous.auth", "scrapy.core.downloader.handlers.http11", "scrapy.extensions.remote_control",
    "scrapy.downloadermiddlewares.cookies", "scrapy.downloadermiddlewares.httpcache", "scrapy.extensions.feedexport",
    "scrapy.downloadermiddlewares.httpproxy", "scrapy.downloadermiddlewares.retry", "scrapy.extensions.telnet",
    "scrapy.extensions.throttle", "scrapy.pqueues", "scrapy.spidermiddlewares.referer", "scrapy.squeues",
)  # fmt: skip
"""All that a crawl imports sooner or later."""


PROGRAM = """#!{python} -IS
import json, os, socket, sys
line = socket.socket(socket.AF_UNIX)
line.connect({address!r})
asked = {{"arguments": sys.argv[1:], "env": dict(os.environ), "folder": os.getcwd(), "files": []}}
socket.send_fds(line, [json.dumps(asked).encode() + b"\\n"], [0, 1, 2])
for number in (0, 1):
    os.close(number)
code = int(line.makefile().read().split()[1])
sys.stdout = None
os._exit(code if code >= 0 else 128 - code)
"""


class Started(subprocess.Popen[bytes]):
    """A forked command; to who waits for it and signals it, a process like any other."""

    def __init__(self, pid: int, answers: TextIO, line: socket.socket) -> None:
        self.pid, self.returncode = pid, None
        self.args = "storykin"
        self._answers, self._line, self._reading = answers, line, threading.Lock()

    def __del__(self, *_: Any) -> None:
        """Leave the process alone; who asked for it has gone."""
        self._answers.close()
        self._line.close()

    def poll(self) -> int | None:
        with suppress(subprocess.TimeoutExpired):
            self.wait(0)
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        with self._reading:
            if self.returncode is None:
                with selectors.DefaultSelector() as waiting:
                    waiting.register(self._line, selectors.EVENT_READ)
                    if not waiting.select(timeout):
                        raise subprocess.TimeoutExpired(self.args, timeout or 0)
                self.returncode = int(self._answers.readline())
                self._answers.close()
                self._line.close()
        return self.returncode

    def send_signal(self, sig: int) -> None:
        if self.poll() is None:
            with suppress(ProcessLookupError):
                os.kill(self.pid, sig)


@cache
def forker() -> tuple[str, subprocess.Popen[bytes]]:
    """Start the process to fork from; it ends with this one. Returns the address it listens at."""
    name = f"storykin-tests-{os.getpid()}"
    process = subprocess.Popen(
        [sys.executable, "-c", f"import sys; {FORKER}", name], stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=ROOT
    )
    assert process.stdout
    if process.stdout.readline() != b"ready\n":
        process.communicate()
        raise AssertionError("the process to fork from does not start: see what it says on standard error")
    return f"\0{name}", process


def close() -> None:
    """End the process to fork from."""
    if forker.cache_info().currsize:
        process = forker()[1]
        assert process.stdin
        assert process.stdout
        process.stdin.close()
        process.wait(60)
        process.stdout.close()
        forker.cache_clear()


def start(
    arguments: tuple[str, ...],
    env: Mapping[str, str],
    folder: Path,
    files: tuple[Path, Path],
    module: str = "crawler.cli.main",
) -> Started:
    """Start ``main`` of *module* with *arguments* in *folder*, its output and error output in *files*."""
    line = socket.socket(socket.AF_UNIX)
    line.connect(forker()[0])
    asked = {"arguments": arguments, "env": dict(env), "folder": str(folder), "files": [str(path) for path in files]}
    asked["module"] = module
    line.sendall(json.dumps(asked).encode() + b"\n")
    answers = line.makefile("r")
    return Started(int(answers.readline()), answers, line)


def program(folder: Path) -> Path:
    """Write a program ``storykin`` into *folder* that is a fork as well, with whatever streams it is given."""
    path = folder / "storykin"
    path.write_text(PROGRAM.format(python=sys.executable, address=forker()[0]))
    path.chmod(0o755)
    return path


def serve() -> None:
    """Fork at every request; returns in the forked processes alone, and ends with its standard input."""
    atexit.register(_leave)  # before all others, and so called behind them
    from crawler.cli.main import COMMANDS

    for name in (*PRELOAD, *(module for module, _ in COMMANDS.values())):
        import_module(name)
    assert "twisted.internet.reactor" not in sys.modules, "each start makes its own"
    assert threading.active_count() == 1
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    gc.collect()
    gc.freeze()  # a collection in a fork would copy each page of what is loaded
    with socket.socket(socket.AF_UNIX) as listener, selectors.DefaultSelector() as waiting:
        listener.bind(f"\0{sys.argv[1]}")
        listener.listen()
        waiting.register(listener, selectors.EVENT_READ)
        waiting.register(0, selectors.EVENT_READ)
        os.write(1, b"ready\n")
        while all(key.fileobj is listener for key, _ in waiting.select()):
            line = listener.accept()[0]
            if os.fork() == 0:
                break
            line.close()
        else:
            os._exit(0)
    _answer(line)


_module = "crawler.cli.main"
"""The module whose ``main`` is the command."""
_status: int | None = None
"""The exit code of the command, once it has ended in order."""


def run() -> None:
    """Run the command. It ends as in any interpreter: threads are waited for, then comes what is to be done at exit."""
    global _status  # noqa: PLW0603 - a process has one end
    try:
        sys.exit(import_module(_module).main())
    except SystemExit as ended:
        if isinstance(ended.code, int | None):
            _status = ended.code or 0
        raise


def _leave() -> None:
    """Leave out the last of an interpreter's end: to take all modules apart costs twelve times what a start does."""
    if _status is None:
        return
    try:
        sys.stdout.flush()
        sys.stderr.flush()
    except (OSError, ValueError):
        return  # Python says so
    os._exit(_status)


def _answer(line: socket.socket) -> None:
    """Fork the command, say its pid and, at its end, its exit code; only the command returns."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    request, streams, _, _ = socket.recv_fds(line, 1 << 20, 3)
    while not request.endswith(b"\n"):
        request += line.recv(1 << 20)
    asked = json.loads(request)
    ready, is_ready = os.pipe()
    pid = os.fork()
    if pid:
        for stream in streams:
            os.close(stream)  # who reads or writes a pipe hears of its end
        os.read(ready, 1)  # until then it has no files to look at, and a signal would find it half made
        with suppress(OSError):  # whoever asked may be gone
            line.sendall(b"%d\n" % pid)
        code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
        with suppress(OSError):
            line.sendall(b"%d\n" % code)
        os._exit(0)
    global _module  # noqa: PLW0603 - a process is one command
    _module = asked.get("module", _module)
    line.close()
    os.setsid()
    os.chdir(asked["folder"])
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    for number, stream in enumerate(streams):
        os.dup2(stream, number)
        os.close(stream)
    for number, path in enumerate(asked["files"], start=1):
        os.dup2(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC), number)
    os.environ.clear()
    os.environ.update(asked["env"])
    sys.argv = ["storykin", *asked["arguments"]]
    reload(import_module("crawler.settings"))  # it looks at the environment when it is imported
    os.write(is_ready, b".")
    os.close(ready)
    os.close(is_ready)
