"""``storykin serve``: what keeps it from starting is said in a sentence, and it ends quietly."""

from __future__ import annotations

import signal
import socket
import sys
from typing import TYPE_CHECKING

import pytest

from crawler.cli.main import run
from tests.crawler.processes import wait_for

if TYPE_CHECKING:
    from storage.database.store import Store
    from tests.crawler.conftest import Command


def test_a_port_that_is_taken(command: Command) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        ended = command("serve", "--port", str(port))
    assert ended.code == 2
    assert ended.err == (
        f"storykin: port {port} of 127.0.0.1 cannot be used: address already in use; give another --port, or 0\n"
    )


def test_an_address_that_is_not_of_this_machine(command: Command) -> None:
    ended = command("serve", "--host", "192.0.2.1")
    assert ended.code == 2
    assert "port 8420 of 192.0.2.1 cannot be used: cannot assign requested address" in ended.err


def test_a_store_that_holds_nothing(command: Command) -> None:
    ended = command("serve", STORYKIN_DATABASE="never_written")
    assert ended.code == 5
    assert ended.err.startswith("storykin: nothing is stored in the database never_written: crawl something first")
    assert ended.err.count("\n") == 1


def test_a_server_that_is_not_there(command: Command) -> None:
    ended = command("serve", MONGODB_URI="mongodb://127.0.0.1:1/", STORYKIN_MONGODB_TIMEOUT="1")
    assert ended.code == 5
    assert ended.err.count("\n") == 1


def test_a_store_of_another_version(command: Command, store: Store) -> None:
    store.db["meta"].update_one({"_id": "schema"}, {"$set": {"schema_version": 99}})
    ended = command("serve")
    assert ended.code == 5
    assert "was written by a newer storykin (schema 99" in ended.err


def test_the_extra_is_missing(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.delitem(sys.modules, "crawler.web.server", raising=False)
    monkeypatch.setitem(sys.modules, "uvicorn", None)
    assert run(["serve"]) == 2
    assert capsys.readouterr().err == "storykin: storykin serve needs uvicorn: pip install 'storykin[web]'\n"


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_ends_quietly(command: Command, number: signal.Signals) -> None:
    process = command.start("serve", "--port", "0")
    out, _ = command.files()
    wait_for(lambda: "token=" in out.read_text())
    process.send_signal(number)
    ended = command.end(process)
    assert ended.code == 130
    assert ended.err.splitlines() == ["Open this address in a browser. Ctrl-C ends.", ""]
