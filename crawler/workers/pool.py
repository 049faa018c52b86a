"""Worker processes for extraction, with a limit of time and of memory each: a page costs itself at most.

Each worker has a pipe and a thread of its own, so nothing that happens to one can hold up another. pebble's
``ProcessPool`` was tried first: its workers share two pipes and their locks. An idle worker that is killed ends that
pool, and one that is killed while it sends an answer leaves a lock behind: no later task ends, no time limit is kept.
"""

from __future__ import annotations

import os
import pickle
import select
import signal
import sys
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from functools import lru_cache
from multiprocessing import get_context, resource_tracker
from multiprocessing.connection import wait
from types import ModuleType
from typing import TYPE_CHECKING, Any, ParamSpec, Self, TypeVar

from crawler.workers import forkserver_path
from crawler.workers.process import Limits, serve
from storage.base.number_setting import number_setting

if TYPE_CHECKING:
    from multiprocessing.context import ForkServerProcess

P = ParamSpec("P")
T = TypeVar("T")

START_SECONDS = 60.0
"""Longest that a worker may take to be ready; a tenth of a second is usual, the first one's imports half a second."""

START_TRIES = 3
"""A worker that dies while it starts says nothing of the page that waits for it."""

PRELOAD = ("crawler.workers.preload",)
"""Imported once by the server that workers are forked from: the first pool of a process says what."""

_KEPT_FROM_WORKERS = {signal.SIGINT, signal.SIGTERM}
"""Ctrl-C reaches the whole process group, a service manager's SIGTERM every process of the service: it is for the
parent to say when work ends."""


class WorkerFailureError(Exception):
    """A worker did not survive its task, or was stopped; the message says why, in words, and names no page."""


def cores() -> int:
    """Return how many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


class PickledOnce:
    """Stands for *value* among the arguments of a task: pickled once here, unpickled once in each worker."""

    def __init__(self, value: object) -> None:
        self._pickled = pickle.dumps(value, pickle.HIGHEST_PROTOCOL)

    def __reduce__(self) -> tuple[Callable[[bytes], Any], tuple[bytes]]:
        return _unpickled, (self._pickled,)


@lru_cache(maxsize=256)
def _unpickled(pickled: bytes) -> Any:
    return pickle.loads(pickled)  # noqa: S301  comes from the parent process


class _WorkerKilledError(WorkerFailureError):
    """A worker ended by SIGKILL, in the middle of a task."""


class WorkerPool:
    """Runs module-level functions in up to *workers* processes; a process is started when there is work for it.

    A task fails with :class:`WorkerFailureError` if it exceeds its time or memory, or if its worker dies. If SIGKILL
    killed the worker, the task is tried once more. Other tasks go on. Workers end with the pool, and also when this
    process is killed.

    :param workers: all cores by default
    :param preload: modules that tasks need; importing them counts towards no task
    """

    def __init__(
        self, workers: int | None = None, limits: Limits | None = None, preload: Sequence[str] = PRELOAD
    ) -> None:
        self.workers = workers or cores()
        self._limits = limits or Limits()
        self._preload = list(preload)
        self._threads = ThreadPoolExecutor(self.workers, thread_name_prefix="worker")
        self._own = threading.local()
        self._lock = threading.Lock()
        self._started: set[_Worker] = set()
        self._closed = False

    def warm(self) -> None:
        """Start the server that workers are forked from, in the background: its imports overlap with other work."""
        self._threads.submit(self._worker)

    def submit(self, function: Callable[..., T], *arguments: Any) -> Future[T]:
        """Return the future of ``function(*arguments)``: its value, its own exception, or WorkerFailureError.

        The arguments are pickled only when a worker takes them. If a task under way is cancelled, its answer is
        forgotten.
        """
        return self._threads.submit(self._run, function, arguments)

    def close(self) -> None:
        """Stop every worker, whatever it is at; futures that are not done are cancelled or fail."""
        with self._lock:
            self._closed = True
            for worker in self._started:
                worker.kill()
        self._threads.shutdown(cancel_futures=True)
        for worker in self._started:
            worker.end()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _run(self, function: Callable[..., T], arguments: Sequence[Any]) -> T:
        task = pickle.dumps((function, arguments), pickle.HIGHEST_PROTOCOL)
        try:
            kind, value = self._asked(task)
        except _WorkerKilledError:  # by the system, for want of memory, or by somebody: mostly no fault of the task
            kind, value = self._asked(task)
        if kind == "raised":
            raise value
        result: T = value
        return result

    def _asked(self, task: bytes) -> tuple[str, Any]:
        worker = self._worker()
        if not worker.send(task):  # it was killed while it had nothing to do
            self._discard(worker)
            worker = self._worker()
            worker.send(task)
        try:
            kind, value, leaves = worker.answer(self._limits)
        except WorkerFailureError:
            self._discard(worker)
            raise
        if leaves:
            self._discard(worker)
        return kind, value

    def _worker(self) -> _Worker:
        """Return the worker of this thread, started and ready."""
        worker: _Worker | None = getattr(self._own, "worker", None)
        if worker is not None:
            return worker
        for left in reversed(range(START_TRIES)):
            with self._lock:
                if self._closed:
                    raise WorkerFailureError("the extraction was ended")
                worker = _Worker(self._limits, self._preload)
                self._started.add(worker)
            try:
                worker.wait_until_ready()
            except WorkerFailureError:
                self._discard(worker)
                if not left:
                    raise
            else:
                self._own.worker = worker
                return worker
        raise AssertionError  # the last try returns or raises

    def _discard(self, worker: _Worker) -> None:
        self._own.worker = None
        worker.kill()
        worker.end()
        with self._lock:
            self._started.discard(worker)


def started_pool(settings: Mapping[str, Any]) -> WorkerPool | None:
    """Return a pool that is getting ready, as ``STORYKIN_WORKERS`` (empty: all cores) and :func:`limits_of` say.

    ``None`` for no workers.

    :raises InputError: if a setting is no number
    """
    name, what = "STORYKIN_WORKERS", "processes (0: none)"
    workers = int(number_setting(name, settings.get(name), cores(), (0, 1024), what, whole=True))
    limits = limits_of(settings)
    if not workers:
        return None
    pool = WorkerPool(workers, limits)
    pool.warm()
    return pool


def limits_of(settings: Mapping[str, Any]) -> Limits:
    """Return the limits that ``STORYKIN_PAGE_SECONDS`` and ``STORYKIN_PAGE_MEGABYTES`` set, empty ones not.

    :raises InputError: if one is no number
    """
    usual = Limits()
    name = "STORYKIN_PAGE_SECONDS"
    seconds = number_setting(name, settings.get(name), usual.seconds, (1, 86_400), "seconds for one page")
    name = "STORYKIN_PAGE_MEGABYTES"
    megabytes = number_setting(name, settings.get(name), usual.megabytes, (50, 10**6), "MB for one page", whole=True)
    return Limits(seconds=seconds, megabytes=int(megabytes))


class _Worker:
    """One process and the pipe to it."""

    def __init__(self, limits: Limits, preload: list[str]) -> None:
        context = get_context("forkserver")
        self._pipe, theirs = context.Pipe()
        arguments = (theirs, limits, preload)
        self._process = context.Process(target=serve, args=arguments, name="storykin-extraction", daemon=True)
        _start(self._process, preload)
        theirs.close()  # so that reading ends when the worker does
        # The pipe's own poll() makes a selector for every call: .1 ms.
        self._arrivals = select.poll()
        self._arrivals.register(self._pipe.fileno(), select.POLLIN)

    def wait_until_ready(self) -> None:
        if not self._arrivals.poll(1000 * START_SECONDS):
            raise WorkerFailureError(f"no extraction process was ready within {START_SECONDS:g} s")
        try:
            self._pipe.recv_bytes()
        except (EOFError, OSError):
            raise WorkerFailureError(f"no extraction process can be started ({self._end_in_words()})") from None

    def send(self, task: bytes) -> bool:
        """Hand over a task; return ``False`` where the worker has gone."""
        try:
            self._pipe.send_bytes(task)
        except OSError:
            return False
        return True

    def answer(self, limits: Limits) -> tuple[str, Any, bool]:
        """Return what kind of answer it is, the value or exception, and whether the worker ends with it."""
        if not self._arrivals.poll(1000 * limits.seconds):
            raise WorkerFailureError(f"extraction took longer than {limits.seconds:g} s: stopped")
        try:
            received = self._pipe.recv_bytes()
        except (EOFError, OSError):
            end = self._end_in_words()
            kind = _WorkerKilledError if self._process.exitcode == -signal.SIGKILL else WorkerFailureError
            raise kind(f"the extraction process died ({end})") from None
        answer: tuple[str, Any, bool] = pickle.loads(received)  # noqa: S301  comes from our own worker
        if answer[0] == "bloated":
            raise WorkerFailureError(f"extraction needed more than {limits.megabytes} MB: stopped")
        return answer

    def kill(self) -> None:
        self._process.kill()

    def end(self) -> None:
        """Give back what the killed process held here."""
        self._process.join()
        self._pipe.close()

    def _end_in_words(self) -> str:
        wait([self._process.sentinel], START_SECONDS)
        with _start_lock:  # starting a process asks all others how they ended, and only one gets an answer
            self._process.join(0)
        code = self._process.exitcode
        return f"signal {-code}" if code is not None and code < 0 else f"exit code {code}"


_start_lock = threading.Lock()


def start_server() -> None:
    """Start the server that workers are forked from, if it does not run: its imports overlap with what follows here."""
    with _start_lock, _apart():
        forkserver_path.ensure_running(PRELOAD)


def _start(process: ForkServerProcess, preload: list[str]) -> None:
    with _start_lock, _apart():
        forkserver_path.ensure_running(preload)
        process.start()


@contextmanager
def _apart() -> Iterator[None]:
    """What is started meanwhile ignores what a terminal or a service manager sends, and never imports the main script.

    Workers run functions of modules only. multiprocessing would import the caller's script into each (under
    ``scrapy crawl`` that is Scrapy), and a script without an ``if __name__ == "__main__"`` would start over in it.
    """
    resource_tracker.ensure_running()  # unblocks the signals it blocks, so before they are blocked here
    main = sys.modules["__main__"]
    before = signal.pthread_sigmask(signal.SIG_BLOCK, _KEPT_FROM_WORKERS)  # inherited by what is started
    sys.modules["__main__"] = ModuleType("__main__")
    try:
        yield
    finally:
        sys.modules["__main__"] = main
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
