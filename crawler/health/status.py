"""How every portal stands: its last days, what runs now and why it waits, when it starts next, what fell silent."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Literal

from crawler.health.check import recent, sources
from crawler.outcome.exit_codes import BELOW_EXPECTATION, INTERRUPTED, OK
from crawler.portals.seed import GENERIC
from crawler.portals.timetable import Timetable
from crawler.urls.canonical import allowed_host
from storage.frontier import frontier, hosts, pauses, runs

if TYPE_CHECKING:
    from crawler.portals.seed import Seed
    from storage.database.store import Store
    from storage.frontier.runs import Run

Day = Literal["ok", "worse", "failed", "interrupted", ""]
"""How the runs of a day ended, the worst of them; empty: there was none."""
_RANK: dict[int, Day] = {OK: "ok", BELOW_EXPECTATION: "worse", INTERRUPTED: "interrupted"}
_ORDER: tuple[Day, ...] = ("failed", "worse", "interrupted", "ok", "")


@dataclass(frozen=True, slots=True, kw_only=True)
class PortalStatus:
    """How one portal stands."""

    portal: str
    days: Mapping[str, Day] = field(default_factory=dict)
    """By day (UTC, ``2026-03-14``), oldest first."""
    verdict: str = ""
    """On the last run that ended."""
    running: bool = False
    fetched: int = 0
    """Pages of the run under way."""
    rate: float = 0.0
    """Its pages a minute."""
    waits: str = ""
    """Why it is not crawled, or slowly: a pause, hosts that want to be left alone."""
    queued: int = 0
    next_start: datetime | None = None
    silent: tuple[str, ...] = ()
    """Problems of its sources."""


def status(store: Store, portals: Mapping[str, Seed | None], now: datetime, days: int = 7) -> list[PortalStatus]:
    """Return how each of *portals* stands, by name; of one without a seed no next start is known.

    :raises StorageError: if the database cannot be asked
    """
    with store.errors():
        held, resting, live = pauses.every(store), hosts.resting(store), runs.under_way(store)
        queued = frontier.queued(store, portals)
        found = []
        for name, seed in sorted(portals.items()):
            history = recent(store, name)
            waits = [str(held[name])] if name in held else []
            waits += rests(resting, seed or replace(GENERIC, allowed_domains=(name,)))
            found.append(
                replace(
                    _of_runs(name, history, live, now, days),
                    waits="; ".join(waits),
                    queued=queued[name],
                    next_start=_next_start(seed, history, now),
                    silent=tuple(source.problem for source in sources(store, history) if source.problem),
                )
            )
        return found


def _of_runs(name: str, history: list[Run], live: Collection[str], now: datetime, days: int) -> PortalStatus:
    ended = [run for run in history if run.exit_code is not None]
    known = PortalStatus(portal=name, days=_days(ended, now, days), verdict=ended[0].verdict if ended else "")
    if not history or history[0].id not in live:
        return known
    fetched = history[0].live.get("fetched", 0)
    minutes = (now - history[0].started).total_seconds() / 60 if history[0].started else 0
    return replace(known, running=True, fetched=fetched, rate=fetched / minutes if minutes > 0 else 0.0)


def _days(ended: list[Run], now: datetime, days: int) -> dict[str, Day]:
    found: dict[str, Day] = {f"{now - timedelta(days=back):%Y-%m-%d}": "" for back in reversed(range(days))}
    for run in ended:
        day = str(run.started.date()) if run.started else ""
        if day in found:
            found[day] = min(found[day], _RANK.get(run.exit_code or 0, "failed"), key=_ORDER.index)
    return found


def _next_start(seed: Seed | None, history: list[Run], now: datetime) -> datetime | None:
    timetable = Timetable.of(seed.schedule, seed.name) if seed else None
    if timetable is None:
        return None
    return timetable.next_run(now, history[0].started if history else None)


def rests(resting: Iterable[hosts.Host], *seeds: Seed) -> list[str]:
    """Return in words which of the hosts at rest belong to *seeds*, why they are left alone, and until when."""
    own = [host for host in resting if any(allowed_host(host.id, seed) for seed in seeds)]
    return [f"{host.id} answered {host.why}; rests until {host.rest:%H:%M} UTC" for host in own]
