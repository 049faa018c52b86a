"""The command line as a whole."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from crawler.cli.main import COMMANDS, run
from tests.crawler.processes import PATIENCE


def storykin(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", "from crawler.cli.main import main; main()", *arguments],
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE,
    )


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_help(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Each command listed can be imported and explains itself."""
    assert run([name, "--help"]) == 0
    assert f"storykin {name}" in capsys.readouterr().out


def test_unknown_command_is_a_usage_error() -> None:
    """A wrong word is named, with exit code 2 and without a traceback."""
    done = storykin("craw")
    assert done.returncode == 2
    assert "craw" in done.stderr
    assert "Traceback" not in done.stderr


def test_version() -> None:
    """The version is the package's."""
    done = storykin("--version")
    assert done.returncode == 0
    assert done.stdout.startswith("storykin, version ")


def test_a_mistyped_command_is_told_the_nearest(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["repor"]) == 2
    assert "No such command 'repor'; did you mean report?" in capsys.readouterr().err


@pytest.mark.parametrize("group", ["portals", "graph", "cluster", "db"])
def test_a_group_lists_its_commands_in_whole_sentences(group: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run([group, "--help"]) == 0
    assert "..." not in capsys.readouterr().out.partition("Commands:")[2]


def test_help_says_where_to_begin(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["--help"]) == 0
    shown = capsys.readouterr().out
    assert "storykin demo" in shown
    assert "MONGODB_URI" in shown


@pytest.mark.parametrize("encoding", ["latin-1", "ascii", "utf-8"])
def test_vietnamese_comes_through_a_pipe_whatever_the_locale(encoding: str, tmp_path: Path) -> None:
    (tmp_path / "page.txt").write_text("Phà Hồ Tây", encoding="utf-8")
    typed = [sys.executable, "-m", "crawler.cli", "clean", str(tmp_path / "page.txt")]
    environment = os.environ | {"PYTHONIOENCODING": encoding}
    ran = subprocess.run(typed, env=environment, capture_output=True, check=True, timeout=PATIENCE)
    assert "Phà Hồ Tây" in ran.stdout.decode("utf-8")
