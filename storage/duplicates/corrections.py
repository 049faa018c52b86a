"""Correcting by hand what the comparison of texts decided: two articles merged, one parted, a decision taken back."""

from __future__ import annotations

import getpass
import platform
from dataclasses import dataclass
from typing import TYPE_CHECKING

from dedupe.errors import InputError
from storage.articles import articles
from storage.articles.collection import article_rows
from storage.base.documents import now
from storage.duplicates import clusters, decide, manual_decisions
from storage.duplicates.manual_decisions import HandDecision

if TYPE_CHECKING:
    from storage.database.store import Store


@dataclass(frozen=True, slots=True)
class Corrected:
    """What a correction did."""

    decided: list[HandDecision]
    """That were not there yet, or that were taken back."""
    representatives: dict[str, str]
    """Of each article named, its representative from now on."""


def whoever() -> str:
    """Return who runs this process, as ``user@host``."""
    try:
        name = getpass.getuser()
    except (KeyError, OSError):  # a container's user without a name
        name = "unknown"
    return f"{name}@{platform.node() or 'unknown'}"


def require(store: Store, key: str) -> str:
    """Return the id of the article with the id or address *key*.

    :raises InputError: if none is stored
    """
    stored = articles.get(store, key)
    if stored is None:
        raise InputError(f"{key}: no such article is stored; storykin explain says what is known of an address")
    return stored.id


def merge(store: Store, one: str, other: str, *, by: str, reason: str = "") -> Corrected:
    """Make the clusters of two articles one, for good.

    :raises InputError: if one is not stored, both are one article, or an earlier decision holds them apart
    """
    ids = _two(store, one, other)
    fresh = manual_decisions.add(store, [manual_decisions.decision(*ids, "same", at=now(), by=by, reason=reason)])
    _enforce(store, ids)
    return _corrected(store, fresh, ids)


def unmerge(store: Store, key: str, other: str = "", *, by: str, reason: str = "") -> Corrected:
    """Hold an article apart from every member of its cluster, or from *other* alone, for good.

    :raises InputError: if one is not stored, there is nothing to part, or an earlier decision merged them
    """
    if other:
        ids: tuple[str, ...] = _two(store, key, other)
    else:
        own = require(store, key)
        others = sorted(clusters.ids(store, own) - {own})
        ids = own, *others
        if not others:
            raise InputError(f"{key}: it repeats no other article and none repeats it, so there is nothing to part")
    moment = now()
    given = [manual_decisions.decision(ids[0], one, "apart", at=moment, by=by, reason=reason) for one in ids[1:]]
    fresh = manual_decisions.add(store, given)
    _enforce(store, ids)
    return _corrected(store, fresh, ids)


def forget(store: Store, one: str, other: str) -> Corrected:
    """Take a decision back; the two, and what a merge brought together, are decided anew by their texts.

    :raises InputError: if nothing was decided about the two
    """
    ids = tuple(_stored_or_id(store, key) for key in (one, other))
    found = manual_decisions.remove(store, *ids)
    if found is None:
        raise InputError(f"{one} and {other}: nothing was decided about them; see storykin cluster decisions")
    anew = set(ids) if found.verdict == "apart" else _brought_together(store, ids)
    present = [row["_id"] for row in article_rows(store).find({"_id": {"$in": sorted(anew)}}, {"_id": 1})]
    decide.redecide(store, sorted(present))
    return _corrected(store, [found], ids)


def _two(store: Store, one: str, other: str) -> tuple[str, str]:
    ids = require(store, one), require(store, other)
    if ids[0] == ids[1]:
        raise InputError(f"{one} and {other} are addresses of one article: name two")
    return ids


def _stored_or_id(store: Store, key: str) -> str:
    """Return the id of *key*; a decision outlives its articles, so one that is not stored may be named by its id."""
    stored = articles.get(store, key)
    return stored.id if stored else key


def _enforce(store: Store, ids: tuple[str, ...]) -> None:
    decide.settle(store, ids)


def _brought_together(store: Store, ids: tuple[str, ...]) -> set[str]:
    """Return the members of the clusters of *ids* but for their representatives."""
    roots = {clusters.root_of(store, key) for key in ids}
    return {member for root in roots for member in clusters.ids(store, root)} - roots


def _corrected(store: Store, decided: list[HandDecision], ids: tuple[str, ...]) -> Corrected:
    return Corrected(decided, {key: clusters.root_of(store, key) for key in ids})
