"""Rows written as the ending of the file says: JSON Lines, CSV, Parquet, packed with gzip or zstd."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import IO, Any

import orjson

from dedupe.errors import InputError
from dedupe.intake.files import PACKED, packing
from dedupe.intake.rows import kind_of
from dedupe.printable import json_text

Write = Callable[[Mapping[str, Any]], None]
_PARQUET_ROWS = 4096  # of a write


def require_writable(path: Path) -> None:
    """Return if rows can be written to a file with the ending of *path*.

    :raises InputError: if not
    """
    if kind_of(path) == ".parquet":
        if path.suffix in PACKED:
            raise InputError(f"{path}: Parquet packs itself; leave {path.suffix} away")
        try:
            import pyarrow  # noqa: F401
        except ImportError:
            raise InputError(f"{path} is Parquet, which needs the extra: pip install 'storykin[parquet]'") from None


@contextmanager
def row_writer(stream: IO[bytes], path: Path | None, schema: Any = None) -> Iterator[Write]:
    """Yield what writes a row to *stream*, as the ending of *path* says; all rows have the keys of the first one.

    :param path: where the rows go, JSON Lines to standard output where it is ``None``
    :param schema: Arrow schema of the rows, for Parquet; else that of the first rows
    """
    kind = kind_of(path) if path else ""
    if kind == ".parquet":
        assert path is not None
        with _parquet_writer(stream, path, schema) as write:
            yield write
        return
    with packing(stream, str(path)) if path else nullcontext(stream) as out:
        if kind in {".csv", ".tsv"}:
            text = io.TextIOWrapper(out, "utf-8", errors="replace", newline="", write_through=True)
            yield _csv_writer(text, "excel-tab" if kind == ".tsv" else "excel")
            text.detach()
        else:
            yield lambda row: _write_line(out, row)
        out.flush()


def _write_line(out: IO[bytes], row: Mapping[str, Any]) -> None:
    try:
        out.write(orjson.dumps(row, option=orjson.OPT_APPEND_NEWLINE))
    except TypeError:  # spans, or an id with a lone surrogate, which is no UTF-8
        out.write(json_text(row, default=str).encode() + b"\n")


def _csv_writer(text: io.TextIOWrapper, dialect: str) -> Write:
    writer = csv.writer(text, dialect)
    head: list[str] = []

    def write(row: Mapping[str, Any]) -> None:
        if not head:
            head.extend(row)
            writer.writerow(head)
        unknown = row.keys() - set(head)
        if unknown:
            raise InputError(f'CSV needs equal rows, and "{min(unknown)}" is not in the first one; write JSON Lines')
        writer.writerow([_cell(row.get(name)) for name in head])

    return write


def _cell(value: Any) -> Any:
    return json_text(value, default=str) if isinstance(value, (dict, list, tuple)) else value


@contextmanager
def _parquet_writer(stream: IO[bytes], path: Path, schema: Any) -> Iterator[Write]:
    import pyarrow as pa
    from pyarrow import parquet

    rows: list[Mapping[str, Any]] = []
    writer: Any = None

    def flush() -> None:
        nonlocal writer
        try:
            table = pa.Table.from_pylist(rows, schema=writer.schema if writer else schema)
            writer = writer or parquet.ParquetWriter(stream, table.schema, compression="zstd")
            writer.write_table(table)
        except (pa.ArrowException, TypeError, UnicodeEncodeError) as problem:
            raise InputError(f"{path}: the rows fit in no Parquet table ({problem}); write JSON Lines") from None
        rows.clear()

    def write(row: Mapping[str, Any]) -> None:
        rows.append(row)
        if len(rows) == _PARQUET_ROWS:
            flush()

    yield write
    if rows or writer is None:
        flush()
    writer.close()
