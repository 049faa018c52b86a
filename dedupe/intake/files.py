"""Files through gzip and zstd, read by their first bytes and written by their ending, at any size in little memory."""

from __future__ import annotations

import gzip
import io
import sys
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import IO, Any, BinaryIO, cast

from dedupe.errors import InputError
from dedupe.intake.limits import MAX_LINE

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

PACKED = (".gz", ".zst")
"""Endings of files that are packed."""
_READ = 1 << 18  # bytes; with Python's 8 kB a line of 3 kB costs three times as much
_GZIP_LEVEL, _ZSTD_LEVEL = 6, 3  # what the two programs take


@contextmanager
def opened(path: Path) -> Iterator[IO[bytes]]:
    """Yield the content of *path*, out of gzip or zstd where its first bytes say so.

    :raises InputError: naming the file, if it cannot be read
    """
    try:
        with path.open("rb", buffering=_READ) as stream:
            yield unpacking(stream)
    except OSError as problem:
        raise InputError(f"{path} cannot be read: {problem.strerror or problem}") from None


def unpacking(stream: BinaryIO) -> IO[bytes]:
    """Return the content of *stream*, out of gzip or zstd where its first bytes say so."""
    buffered = stream if isinstance(stream, io.BufferedReader) else io.BufferedReader(cast("io.RawIOBase", stream))
    begins = buffered.peek(4)[:4]
    if begins[:2] == b"\x1f\x8b":
        return io.BufferedReader(cast("io.RawIOBase", gzip.GzipFile(fileobj=buffered)), _READ)
    if begins == b"\x28\xb5\x2f\xfd":
        return io.BufferedReader(cast("io.RawIOBase", zstd.ZstdFile(buffered)), _READ)
    return buffered


def lines(stream: IO[bytes], name: str) -> Iterator[bytes]:
    """Yield the lines of *stream*, of at most ``MAX_LINE`` bytes: a few packed bytes may unpack to gigabytes.

    :param name: of the file, for messages
    :raises InputError: if a line is longer, or the file is damaged or cut
    """
    try:
        for number, line in enumerate(iter(partial(stream.readline, MAX_LINE + 1), b""), start=1):
            if len(line) > MAX_LINE:
                raise InputError(
                    f"{name} line {number} is longer than {MAX_LINE >> 20} MB; one object a line is expected"
                )
            yield line
    except (OSError, EOFError, zlib.error, zstd.ZstdError) as problem:
        raise InputError(f"{name} cannot be read to its end: {problem}") from None


@contextmanager
def packing(stream: IO[bytes], name: str) -> Iterator[IO[bytes]]:
    """Yield what writes to *stream* as a file of *name* is packed: ``.gz``, ``.zst`` or not at all."""
    if name.endswith(".gz"):
        # Without the time, so that equal rows are equal bytes.
        packer: Any = gzip.GzipFile(fileobj=stream, mode="wb", compresslevel=_GZIP_LEVEL, mtime=0, filename="")
    elif name.endswith(".zst"):
        packer = zstd.ZstdFile(stream, "wb", level=_ZSTD_LEVEL)
    else:
        yield stream
        return
    with packer:
        yield packer
