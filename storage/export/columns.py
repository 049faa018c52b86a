"""The columns of an export: the fields of ``Article`` and what the store adds, with their types.

The types come from the dataclasses, so that a new field of a record is a new column everywhere at once.
"""

from __future__ import annotations

import difflib
import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from types import UnionType
from typing import TYPE_CHECKING, Any, Literal, get_args, get_origin, get_type_hints

from dedupe.errors import InputError
from storage.export.pull import Kind
from storage.records import Article, Duplicate, Record, Teaser, Withdrawal, utc_text

if TYPE_CHECKING:
    import pyarrow as pa

STORE_COLUMNS: dict[str, Any] = {
    "duplicate": Duplicate | None,
    "teasers": tuple[Teaser, ...],
    "withdrawn": Withdrawal | None,
    "version": int,
    "first_seen": datetime | None,
    "last_seen": datetime | None,
    "updated": datetime | None,
}
"""What an article document has beside the fields of ``Article``: see ``storage.articles.articles``."""
COLUMNS: dict[str, Any] = {**get_type_hints(Article), **STORE_COLUMNS}
PULL_COLUMNS: dict[str, Any] = {"change": Kind, "cursor": str}
"""What a pull of changes has besides, always and first: see ``storage.export.pull``."""
_TYPES = COLUMNS | PULL_COLUMNS


def chosen_columns(names: Iterable[str], *, pulled: bool = False) -> list[str]:
    """Return *names*, each once, or all columns where none is named.

    :param pulled: put the columns of a pull and the id before them
    :raises InputError: for a name that is no column
    """
    chosen = list(dict.fromkeys(name for name in names if not (pulled and name in PULL_COLUMNS)))
    for name in chosen:
        if name not in COLUMNS:
            near = difflib.get_close_matches(name, COLUMNS, n=1)
            hint = f", did you mean {near[0]}?" if near else ""
            raise InputError(f"no field {name!r}{hint} (fields: {', '.join(COLUMNS)})")
    chosen = chosen or list(COLUMNS)
    return list(dict.fromkeys([*PULL_COLUMNS, "id", *chosen])) if pulled else chosen


def row_of(document: Mapping[str, Any], columns: Iterable[str], types: Mapping[str, Any] = _TYPES) -> dict[str, Any]:
    """Return *document* as a row of *columns*; a field that it lacks takes its type's empty value.

    :param types: the columns that there are, with their types
    """
    row = {name: document.get(name) for name in columns}
    if "id" in row and "_id" in document:
        row["id"] = document["_id"]
    for name, value in row.items():
        if value is None and not _is_optional(types[name]):
            row[name] = _empty(types[name])
    return row


def json_of(value: Any) -> str:
    """Return *value* as JSON on one line, times as ``Article.to_json`` writes them.

    Escaped are the characters that end no line in JSON but do in ``str.splitlines`` and in JavaScript.
    """
    line = json.dumps(value, ensure_ascii=False, default=utc_text)
    for end in "\x85\u2028\u2029":
        line = line.replace(end, f"\\u{ord(end):04x}")
    return line


def arrow_schema(columns: Iterable[str], types: Mapping[str, Any] = _TYPES) -> pa.Schema:
    """Return the columns' Arrow types: UTC timestamps in microseconds, lists, structs; needs pyarrow."""
    import pyarrow as pa

    fields = [pa.field(name, _arrow_type(types[name]), nullable=_is_optional(types[name])) for name in columns]
    return pa.schema(fields)


def _empty(hint: Any) -> Any:
    if get_origin(hint) is tuple:
        return []
    return "" if get_origin(hint) is Literal else hint()


def _arrow_type(hint: Any) -> pa.DataType:
    import pyarrow as pa

    hint = _required(hint)
    if get_origin(hint) is tuple:
        return pa.list_(_arrow_type(get_args(hint)[0]))
    if _is_record(hint):
        members = get_type_hints(hint).items()
        return pa.struct([pa.field(name, _arrow_type(member)) for name, member in members])
    simple = {
        str: pa.string(),
        bool: pa.bool_(),
        int: pa.int64(),
        float: pa.float64(),
        datetime: pa.timestamp("us", "UTC"),
    }
    return pa.string() if get_origin(hint) is Literal else simple[hint]


def _required(hint: Any) -> Any:
    if isinstance(hint, UnionType):
        return next(member for member in get_args(hint) if member is not type(None))
    return hint


def _is_optional(hint: Any) -> bool:
    return isinstance(hint, UnionType)


def _is_record(hint: Any) -> bool:
    return isinstance(hint, type) and issubclass(hint, Record)
