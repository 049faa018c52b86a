"""The conditions of an export as a form, and what a reader filled in as a selection."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from starlette.datastructures import QueryParams

from dedupe.errors import InputError
from storage.export.selection import ANY, Conditions, Selection, roles, selection_of
from storage.records import DOUBTS, RIGHTS

_KINDS = {
    **dict.fromkeys(("published_from", "published_before", "since"), "date"),
    **dict.fromkeys(("shortest", "longest"), "number"),
    **dict.fromkeys(("all_copies", "by_source", "withdrawn"), "checkbox"),
    "language": "text",
}
_CHOICES: dict[str, Collection[str]] = {
    "role": roles(),
    **dict.fromkeys(("quality", "without_quality"), (ANY, *DOUBTS)),
    **dict.fromkeys(("rights", "without_rights"), (ANY, *RIGHTS)),
}


def fields(portals: Collection[str]) -> list[tuple[str, str, Collection[str]]]:
    """Return name, kind and choices of each element of the form; *portals* are those to choose from."""
    choices = {"portal": portals, **_CHOICES}
    return [
        (name, _KINDS.get(name, "select"), choices.get(name, ())) for name in (*Conditions.__annotations__, "since")
    ]


def selection(given: QueryParams) -> Selection:
    """Return the selection that was filled in; empty elements are no conditions.

    :raises InputError: for one that cannot be meant
    """
    conditions: dict[str, Any] = {}
    for name, kind, _ in fields(()):
        values = [value for value in given.getlist(name) if value]
        if kind == "number" and values and not (values[0].isdecimal() and len(values[0]) < 10):
            raise InputError(f"{name} {values[0]!r} is no number of characters")
        if values:
            read = {"number": int, "date": str, "checkbox": bool}.get(kind)
            conditions[name] = read(values[0]) if read else values
    return selection_of(**conditions)
