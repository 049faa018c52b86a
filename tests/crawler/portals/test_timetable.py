from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.portals.reader import read_seed
from crawler.portals.seed import ScheduleRules, SeedError
from crawler.portals.timetable import QuietHours, Timetable, parse_interval, schedule_problems

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


def table(**rules: object) -> Timetable:
    made = Timetable.of(ScheduleRules(**rules), "bay")
    assert made is not None
    return made


def test_no_times_no_timetable() -> None:
    assert Timetable.of(ScheduleRules()) is None


def test_an_interval_counts_from_the_start_of_the_last_run() -> None:
    assert table(every="2h").next_run(NOON, NOON - timedelta(minutes=30)) == NOON + timedelta(minutes=90)


def test_a_missed_run_is_caught_up_with_at_once() -> None:
    for rules in ({"every": "2h"}, {"cron": "0 */2 * * *"}):
        assert table(**rules).next_run(NOON + timedelta(minutes=1), NOON - timedelta(days=3)) == NOON + timedelta(
            minutes=1
        )


def test_portals_that_never_ran_do_not_all_start_together() -> None:
    firsts = {Timetable.of(ScheduleRules(every="2h"), name).next_run(NOON, None) for name in ("vov", "bbc", "ap", "dw")}
    assert len(firsts) == 4
    assert all(NOON <= first <= NOON + timedelta(minutes=5) for first in firsts)


def test_cron_takes_the_times_of_the_portals_zone() -> None:
    # 06:30 in Hanoi, UTC+7 all the year, is 23:30 of the day before.
    found = table(cron="30 6 * * *", timezone="Asia/Ho_Chi_Minh").next_run(NOON, NOON)
    assert found == datetime(2026, 3, 2, 23, 30, tzinfo=UTC)


@pytest.mark.parametrize(("cron", "fires"), [("0 0 31 2 *", False), ("0 0 31 4,6 *", False), ("0 0 29 2 *", True)])
def test_a_day_that_no_year_has_is_refused(cron: str, fires: bool) -> None:
    problems = list(schedule_problems(ScheduleRules(cron=cron)))
    assert problems == ([] if fires else [("cron", f"{cron!r} names a day that no year has")])


def test_cron_takes_a_day_that_fits_either_field() -> None:
    days = table(cron="0 5 1 * 0")
    sunday = days.next_run(NOON, NOON)
    assert sunday == datetime(2026, 3, 8, 5, tzinfo=UTC)
    assert days.next_run(datetime(2026, 3, 29, 6, tzinfo=UTC), datetime(2026, 3, 29, 6, tzinfo=UTC)).day == 1


@pytest.mark.parametrize(
    ("hours", "clock", "until"),
    [
        ("23:30-05:00", "23:30", 29 * 60),
        ("23:30-05:00", "04:59", 5 * 60),
        ("23:30-05:00", "05:00", None),
        ("09:00-17:00", "12:00", 17 * 60),
        ("09:00-17:00", "08:59", None),
    ],
)
def test_quiet_hours(hours: str, clock: str, until: int | None) -> None:
    day = datetime(2026, 3, 2, tzinfo=UTC)
    hour, minute = map(int, clock.split(":"))
    found = QuietHours.parse(hours).until(day + timedelta(hours=hour, minutes=minute))
    assert found == (None if until is None else day + timedelta(minutes=until))


def test_a_run_due_in_quiet_hours_waits_for_their_end() -> None:
    # 13:00 to 16:00 UTC are 20:00 to 23:00 in Hanoi; the second hours go on where the first end.
    quiet = table(every="1h", timezone="Asia/Ho_Chi_Minh", quiet_hours=("20:00-23:00", "22:30-01:00"))
    assert quiet.next_run(NOON, NOON + timedelta(minutes=10)) == datetime(2026, 3, 2, 18, 0, tzinfo=UTC)
    assert quiet.is_quiet(NOON + timedelta(hours=2))
    assert not quiet.is_quiet(NOON)
    assert quiet.next_quiet(NOON) == datetime(2026, 3, 2, 13, 0, tzinfo=UTC)


@given(
    every=st.sampled_from(["10s", "7m", "90m", "2h", "1d"]),
    quiet=st.lists(st.sampled_from(["23:30-05:00", "09:00-12:00", "04:00-09:30"]), max_size=3),
    minutes=st.integers(0, 366 * 24 * 60),
    ago=st.none() | st.timedeltas(timedelta(0), timedelta(days=40)),
)
def test_the_next_run_is_never_past_and_never_quiet(
    every: str, quiet: list[str], minutes: int, ago: timedelta | None
) -> None:
    now = NOON + timedelta(minutes=minutes)
    days = table(every=every, quiet_hours=tuple(quiet), timezone="Europe/Berlin")
    found = days.next_run(now, None if ago is None else now - ago)
    assert found >= now
    assert not days.is_quiet(found)
    assert found - now <= parse_interval(every) + timedelta(hours=14)


@pytest.mark.parametrize(
    ("rules", "key", "word"),
    [
        ({"every": "often"}, "every", "no interval"),
        ({"every": "1s"}, "every", "10 seconds"),
        ({"cron": "61 * * * *"}, "cron", "no cron expression"),
        ({"cron": "* * * * * *"}, "cron", "five fields"),
        ({"every": "1h", "cron": "0 * * * *"}, "cron", "keep one"),
        ({"every": "1h", "timezone": "Mars/Olympus"}, "timezone", "Asia/Ho_Chi_Minh"),
        ({"every": "1h", "timezone": "../etc"}, "timezone", "Asia/Ho_Chi_Minh"),
        ({"every": "1h", "quiet_hours": ("25:00-03:00",)}, "quiet_hours", "no hours"),
        ({"every": "1h", "quiet_hours": ("03:00-03:00",)}, "quiet_hours", "for ever"),
        ({"every": "1h", "quiet_hours": ("00:00-12:00", "12:00-00:00")}, "quiet_hours", "no minute"),
    ],
)
def test_what_is_wrong_is_named(rules: dict[str, object], key: str, word: str) -> None:
    found = dict(schedule_problems(ScheduleRules(**rules)))
    assert word in found[key]


def test_a_seed_file_with_a_bad_schedule_is_refused(tmp_path: Path) -> None:
    text = 'title = "Bay"\nstart_urls = ["https://bay.example/"]\nallowed_domains = ["bay.example"]\n'
    file = tmp_path / "bay.toml"
    file.write_text(f'{text}[schedule]\nevery = "now and then"\n')
    with pytest.raises(SeedError, match=r"bay\.toml: 'schedule\.every'.*no interval"):
        read_seed(file)
