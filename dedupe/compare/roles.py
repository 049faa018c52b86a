"""What each text of a cluster is to the story, and who published first: from the relation, credits and times."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal, get_args

from dedupe.compare.similarity import EDITED_CONTAINMENT, Relation
from dedupe.text.days import known_by
from dedupe.text.normalise import without_prefix

Role = Literal["original", "copy", "light edit", "agency copy", "partial quote", "update"]
ROLES: tuple[Role, ...] = get_args(Role)

WHOLE_COPY = 0.95
"""Jaccard similarity from which a near copy counts as a copy; below it somebody edited. Some 5 of 200 words changed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberText:
    """One text of a cluster, as its role depends on it."""

    published: datetime | None = None
    """With timezone; one without counts as UTC. Of a date without a time: when that day began."""
    published_raw: str = ""
    """As the page writes it: tells a date from a time; empty counts as a time."""
    agency: bool = False
    """Whether it credits a news agency."""
    portal: str = ""
    size: int = 0
    """Length of the text, in any unit that is that of the others too."""


def role(copy: MemberText, first: MemberText, relation: Relation, score: float) -> Role:
    """Return the role of *copy* in a cluster; the first rule that fits decides. The representative is the ``original``.

    1. The words are the same: ``copy``, or ``agency copy`` if *copy* credits an agency.
    2. The portal of *first* published *copy* later: ``update``.
    3. *copy* credits an agency: ``agency copy``, whether it is cut or whole.
    4. One text is a part of the other, or only a decision by hand joined them: ``partial quote``.
    5. The Jaccard similarity is at least ``WHOLE_COPY``: ``copy``.
    6. Anything else: ``light edit``.

    :param first: the representative of the cluster
    :param relation: how the two texts were found to be one story
    :param score: share of the shorter text that the other has

    >>> from datetime import timedelta
    >>> day = datetime(2026, 3, 14, tzinfo=UTC)
    >>> first = MemberText(published=day, portal="vov", size=300)
    >>> role(MemberText(published=day + timedelta(hours=2), portal="vov", size=380), first, "near", 0.97)
    'update'
    >>> role(MemberText(published=day, portal="tto", agency=True, size=120), first, "contained", 1.0)
    'agency copy'
    """
    if relation == "exact":
        return "agency copy" if copy.agency else "copy"
    if copy.portal and copy.portal == first.portal and is_earlier(first, copy):
        return "update"
    if copy.agency:
        return "agency copy"
    if relation == "contained" or score < EDITED_CONTAINMENT:
        return "partial quote"
    shared = score * min(copy.size, first.size)
    union = copy.size + first.size - shared
    return "copy" if union and shared >= WHOLE_COPY * union else "light edit"


def when(member: MemberText) -> tuple[bool, datetime]:
    """Return what orders texts by time of publication: unknown ones last.

    A date without a time counts as the end of its day: it is not first over one with a time on the same day.
    """
    moment = known_by(member.published, member.published_raw)
    return moment is None, moment or datetime.max.replace(tzinfo=UTC)


def is_earlier(one: MemberText, other: MemberText) -> bool:
    """Return whether *one* is known to be published before *other*."""
    return one.published is not None and other.published is not None and when(one) < when(other)


def dateline(text: str) -> str:
    """Return the source prefix or dateline before the first sentence of *text*; empty if there is none.

    >>> dateline("LONDON (Reuters) - The bridge opened.")
    'LONDON (Reuters)'
    """
    text = unicodedata.normalize("NFC", text)
    rest = without_prefix(text)
    return text[: len(text) - len(rest)].strip(" \t\r\n-‐‑‒–—―:|")
