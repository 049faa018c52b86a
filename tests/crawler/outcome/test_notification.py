from __future__ import annotations

import json
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.util import find_spec
from pathlib import Path
from typing import Any, ClassVar

import pytest

from crawler.outcome.notification import notify, receiver, wanted
from dedupe.errors import InputError
from tests.crawler.processes import alive, wait_for

RUN: dict[str, Any] = {
    "id": "vov-1",
    "portal": "vov",
    "exit_code": 3,
    "verdict": "12 bài, thường 80",
    "counts": {"articles": 12},
}

APPRISE = pytest.mark.skipif(not find_spec("apprise"), reason="needs apprise: pip install 'storykin[notify]'")
# What apprise looks for pictures with, on Python 3.11.
pytestmark = pytest.mark.filterwarnings("ignore:'imghdr' is deprecated:DeprecationWarning")


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
    assert receiver("mail -s 'storykin: $HOME' ops") == ("mail", "-s", "storykin: $HOME", "ops")
    for wrong in ("", "  ", "mail 'ops", "''"):
        with pytest.raises(InputError, match="--notify"):
            receiver(wrong)


class Inbox(BaseHTTPRequestHandler):
    """A web hook that keeps what it is sent."""

    received: ClassVar[list[dict[str, Any]]] = []
    status = 200

    def do_POST(self) -> None:
        self.received.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
        self.send_response(self.status)
        self.end_headers()

    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture
def inbox() -> Iterator[tuple[type[Inbox], str]]:
    handler = type("OwnInbox", (Inbox,), {"received": []})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield handler, f"json://ann:geheim@127.0.0.1:{server.server_port}/hook/T0K3N"
        server.shutdown()


@APPRISE
def test_a_service_of_apprise_gets_a_short_message(inbox: tuple[type[Inbox], str]) -> None:
    handler, address = inbox
    assert notify(receiver(address), RUN) == ""
    assert notify(receiver(address), RUN | {"exit_code": 0, "verdict": "finished\nas usual", "counts": {}}) == ""
    worse, fine = handler.received
    assert (worse["title"], worse["type"]) == ("storykin: vov: below expectation", "warning")
    assert worse["message"].splitlines() == ["12 bài, thường 80", "articles 12", "storykin runs vov-1"]
    assert (fine["title"], fine["type"]) == ("storykin: vov: ok", "success")
    assert fine["message"].splitlines() == ["finished as usual", "storykin runs vov-1"]


@APPRISE
def test_a_service_that_fails_or_is_unknown_is_named_without_its_secrets(
    inbox: tuple[type[Inbox], str], caplog: pytest.LogCaptureFixture
) -> None:
    handler, address = inbox
    handler.status = 500
    problem = notify(receiver(address), RUN)
    assert problem.startswith("the notification by json:// failed")
    with pytest.raises(InputError, match=r"^--notify slck://…: apprise knows no such address") as unknown:
        receiver("slck://T0K3N@x")
    for secret in ("geheim", "T0K3N"):
        assert secret not in problem + str(unknown.value) + caplog.text


def test_when_somebody_is_told() -> None:
    assert [code for code in (0, 1, 2, 3, 4, 5, 6, 130) if wanted("problem", code)] == [1, 2, 3, 4, 5, 6]
    assert wanted("always", 0)


@pytest.mark.parametrize(
    ("codes", "told"),
    [
        ([0, 0, 3, 3, 130, 3, 0, 0], [3, 0]),  # once when it turns bad, once when it recovers
        ([4, 4, 3, 0, 130, 0], [4, 3, 0]),  # bad in another way is other news
        ([6, 0, 6, 130], []),  # a run under way is no state of the portal
    ],
)
def test_a_change_is_told_once(codes: list[int], told: list[int]) -> None:
    before: list[int | None] = [None]
    for code in codes:
        before.append(before[-1] if code in {6, 130} else code)
    assert [code for code, last in zip(codes, before, strict=False) if wanted("change", code, last)] == told
