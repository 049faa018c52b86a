"""The WARC files of an archive: one file, those in a folder, or those in a WACZ package."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from dedupe.errors import InputError
from dedupe.intake.files import lines, opened
from dedupe.intake.skipped import Skipped

SUFFIXES = (".warc", ".warc.gz", ".warc.zst")
LIST = re.compile(r"[.](?:paths|txt)(?:[.](?:gz|zst))?$")
"""How the name of a list of WARC files ends."""
_LOCAL_HEAD = 30
"""Bytes of a ZIP member's local head before its name (APPNOTE.TXT, 4.3.7)."""


@dataclass(frozen=True, slots=True)
class WarcFile:
    """One WARC file: a file of its own, or *size* bytes at *start* of a package."""

    path: Path
    size: int
    start: int = 0
    member: str = ""
    """Name within the package."""

    @property
    def name(self) -> str:
        """What messages call it."""
        return f"{self.path}:{self.member}" if self.member else str(self.path)

    def open(self) -> IO[bytes]:
        """Return the file, to be read and sought from its own beginning."""
        file = self.path.open("rb")
        return io.BufferedReader(_Section(file, self.start, self.size)) if self.member else file


def warc_files(path: Path) -> list[WarcFile]:
    """Return the WARC files that *path* stands for, in the order of their names.

    :raises InputError: if there are none, or a package holds them in a form that cannot be read in place
    """
    try:
        if path.is_dir():
            found = [WarcFile(one, one.stat().st_size) for one in sorted(path.iterdir()) if one.name.endswith(SUFFIXES)]
        elif zipfile.is_zipfile(path):
            found = list(_members(path))
        else:
            found = [WarcFile(path, path.stat().st_size)]
    except (OSError, zipfile.BadZipFile) as problem:
        raise InputError(f"{path}: cannot be read ({getattr(problem, 'strerror', None) or problem})") from None
    if not found:
        raise InputError(f"{path}: holds no file named *.warc, *.warc.gz or *.warc.zst")
    return found


def files_of(paths: Iterable[Path], unread: Skipped) -> list[WarcFile]:
    """Return the WARC files that *paths* stand for, each once: archives as for :func:`warc_files`, and lists of them.

    A list holds one path a line and is called ``NAME.paths`` or ``NAME.txt``, compressed or not, such as
    ``warc.paths.gz`` of Common Crawl. Its paths are relative to the folder of the list, or to a folder above it.

    :param unread: counts the entries of lists that cannot be used
    :raises InputError: if one of *paths* cannot be used, or there is no file
    """
    found: list[WarcFile] = []
    for path in paths:
        if not LIST.search(path.name) or path.is_dir():
            found += warc_files(path)
            continue
        for entry in _entries(path):
            try:
                above = [one / entry for one in (path.absolute().parent, *path.absolute().parents[1:])]
                found += warc_files(next((one for one in above if one.exists()), above[0]))
            except InputError as problem:
                unread.add("an entry of a list that cannot be read", str(problem))
    files = {(file.path.resolve(), file.member): file for file in found}
    if not files:
        raise InputError("; ".join(["there is no WARC file to read", *unread.lines("entry")]))
    return list(files.values())


def _entries(path: Path) -> Iterator[str]:
    with opened(path) as stream:
        for line in lines(stream, str(path)):
            entry = line.decode("utf-8", "surrogateescape").strip()
            if entry and not entry.startswith("#"):
                yield entry


def _members(path: Path) -> Iterator[WarcFile]:
    with zipfile.ZipFile(path) as package, path.open("rb") as file:
        for info in sorted(package.infolist(), key=lambda info: info.filename):
            if not info.filename.endswith(SUFFIXES):
                continue
            if info.compress_type != zipfile.ZIP_STORED:
                raise InputError(f"{path}: {info.filename} is packed a second time; unzip it and give the WARC file")
            file.seek(info.header_offset)
            head = file.read(_LOCAL_HEAD)
            names = int.from_bytes(head[26:28], "little") + int.from_bytes(head[28:30], "little")
            yield WarcFile(path, info.file_size, info.header_offset + _LOCAL_HEAD + names, info.filename)


class _Section(io.RawIOBase):
    """*size* bytes of *file* from *start* on, as a file."""

    def __init__(self, file: IO[bytes], start: int, size: int) -> None:
        self._file, self._start, self._size, self._at = file, start, size, 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = 0) -> int:
        self._at = max(0, offset + (0, self._at, self._size)[whence])
        return self._at

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        self._file.seek(self._start + self._at)
        data = self._file.read(min(len(buffer), max(0, self._size - self._at)))
        buffer[: len(data)] = data
        self._at += len(data)
        return len(data)

    def close(self) -> None:
        self._file.close()
        super().close()
