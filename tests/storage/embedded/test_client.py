"""The embedded server under what machines do to it: kills, races, full and read-only disks, missing libraries."""

from __future__ import annotations

import errno
import json
import os
import shutil
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from http.server import HTTPServer
from pathlib import Path
from socketserver import BaseRequestHandler
from threading import Thread
from typing import Any

import pytest
from pymongo import MongoClient
from pymongo.errors import OperationFailure

from crawler.crawl.database import RetryingStore
from storage.database.store import Store
from storage.embedded import binary, keeper
from storage.embedded import client as embedded
from storage.embedded import folder as server_folder
from storage.embedded.client import Lease
from storage.embedded.file_lock import is_held
from storage.embedded.folder import OWNER, ServerFolder
from storage.errors import StorageError
from tests.crawler.processes import PATIENCE, wait_for

GRACE = 0.5
ROOT = Path(__file__).resolve().parents[3]
CLIENT = """
import sys
from pathlib import Path
from socketserver import BaseRequestHandler
from pymongo import MongoClient
from storage.embedded import client as embedded
from storage.embedded.folder import ServerFolder
lease = embedded.lease(ServerFolder(Path(sys.argv[1])), grace=float(sys.argv[2]))
with MongoClient(lease.uri) as client:
    client.news.articles.insert_one({})
print(lease.folder.mongod_pid(), flush=True)
sys.stdin.readline()
lease.close()
"""
HOLDER = "import fcntl, sys; file = open(sys.argv[1], 'w'); fcntl.flock(file, 2); print(flush=True); input()"


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[ServerFolder]:
    """A server folder of its own; whatever runs there is stopped after the test."""
    folder = ServerFolder(tmp_path / "mongodb")
    yield folder
    end(folder)


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lease]:
    """A running server for tests that change nothing about it."""
    folder = ServerFolder(tmp_path_factory.mktemp("running") / "mongodb")
    held = lease(folder)
    yield held
    held.close()
    end(folder)


def end(folder: ServerFolder) -> None:
    """End whatever runs in *folder* the quick way."""
    for lock, pid in ((folder.keeper_lock, folder.keeper_pid()), (folder.mongod_lock, folder.mongod_pid())):
        if is_held(lock):
            os.kill(pid, signal.SIGKILL)
    wait_for(lambda: is_gone(folder))


def kill_keeper(folder: ServerFolder) -> None:
    os.kill(folder.keeper_pid(), signal.SIGKILL)
    wait_for(lambda: not is_held(folder.keeper_lock))


def lease(folder: ServerFolder) -> Lease:
    return embedded.lease(folder, grace=GRACE)


def start_client(folder: ServerFolder) -> subprocess.Popen[str]:
    """Start another process that holds a share until it reads a line; it prints mongod's process id."""
    return subprocess.Popen(
        [sys.executable, "-c", CLIENT, str(folder.path), str(GRACE)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def finish(client: subprocess.Popen[str]) -> None:
    client.communicate("\n")
    assert client.returncode == 0


def is_gone(folder: ServerFolder) -> bool:
    return not is_held(folder.keeper_lock) and not is_held(folder.mongod_lock)


def documents(uri: str) -> int:
    with MongoClient[dict[str, Any]](uri) as client:
        return client["news"]["articles"].count_documents({})


def insert(uri: str) -> None:
    with MongoClient[dict[str, Any]](uri) as client:
        client["news"]["articles"].insert_one({})


def test_it_is_a_replica_set_with_authentication_on_loopback(running: Lease) -> None:
    with MongoClient[dict[str, Any]](running.uri) as client:
        hello = client.admin.command("hello")
        with client.start_session() as session, session.start_transaction():
            client["news"]["articles"].insert_one({}, session=session)
    with MongoClient[dict[str, Any]](running.folder.uri(running_port(running.folder), user=OWNER)) as owner:
        options = owner.admin.command("getCmdLineOpts")["parsed"]
    assert hello["setName"] == "storykin"
    assert options["net"]["bindIp"] == "127.0.0.1"
    assert options["net"]["compression"] == {"compressors": "disabled"}
    with pytest.raises(OperationFailure, match="requires authentication"):
        documents(f"mongodb://127.0.0.1:{options['net']['port']}/?directConnection=true")


def test_the_folder_and_its_secrets_are_private(running: Lease) -> None:
    folder = running.folder
    assert stat.S_IMODE(folder.path.stat().st_mode) == 0o700
    for secret in (folder.key, folder.password_file):
        assert stat.S_IMODE(secret.stat().st_mode) == 0o600
    # A link in it may lead to a library that everybody may read.
    assert not [path for path in folder.path.rglob("*") if not path.is_symlink() and path.stat().st_mode & 0o077]


def test_the_password_is_on_no_command_line(running: Lease) -> None:
    folder = running.folder
    password = folder.password_file.read_bytes()
    for pid in (folder.keeper_pid(), folder.mongod_pid()):
        assert password not in Path(f"/proc/{pid}/cmdline").read_bytes()
        assert password not in Path(f"/proc/{pid}/environ").read_bytes()


def test_it_stops_after_its_last_client_and_keeps_the_data(folder: ServerFolder) -> None:
    first, second = lease(folder), lease(folder)
    insert(first.uri)
    first.close()
    assert documents(second.uri) == 1
    second.close()
    wait_for(lambda: is_gone(folder))
    again = lease(folder)
    assert documents(again.uri) == 1
    again.close()


def test_commands_started_at_once_share_one_server(folder: ServerFolder) -> None:
    clients = [start_client(folder) for _ in range(4)]
    pids = {client.stdout.readline().strip() for client in clients if client.stdout}
    assert len(pids) == 1
    assert "" not in pids
    for client in clients:
        finish(client)
    wait_for(lambda: is_gone(folder))


def test_a_client_that_comes_while_it_stops_is_served(folder: ServerFolder) -> None:
    lease(folder).close()
    os.kill(folder.keeper_pid(), signal.SIGTERM)
    held = lease(folder)
    insert(held.uri)
    held.close()


def test_a_killed_client_gives_its_share_back(folder: ServerFolder) -> None:
    client = start_client(folder)
    assert client.stdout is not None
    assert client.stdout.readline()
    client.kill()
    client.communicate()
    wait_for(lambda: is_gone(folder))
    held = lease(folder)
    assert documents(held.uri) == 1
    held.close()


def test_a_client_killed_while_it_starts_the_server_leaves_nothing_broken(folder: ServerFolder) -> None:
    client = start_client(folder)
    wait_for(lambda: is_held(folder.keeper_lock))
    client.kill()
    client.communicate()
    held = lease(folder)
    insert(held.uri)
    held.close()
    wait_for(lambda: is_gone(folder))


def test_mongod_dies_with_a_killed_keeper_and_the_next_client_starts_anew(folder: ServerFolder) -> None:
    held = lease(folder)
    insert(held.uri)
    kill_keeper(folder)
    wait_for(lambda: is_gone(folder))
    again = lease(folder)
    assert documents(again.uri) == 1
    again.close()
    held.close()


def test_a_killed_keeper_comes_back_under_its_clients(folder: ServerFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embedded, "server_folder", lambda: folder)
    monkeypatch.delenv("MONGODB_URI", raising=False)
    monkeypatch.setattr("crawler.crawl.database._FIRST_TRY", 2.0)  # each kill takes one try
    with Store.open(prepare=False) as store:
        patient = RetryingStore(store, PATIENCE)
        for number in range(3):
            before = folder.keeper_pid()
            patient.call_here(lambda opened, number=number: opened.db["articles"].insert_one({"_id": number}))
            kill_keeper(folder)
            wait_for(lambda: is_gone(folder))
            found = patient.call_here(lambda opened: opened.db["articles"].count_documents({}))
            assert found == number + 1
            assert folder.keeper_pid() != before
        embedded.stop(folder, force=True)
        with pytest.raises(StorageError, match="has ended: run the command again"):
            patient.call_here(lambda opened: opened.db["articles"].count_documents({}))


def test_a_client_need_not_wait_for_the_end_of_a_killed_keepers_mongod(folder: ServerFolder) -> None:
    held = lease(folder)
    insert(held.uri)
    kill_keeper(folder)
    again = lease(folder)
    assert documents(again.uri) == 1
    again.close()
    held.close()


def test_an_orphaned_mongod_that_ignores_its_end_is_killed(
    folder: ServerFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keeper, "ORPHAN_SECONDS", 0.5)
    held = lease(folder)
    insert(held.uri)
    orphan = folder.mongod_pid()
    os.kill(orphan, signal.SIGSTOP)
    kill_keeper(folder)
    again = lease(folder)
    assert folder.mongod_pid() != orphan
    assert documents(again.uri) == 1
    again.close()
    held.close()


def test_a_killed_mongod_comes_back_under_its_clients(folder: ServerFolder) -> None:
    held = lease(folder)
    with MongoClient[dict[str, Any]](held.uri) as client:
        client["news"]["articles"].insert_one({})
        time.sleep(5.1)  # younger ones are not started again: storage.embedded.keeper.MIN_LIFE_SECONDS
        before = folder.mongod_pid()
        os.kill(before, signal.SIGKILL)
        wait_for(lambda: folder.server.exists() and folder.mongod_pid() != before)
        client["news"]["articles"].insert_one({})
        assert client["news"]["articles"].count_documents({}) == 2
    held.close()
    wait_for(lambda: is_gone(folder))


def test_everything_killed_at_once_leaves_nothing_broken(folder: ServerFolder) -> None:
    client = start_client(folder)
    assert client.stdout is not None
    assert client.stdout.readline()
    for pid in (client.pid, folder.keeper_pid(), folder.mongod_pid()):
        os.kill(pid, signal.SIGKILL)
    client.communicate()
    wait_for(lambda: not is_held(folder.keeper_lock))  # which a killed process holds until it has ended
    held = lease(folder)
    assert documents(held.uri) == 1
    held.close()


def test_a_mongod_that_keeps_dying_is_given_up_with_a_reason(folder: ServerFolder) -> None:
    held = lease(folder)
    os.kill(folder.mongod_pid(), signal.SIGKILL)
    wait_for(lambda: is_gone(folder))
    assert held.failure().startswith("mongod ended with signal 9")
    held.close()
    again = lease(folder)
    insert(again.uri)
    again.close()


def test_the_keeper_lets_go_of_the_callers_pipes(folder: ServerFolder) -> None:
    client = start_client(folder)
    assert client.stdout is not None
    assert client.stdout.readline()
    embedded.keep_running(folder)
    rest, _ = client.communicate("\n", timeout=PATIENCE)  # the pipe ends although the server still runs
    assert rest == ""
    assert is_held(folder.keeper_lock)


def test_a_taken_port_is_left_for_another(folder: ServerFolder) -> None:
    held = lease(folder)
    insert(held.uri)
    held.close()
    embedded.stop(folder)
    port = folder.last_port()
    # Hangs up at once. One that waits for the rest of a line holds mongod's question for 30 s: see PRIMARY_SECONDS.
    with HTTPServer(("127.0.0.1", port), BaseRequestHandler) as other:
        Thread(target=other.serve_forever).start()
        again = lease(folder)
        other.shutdown()
    assert folder.last_port() != port
    insert(again.uri)
    assert documents(again.uri) == 2
    again.close()


def test_the_same_port_comes_back(folder: ServerFolder) -> None:
    first = lease(folder)
    first.close()
    embedded.stop(folder)
    second = lease(folder)
    assert second.uri == first.uri
    second.close()


def test_a_deleted_data_folder_starts_from_nothing(folder: ServerFolder) -> None:
    held = lease(folder)
    insert(held.uri)
    old = folder.mongod_pid()
    shutil.rmtree(folder.path)
    again = lease(folder)
    assert documents(again.uri) == 0
    wait_for(lambda: not Path(f"/proc/{old}/exe").exists())
    insert(again.uri)
    again.close()
    held.close()


def test_a_deep_folder_is_no_obstacle(tmp_path: Path) -> None:
    folder = ServerFolder(tmp_path / ("đường dẫn" * 10) / ("d" * 100) / "mongodb")
    held = lease(folder)
    insert(held.uri)
    held.close()
    end(folder)


def test_it_stays_until_it_is_stopped(folder: ServerFolder) -> None:
    held = lease(folder)
    embedded.keep_running(folder)
    held.close()
    time.sleep(GRACE + 1)
    assert embedded.running(folder) is not None
    assert embedded.stop(folder) is True
    assert is_gone(folder)
    assert embedded.stop(folder) is False


def test_it_is_not_stopped_under_a_client_unless_forced(folder: ServerFolder) -> None:
    held = lease(folder)
    embedded.keep_running(folder)
    with pytest.raises(StorageError, match="commands still use the server: it stops after the last"):
        embedded.stop(folder)
    assert documents(held.uri) == 0
    assert embedded.stop(folder, force=True) is True
    held.close()


def test_a_wrong_password_file_is_named(folder: ServerFolder) -> None:
    lease(folder).close()
    embedded.stop(folder)
    folder.password_file.write_text("another", "ascii")
    held = lease(folder)  # the owner gives the user the password that the file says
    assert documents(held.uri) == 0
    held.close()
    embedded.stop(folder)
    folder.owner_file.write_text("another", "ascii")
    with pytest.raises(StorageError, match=r"owner\.password is not that of the data beside it"):
        lease(folder)


def test_commands_read_and_write_and_no_more(running: Lease) -> None:
    """Also not before they have logged in: the known flaw of this server is met by compressed messages alone."""
    with MongoClient[dict[str, Any]](running.uri) as client:
        roles = client.admin.command("connectionStatus")["authInfo"]["authenticatedUserRoles"]
        assert {role["role"] for role in roles} == {"readWriteAnyDatabase", "clusterMonitor"}
        client["anything"]["at_all"].insert_one({})
        for database, command in (
            ("admin", {"createUser": "guest", "pwd": "guest", "roles": ["root"]}),
            ("admin", {"grantRolesToUser": "storykin", "roles": ["root"]}),
            ("admin", {"shutdown": 1}),
            ("admin", {"setParameter": 1, "logLevel": 1}),
            ("admin", {"find": "system.users"}),
            ("anything", {"dropDatabase": 1}),
        ):
            with pytest.raises(OperationFailure, match=r"not authorized|requires authentication|not allowed"):
                client[database].command(command)
        with pytest.raises(OperationFailure, match=r"(?i)script"):
            list(client["anything"]["at_all"].find({"$where": "sleep(1000) || true"}))
        assert "compression" not in client.admin.command("hello", compression=["zlib", "snappy", "zstd"])
        port = client.address[1] if client.address else 0
    with MongoClient[dict[str, Any]](f"mongodb://127.0.0.1:{port}/?directConnection=true") as nobody:
        for command in ({"listDatabases": 1}, {"createUser": "guest", "pwd": "guest", "roles": ["root"]}):
            with pytest.raises(OperationFailure, match="requires authentication"):
                nobody.admin.command(command)


def test_data_of_an_older_version_whose_user_was_root_is_taken_over(folder: ServerFolder) -> None:
    held = lease(folder)
    insert(held.uri)
    with MongoClient[dict[str, Any]](folder.uri(running_port(folder), user=OWNER)) as owner:
        owner.admin.command("updateUser", "storykin", roles=["root"])
    with MongoClient[dict[str, Any]](held.uri) as root:
        root.admin.command("dropUser", OWNER)
    held.close()
    embedded.stop(folder)
    folder.owner_file.unlink()
    again = lease(folder)
    with MongoClient[dict[str, Any]](again.uri) as client:
        roles = client.admin.command("connectionStatus")["authInfo"]["authenticatedUserRoles"]
    assert {role["role"] for role in roles} == {"readWriteAnyDatabase", "clusterMonitor"}
    assert documents(again.uri) == 1
    again.close()


def running_port(folder: ServerFolder) -> int:
    found = folder.running()
    assert found
    return found.port


@pytest.mark.parametrize("linked", ["data", "data/mongodb", "data/mongodb/db"])
def test_a_data_folder_that_is_a_link_is_refused(tmp_path: Path, linked: str) -> None:
    elsewhere, link = tmp_path / "elsewhere", tmp_path / linked
    elsewhere.mkdir()
    link.parent.mkdir(parents=True, exist_ok=True)
    link.symlink_to(elsewhere)
    with pytest.raises(StorageError, match=rf"{linked} is a link.* set STORYKIN_DATA to .*{elsewhere}"):
        lease(ServerFolder(tmp_path / "data" / "mongodb"))
    assert list(elsewhere.iterdir()) == []


def test_a_server_of_another_machine_is_not_used(folder: ServerFolder) -> None:
    held = lease(folder)
    announced = folder.server.read_text("utf-8")
    name = os.uname().nodename
    folder.server.write_text(announced.replace(f'"{name}"', '"elsewhere"'), "utf-8")
    with pytest.raises(StorageError, match="in use on the machine elsewhere: set STORYKIN_DATA"):
        lease(folder)
    held.close()


def test_the_data_of_another_program_is_left_alone(folder: ServerFolder) -> None:
    folder.create()
    with subprocess.Popen(
        [sys.executable, "-c", HOLDER, folder.mongod_lock],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as other:
        assert other.stdout is not None
        other.stdout.readline()
        folder.mongod_lock.write_text(str(other.pid), "ascii")
        with pytest.raises(StorageError, match=f"in use by another program .process {other.pid}."):
            lease(folder)
        assert other.poll() is None
        other.kill()


def test_a_folder_of_another_user_is_refused(folder: ServerFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    folder.path.mkdir()
    monkeypatch.setattr(os, "getuid", lambda: folder.path.stat().st_uid + 1)
    with pytest.raises(StorageError, match=r"belongs to another user .*set STORYKIN_DATA"):
        lease(folder)


def test_a_path_that_cannot_be_a_folder_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StorageError, match=r"cannot keep data in .*Not a directory.*set STORYKIN_DATA"):
        lease(ServerFolder(tmp_path / "file" / "mongodb"))


@pytest.fixture
def mounted(tmp_path: Path) -> Iterator[Callable[[str], Path]]:
    """Mount a tmpfs with the given options; needs root."""
    place = tmp_path / "disk"
    place.mkdir()

    def mount(options: str) -> Path:
        command = ["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(place)]
        if os.getuid() or subprocess.run(command, capture_output=True, check=False).returncode:
            pytest.skip("needs the right to mount a disk of its own")
        return place

    yield mount
    if place.is_mount():
        subprocess.run(["umount", "--lazy", str(place)], check=True)


def test_a_disk_without_room_is_one_sentence(mounted: Callable[[str], Path]) -> None:
    folder = ServerFolder(mounted("size=60m") / "mongodb")
    with pytest.raises(
        StorageError, match=r"the disk of .* is full .* MB left.: free some space, or set STORYKIN_DATA"
    ):
        lease(folder)


def test_a_disk_that_fills_up_is_one_sentence_and_loses_nothing_acknowledged(
    mounted: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    disk = mounted("size=130m")
    monkeypatch.setenv("STORYKIN_DATA", str(disk))
    monkeypatch.setattr("storage.database.store.EMBEDDED_MILLISECONDS", 2_000)
    monkeypatch.setattr(embedded, "GRACE_SECONDS", GRACE)
    acknowledged: list[int] = []
    with pytest.raises(StorageError, match=r"the disk of .* is full .*: free some space"), Store.open() as store:
        fill(store, acknowledged)
    wait_for(lambda: is_gone(ServerFolder(disk / "mongodb")))
    subprocess.run(["mount", "-o", "remount,size=400m", str(disk)], check=True)
    with Store.open() as store:
        found = {row["_id"] for row in store.db["articles"].find({}, {"_id": 1})}
    assert len(acknowledged) > 5
    assert found >= set(acknowledged)
    wait_for(lambda: is_gone(ServerFolder(disk / "mongodb")))


def fill(store: Store, acknowledged: list[int]) -> None:
    for number in range(10_000):
        store.db["articles"].insert_one({"_id": number, "body": os.urandom(1_000_000)})
        acknowledged.append(number)


def test_a_read_only_disk_is_one_sentence(mounted: Callable[[str], Path]) -> None:
    folder = ServerFolder(mounted("ro") / "mongodb")
    with pytest.raises(StorageError, match=r"cannot keep data in .*Read-only file system.*set STORYKIN_DATA"):
        lease(folder)


def test_the_chosen_folder_comes_before_the_users(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("STORYKIN_DATA", str(tmp_path / "chosen"))
    assert embedded.data_folder() == tmp_path / "chosen"
    monkeypatch.delenv("STORYKIN_DATA")
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("XDG_DATA_HOME", "")
    assert (tmp_path / "home") in embedded.data_folder().parents


@pytest.mark.parametrize("home", ["/proc/nobody", "/dev/null"])
def test_without_a_home_the_data_is_here(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, home: str) -> None:
    monkeypatch.delenv("STORYKIN_DATA")
    monkeypatch.delenv("XDG_DATA_HOME", raising=False)
    monkeypatch.setenv("HOME", home)
    monkeypatch.chdir(tmp_path)
    assert embedded.data_folder() == tmp_path / ".storykin"


def test_mongod_on_the_path_comes_first(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    own = tmp_path / "mongod"
    own.write_text("#!/bin/sh\n", "ascii")
    own.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert binary.find_mongods()[0] == own


@pytest.mark.parametrize(
    ("machine", "words"),
    [
        ("aarch64", "no embedded MongoDB for linux on aarch64: install MongoDB 6.0 or later on the PATH, or set"),
        ("x86_64", r"no mongod here: pip install 'storykin\[embedded\]', or install MongoDB"),
    ],
)
def test_a_machine_without_mongod_is_told_what_to_do(monkeypatch: pytest.MonkeyPatch, machine: str, words: str) -> None:
    monkeypatch.setenv("PATH", "")
    monkeypatch.setattr(binary, "WHEELS", ("storykin-no-such-wheel",))
    monkeypatch.setattr("sys.platform", "linux")
    monkeypatch.setattr("platform.machine", lambda: machine)
    with pytest.raises(StorageError, match=words):
        binary.find_mongods()


def fake_mongod(tmp_path: Path, script: str) -> Path:
    own = tmp_path / "bin" / "mongod"
    own.parent.mkdir()
    own.write_text(f"#!/bin/sh\n{script}\n", "ascii")
    own.chmod(0o755)
    return own.parent


NO_SSL = "echo 'mongod: error while loading shared libraries: libssl.so.3: cannot open it'; exit 127"
OLD_SYSTEM = 'echo "mongod: /lib/libc.so.6: version \\`GLIBC_2.34\' not found" >&2; exit 1'
NO_PROGRAM = "#!/no/such/interpreter"
ABSENT = {
    "t": {"$date": "2026-11-30T10:00:00.000+00:00"},
    "s": "E",
    "c": "NETWORK",
    "msg": "Failed to set up listener",
    "attr": {"error": {"code": 9001, "codeName": "SocketException", "errmsg": "Address already in use"}},
}
"""An error as mongod prints it."""


@pytest.mark.parametrize(
    ("script", "words"),
    [
        (NO_SSL, "mongod misses the shared library libssl.so.3: install the package that has it, or install MongoDB"),
        (OLD_SYSTEM, "too old for the bundled mongod .GLIBC_2.34 is missing.: install MongoDB 6.0 or later"),
        (NO_PROGRAM, "cannot be run .No such file or directory.: set MONGODB_URI to a server"),
    ],
)
def test_a_mongod_that_this_system_cannot_run_leaves_it_to_the_bundled_one_or_says_why(
    folder: ServerFolder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script: str, words: str
) -> None:
    path = fake_mongod(tmp_path, script)
    if script == NO_PROGRAM:
        (path / "mongod").write_text(script, "ascii")
    monkeypatch.setenv("PATH", f"{path}:{os.environ['PATH']}")
    folder.create()
    folder.create_secrets()
    with monkeypatch.context() as alone:
        alone.setattr(binary, "WHEELS", ("storykin-no-such-wheel",))
        with pytest.raises(StorageError, match=words):
            keeper.start_server(folder)
    held = lease(folder)
    insert(held.uri)
    held.close()


@pytest.mark.parametrize(
    ("script", "words"),
    [
        ("kill -ILL $$", "lacks AVX"),
        ("exit 62", "written by another version of MongoDB"),
        ("echo 'Unrecognized option: nounixsocket'; exit 2", r"exit code 2 .Unrecognized option: nounixsocket.: see"),
        (
            f"echo '{json.dumps(ABSENT)}'; echo '{{'; exit 48",
            r"exit code 48 .Failed to set up listener Address already in use.: see",
        ),
    ],
)
def test_a_mongod_that_does_not_start_says_why(
    folder: ServerFolder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script: str, words: str
) -> None:
    monkeypatch.setenv("PATH", f"{fake_mongod(tmp_path, script)}:{os.environ['PATH']}")
    with pytest.raises(StorageError, match=words):
        lease(folder)
    wait_for(lambda: is_gone(folder))


def test_a_missing_libcurl_is_served_from_the_bundled_one(
    folder: ServerFolder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The stand-in fails as the loader does until the bundled libcurl is on its library path."""
    if binary.bundled_curl() is None:
        pytest.skip("needs the pycurl wheel of Linux")
    real = binary.find_mongods()[-1]
    script = (
        'link="${LD_LIBRARY_PATH%%:*}/libcurl.so.4"; [ -e "$link" ] && exec ' + f'"{real}" "$@"\n'
        "echo 'error while loading shared libraries: libcurl.so.4: cannot open shared object file'; exit 127"
    )
    monkeypatch.setenv("PATH", f"{fake_mongod(tmp_path, script)}:{os.environ['PATH']}")
    held = lease(folder)
    insert(held.uri)
    maps = Path(f"/proc/{folder.mongod_pid()}/maps").read_text("utf-8")
    assert "pycurl.libs/libcurl" in maps
    held.close()


def test_errno_of_a_full_disk_names_the_space(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(self: ServerFolder) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(ServerFolder, "create_secrets", full)
    with pytest.raises(StorageError, match=r"No space left on device.*free some space"):
        lease(ServerFolder(tmp_path / "mongodb"))


def test_the_cache_of_the_server_is_what_the_variable_says(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STORYKIN_MONGODB_CACHE", " 1.5 ")
    assert server_folder.cache_gigabytes() == 1.5
    monkeypatch.setenv("STORYKIN_MONGODB_CACHE", "")
    assert server_folder.cache_gigabytes() >= server_folder.CACHE_GIGABYTES
    for wrong in ("much", "0", "nan", "-1"):
        monkeypatch.setenv("STORYKIN_MONGODB_CACHE", wrong)
        with pytest.raises(StorageError, match=r"STORYKIN_MONGODB_CACHE='.+': write a number of gigabytes"):
            server_folder.cache_gigabytes()
