"""The server that workers are forked from, started so that it imports what this process would import.

multiprocessing hands its server this process's ``sys.path`` and does not use it: modules to preload are looked for in
the current folder first, and not in what was put on the path later, an egg of Scrapyd say. Another ``crawler``
found there stays loaded in every worker.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from multiprocessing import forkserver
from pathlib import Path


def ensure_running(preload: Sequence[str]) -> None:
    """Start the fork server with the modules *preload*. If it runs already, it keeps the modules it has.

    Two threads must not call this at the same time.
    """
    path = [str(Path(entry).absolute()) for entry in sys.path]
    heard = not sys.flags.ignore_environment and not any(os.pathsep in entry for entry in path)
    # Where the server cannot be told, workers import by themselves: they set their path first.
    forkserver.set_forkserver_preload(list(preload) if heard else [])
    with _environment(PYTHONPATH=os.pathsep.join(path), PYTHONSAFEPATH="1"):
        forkserver.ensure_running()


@contextmanager
def _environment(**values: str) -> Iterator[None]:
    before = {name: os.environ.get(name) for name in values}
    os.environ.update(values)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value
