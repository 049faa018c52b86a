"""The columns of an export: the fields of ``Article`` and what the store adds, with their types.

The types come from the dataclasses, so that a new field of a record is a new column everywhere at once.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import cache
from types import UnionType
from typing import TYPE_CHECKING, Any, Literal, get_args, get_origin, get_type_hints

from dedupe.errors import InputError
from storage.articles import Duplicate
from storage.records import Article, Record, utc_text

if TYPE_CHECKING:
    import pyarrow as pa

STORE_COLUMNS: dict[str, Any] = {
    "duplicate": Duplicate | None,
    "version": int,
    "first_seen": datetime | None,
    "last_seen": datetime | None,
    "updated": datetime | None,
}
"""What an article document has beside the fields of ``Article``: see ``storage.articles``."""
COLUMNS: dict[str, Any] = {**get_type_hints(Article), **STORE_COLUMNS}


def chosen_columns(names: Iterable[str]) -> list[str]:
    """Return *names*, each once, or all columns where none is named.

    :raises InputError: for a name that is no column
    """
    chosen = list(dict.fromkeys(names))
    for name in chosen:
        if name not in COLUMNS:
            near = difflib.get_close_matches(name, COLUMNS, n=1)
            hint = f", did you mean {near[0]}?" if near else ""
            raise InputError(f"no field {name!r}{hint} (fields: {', '.join(COLUMNS)})")
    return chosen or list(COLUMNS)


def native_row(document: Mapping[str, Any], columns: Iterable[str]) -> dict[str, Any]:
    """Return *document* as a row of *columns*, times as datetimes; absent fields take their type's empty value."""
    return {name: _native(document.get("_id" if name == "id" else name), COLUMNS[name]) for name in columns}


def plain_row(document: Mapping[str, Any], columns: Iterable[str]) -> dict[str, Any]:
    """Return *document* as a row of plain JSON values, as ``Article.to_json`` writes them."""
    return {name: _plain(value) for name, value in native_row(document, columns).items()}


def arrow_schema(columns: Iterable[str]) -> pa.Schema:
    """Return the columns' Arrow types: UTC timestamps in microseconds, lists, structs; needs pyarrow."""
    import pyarrow as pa

    fields = [pa.field(name, _arrow_type(COLUMNS[name]), nullable=_is_optional(COLUMNS[name])) for name in columns]
    return pa.schema(fields)


def _native(value: Any, hint: Any) -> Any:
    if value is None:
        return None if _is_optional(hint) else _empty(hint)
    hint = _required(hint)
    if get_origin(hint) is tuple:
        return [_native(member, get_args(hint)[0]) for member in value]
    if _is_record(hint):
        return {name: _native(value.get(name), member) for name, member in _members(hint).items()}
    return value


def _plain(value: Any) -> Any:
    if isinstance(value, list):
        return [_plain(member) for member in value]
    if isinstance(value, dict):
        return {name: _plain(member) for name, member in value.items()}
    return utc_text(value) if isinstance(value, datetime) else value


@cache
def _members(record: type[Record]) -> dict[str, Any]:
    return get_type_hints(record)


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
        members = _members(hint).items()
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
