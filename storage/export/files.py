"""Where an export goes: a stream, one file, or a folder of Parquet files by portal and date. Whole or not at all."""

from __future__ import annotations

import gzip
import hashlib
import io
import os
import secrets
import shutil
import sys
from collections import Counter, OrderedDict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Literal, Protocol, cast, get_args
from urllib.parse import quote, unquote

from dedupe.errors import InputError
from storage.base.atomic_file import whole_file
from storage.export.dataset_card import DATA, dataset_card
from storage.export.writers import Document, Writer

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

Compression = Literal["none", "gzip", "zstd"]
COMPRESSIONS: tuple[Compression, ...] = get_args(Compression)
ENDINGS: dict[str, Compression] = {".gz": "gzip", ".zst": "zstd"}
OPEN_FILES = 64
"""Of a folder, files that are written at the same time: each holds a row group's columns."""
BUFFER_BYTES = 1 << 18
NONE = "none"
"""Stands in the name of a folder for an unknown portal or date. Hive's own word for it turns the whole column of dates
into nulls in pyarrow, and pandas then fails."""

MakeWriter = Callable[[IO[bytes]], Writer]


@dataclass(frozen=True, slots=True, kw_only=True)
class WrittenFile:
    """One file of an export."""

    path: str
    """Relative to the folder of a partitioned export."""
    rows: int
    bytes: int
    sha256: str


class Output(Protocol):
    """What takes the batches of an export."""

    def write(self, documents: Sequence[Document]) -> None:
        """Append *documents*."""

    def close(self) -> list[WrittenFile]:
        """Write what is left and say what was written."""


class Measured(io.RawIOBase):
    """A stream that counts and hashes what passes to another one, which it does not close."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream: IO[bytes] | None = stream
        self._hash = hashlib.sha256()
        self.bytes = 0

    def writable(self) -> bool:
        """Return that it can be written."""
        return True

    def write(self, data: Any) -> int:
        """Pass *data* on."""
        if self._stream is not None:
            self._stream.write(data)
        self._hash.update(data)
        self.bytes += (size := len(memoryview(data).cast("B")))
        return size

    def tell(self) -> int:
        """Return the number of bytes so far."""
        return self.bytes

    def cut(self) -> None:
        """Pass nothing on any more."""
        self._stream = None

    def written(self, path: str, rows: int) -> WrittenFile:
        """Return what has passed as the file *path*."""
        return WrittenFile(path=path, rows=rows, bytes=self.bytes, sha256=self._hash.hexdigest())


class SingleFile:
    """All rows in one stream, compressed on the way."""

    def __init__(self, stream: IO[bytes], name: str, compression: Compression, make: MakeWriter) -> None:
        self._name = name
        self._measured = Measured(stream)
        self._buffer = io.BufferedWriter(self._measured, BUFFER_BYTES)
        self._packed = _packed(cast("IO[bytes]", self._buffer), compression)
        self._writer = make(self._packed)
        self._rows = 0

    def write(self, documents: Sequence[Document]) -> None:
        """Append *documents*."""
        self._writer.write(documents)
        self._rows += len(documents)

    def close(self) -> list[WrittenFile]:
        """End the file."""
        self._writer.close()
        self._packed.close()
        self._buffer.close()
        return [self._measured.written(self._name, self._rows)]

    def abandon(self) -> None:
        """Close what is open without writing any more."""
        self._measured.cut()
        with suppress(OSError, ValueError):  # the reason why it is abandoned
            self.close()


class PartitionedFolder:
    """Files ``part_portal=vov/part_date=2026-03-14/part-0000.parquet`` (UTC date of publication).

    Readers that know Hive's folders add the columns ``part_portal`` and ``part_date``. The names are no columns of the
    files: pyarrow refuses a column that stands in both places, and ``datasets`` reads the files alone.
    """

    def __init__(self, folder: Path, make: MakeWriter, *, card: bool = False) -> None:
        self._folder = folder
        self._card = card
        self._make = make
        self._open: OrderedDict[str, tuple[IO[bytes], SingleFile]] = OrderedDict()
        self._parts: dict[str, int] = {}
        self._done: list[WrittenFile] = []

    def write(self, documents: Sequence[Document]) -> None:
        """Append each of *documents* to the file of its partition."""
        groups: dict[str, list[Document]] = {}
        for document in documents:
            groups.setdefault(partition_of(document), []).append(document)
        for partition, rows in groups.items():
            self._file(partition).write(rows)

    def close(self) -> list[WrittenFile]:
        """End all files."""
        while self._open:
            self._end_oldest()
        files = sorted(self._done, key=lambda one: one.path)
        if self._card:
            rows = Counter[str]()
            for file in files:
                rows[unquote(Path(file.path).parts[1].partition("=")[2])] += file.rows
            (self._folder / "README.md").write_text(dataset_card(rows), "utf-8")
        return files

    def abandon(self) -> None:
        """Close the streams of files that nobody will read."""
        for stream, file in self._open.values():
            file.abandon()
            stream.close()

    def _file(self, partition: str) -> SingleFile:
        if partition in self._open:
            self._open.move_to_end(partition)
            return self._open[partition][1]
        if len(self._open) >= OPEN_FILES:
            self._end_oldest()
        part = self._parts.get(partition, 0)
        self._parts[partition] = part + 1
        name = f"{DATA}/" * self._card + f"{partition}/part-{part:04d}.parquet"
        path = self._folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        stream = path.open("xb")
        self._open[partition] = stream, SingleFile(stream, name, "none", self._make)
        return self._open[partition][1]

    def _end_oldest(self) -> None:
        _, (stream, file) = self._open.popitem(last=False)
        with stream:
            self._done += file.close()
            stream.flush()
            os.fsync(stream.fileno())


def partition_of(document: Document) -> str:
    """Return the folder of *document*: ``part_portal=…/part_date=…``."""
    portal = quote(document.get("portal") or NONE, safe="")
    published = document.get("published")
    return f"part_portal={portal}/part_date={published.date().isoformat() if published else NONE}"


def compression_of(path: Path) -> Compression:
    """Return the compression that the ending of *path* names."""
    return ENDINGS.get(path.suffix.lower(), "none")


@contextmanager
def single_output(target: Path | IO[bytes], compression: Compression, make: MakeWriter) -> Iterator[Output]:
    """Yield an output to *target*: a stream, or a file that is replaced when the block ends without an error.

    :raises InputError: if the file cannot be written
    """
    with whole_file(target) if isinstance(target, Path) else nullcontext(target) as stream:
        output = SingleFile(stream, target.name if isinstance(target, Path) else "-", compression, make)
        try:
            yield output
            stream.flush()
        finally:
            output.abandon()


@contextmanager
def partitioned_output(folder: Path, make: MakeWriter, *, card: bool = False) -> Iterator[Output]:
    """Yield an output to *folder*, which appears when the block ends without an error.

    :param card: write a dataset card, and the files into a folder beside it
    :raises InputError: if there are files in it, or it cannot be written
    """
    folder = folder.resolve()
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise InputError(f"{folder}: is there and not an empty folder: name a new one, readers take every file in it")
    draft = folder.with_name(f".{secrets.token_hex(8)}.part")
    output = PartitionedFolder(draft, make, card=card)
    try:
        draft.mkdir()
        yield output
        draft.replace(folder)
    except OSError as problem:
        raise InputError(
            f"{folder}: cannot be written ({problem.strerror or problem}): choose another folder"
        ) from None
    finally:
        output.abandon()
        shutil.rmtree(draft, ignore_errors=True)


def _packed(stream: IO[bytes], compression: Compression) -> IO[bytes]:
    if compression == "gzip":
        # No name and no time in the header: the same articles give the same bytes.
        return cast("IO[bytes]", gzip.GzipFile(filename="", mode="wb", fileobj=stream, mtime=0))
    return cast("IO[bytes]", zstd.ZstdFile(stream, "wb")) if compression == "zstd" else stream
