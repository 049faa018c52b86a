"""Which articles an export or a pull takes."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import UTC, date, datetime
from difflib import get_close_matches
from typing import Any, TypedDict, Unpack

from dedupe.compare.roles import ROLES
from dedupe.errors import InputError
from storage.records import DOUBTS, RIGHTS, utc_text

ANY = "any"
"""Stands for every quality flag, and for every right."""


def roles() -> Mapping[str, dict[str, Any]]:
    """Return what an article can be to a story, each role with the filter on ``articles`` that finds it."""
    relations = {name: {"duplicate.relation": name} for name in ("exact", "near", "contained")}
    first = {"$expr": {"$eq": ["$story.original", "$_id"]}}
    return {
        "original": {"$or": [{"duplicate": None, "story.original": None}, first]},
        "duplicate": {"duplicate.of": {"$exists": True}},
        **relations,
        "agency": {"duplicate.agency": True},
        **{name.replace(" ", "-"): {"duplicate.role": name} for name in ROLES if name != "original"},
        "by-hand": {"duplicate.by_hand": True},
    }


def moment(name: str, value: str | date | None) -> datetime | None:
    """Return *value* as a time in UTC: an ISO date or time as text, a date (its midnight), or a datetime.

    :param name: of the option or argument, for the message
    :raises InputError: if it is none of these

    >>> moment("since", "2026-03-14")
    datetime.datetime(2026, 3, 14, 0, 0, tzinfo=datetime.timezone.utc)
    """
    if value is None:
        return None
    try:
        found = datetime.fromisoformat(value if isinstance(value, str) else value.isoformat())
        return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
    except (ValueError, AttributeError, OverflowError):
        raise InputError(f"{name} {value!r} is no ISO date or time, such as 2026-03-14 or 2026-03-14T07:00Z") from None


class Conditions(TypedDict, total=False):
    """What :func:`selection_of` takes: the conditions of :class:`Selection` as Python callers write them."""

    portal: str | Sequence[str]
    language: str | Sequence[str]
    published_from: str | date | None
    published_before: str | date | None
    quality: str | Sequence[str]
    without_quality: str | Sequence[str]
    rights: str | Sequence[str]
    without_rights: str | Sequence[str]
    shortest: int
    longest: int | None
    role: str | Sequence[str]
    all_copies: bool
    by_source: bool
    withdrawn: bool


def selection_of(*, since: str | date | None = None, **conditions: Unpack[Conditions]) -> Selection:
    """Return the selection that *conditions* make; times are datetimes, dates or ISO text.

    :param since: only what was new or changed in the store at this time or later
    :raises InputError: for a condition that there is not, and one that cannot be meant
    """
    given: dict[str, Any] = {"since": moment("since", since)}
    for name, value in conditions.items():
        if name not in Conditions.__annotations__:
            raise InputError(f"no condition {name!r} (conditions: {', '.join(Conditions.__annotations__)})")
        if name in {"published_from", "published_before"}:
            given[name] = moment(name, value)  # type: ignore[arg-type]
        elif name in {"portal", "language", "role"}:
            given[f"{name}s"] = several(value)
        else:
            given[name] = several(value) if name.endswith(("quality", "rights")) else value
    return Selection(**given)


def several(value: Any) -> tuple[str, ...]:
    """Return *value*, a name or a list of names, as names.

    :raises InputError: if it is neither
    """
    if not isinstance(value, Iterable) or not all(isinstance(one, str) for one in value):
        raise InputError(f"{value!r} is neither a name nor a list of names")
    return (value,) if isinstance(value, str) else tuple(value)


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """Conditions on articles. Values of one condition are alternatives; without any, all fit that are not withdrawn.

    :raises InputError: for an unknown role or doubt, a language that is no code, and limits that no article can meet
    """

    portals: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    since: datetime | None = None
    """Only what was new or changed in the store at this time or later."""
    published_from: datetime | None = None
    published_before: datetime | None = None
    """Published earlier; an article without a time of publication meets neither."""
    quality: tuple[str, ...] = ()
    """Only articles with one of these doubts (``storage.records.DOUBTS``); ``any`` is every doubt."""
    without_quality: tuple[str, ...] = ()
    """No article with one of these doubts."""
    rights: tuple[str, ...] = ()
    """Only articles of which the portal says one of these (``Article.rights``); ``any`` is every statement."""
    without_rights: tuple[str, ...] = ()
    """No article of which it says one of these."""
    shortest: int = 0
    """Characters of ``text``."""
    longest: int | None = None
    roles: tuple[str, ...] = ()
    """Of :func:`roles`; goes before ``all_copies``."""
    all_copies: bool = False
    """Also the articles that another one says all of."""
    by_source: bool = False
    """One article of each story, whatever the others say besides."""
    withdrawn: bool = False
    """Also withdrawn articles."""

    def __post_init__(self) -> None:
        _known("role", self.roles, roles())
        _known("doubt", (*self.quality, *self.without_quality), (ANY, *DOUBTS))
        _known("right", (*self.rights, *self.without_rights), (ANY, *RIGHTS))
        for language in self.languages:
            if language != language.lower() or not language.replace("-", "").isalpha():
                raise InputError(f"language {language!r} is no code such as {language.lower()[:2] or 'vi'!r}")
        if self.longest is not None and self.longest < self.shortest:
            raise InputError(f"no text is at least {self.shortest} and at most {self.longest} characters long")
        if self.published_from and self.published_before and self.published_before <= self.published_from:
            raise InputError(f"nothing is published from {self.published_from} and before {self.published_before}")

    @property
    def distinct(self) -> bool:
        """Whether copies are left out."""
        return not self.all_copies and not self.roles

    def query(self) -> dict[str, Any]:
        """Return the filter on ``articles``."""
        wanted = self.filters()
        if self.roles:
            wanted["$or"] = [roles()[name] for name in self.roles]
        elif not self.all_copies:
            # What an older storykin decided says nothing of it: then nothing but the kept article of each story.
            kept = [] if self.by_source else [{"duplicate.kept_in": {"$type": "null"}}]
            wanted["$or"] = [{"duplicate": None}, *kept]
        if not self.withdrawn:
            wanted["withdrawn"] = None
        return wanted

    def filters(self) -> dict[str, Any]:
        """Return the filter without the conditions on role and withdrawal."""
        wanted: dict[str, Any] = {}
        if self.portals:
            wanted["portal"] = {"$in": list(self.portals)}
        if self.languages:
            wanted["language"] = {"$in": list(self.languages)}
        if self.since is not None:
            wanted["updated"] = {"$gte": self.since}
        _bound(wanted, "published", self.published_from, self.published_before, "$lt")
        _bound(wanted, "measures.characters", self.shortest or None, self.longest, "$lte")
        flags = [*_having("quality", self.quality), *_having("quality", self.without_quality, wanted=False)]
        flags += [*_having("rights", self.rights), *_having("rights", self.without_rights, wanted=False)]
        if flags:
            wanted["$and"] = flags
        return wanted

    def facts(self) -> set[str]:
        """Return the fields of an article that :meth:`filters` looks at and that can change."""
        looked_at = {
            "language": bool(self.languages),
            "published": bool(self.published_from or self.published_before),
            "characters": bool(self.shortest or self.longest is not None),
            "quality": bool(self.quality or self.without_quality),
            "rights": bool(self.rights or self.without_rights),
        }
        return {name for name, used in looked_at.items() if used}

    def to_json(self) -> dict[str, Any]:
        """Return the conditions that are set, as plain JSON values."""
        values = {field.name: getattr(self, field.name) for field in fields(self)}
        plain = {name: utc_text(value) if isinstance(value, datetime) else value for name, value in values.items()}
        return {name: sorted(v) if isinstance(v, tuple) else v for name, v in plain.items() if v not in (None, (), 0)}


def _bound(wanted: dict[str, Any], field: str, low: Any, high: Any, below: str) -> None:
    limits = {name: value for name, value in (("$gte", low), (below, high)) if value is not None}
    if limits:
        wanted[field] = limits


def _known(what: str, names: Iterable[str], known: Collection[str]) -> None:
    for name in names:
        if name not in known:
            near = get_close_matches(name, known, n=1)
            hint = f", did you mean {near[0]}?" if near else ""
            raise InputError(f"no {what} {name!r}{hint} ({what}s: {', '.join(known)})")


def _having(field: str, words: tuple[str, ...], *, wanted: bool = True) -> list[dict[str, Any]]:
    """Return the conditions that a list of an article has one of *words*, or none of them."""
    if not words:
        return []
    if ANY in words:  # what an older storykin stored has no rights
        return [{field: {"$nin" if wanted else "$in": [[], None]}}]
    return [{field: {"$in" if wanted else "$nin": list(words)}}]
