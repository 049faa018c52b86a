"""``storykin corpus`` on one machine: the rows of extract and dedupe, whatever stops it in between."""

from __future__ import annotations

import gzip
import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("duckdb", reason="needs the extra corpus")
pytest.importorskip("pyarrow", reason="needs the extra corpus")

from crawler.cli.main import run
from dedupe.corpus.documents import documents_of
from dedupe.corpus.in_memory import cluster_documents
from storage.embedded.file_lock import FileLock
from storage.records import Article
from tests.crawler import forked_commands
from tests.crawler.corpus.archives import START, archives, table, tables
from tests.crawler.processes import session, wait_for

COUNT = 36
OPTIONS = ("--split", "8", "--workers", "2")


@pytest.fixture(scope="module")
def warcs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("corpus") / "warcs"
    archives(folder, COUNT)
    return folder


@pytest.fixture(scope="module")
def whole(warcs: Path) -> Path:
    """A run that nothing stopped."""
    output = warcs.parent / "whole"
    assert run(["corpus", str(warcs), "-o", str(output), *OPTIONS]) == 0
    return output


def test_the_rows_are_those_of_extract_and_dedupe(warcs: Path, whole: Path, tmp_path: Path) -> None:
    assert run(["extract", "--warc", str(warcs), "-o", str(tmp_path / "out.jsonl"), "--workers", "1"]) == 0
    lines = [json.loads(line) for line in (tmp_path / "out.jsonl").read_text("utf-8").splitlines()]
    assert len({line["id"] for line in lines}) == len(lines)
    pages = {row["id"]: row for row in table(whole / "pages.parquet")}
    skipped = {ident for ident, row in pages.items() if row["same_as"]}
    assert len(skipped) == COUNT / 4
    assert pages.keys() == {line["id"] for line in lines}
    found = {row["id"]: row for name in ("articles", "others") for row in table(whole / name)}
    assert found.keys() == pages.keys() - skipped
    for line in lines:
        if line["id"] not in skipped:
            assert Article.from_json(Article.from_json(line).to_json()) == Article.from_json(_plain(found[line["id"]]))
            assert line["page_digest"] in {pages[line["id"]]["digest"], ""}
    documents = documents_of(enumerate(table(whole / "articles")))
    expected = {row.id: (row.cluster, row.duplicate_of, row.relation) for row in cluster_documents(documents)}
    clusters = {row["id"]: (row["cluster"], row["duplicate_of"], row["relation"]) for row in table(whole / "clusters")}
    assert clusters == expected
    assert {"exact", "near", "version"} <= {relation for _, _, relation in expected.values()}
    assert {row["id"] for row in table(whole / "kept")} == {key for key, row in expected.items() if row[1] is None}


def _plain(row: dict[str, Any]) -> dict[str, Any]:
    """Return a row of Parquet as ``Article.to_json`` writes it."""
    text = json.dumps(row, default=lambda moment: moment.isoformat())
    plain: dict[str, Any] = json.loads(text, object_hook=_without_nulls)
    return plain


def _without_nulls(values: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}


def test_an_equal_body_names_the_earliest_page_that_has_it(whole: Path) -> None:
    pages = {row["id"]: row for row in table(whole / "pages.parquet")}
    for row in pages.values():
        if row["same_as"]:
            first = pages[row["same_as"]]
            assert (first["digest"], first["date"] < row["date"], row["split"]) == (row["digest"], True, None)
    assert {row["split"] for row in pages.values()} == {None, *range(-(-(2 * COUNT + 6 - COUNT // 4) // 8))}


def test_two_bodies_of_one_address_and_time_have_ids_of_their_own(whole: Path) -> None:
    ids = [row["id"] for row in table(whole / "pages.parquet")]
    assert len(ids) == len(set(ids))
    assert sum(len(ident.split()) == 3 for ident in ids) == COUNT / 2


def test_report_and_manifest_say_what_there_is(whole: Path) -> None:
    report = json.loads((whole / "report.json").read_text("utf-8"))
    assert report["pages"] == 2 * COUNT + 6
    assert report["equal_bodies"] == COUNT / 4
    assert report["failed"] == {"a PDF document, not an HTML page": 6}
    assert report["documents"] == len(table(whole / "articles"))
    assert report["documents"] == report["kept"] + sum(
        report[name] for name in ("exact", "near", "contained", "version")
    )
    assert {row["host"] for row in report["hosts"]} == {"baosonghien.example", "banlai.example"}
    manifest = json.loads((whole / "manifest.json").read_text("utf-8"))
    there = {str(path.relative_to(whole)) for path in whole.rglob("*.parquet")}
    assert {file["path"] for file in manifest["files"]} == there
    assert [Path(file["file"]).name for file in manifest["inputs"]] == ["a.warc.gz", "b.warc.gz"]


def test_the_report_of_dedupe_reads_the_folder(whole: Path, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["report", "--docs", str(whole / "articles"), "--clusters", str(whole / "clusters"), "--json"]
    assert run(arguments) == 0
    assert json.loads(capsys.readouterr().out)["total"]["article_pages"] > 0


def _killed_when(warcs: Path, output: Path, reached: Callable[[], object]) -> None:
    """Start a run and end it with all its processes, without warning, as soon as *reached*."""
    arguments = ("corpus", str(warcs), "-o", str(output), *OPTIONS)
    nowhere = Path(os.devnull)
    process = forked_commands.start(arguments, os.environ, warcs.parent, (nowhere, nowhere))
    wait_for(lambda: reached() or process.poll() is not None)
    with suppress(ProcessLookupError):  # the last point is next to its end
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    wait_for(lambda: not session(process.pid))


def test_a_run_that_is_killed_anywhere_goes_on(warcs: Path, whole: Path, tmp_path: Path) -> None:
    output = tmp_path / "killed"
    points: dict[str, Callable[[], object]] = {
        "claimed": (output / "manifest.json").exists,
        "a part of the index": lambda: any((output / "index").glob("part-*")),
        "the plan": (output / "pages.parquet").exists,
        "a part of the articles": lambda: any((output / "articles").glob("part-*")),
        "the fourth part": (output / "articles" / "part-00003.parquet").exists,
        "in the clusters": (output / ".work" / "clusters").exists,
        "the clusters": (output / "clusters").exists,
        "the kept": (output / "kept").exists,
        "the report": (output / "report.json").exists,
    }
    for reached in points.values():
        _killed_when(warcs, output, reached)
    before = {path: path.stat().st_mtime_ns for path in output.rglob("part-*.parquet")}
    assert run(["corpus", str(warcs), "-o", str(output), *OPTIONS]) == 0
    assert tables(output) == tables(whole)
    assert {path: path.stat().st_mtime_ns for path in output.rglob("part-*.parquet")} == before
    left = {path.name for path in output.iterdir()}
    assert left == {path.name for path in whole.iterdir()}


def test_what_cannot_be_read_is_passed_over_and_named(
    warcs: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "crawl-data" / "2026"
    folder.mkdir(parents=True)
    shutil.copy(warcs / "a.warc.gz", folder)
    cut = (warcs / "b.warc.gz").read_bytes()
    (folder / "cut.warc.gz").write_bytes(cut[: len(cut) // 2])
    (folder / "none.warc.gz").write_bytes(b"no archive at all\n" * 9)
    (folder / "empty.warc.gz").touch()
    entries = [f"crawl-data/2026/{name}.warc.gz" for name in ("a", "cut", "none", "empty", "absent")]
    (folder / "warc.paths.gz").write_bytes(gzip.compress("\n".join(["# a list", *entries, ""]).encode()))
    assert run(["corpus", str(folder / "warc.paths.gz"), "-o", str(tmp_path / "out"), "--split", "99"]) == 0
    said = capsys.readouterr()
    assert "1 passed over: an entry of a list that cannot be read" in said.err
    assert "crawl-data/2026/absent.warc.gz" in said.err
    assert "3 passed over: a WARC file that is cut, damaged or none" in said.err
    assert len(table(tmp_path / "out" / "index")) > COUNT
    report = json.loads((tmp_path / "out" / "report.json").read_text("utf-8"))
    assert report["pages"] == len(table(tmp_path / "out" / "pages.parquet"))


def test_hosts_and_days_are_chosen(warcs: Path, tmp_path: Path) -> None:
    later = START + timedelta(hours=COUNT // 2)
    since = later.isoformat().replace("+00:00", "Z")
    (tmp_path / "hosts.txt").write_text("example\nelsewhere.test\n")
    arguments = ["corpus", str(warcs), "-o", str(tmp_path / "out"), "--since", since]
    assert run([*arguments, "--hosts", str(tmp_path / "hosts.txt")]) == 0
    rows = table(tmp_path / "out" / "pages.parquet")
    every = [row for row in table(tmp_path / "out" / "index") if row["date"] >= later]
    assert len(rows) == len(every) > 0
    arguments[3] = str(tmp_path / "one")
    assert run([*arguments, "--hosts", "banlai.example"]) == 0
    assert {row["url"].split("/")[2] for row in table(tmp_path / "one" / "pages.parquet")} == {"banlai.example"}


def test_a_folder_of_something_else_is_refused(
    warcs: Path, whole: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = {path: path.stat().st_mtime_ns for path in whole.rglob("*.parquet")}
    for more, words in (
        (["--since", "2026-03-02"], "was made with other since; name a new folder"),
        (["--split", "9"], "was made with other split"),
        (["--seed", "none"], "was made with other seed"),
    ):
        assert run(["corpus", str(warcs), "-o", str(whole), *OPTIONS, *more]) == 2
        assert words in capsys.readouterr().err
    assert run(["corpus", str(warcs / "a.warc.gz"), "-o", str(whole), *OPTIONS]) == 2
    assert "was made with other inputs" in capsys.readouterr().err
    assert {path: path.stat().st_mtime_ns for path in whole.rglob("*.parquet")} == before
    (tmp_path / "mine.txt").touch()
    assert run(["corpus", str(warcs), "-o", str(tmp_path)]) == 2
    assert "holds other files" in capsys.readouterr().err
    with FileLock(whole / ".lock") as lock:
        assert lock.try_exclusive()
        assert run(["corpus", str(warcs), "-o", str(whole), *OPTIONS]) == 2
        assert "another run is writing to it" in capsys.readouterr().err


def test_nothing_found_is_said(warcs: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["corpus", str(warcs), "-o", str(tmp_path / "out"), "--hosts", "elsewhere.test"]) == 2
    assert "no HTML page of these hosts and days" in capsys.readouterr().err
    (tmp_path / "empty.paths").write_text("gone.warc.gz\n")
    assert run(["corpus", str(tmp_path / "empty.paths"), "-o", str(tmp_path / "none")]) == 2
    assert "there is no WARC file to read" in capsys.readouterr().err


def test_an_archive_that_changes_under_a_run_is_named(
    warcs: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    copied, output = tmp_path / "warcs", tmp_path / "out"
    shutil.copytree(warcs, copied)
    _killed_when(copied, output, (output / "pages.parquet").exists)
    data = bytearray((copied / "b.warc.gz").read_bytes())
    data[len(data) // 3 :] = bytes(len(data) - len(data) // 3)
    (copied / "b.warc.gz").write_bytes(data)
    assert run(["corpus", str(copied), "-o", str(output), *OPTIONS]) == 2
    assert "b.warc.gz: is not as it was when it was indexed" in capsys.readouterr().err


def test_a_full_disk_is_said_and_gone_on_after(warcs: Path, whole: Path, tmp_path: Path) -> None:
    """On a disk of its own, which only a user namespace lets everyone mount."""
    command = f"{sys.executable} -m crawler.cli corpus {warcs} -o {tmp_path}/disk/out {' '.join(OPTIONS)}"
    script = f"""
        mkdir {tmp_path}/disk && mount -t tmpfs -o size=400k none {tmp_path}/disk || exit 99
        {command}; echo "code $?" >&2
        mount -o remount,size=100m {tmp_path}/disk && {command} && cp -r {tmp_path}/disk/out {tmp_path}/out"""
    done = subprocess.run(["unshare", "-rm", "sh", "-c", script], capture_output=True, text=True, check=False)
    if done.returncode in (1, 99) and "code" not in done.stderr:
        pytest.skip("needs a user namespace with a mount")
    assert "free some space" in done.stderr or "No space left" in done.stderr
    assert "code 0" not in done.stderr
    assert "Traceback" not in done.stderr
    assert done.returncode == 0
    assert tables(tmp_path / "out") == tables(whole)
