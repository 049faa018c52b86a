"""Documents from JSON Lines or Parquet, as any extractor writes them; bad input is one sentence naming its line."""

from __future__ import annotations

import gzip
import json
import re
import sys
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import chain
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import orjson

from dedupe.errors import InputError

COLUMNS = {
    "id": ("id", "url"),
    "text": ("text",),
    "url": ("canonical_url", "url"),
    "title": ("title",),
    "source": ("source", "portal"),
    "date": ("date", "published"),
}
"""Fields of a document and the columns that may hold them, the first that has a value wins."""


_OTHERS = frozenset(chain.from_iterable(COLUMNS[field] for field in ("url", "title", "source", "date")))
_READ = 1 << 18  # bytes; with Python's 8 kB a line of 3 kB costs three times as much


@dataclass(frozen=True, slots=True)
class Document:
    """One text to be compared with others."""

    id: str
    text: str
    url: str = ""
    title: str = ""
    source: str = ""
    """Portal or site; where it is empty, the host of ``url`` stands for it."""
    date: datetime | None = None


def read_documents(path: Path | str) -> Iterator[Document]:
    """Yield the documents of a file, ``-`` is standard input. JSON Lines (also ``.gz``) or Parquet, by its first bytes.

    :raises InputError: naming file, line and field, where the file cannot be used
    """
    if str(path) == "-":
        name = "standard input line"
        yield from documents_of(_json_lines(sys.stdin.buffer, name), name)
        return
    required = {field: COLUMNS[field] for field in ("id", "text")}
    name, rows = read_rows(Path(path), {column for columns in COLUMNS.values() for column in columns}, required)
    yield from documents_of(rows, name)


def read_rows(
    path: Path, columns: Collection[str], required: Mapping[str, Collection[str]]
) -> tuple[str, Iterator[tuple[int, Mapping[str, Any]]]]:
    """Return a file's numbered rows, JSON Lines (also ``.gz``) or Parquet, and what a number is called in messages.

    :param columns: of Parquet only these are read
    :param required: fields and the columns that may hold them, one of which Parquet must have
    :raises InputError: naming file and line, where the file cannot be used; for its rows when they are read
    """
    try:
        with path.open("rb") as stream:
            magic = stream.read(4)
    except OSError as problem:
        raise InputError(f"{path} cannot be read: {problem.strerror}") from None
    if magic == b"PAR1":
        return f"{path} row", _parquet_rows(path, columns, required)
    return f"{path} line", _lines_of_file(path, packed=magic[:2] == b"\x1f\x8b")


def _lines_of_file(path: Path, *, packed: bool) -> Iterator[tuple[int, Mapping[str, Any]]]:
    with gzip.open(path) if packed else path.open("rb", buffering=_READ) as stream:
        yield from _json_lines(stream, f"{path} line")


def documents_of(rows: Iterable[tuple[int, Mapping[str, Any]]], name: str = "row") -> Iterator[Document]:
    """Yield the documents of numbered rows; *name* and number stand for a row in messages.

    :raises InputError: if a field is missing or no text, or an id comes twice

    >>> list(documents_of([(1, {"id": 7, "text": "A bridge."})]))[0].id
    '7'
    """
    first_with: dict[str, int] = {}
    for number, row in rows:
        place = f"{name} {number}"
        ident = row.get("id")
        if type(ident) is not str or not ident:
            ident = _required(row, "id", place)
        if first_with.setdefault(ident, number) != number:
            raise InputError(f'{place}: id "{ident}" was already used by {name} {first_with[ident]}; ids must differ')
        text = row.get("text")
        if type(text) is not str:
            text = _required(row, "text", place)
        if _OTHERS.isdisjoint(row):
            yield Document(ident, text)
            continue
        yield Document(
            id=ident,
            text=text,
            url=_optional(row, "url", place),
            title=_optional(row, "title", place),
            source=_optional(row, "source", place),
            date=read_date(_value(row, "date")),
        )


def _value(row: Mapping[str, Any], field: str) -> Any:
    for column in COLUMNS[field]:
        value = row.get(column)
        if value is not None and value != "":
            return value
    return None


def _required(row: Mapping[str, Any], field: str, place: str) -> str:
    value = _value(row, field)
    if value is None and field == "text" and row.get("text") == "":
        return ""  # a page that gave no text is a document nonetheless
    if value is None:
        present = ", ".join(map(str, row)) or "none"
        raise InputError(f'{place}: field "{field}" is missing or null (fields there: {present})')
    return _text(value, field, place)


def _optional(row: Mapping[str, Any], field: str, place: str) -> str:
    value = _value(row, field)
    return "" if value is None else _text(value, field, place)


def _text(value: Any, field: str, place: str) -> str:
    if isinstance(value, str):
        return value
    if field == "id" and isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    raise InputError(f'{place}: field "{field}" must be text, not {type(value).__name__}')


def read_date(value: Any) -> datetime | None:
    """Return *value* as a UTC time, ``None`` where it is no ISO 8601 date, time or POSIX seconds.

    A date only orders the copies of one story, so an unreadable one is no error.

    >>> read_date("2026-01-02T03:04:05+07:00").isoformat()
    '2026-01-01T20:04:05+00:00'
    >>> read_date("yesterday")
    """
    if value is None:
        return None
    try:
        if isinstance(value, (int, float)):
            return datetime.fromtimestamp(value, tz=UTC)
        if isinstance(value, str):
            value = datetime.fromisoformat(value.strip())
        if not isinstance(value, datetime):
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)
    except (ValueError, OverflowError, OSError):
        return None


def _json_lines(stream: Iterable[bytes], name: str) -> Iterator[tuple[int, Mapping[str, Any]]]:
    for number, raw in enumerate(_lines(stream, name), start=1):
        line = raw.removeprefix(b"\xef\xbb\xbf") if number == 1 else raw
        if line.isspace() or not line:
            continue
        place = f"{name} {number}"
        try:
            row = orjson.loads(line)
        except ValueError:  # what Python's own reader takes, lone surrogates for example, or says more about
            row = _parsed(line, place)
        if not isinstance(row, dict):
            remedy = "; jq -c '.[]' makes lines of a list" if isinstance(row, list) else ""
            kind = f"{place} is not a JSON object but {type(row).__name__}"
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


def _lines(stream: Iterable[bytes], name: str) -> Iterator[bytes]:
    try:
        yield from stream
    except (OSError, EOFError) as problem:
        raise InputError(f"{name.removesuffix(' line')} cannot be read to its end: {problem}") from None


def _parquet_rows(
    path: Path, wanted: Collection[str], required: Mapping[str, Collection[str]]
) -> Iterator[tuple[int, Mapping[str, Any]]]:
    number = 0
    with _parquet(path) as file:
        columns = [column for column in file.schema_arrow.names if column in wanted]
        for field, names in required.items():
            if not set(names) & set(columns):
                raise InputError(
                    f'{path} has no column "{field}" (columns there: {", ".join(file.schema_arrow.names)})'
                )
        for batch in file.iter_batches(batch_size=1024, columns=columns):
            for row in batch.to_pylist():
                number += 1
                yield number, row


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


_TRACKING = re.compile(r"(?:^|&)(?:utm_[^=&]*|fbclid|gclid|zclid|igshid|mc_[ce]id|ref_src)(?:=[^&]*)?")


def url_key(url: str) -> str:
    """Return what two addresses of one page share: no scheme, ``www.``, default port, fragment, tracking, last slash.

    >>> url_key("https://www.example.com/a/?utm_source=x#top") == url_key("http://example.com:80/a")
    True
    """
    if not url:
        return ""
    try:
        parts = urlsplit(url.strip())
        host, port = (parts.hostname or "").rstrip("."), parts.port
    except ValueError:
        return url.strip()
    if not host:
        return url.strip()
    place = host.removeprefix("www.") + (f":{port}" if port not in (None, 80, 443) else "")
    query = _TRACKING.sub("", parts.query).lstrip("&")
    return place + parts.path.rstrip("/") + (f"?{query}" if query else "")


def source_of(document: Document) -> str:
    """Return the portal of a document: its ``source``, else the host of its address, else nothing."""
    return document.source or (url_key(document.url).partition("/")[0] if document.url else "")
