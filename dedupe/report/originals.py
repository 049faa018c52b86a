"""Which text of a story is its original: only ever the earliest one known."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

from dedupe.report.report import Copy

_ORIGINAL = "original"


def with_original(copies: Sequence[Copy], earliest: datetime | None = None) -> list[Copy]:
    """Return the texts of one story, the role ``original`` given to the one that was published first, or to none.

    :param earliest: when the first text of the story was published, those that are not among *copies* included

    >>> first = Copy(url="", portal="", title="", id="a", published=datetime(2026, 3, 2), role="original")
    >>> [copy.role for copy in with_original([first, replace(first, id="b", published=datetime(2026, 3, 1))])]
    ['', 'original']
    """
    dated = [copy for copy in copies if copy.published]
    first = min(dated, key=lambda copy: (_moment(copy.published), copy.id), default=None)
    if first and earliest and _moment(earliest) < _moment(first.published):
        first = None
    return marked(copies, first.id if first else "")


def marked(copies: Sequence[Copy], original: str) -> list[Copy]:
    """Return *copies* with the role ``original`` for the one with this id alone, if there are others than versions."""
    if all(copy.relation == "version" for copy in copies[1:]):
        original = ""
    roles = (
        _ORIGINAL if copy.id == original and copy.relation != "version" else copy.role.replace(_ORIGINAL, "")
        for copy in copies
    )
    return [replace(copy, role=role) for copy, role in zip(copies, roles, strict=True)]


def _moment(published: datetime | None) -> datetime:
    """Return a time of publication; one without a zone is UTC, as MongoDB's driver gives it."""
    assert published is not None  # asked of dated texts only
    return published.replace(tzinfo=published.tzinfo or UTC)
