"""The WARC files of an archive: one file, those in a folder, or those in a WACZ package."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from dedupe.errors import InputError

SUFFIXES = (".warc", ".warc.gz", ".warc.zst")
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
