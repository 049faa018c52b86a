from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
from click.testing import CliRunner

from crawler.cli.schedule import command as schedule
from crawler.ops.cron_and_systemd import crontab, on_calendar, systemd_units
from crawler.portals.seed import ScheduleRules, Seed

WORDS = ("/opt/bay 1/storykin", "crawl", "--scheduled")


def seed(name: str, **rules: str) -> Seed:
    return Seed(name=name, title=f"{name} 100% news", schedule=ScheduleRules(**rules))


def test_a_crontab_says_what_it_can_and_names_what_it_cannot() -> None:
    lines = list(
        crontab(
            [
                seed("bay", every="15m"),
                seed("cove", every="6h"),
                seed("dune", every="1d"),
                seed("elm", every="90m"),
                seed("fen", cron="5 4 * * 1", timezone="Asia/Ho_Chi_Minh"),
                seed("glen", every="7d"),
                seed("heath", every="1m"),
            ],
            (*WORDS, "--notify", "mail %s"),
        )
    )
    jobs = {line.rsplit(" ", 1)[1]: line for line in lines if "storykin" in line and line[0] in "0123456789*"}
    assert jobs["bay"].split()[0].endswith("-59/15")
    assert jobs["cove"].split()[1] == "*/6"
    assert jobs["dune"].split()[2:5] == ["*", "*", "*"]
    assert jobs["fen"].startswith("5 4 * * 1 ")
    assert "CRON_TZ=Asia/Ho_Chi_Minh" in lines
    assert jobs["glen"].split()[4].isdigit()
    assert jobs["heath"].startswith("* * * * * ")
    assert "elm" not in jobs
    assert any("elm" in line and "90m" in line for line in lines)
    assert r"'mail \%s'" in jobs["bay"]
    assert "'/opt/bay 1/storykin'" in jobs["bay"]


def test_each_cron_line_has_its_own_timezone() -> None:
    seeds = [
        seed("bay", cron="1 4 * * *", timezone="Asia/Ho_Chi_Minh"),
        seed("cove", cron="2 4 * * *"),
        seed("dune", cron="3 4 * * *", timezone="Europe/Berlin"),
        seed("elm", every="1h"),
    ]
    zone, zones, lines = "", {}, list(crontab(seeds, WORDS))
    for line in lines:
        if line.startswith("CRON_TZ="):
            zone = line.partition("=")[2]
        elif not line.startswith("#"):
            zones[line.rsplit(" ", 1)[1]] = zone
    assert (zones["bay"], zones["cove"], zones["dune"]) == ("Asia/Ho_Chi_Minh", "UTC", "Europe/Berlin")
    assert lines[-1].split()[0].isdigit(), "one minute of the hour, not a range with a step"
    assert any(line.startswith("#") and "Debian" in line for line in lines)
    assert not any("CRON_TZ" in line for line in crontab(seeds[3:], WORDS))


def test_units_start_the_crawl_of_their_own_portal() -> None:
    units = dict(systemd_units([seed("bay", every="90m"), seed("fen", cron="5 4 * * 1-5")], WORDS))
    assert 'ExecStart="/opt/bay 1/storykin" crawl --scheduled %i' in units["storykin@.service"]
    assert "OnUnitActiveSec=5400s" in units["storykin@bay.timer"]
    assert "Description=Crawl bay 100%% news" in units["storykin@bay.timer"]
    assert "OnCalendar=Mon..Fri *-*-* 04:05:00 UTC" in units["storykin@fen.timer"]
    assert "Persistent=true" in units["storykin@fen.timer"]


@pytest.mark.parametrize(
    ("cron", "expected"),
    [
        ("*/5 * * * *", ["*-*-* *:00/5:00 UTC"]),
        ("0 5 1 * 0", ["*-*-01 05:00:00 UTC", "Sun *-*-* 05:00:00 UTC"]),
        (
            "5 0-23/2 */2 jan,mar sun-tue",
            ["*-01,03-01/2 00..23/2:05:00 UTC", "Sun,Mon,Tue *-01,03-* 00..23/2:05:00 UTC"],
        ),
        ("0 0 * * 5-7", ["Fri..Sun *-*-* 00:00:00 UTC"]),
        ("0 0 * * */2", ["Sun,Tue,Thu,Sat *-*-* 00:00:00 UTC"]),
    ],
)
def test_cron_expressions_as_calendar_expressions(cron: str, expected: list[str]) -> None:
    assert on_calendar(cron) == expected
    if shutil.which("systemd-analyze"):
        for line in expected:
            subprocess.run(["systemd-analyze", "calendar", line], check=True, capture_output=True)


def test_the_units_pass_systemds_own_check(tmp_path: Path) -> None:
    if not shutil.which("systemd-analyze"):
        pytest.skip("needs systemd-analyze")
    for name, content in systemd_units([seed("bay", every="90m"), seed("fen", cron="5 4 * * 1-5")], ("/bin/true",)):
        (tmp_path / name).write_text(content)
    (tmp_path / "storykin@bay.service").symlink_to(tmp_path / "storykin@.service")
    checked = subprocess.run(
        ["systemd-analyze", "verify", *map(str, tmp_path.glob("*.timer"))], check=False, capture_output=True, text=True
    )
    assert str(tmp_path) not in checked.stderr, checked.stderr


def test_the_command_prints_for_named_portals_only() -> None:
    cron = CliRunner().invoke(schedule, ["vov", "--print-cron"])
    assert cron.exit_code == 0
    assert [line.rsplit(" ", 1)[1] for line in cron.output.splitlines() if not line.startswith("#")] == ["vov"]
    units = CliRunner().invoke(schedule, ["vov", "--print-systemd", "--crawl-options", "--max-pages 7"])
    assert "storykin@vov.timer" in units.output
    assert "crawl --scheduled --max-pages 7 %i" in units.output
