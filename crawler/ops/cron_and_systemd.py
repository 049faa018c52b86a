"""A seed's timetable for those who have a scheduler of their own: lines for cron, timers for systemd."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Sequence
from datetime import timedelta

from crawler.portals.seed import Seed
from crawler.portals.timetable import Timetable, parse_interval

_DAYS = ("Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_HOUR, _DAY = timedelta(hours=1), timedelta(days=1)


def crontab(seeds: Sequence[Seed], command: Sequence[str]) -> Iterator[str]:
    """Yield the lines of a crontab.

    :param command: the words before the portal's name: ``storykin crawl --scheduled``
    """
    yield "# Quiet hours and pauses are kept by --scheduled. Cron knows no catching up: what was missed waits for the"
    yield "# next time. Set STORYKIN_CONTACT and, for a server of your own, MONGODB_URI here."
    if any(seed.schedule.cron for seed in seeds):
        yield "# CRON_TZ holds for all lines below it. cronie knows it (Fedora, Arch). The cron of Debian, Ubuntu,"
        yield "# busybox and macOS takes times as those of the machine: use storykin schedule or --print-systemd there."
    for seed in seeds:
        line = shlex.join((*command, seed.name)).replace("%", r"\%")  # cron reads % as a new line
        if seed.schedule.cron:
            # Each names its own, UTC too: the zone of the line above would hold for it.
            yield f"CRON_TZ={seed.schedule.timezone or 'UTC'}"
            yield f"{seed.schedule.cron} {line}"
        elif fields := _cron_fields(parse_interval(seed.schedule.every), seed.name):
            yield f"{fields} {line}"
        else:
            yield f"# {seed.name}: cron cannot say 'every {seed.schedule.every}'; use storykin schedule or systemd"


def systemd_units(seeds: Sequence[Seed], command: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Yield (file name, content): a service for all portals, and a timer for each.

    :param command: the words before the portal's name; the first has to be an absolute path
    """
    yield "storykin@.service", _SERVICE.format(command=" ".join(map(_systemd_quoted, command)))
    for seed in seeds:
        times = list(_timer_lines(seed))
        lines = ["[Unit]", f"Description=Crawl {_one_line(seed.title)}", "", "[Timer]", *times]
        lines += ["Persistent=true"] if seed.schedule.cron else []
        yield f"storykin@{seed.name}.timer", "\n".join([*lines, "", "[Install]", "WantedBy=timers.target", ""])


_SERVICE = """[Unit]
Description=storykin crawl of %i
Wants=network-online.target
After=network-online.target

[Service]
Type=oneshot
# STORYKIN_CONTACT=... and, for a server of your own, MONGODB_URI=...
EnvironmentFile=-%E/storykin/environment
# glibc gives back what large pages needed, and its threads share one heap.
Environment=MALLOC_ARENA_MAX=1 MALLOC_MMAP_THRESHOLD_=1048576 MALLOC_TRIM_THRESHOLD_=33554432
ExecStart={command} %i
# 3: finished below expectation, 6: already running, 130: stopped in order.
SuccessExitStatus=6 130
KillSignal=SIGTERM
TimeoutStopSec=90
"""


def _timer_lines(seed: Seed) -> Iterator[str]:
    rules = seed.schedule
    if rules.every:
        seconds = round(parse_interval(rules.every).total_seconds())
        offset = Timetable.of(rules, seed.name)
        assert offset is not None
        yield f"OnActiveSec={round(offset.offset.total_seconds())}s"
        yield f"OnUnitActiveSec={seconds}s"
    else:
        yield from (f"OnCalendar={when}" for when in on_calendar(rules.cron, rules.timezone))


def on_calendar(cron: str, timezone: str = "") -> list[str]:
    """Return systemd's calendar expressions for a cron expression of five fields.

    >>> on_calendar("*/15 6-22 * * 1-5", "Europe/Berlin")
    ['Mon..Fri *-*-* 06..22:00/15:00 Europe/Berlin']

    Cron takes a day that fits either of the two day fields where both are limited, systemd one that fits both: two
    expressions then (crontab(5); systemd.time(7)).
    """
    minute, hour, day, month, weekday = cron.split()
    time = f"{_field(hour, 0)}:{_field(minute, 0)}:00{' ' + timezone if timezone else ' UTC'}"
    date = f"*-{_field(month, 1)}"
    plain = f"{date}-* {time}"
    on_weekdays = f"{_weekdays(weekday)} {plain}"
    on_days = f"{date}-{_field(day, 1)} {time}"
    if day == "*":
        return [plain if weekday == "*" else on_weekdays]
    return [on_days] if weekday == "*" else [on_days, on_weekdays]


def _field(text: str, first: int) -> str:
    """Return one field: lists as they are, ranges with two dots, steps counted from a number."""
    return ",".join(_part(part, first) for part in text.split(","))


def _part(part: str, first: int) -> str:
    span, _, step = part.partition("/")
    if span == "*":
        return f"{first:02}/{step}" if step else "*"
    low, _, high = span.partition("-")
    numbers = f"{_number(low)}..{_number(high)}" if high else _number(low)
    return f"{numbers}/{step}" if step else numbers


def _number(text: str) -> str:
    return f"{_MONTHS.index(text.lower()) + 1 if text.lower() in _MONTHS else int(text):02}"


_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")


def _weekdays(text: str) -> str:
    """Return cron's days of the week, 0 and 7 being Sunday, as systemd's names."""
    names: list[str] = []
    for part in text.split(","):
        span, _, step = part.partition("/")
        low, _, high = span.partition("-") if span != "*" else ("0", "", "6")
        if high or step:
            days = range(_day(low), (_day(high) or 7) + 1 if high else 7, int(step or 1))
            names += [_DAYS[day] for day in days]
        else:
            names.append(_DAYS[_day(low)])
    unique = list(dict.fromkeys(names))
    run = [_DAYS[1:].index(name) for name in unique]
    together = len(run) > 2 and run == list(range(run[0], run[0] + len(run)))
    return f"{unique[0]}..{unique[-1]}" if together else ",".join(unique)


def _day(text: str) -> int:
    names = [name.lower() for name in _DAYS[:7]]
    return names.index(text.lower()) if text.lower() in names else int(text)


def _cron_fields(every: timedelta, name: str) -> str:
    """Return minute and hour for an interval that divides an hour or a day; portals start at minutes of their own."""
    offset = sum(name.encode()) % 60
    minutes = every // timedelta(minutes=1)
    if every % timedelta(minutes=1):
        return ""
    if every <= _HOUR and 60 % minutes == 0:
        first = f"{offset % minutes}-59/{minutes}" if minutes > 1 else "*"
        return f"{first if minutes < 60 else offset} * * * *"
    if every % _HOUR == timedelta() and every <= _DAY and 24 % (minutes // 60) == 0:
        hours = minutes // 60
        return f"{offset} */{hours} * * *" if hours < 24 else f"{offset} {sum(name.encode()) % 24} * * *"
    return f"{offset} {sum(name.encode()) % 24} * * {sum(name.encode()) % 7}" if every == 7 * _DAY else ""


def _systemd_quoted(word: str) -> str:
    word = word.replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%").replace("$", "$$")
    return f'"{word}"' if any(character in word for character in " \t'\"") else word


def _one_line(text: str) -> str:
    return " ".join(text.split()).replace("%", "%%")
