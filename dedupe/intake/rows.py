"""Rows from files as any tool writes them: JSON Lines, CSV, Parquet; bad input is one sentence naming its line."""

from __future__ import annotations

import csv
import json
import sys
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

import orjson

from dedupe.errors import InputError
from dedupe.intake.files import PACKED, lines, opened, unpacking
from dedupe.intake.limits import MAX_LINE

Rows = Iterator[tuple[int, Mapping[str, Any]]]
"""Numbered rows."""


def kind_of(path: Path) -> str:
    """Return the ending that says what a file holds, that of its packing left out.

    >>> kind_of(Path("news.CSV.gz"))
    '.csv'
    """
    return (path.with_suffix("") if path.suffix.lower() in PACKED else path).suffix.lower()


def read_rows(path: Path, columns: Collection[str] | None, required: Mapping[str, Collection[str]]) -> tuple[str, Rows]:
    """Return a file's numbered rows and what a number is called in messages; ``-`` is standard input, JSON Lines.

    A folder stands for the Parquet files in it. Parquet, gzip and zstd are known by their first bytes, CSV by the
    ending ``.csv`` (``.tsv`` with tabs); all else is JSON Lines.

    :param columns: of Parquet only these are read, all where it is ``None``
    :param required: fields and the columns that may hold them, one of which Parquet and CSV must have
    :raises InputError: naming file and line, where the file cannot be used; for its rows when they are read
    """
    if str(path) == "-":
        return "standard input line", _json_lines(unpacking(sys.stdin.buffer), "standard input")
    if path.is_dir():
        return f"{path} row", _parquet_rows(path, columns, required)
    try:
        with path.open("rb") as stream:
            magic = stream.read(4)
    except OSError as problem:
        raise InputError(f"{path} cannot be read: {problem.strerror}") from None
    if magic == b"PAR1":
        return f"{path} row", _parquet_rows(path, columns, required)
    if kind_of(path) in {".csv", ".tsv"}:
        return f"{path} row", _csv_rows(path, required)
    return f"{path} line", _lines_of_file(path)


def schema_of(path: Path) -> Any:
    """Return the Arrow schema of a Parquet file, or of the first one in a folder; ``None`` of any other."""
    path = parquet_files(path)[0]
    with path.open("rb") as stream:
        if stream.read(4) != b"PAR1":
            return None
    with _parquet(path) as file:
        return file.schema_arrow


def _lines_of_file(path: Path) -> Rows:
    with opened(path) as stream:
        yield from _json_lines(stream, str(path))


def _json_lines(stream: IO[bytes], name: str) -> Rows:
    for number, raw in enumerate(lines(stream, name), start=1):
        line = raw.removeprefix(b"\xef\xbb\xbf") if number == 1 else raw
        if line.isspace() or not line:
            continue
        try:
            row = orjson.loads(line)
        except ValueError:  # what Python's own reader takes, lone surrogates for example, or says more about
            row = _parsed(line, f"{name} line {number}")
        if not isinstance(row, dict):
            remedy = "; jq -c '.[]' makes lines of a list" if isinstance(row, list) else ""
            kind = f"{name} line {number} is not a JSON object but {type(row).__name__}"
            raise InputError(f"{kind}; one object a line is expected{remedy}")
        yield number, row


def _parsed(line: bytes, place: str) -> Any:
    try:
        return json.loads(line.decode("utf-8"))
    except UnicodeDecodeError as problem:
        wrong = f"byte {line[problem.start]:#04x} at position {problem.start + 1}"
        raise InputError(f"{place} is not UTF-8: {wrong}; convert the file first") from None
    except ValueError as problem:
        what = f"{problem.msg} at column {problem.colno}" if isinstance(problem, json.JSONDecodeError) else problem
        remedy = "; jq -c . makes lines of objects over several" if line.strip() in (b"{", b"[") else ""
        raise InputError(f"{place} is not JSON: {what}; one object a line is expected{remedy}") from None
    except RecursionError:
        raise InputError(f"{place} is nested too deeply; one flat object a line is expected") from None


def _csv_rows(path: Path, required: Mapping[str, Collection[str]]) -> Rows:
    """Yield the rows below the head of a CSV file (RFC 4180), UTF-8; the first one has the number 1."""
    csv.field_size_limit(MAX_LINE)
    number = 0
    with opened(path) as stream:
        text = (
            str(line, "utf-8-sig" if place == 0 else "utf-8") for place, line in enumerate(lines(stream, str(path)))
        )
        reader = csv.DictReader(text, strict=True, dialect="excel-tab" if kind_of(path) == ".tsv" else "excel")
        try:
            _require_columns(path, reader.fieldnames or (), required)
            for number, row in enumerate(reader, start=1):
                if None in row:
                    raise InputError(f"{path} row {number} has more cells than the head; quote cells that hold commas")
                yield number, row
        except csv.Error as problem:
            raise InputError(f"{path} row {number + 1} is no CSV: {problem}") from None
        except UnicodeDecodeError as problem:
            wrong = f"byte {problem.object[problem.start]:#04x}"
            raise InputError(f"{path} row {number + 1} is not UTF-8: {wrong}; convert the file first") from None


def _require_columns(path: Path, there: Iterable[str], required: Mapping[str, Collection[str]]) -> None:
    for field, names in required.items():
        if set(names).isdisjoint(there):
            wanted = next(iter(names))
            raise InputError(f'{path} has no column "{wanted}" for the {field} (columns there: {", ".join(there)})')


def _parquet_rows(path: Path, wanted: Collection[str] | None, required: Mapping[str, Collection[str]]) -> Rows:
    number = 0
    for part in parquet_files(path):
        with _parquet(part) as file:
            there = file.schema_arrow.names
            _require_columns(part, there, required)
            columns = [column for column in there if wanted is None or column in wanted]
            for batch in file.iter_batches(batch_size=1024, columns=columns):
                for row in batch.to_pylist():
                    number += 1
                    yield number, row


def parquet_files(path: Path) -> list[Path]:
    """Return the Parquet files of a folder and of those in it, in the order of their names; a file as it is.

    :raises InputError: if there are none
    """
    if not path.is_dir():
        return [path]
    found = sorted(part for part in path.rglob("*.parquet") if not part.name.startswith((".", "_")))
    if not found:
        raise InputError(f"{path}: is a folder without any file named *.parquet")
    return found


@contextmanager
def _parquet(path: Path) -> Iterator[Any]:
    try:
        from pyarrow import ArrowException, parquet
    except ImportError:
        raise InputError(f"{path} is Parquet, which needs the extra: pip install 'storykin[parquet]'") from None
    try:
        with parquet.ParquetFile(path) as file:
            yield file
    except (ArrowException, OSError) as problem:
        raise InputError(f"{path} is not readable as Parquet, it may be truncated: {problem}") from None
