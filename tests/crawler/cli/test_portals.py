"""``storykin portals``."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest
from rich.console import Console

from crawler.cli import portals
from crawler.cli.main import run
from crawler.portals.reader import load_seeds

GOOD = 'title = "Báo Bến Cảng"\nstart_urls = ["https://bencang.example/"]\nallowed_domains = ["bencang.example"]\n'


def test_list_shows_every_portal(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["portals", "list"]) == 0
    shown = capsys.readouterr().out
    for name, seed in load_seeds().items():
        line = next(line for line in shown.splitlines() if line.startswith(f"{name} "))
        assert seed.title in line
        assert seed.verified.confidence in line
        assert seed.verified.date in line
        assert seed.start_urls[0] in line
        assert all(key in line for key in seed.verified.unverified)


def test_list_as_json(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    (tmp_path / "bencang.toml").write_text(GOOD, encoding="utf-8")
    assert run(["portals", "list", "--json", "--seeds", str(tmp_path)]) == 0
    rows = {row["name"]: row for row in map(json.loads, capsys.readouterr().out.splitlines())}
    assert set(rows) == set(load_seeds(tmp_path))
    assert rows["bencang"]["title"] == "Báo Bến Cảng"
    assert rows["bencang"]["verified"]["confidence"] == "low"
    assert rows["vov"]["host_aliases"]["m.vov.vn"] == "vov.vn"
    assert rows["vov"]["related"]["css"] == list(load_seeds()["vov"].related.css)


def test_the_folder_of_further_seeds_is_named_once_in_the_environment(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "bencang.toml").write_text(GOOD + '[schedule]\nevery = "2h"\n', encoding="utf-8")
    monkeypatch.setenv("STORYKIN_SEEDS", str(tmp_path))
    assert run(["portals", "check", "bencang"]) == 0
    assert capsys.readouterr().out == "bencang: ok\n"
    assert run(["schedule", "bencang", "--print-cron"]) == 0
    assert f"--seeds {tmp_path} bencang" in capsys.readouterr().out
    assert run(["portals", "check", "bencang", "--seeds", str(tmp_path.parent)]) == 2


def test_check_of_all_bundled(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["portals", "check"]) == 0
    assert capsys.readouterr().out.splitlines() == [f"{name}: ok" for name in load_seeds()]


def test_check_goes_on_after_a_bad_file(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_text(GOOD + "[related]\ncsss = []\n", encoding="utf-8")
    (tmp_path / "b.toml").write_text(GOOD, encoding="utf-8")
    (tmp_path / "c.toml").write_text(GOOD + "article_url = ['(']\n", encoding="utf-8")
    assert run(["portals", "check", "a", "b", "c", "--seeds", str(tmp_path)]) == 2
    captured = capsys.readouterr()
    assert captured.out == "b: ok\n"
    problems = captured.err.splitlines()
    assert len(problems) == 3
    assert "a.toml: unknown key 'related.csss'; the nearest valid key is 'related.css'" in problems[0]
    assert "c.toml: 'article_url'" in problems[1]
    assert problems[2] == "storykin: 2 of 3 portals cannot be used; see above"


def test_check_of_an_unknown_portal(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["portals", "check", "vof"]) == 2
    assert "unknown portal 'vof'; did you mean vov" in capsys.readouterr().err


def test_list_with_a_bad_file_lists_the_others(
    capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture, tmp_path: Path
) -> None:
    (tmp_path / "zz.toml").write_text("title = 1", encoding="utf-8")
    assert run(["portals", "list", "--json", "--seeds", str(tmp_path)]) == 0
    assert capsys.readouterr().out.count("\n") == len(load_seeds())
    assert [record.getMessage().rpartition("; ")[2] for record in caplog.records] == ["the portal zz is left out"]


def test_list_fits_a_terminal_of_80_columns() -> None:
    out = Console(file=io.StringIO(), width=80, force_terminal=True, color_system=None)
    out.print(portals._table(load_seeds().values(), portals._COLUMNS))
    shown = out.file.getvalue()
    for seed in load_seeds().values():
        line = next(line for line in shown.splitlines() if line.startswith(f"{seed.name} "))
        assert seed.verified.date in line
        assert len(line) <= 80
