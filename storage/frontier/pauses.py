"""Portals that are paused: a schedule passes them by and a crawl refuses to start."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from storage.base.documents import document_of, now
from storage.errors import StorageError
from storage.records import Record

if TYPE_CHECKING:
    from storage.database.store import Store


class PausedError(StorageError):
    """The portal is paused; the message says since when, why, and how to go on."""

    exit_code = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Pause(Record):
    """That a portal is not to be crawled."""

    portal: str
    since: datetime
    until: datetime | None = None
    """``None``: until somebody resumes it."""
    reason: str = ""

    def __str__(self) -> str:
        until = f" until {self.until:%Y-%m-%d %H:%M} UTC" if self.until else ""
        reason = f" ({self.reason})" if self.reason else ""
        return f"{self.portal} is paused since {self.since:%Y-%m-%d %H:%M} UTC{until}{reason}"


def pause(store: Store, portal: str, *, until: datetime | None = None, reason: str = "") -> Pause:
    """Pause *portal*, or change the pause it has; a run under way goes on to its end."""
    made = Pause(portal=portal, since=now(), until=until, reason=reason)
    fields = document_of(made)
    del fields["portal"]
    store.db["pauses"].replace_one({"_id": portal}, fields, upsert=True)
    return made


def resume(store: Store, portal: str) -> bool:
    """End the pause of *portal*; ``False`` if it had none."""
    return store.db["pauses"].delete_one({"_id": portal}).deleted_count == 1


def paused(store: Store, portal: str) -> Pause | None:
    """Return the pause that *portal* has now."""
    row = store.db["pauses"].find_one({"_id": portal, **_NOT_OVER})
    return _pause(row) if row else None


def every(store: Store) -> dict[str, Pause]:
    """Return the pauses that hold now, by portal."""
    return {row["_id"]: _pause(row) for row in store.db["pauses"].find(_NOT_OVER)}


def require_not_paused(store: Store, portal: str) -> None:
    """Return if *portal* may be crawled.

    :raises PausedError: if it is paused
    """
    if held := paused(store, portal):
        raise PausedError(f"{held}; end that with: storykin portals resume {portal}")


_NOT_OVER: dict[str, Any] = {"$expr": {"$or": [{"$not": ["$until"]}, {"$gt": ["$until", "$$NOW"]}]}}


def _pause(row: Mapping[str, Any]) -> Pause:
    return Pause.from_json({**row, "portal": row["_id"]})
