from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pytest

from crawler.outcome.notification import notify, split_command, wanted
from dedupe.errors import InputError
from tests.crawler.processes import alive, wait_for

RUN: dict[str, Any] = {
    "id": "vov-1",
    "portal": "vov",
    "exit_code": 3,
    "verdict": "12 bài, thường 80",
    "counts": {"articles": 12},
}


def hook(tmp_path: Path, code: str) -> tuple[str, ...]:
    script = tmp_path / "hook.py"
    script.write_text(code, encoding="utf-8")
    return (sys.executable, str(script))


def test_the_command_gets_the_run_as_json_and_its_gist_in_the_environment(tmp_path: Path) -> None:
    told = tmp_path / "told.json"
    code = (
        "import json, os, sys\n"
        f"open({str(told)!r}, 'w').write(json.dumps([json.load(sys.stdin), "
        "{k: v for k, v in os.environ.items() if k.startswith('STORYKIN_')}, sys.argv[1:]]))\n"
    )
    assert notify((*hook(tmp_path, code), "--urgent", "two words"), RUN) == ""
    run, environment, arguments = json.loads(told.read_text(encoding="utf-8"))
    assert run == RUN
    assert environment["STORYKIN_PORTAL"] == "vov"
    assert environment["STORYKIN_RUN"] == "vov-1"
    assert environment["STORYKIN_EXIT_CODE"] == "3"
    assert environment["STORYKIN_VERDICT"] == "12 bài, thường 80"
    assert arguments == ["--urgent", "two words"]


@pytest.mark.parametrize(
    "data", ["$(touch HACKED)", "`touch HACKED`", "; touch HACKED", "x\ntouch HACKED", "a\0b", "\ud800", "' \" |"]
)
def test_nothing_that_came_from_a_page_is_run(tmp_path: Path, data: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    code = "import os, sys; sys.stdin.buffer.read(); sys.exit('\\n' in os.environ['STORYKIN_VERDICT'])"
    assert notify(hook(tmp_path, code), RUN | {"verdict": data, "portal": data}) == ""
    assert not (tmp_path / "HACKED").exists()


def test_what_goes_wrong_is_said(tmp_path: Path) -> None:
    assert "cannot be run: no such file" in notify((str(tmp_path / "absent"),), RUN)
    assert "failed with exit code 7" in notify(hook(tmp_path, "import sys; sys.exit(7)"), RUN)
    assert "was killed by SIGKILL" in notify(hook(tmp_path, "import os; os.kill(os.getpid(), 9)"), RUN)
    assert notify(hook(tmp_path, "pass"), RUN | {"counts": {str(n): n for n in range(100_000)}}) == "", "unread input"


def test_a_command_that_does_not_end_is_killed_with_all_that_it_started(tmp_path: Path) -> None:
    pid = tmp_path / "pid"
    script = f"sleep 600 & echo $! > '{pid}'; wait"  # starts within milliseconds, as an interpreter may not
    assert "did not end within 3 s and was killed" in notify(("sh", "-c", script), RUN, seconds=3)
    wait_for(lambda: not alive(int(pid.read_text())))


def test_a_command_line_is_split_as_a_shell_would() -> None:
    assert split_command("mail -s 'storykin: $HOME' ops") == ("mail", "-s", "storykin: $HOME", "ops")
    for wrong in ("", "  ", "mail 'ops", "''"):
        with pytest.raises(InputError, match="--notify"):
            split_command(wrong)


def test_when_somebody_is_told() -> None:
    assert [code for code in (0, 1, 2, 3, 4, 5, 6, 130) if wanted("problem", code)] == [1, 2, 3, 4, 5, 6]
    assert wanted("always", 0)
