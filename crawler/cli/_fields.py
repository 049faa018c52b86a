"""The options that say which columns of a file of documents hold what."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import tzinfo
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import click

from dedupe.corpus.documents import FIELDS, Fields
from dedupe.errors import InputError

_FIELDS = ("id", "text", "title", "date")


def field_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options to *command*; :func:`fields_of` reads them."""
    for field in reversed(_FIELDS):
        known = " or ".join(getattr(FIELDS, field))
        option = click.option(f"--{field}-field", metavar="NAME", help=f"Column of the {field} ({known}).")
        command = option(command)
    zone = click.option("--timezone", metavar="ZONE", help="Of times without one, such as UTC or Asia/Ho_Chi_Minh.")
    return zone(command)


def fields_of(options: dict[str, Any]) -> Fields:
    """Take the values of the options out of *options* and return what they say."""
    given = {field: options.pop(f"{field}_field") for field in _FIELDS}
    named: dict[str, Any] = {field: (name,) for field, name in given.items() if name}
    zone = options.pop("timezone")
    return replace(FIELDS, **named, zone=_zone(zone) if zone else None)


def _zone(name: str) -> tzinfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise InputError(f"--timezone {name} is no time zone, such as UTC or Asia/Ho_Chi_Minh") from None
