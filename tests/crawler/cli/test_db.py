"""``storykin db`` and ``storykin export`` as they are typed: processes, exit codes, what goes to which stream."""

from __future__ import annotations

import json
import os
import signal
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from pymongo import MongoClient

from crawler.cli.main import run
from storage.articles.articles import put_many
from storage.database.store import Store
from storage.embedded import client as embedded
from storage.embedded.file_lock import is_held
from storage.embedded.folder import ServerFolder
from storage.records import Article

Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def storykin(program: Path) -> Run:
    """Run a command; its environment may be added to."""

    def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [program, *arguments], env=os.environ | environment, capture_output=True, text=True, check=False
        )

    return run


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ServerFolder]:
    """The folder of the server that the commands start."""
    monkeypatch.setenv("STORYKIN_DATA", str(tmp_path / "data"))
    folder = embedded.server_folder()
    yield folder
    if is_held(folder.keeper_lock):
        os.kill(folder.keeper_pid(), signal.SIGTERM)


def test_nothing_runs_and_asking_starts_nothing(storykin: Run, folder: ServerFolder) -> None:
    status = storykin("db", "status")
    assert status.stdout == f"server      embedded, stopped\ndata        {folder.path}\n"
    assert status.returncode == 0
    assert json.loads(storykin("db", "status", "--json").stdout)["state"] == "stopped"
    assert storykin("db", "stop").stdout == "The embedded MongoDB was not running\n"
    uri = storykin("db", "uri")
    assert (uri.returncode, uri.stdout) == (2, "")
    assert uri.stderr == "storykin: the embedded MongoDB is not running: start it with storykin db start\n"
    assert not folder.path.exists()


def test_start_status_uri_stop(storykin: Run, folder: ServerFolder) -> None:
    start = storykin("db", "start", "--json")
    assert start.returncode == 0, start.stderr
    started = json.loads(start.stdout)
    assert started["state"] == "running"
    assert started["data_folder"] == str(folder.path)

    uri = storykin("db", "uri")
    assert uri.stderr == "storykin: this line contains the password\n"
    address = uri.stdout.strip()
    put_many_in(address)

    status = storykin("db", "status")
    assert (
        f"embedded, MongoDB {started['version']}, 127.0.0.1:{started['port']}, until storykin db stop" in status.stdout
    )
    password = folder.password_file.read_text("ascii")
    facts = json.loads(storykin("db", "status", "--json").stdout)
    assert facts["state"] == "running"
    assert facts["stays"] is True
    assert {one["name"]: one["documents"] for one in facts["collections"]}["articles"] == 1
    assert password not in status.stdout + json.dumps(facts)
    assert facts["folder_bytes"] > 1_000_000

    assert storykin("db", "stop").stdout == "The embedded MongoDB is stopped\n"
    assert not is_held(folder.keeper_lock)


def put_many_in(address: str) -> None:
    with Store.open(address) as store:
        put_many(store, [Article(id="", url="https://portal.example/a", title="Lũ rút", text="Nước rút.")])


def test_status_names_the_other_commands_and_stop_spares_them(
    storykin: Run, folder: ServerFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(embedded, "GRACE_SECONDS", 0.5)
    with Store.open() as store:
        store.db["articles"].count_documents({})
        facts = json.loads(storykin("db", "status", "--json").stdout)
        assert [name for name in facts["clients"] if name.endswith(f"pid {os.getpid()}")]
        stop = storykin("db", "stop")
        assert stop.returncode == 5
        assert stop.stderr.startswith("storykin: commands still use the server: it stops after the last of them")
        assert store.db["articles"].count_documents({}) == 0
        assert storykin("db", "stop", "--force").returncode == 0


def test_a_set_uri_is_used_and_masked(storykin: Run, store: Store, mongodb_uri: str) -> None:
    password = mongodb_uri.partition("storykin:")[2].partition("@")[0]
    facts = json.loads(storykin("db", "status", "--json").stdout)
    assert facts["kind"] == "MONGODB_URI"
    assert facts["database"] == store.db.name
    assert password not in json.dumps(facts)
    assert password not in storykin("db", "status").stdout
    assert storykin("db", "uri").stdout.strip() == store.uri
    for verb in ("start", "stop"):
        refused = storykin("db", verb)
        assert refused.returncode == 2
        assert refused.stderr.startswith(f"storykin: MONGODB_URI is set, so there is no embedded server to {verb}")


@pytest.mark.parametrize("arguments", [("db", "status"), ("export",)])
def test_a_server_that_is_down_is_one_line_and_exit_code_5(storykin: Run, arguments: tuple[str, ...]) -> None:
    down = storykin(*arguments, MONGODB_URI="mongodb://ann:s3cr3tpw@127.0.0.1:1/news", STORYKIN_MONGODB_TIMEOUT="0.5")
    assert (down.returncode, down.stdout) == (5, "")
    assert down.stderr.startswith("storykin: MongoDB at mongodb://ann:***@127.0.0.1:1/news does not answer (")
    assert down.stderr.count("\n") == 1
    assert "s3cr3tpw" not in down.stderr


def test_db_start_shares_its_server_with_pymongo(storykin: Run, folder: ServerFolder) -> None:
    storykin("db", "start")
    with MongoClient(storykin("db", "uri").stdout.strip()) as client:
        assert client.get_default_database().name == "storykin"
        assert client.admin.command("hello")["isWritablePrimary"]
    storykin("db", "stop")


def test_export_writes_rows_to_stdout_and_the_count_to_stderr(storykin: Run, store: Store) -> None:
    put_many_in(store.uri)
    export = storykin("export", "--fields", "title,text")
    assert json.loads(export.stdout) == {"title": "Lũ rút", "text": "Nước rút."}
    assert export.stdout.startswith('{"title": "Lũ rút"')
    assert export.stderr == "1 article\n"


def test_the_ending_of_the_output_chooses_the_format(
    store: Store, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    put_many_in(store.uri)
    path = tmp_path / "out.csv"
    assert run(["export", "-o", str(path), "--fields", "title", "--since", "2020-01-01"]) == 0
    assert capfd.readouterr().out == ""
    assert path.read_bytes() == "title\r\nLũ rút\r\n".encode()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--format", "parquet"], "Parquet is no text: name a file with -o"),
        (["--since", "yesterday"], "--since 'yesterday' is neither a cursor"),
        (["--fields", "id,titel"], "no field 'titel', did you mean title?"),
    ],
)
def test_bad_input_is_one_line_and_exit_code_2(
    store: Store, capfd: pytest.CaptureFixture[str], arguments: list[str], words: str
) -> None:
    assert run(["export", *arguments]) == 2
    printed = capfd.readouterr()
    assert printed.out == ""
    assert words in printed.err
    assert printed.err.count("\n") == 1


def test_a_reader_that_goes_away_is_no_error(program: Path, store: Store) -> None:
    documents = [
        Article(id="", url=f"https://portal.example/{number}", title="x" * 1000, text="y" * 1000)
        for number in range(500)
    ]
    put_many(store, documents)
    with subprocess.Popen([program, "export"], stdout=subprocess.PIPE, stderr=subprocess.PIPE) as export:
        assert export.stdout is not None
        assert export.stderr is not None
        export.stdout.readline()
        export.stdout.close()
        assert b"Traceback" not in export.stderr.read()
