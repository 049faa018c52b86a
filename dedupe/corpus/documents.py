"""Documents from rows, as any extractor writes them; bad input is one sentence naming its line and id."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, tzinfo
from itertools import chain
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from dedupe.errors import InputError
from dedupe.intake.rows import read_rows
from dedupe.text.days import end_of_day


@dataclass(frozen=True, slots=True)
class Fields:
    """Names of the columns that may hold each field of a document. The first one with a value is used."""

    id: tuple[str, ...] = ("id", "url")
    text: tuple[str, ...] = ("text",)
    url: tuple[str, ...] = ("canonical_url", "url")
    title: tuple[str, ...] = ("title",)
    source: tuple[str, ...] = ("source", "portal")
    date: tuple[str, ...] = ("date", "published")
    zone: tzinfo | None = None
    """Zone of times that name none. If it is ``None``, such a time is an error."""

    @property
    def every(self) -> frozenset[str]:
        """All columns that are read."""
        return frozenset(chain(self.id, self.text, self.url, self.title, self.source, self.date))

    @property
    def required(self) -> dict[str, tuple[str, ...]]:
        """The fields that each document must have."""
        return {"id": self.id, "text": self.text}


FIELDS = Fields()
"""What ``storykin extract`` and most extractors write."""


@dataclass(frozen=True, slots=True)
class Document:
    """One text to be compared with others."""

    id: str
    text: str
    url: str = ""
    title: str = ""
    source: str = ""
    """Portal or site; if it is empty, the host of ``url`` is used."""
    date: datetime | None = None
    withdrawn: bool = False
    """Whether it represents a story only if no other document can. Set by a store; files have no such field."""


def read_documents(path: Path | str, fields: Fields = FIELDS) -> Iterator[Document]:
    """Yield the documents of a file of any kind that :func:`dedupe.intake.rows.read_rows` reads.

    :raises InputError: naming file, line and field, where the file cannot be used
    """
    name, rows = read_rows(Path(path), fields.every, fields.required)
    yield from documents_of(rows, name, fields)


def documents_of(
    rows: Iterable[tuple[int, Mapping[str, Any]]], name: str = "row", fields: Fields = FIELDS
) -> Iterator[Document]:
    """Yield the documents of *rows*.

    :param rows: (number, row); messages name a row by *name* and number
    :raises InputError: if a field is missing or no text, an id comes twice, or a time has no zone

    >>> list(documents_of([(1, {"id": 7, "text": "A bridge."})]))[0].id
    '7'
    """
    first_with: dict[str, int] = {}
    id_column, text_column = fields.id[0], fields.text[0]
    others = frozenset(chain(fields.url, fields.title, fields.source, fields.date))
    for number, row in rows:
        ident = row.get(id_column)
        if type(ident) is not str or not ident:
            ident = id_of(row, f"{name} {number}", fields)
        if (first := first_with.setdefault(ident, number)) != number:
            raise InputError(f'{name} {number}: id "{ident}" was already used by {name} {first}; ids must differ')
        text = row.get(text_column)
        if type(text) is not str:
            text = _required(row, fields.text, "text", f'{name} {number}, id "{ident}"')
        if others.isdisjoint(row):
            yield Document(ident, text)
            continue
        place = f"{name} {number}"
        yield Document(
            id=ident,
            text=text,
            url=_optional(row, fields.url, "url", place),
            title=_optional(row, fields.title, "title", place),
            source=_optional(row, fields.source, "source", place),
            date=_date(_value(row, fields.date), f'{place}, id "{ident}"', fields.zone),
        )


def id_of(row: Mapping[str, Any], place: str, fields: Fields = FIELDS) -> str:
    """Return the id of the document in *row*.

    :raises InputError: if it has none
    """
    return _required(row, fields.id, "id", place)


def _value(row: Mapping[str, Any], columns: tuple[str, ...]) -> Any:
    for column in columns:
        value = row.get(column)
        if value is not None and value != "":
            return value
    return None


def _required(row: Mapping[str, Any], columns: tuple[str, ...], field: str, place: str) -> str:
    value = _value(row, columns)
    if value is None and field == "text" and row.get(columns[0]) == "":
        return ""  # a page without text is a document too
    if value is None:
        present = ", ".join(map(str, row)) or "none"
        raise InputError(f'{place}: field "{columns[0]}" is missing or null (fields there: {present})')
    return _text(value, field, place)


def _optional(row: Mapping[str, Any], columns: tuple[str, ...], field: str, place: str) -> str:
    value = _value(row, columns)
    return "" if value is None else _text(value, field, place)


def _text(value: Any, field: str, place: str) -> str:
    if isinstance(value, str):
        return value
    if field == "id" and isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    raise InputError(f'{place}: field "{field}" must be text, not {type(value).__name__}')


def _date(value: Any, place: str, zone: tzinfo | None) -> datetime | None:
    if value is None:
        return None
    moment = _moment(value)
    if moment is None or moment.tzinfo:
        return moment
    is_day = _is_day(value)
    if zone is None and not is_day:
        raise InputError(f"{place}: the time {value} has no zone; write {moment.isoformat()}Z, or give --timezone UTC")
    moment = moment.replace(tzinfo=zone or UTC)
    return (end_of_day(moment) if is_day else moment).astimezone(UTC)


def _is_day(value: Any) -> bool:
    """Tell whether a date is a day without a time."""
    return not isinstance(value, datetime) and len(str(value).strip()) <= len("2026-01-02")


def read_date(value: Any) -> datetime | None:
    """Return *value* as a UTC time, ``None`` where it is no ISO 8601 date, time or POSIX seconds.

    An unreadable date is no error, because dates only order the copies of a story. A time without zone is UTC.

    >>> read_date("2026-01-02T03:04:05+07:00").isoformat()
    '2026-01-01T20:04:05+00:00'
    >>> read_date("yesterday")
    """
    moment = _moment(value)
    return moment if moment is None or moment.tzinfo else moment.replace(tzinfo=UTC)


def _moment(value: Any) -> datetime | None:
    """Return *value* as a time, converted to UTC if its zone is known."""
    try:
        if isinstance(value, (int, float)):
            return datetime.fromtimestamp(value, tz=UTC)
        if isinstance(value, str):
            value = datetime.fromisoformat(value.strip())
        elif isinstance(value, date) and not isinstance(value, datetime):
            value = datetime(value.year, value.month, value.day)  # noqa: DTZ001  a day; see above
        if not isinstance(value, datetime):
            return None
        return value.astimezone(UTC) if value.tzinfo else value
    except (ValueError, OverflowError, OSError):
        return None


def require_usable(document: Document) -> None:
    """Return if *document* has an id, and its date a zone.

    :raises InputError: if not
    """
    if not document.id:
        raise InputError(f'a document has no id; its text begins "{document.text[:40]}"')
    if document.date is not None and document.date.tzinfo is None:
        raise InputError(f'id "{document.id}": the time {document.date} has no zone; give it one, such as UTC')


def require_distinct(ids: Sequence[str]) -> None:
    """Return if no id comes twice.

    :raises InputError: naming the first that does
    """
    if len(set(ids)) < len(ids):
        twice = next(ident for ident, times in Counter(ids).items() if times > 1)
        raise InputError(f'id "{twice}" is used more than once; ids must differ')


_TRACKING = re.compile(r"(?:^|&)(?:utm_[^=&]*|fbclid|gclid|zclid|igshid|mc_[ce]id|ref_src)(?:=[^&]*)?")


def url_key(url: str) -> str:
    """Return *url* without scheme, ``www.``, default port, fragment, tracking parameters and last slash.

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
