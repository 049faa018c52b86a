"""A mongod that outlived its keeper: on Linux it ends with it, elsewhere the next start ends it."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
from pathlib import Path

from storage.embedded.file_lock import is_held, wait_until_free
from storage.embedded.folder import ServerFolder
from storage.errors import StorageError

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
