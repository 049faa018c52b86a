"""When a portal is due: ``[schedule]`` of a seed as times. Pure: no clock is read here."""

from __future__ import annotations

import re
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta, tzinfo
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

if TYPE_CHECKING:
    from crawler.portals.seed import ScheduleRules

_INTERVAL = re.compile(r"\s*(\d{1,5})\s*([smhdw])\s*")
_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800}
_QUIET = re.compile(r"\s*([01]?\d|2[0-3]):([0-5]\d)\s*-\s*([01]?\d|2[0-3]):([0-5]\d)\s*")
SHORTEST = timedelta(seconds=10)
"""Shortest interval: a crawl takes some seconds to start."""


def parse_interval(text: str) -> timedelta:
    """Return the interval that *text* says: a number and s, m, h, d or w.

    >>> parse_interval("90m")
    datetime.timedelta(seconds=5400)

    :raises ValueError: with the reason in words
    """
    match = _INTERVAL.fullmatch(text)
    if not match:
        raise ValueError(f"{text!r} is no interval such as '30m', '2h' or '1d'")
    interval = timedelta(seconds=int(match[1]) * _UNITS[match[2]])
    if not SHORTEST <= interval <= timedelta(days=366):
        raise ValueError(f"{text!r} is not between {SHORTEST.seconds} seconds and a year")
    return interval


@dataclass(frozen=True, slots=True)
class QuietHours:
    """A part of every day in which nothing is crawled; over midnight where *end* is not after *start*."""

    start: time
    end: time

    @classmethod
    def parse(cls, text: str) -> QuietHours:
        """Return the hours that *text* says, such as ``23:30-05:00``.

        :raises ValueError: with the reason in words
        """
        match = _QUIET.fullmatch(text)
        if not match:
            raise ValueError(f"{text!r} are no hours such as '23:30-05:00'")
        start, end = (time(int(match[n]), int(match[n + 1])) for n in (1, 3))
        if start == end:
            raise ValueError(f"{text!r} would be quiet for ever; leave [schedule] out instead")
        return cls(start, end)

    def until(self, local: datetime) -> datetime | None:
        """Return when the quiet around *local* ends; ``None`` outside these hours."""
        clock = local.time()
        over_midnight = self.end < self.start
        inside = (clock >= self.start or clock < self.end) if over_midnight else self.start <= clock < self.end
        if not inside:
            return None
        day = local.date() + timedelta(days=1 if over_midnight and clock >= self.start else 0)
        return datetime.combine(day, self.end, tzinfo=local.tzinfo)


@dataclass(frozen=True, slots=True)
class Timetable:
    """When one portal is crawled. Times given and returned are timezone-aware; returned ones are UTC."""

    every: timedelta | None
    cron: str
    zone: tzinfo
    quiet: tuple[QuietHours, ...]
    offset: timedelta
    """Share of :attr:`every` by which a first run waits, by name: portals of one interval do not start together."""

    @classmethod
    def of(cls, rules: ScheduleRules, portal: str = "") -> Timetable | None:
        """Return the timetable of a seed's ``[schedule]``; ``None`` where it names no time.

        :raises ValueError: with the key and the reason in words
        """
        for _, problem in schedule_problems(rules):
            raise ValueError(problem)
        if not rules.every and not rules.cron:
            return None
        every = parse_interval(rules.every) if rules.every else None
        share = zlib.crc32(portal.encode()) / 2**32
        return cls(
            every=every,
            cron=rules.cron,
            zone=ZoneInfo(rules.timezone) if rules.timezone else UTC,
            quiet=tuple(QuietHours.parse(hours) for hours in rules.quiet_hours),
            offset=min(every or timedelta(), timedelta(minutes=5)) * share,
        )

    def next_run(self, now: datetime, last: datetime | None) -> datetime:
        """Return when to start next: *now* where a run was missed, never inside quiet hours.

        :param last: when the portal's last run started; ``None`` if it never ran
        """
        if self.every is not None:
            due = now + self.offset if last is None else last + self.every
        else:
            due = self._fire_after(last or now)
        return self._after_quiet(max(due, now)).astimezone(UTC)

    def is_quiet(self, moment: datetime) -> bool:
        """Say whether *moment* lies in quiet hours."""
        return self._after_quiet(moment) != moment

    def next_quiet(self, moment: datetime) -> datetime | None:
        """Return when the next quiet hours begin, at or after *moment*; ``None`` without any."""
        local = moment.astimezone(self.zone)
        starts = [
            datetime.combine(local.date() + timedelta(days=day), hours.start, tzinfo=self.zone)
            for hours in self.quiet
            for day in (0, 1)
        ]
        return min((start.astimezone(UTC) for start in starts if start >= local), default=None)

    def _fire_after(self, moment: datetime) -> datetime:
        from croniter import croniter

        fired: datetime = croniter(self.cron, moment.astimezone(self.zone)).get_next(datetime)
        return fired

    def _after_quiet(self, moment: datetime) -> datetime:
        # Each step ends one of the hours; two that overlap may follow one another, but never in a circle of more.
        for _ in range(2 * len(self.quiet) + 1):
            local = moment.astimezone(self.zone)
            ends = [end for hours in self.quiet if (end := hours.until(local))]
            if not ends:
                return moment
            moment = max(ends)
        return moment


def schedule_problems(rules: ScheduleRules) -> Iterator[tuple[str, str]]:
    """Yield (key, what is wrong with it) of a seed's ``[schedule]``."""
    if rules.every and rules.cron:
        yield "cron", "stands beside 'every'; keep one of the two"
    if rules.every:
        yield from _wrong("every", parse_interval, rules.every)
    if rules.cron:
        from croniter import croniter

        if len(rules.cron.split()) != 5 or not croniter.is_valid(rules.cron):
            yield "cron", f"{rules.cron!r} is no cron expression of five fields such as '*/30 * * * *'"
        elif not _ever_fires(rules.cron):
            yield "cron", f"{rules.cron!r} names a day that no year has"
    if problem := zone_problem(rules.timezone):
        yield "timezone", problem
    for hours in rules.quiet_hours:
        yield from _wrong("quiet_hours", QuietHours.parse, hours)
    if rules.quiet_hours and _covers_the_day(rules.quiet_hours):
        yield "quiet_hours", "leave no minute of the day; leave [schedule] out instead"


def zone_problem(name: str) -> str:
    """Return in words what is wrong with *name* as a timezone; empty where nothing is, or none is named."""
    try:
        ZoneInfo(name or "UTC")
    except (ZoneInfoNotFoundError, ValueError):
        return f"{name!r} is no timezone such as 'Asia/Ho_Chi_Minh'"
    return ""


def _wrong(key: str, parse: Callable[[str], object], value: str) -> Iterator[tuple[str, str]]:
    try:
        parse(value)
    except ValueError as problem:
        yield key, str(problem)


def _ever_fires(cron: str) -> bool:
    from croniter import CroniterBadDateError, croniter

    try:
        croniter(cron, datetime(2026, 1, 1, tzinfo=UTC)).get_next(datetime)
    except CroniterBadDateError:
        return False
    return True


def _covers_the_day(texts: tuple[str, ...]) -> bool:
    try:
        quiet = [QuietHours.parse(text) for text in texts]
    except ValueError:
        return False
    day = datetime(2026, 1, 1, tzinfo=UTC)
    return all(any(hours.until(day + timedelta(minutes=n)) for hours in quiet) for n in range(24 * 60))
