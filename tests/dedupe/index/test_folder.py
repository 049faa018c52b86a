"""The index in a folder: what it finds, what a kill leaves of it, who may read and write at once."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import textwrap
from datetime import UTC, datetime
from pathlib import Path

import pytest

from dedupe.corpus.documents import Document
from dedupe.errors import InputError
from dedupe.index import Index
from dedupe.minhash.params import MinHashParams, ParamsMismatchError

REPORT = (
    "Divers of the harbour authority have recovered the bell of the steamer Aurelia, which sank off Sorrel in "
    "1911 with a cargo of slate. The bell lay at a depth of thirty metres, under a beam of the forecastle, and "
    "weighs two hundred kilograms. It will be cleaned in the laboratory of the maritime museum, where it is to "
    "hang in the entrance hall from next spring. The names of the drowned are engraved on its rim. The museum has "
    "asked descendants of the crew to come forward, and eleven families have written since January. A second dive "
    "is planned for the summer, when the water is clear enough to photograph the engine, which no other ship of "
    "the yard still has."
)
SNOW = "Snow is expected on the hills above six hundred metres, and the pass to Lindholm closes at nine tonight."
SHORTER = REPORT[: REPORT.index(" The names of the drowned")]


def made(folder: Path, *documents: Document) -> Path:
    with Index.open(folder, write=True) as index:
        index.insert(documents)
    return folder


def test_copies_cut_texts_and_extended_ones_are_found_and_others_not(tmp_path: Path) -> None:
    made(tmp_path, Document("old", REPORT, date=datetime(2026, 1, 2, tzinfo=UTC)), Document("snow", SNOW))
    with Index.open(tmp_path) as index:
        (exact,) = index.query("SORREL (AFP) - " + REPORT.upper())
        (cut,) = index.query(SHORTER)
        (longer,) = index.query(
            REPORT + " The laboratory has room for one bell at a time, its director said on Friday."
        )
        assert index.query("Two hives are back on the roof of the opera after a hard winter.") == []
        assert index.query("") == []
        assert len(index) == 2
        assert "old" in index
        assert "new" not in index
    assert (exact.id, exact.relation, exact.says_all) == ("old", "exact", True)
    assert exact.date == datetime(2026, 1, 2, tzinfo=UTC)
    assert cut.says_all
    assert not longer.says_all
    assert longer.lost.text > 5


def test_a_batch_is_found_as_one_by_one(tmp_path: Path) -> None:
    documents = [Document(str(number), f"{REPORT} Number {number} of the list.") for number in range(300)]
    made(tmp_path, *documents[:150])
    with Index.open(tmp_path) as index:
        together = list(index.query_all(documents[140:160]))
        assert together == [index.query(document) for document in documents[140:160]]
        assert together[0][0].id == "140"


def test_what_stands_there_with_the_same_text_is_passed_over(tmp_path: Path) -> None:
    made(tmp_path, Document("a", REPORT))
    with Index.open(tmp_path, write=True) as index:
        assert index.insert([Document("a", REPORT), Document("b", SNOW), Document("b", SNOW)]) == 1
        with pytest.raises(InputError, match='holds another text with the id "a"'):
            index.insert([Document("c", "A third text."), Document("a", SNOW)])
        with pytest.raises(InputError, match="a document has no id"):
            index.insert([Document("", SNOW)])
        assert "c" not in index
        assert index.remove(["a", "none"]) == 1
        assert index.query(REPORT) == []
        assert index.insert([Document("a", SNOW)]) == 1


def test_parameters_stay_with_the_folder(tmp_path: Path) -> None:
    wide = MinHashParams(num_perm=128, bands=32, rows=4)
    with Index.open(tmp_path, write=True, params=wide) as index:
        index.insert([Document("a", REPORT)])
    with Index.open(tmp_path) as index:
        assert index.params == wide
        assert index.query(REPORT)
    with pytest.raises(ParamsMismatchError, match=r"was made with .*128 permutations.*not with .*64 permutations"):
        Index.open(tmp_path, params=MinHashParams())


def test_a_folder_that_cannot_be_used_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="none holds no index"):
        Index.open(tmp_path / "none")
    assert not (tmp_path / "none").exists()
    (tmp_path / "index.sqlite").write_bytes(b"no database, but a text of some length" * 200)
    with pytest.raises(InputError, match="cannot be used as an index"):
        Index.open(tmp_path)
    (tmp_path / "index.sqlite").unlink()
    made(tmp_path, Document("a", REPORT))
    with sqlite3.connect(tmp_path / "index.sqlite") as base:
        base.execute("UPDATE about SET format = 99")
    base.close()
    with pytest.raises(InputError, match="format 99"):
        Index.open(tmp_path)


def test_readers_see_the_last_commit_and_a_second_writer_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made(tmp_path, Document("a", REPORT))
    monkeypatch.setattr("dedupe.index.folder.PATIENCE", 0.0)
    with Index.open(tmp_path, write=True) as writer, Index.open(tmp_path) as one, Index.open(tmp_path) as other:
        with writer.transaction():
            writer.insert([Document("b", SNOW)])
            assert not one.query(SNOW)
            assert one.query(REPORT)
            with pytest.raises(InputError, match="wait until its writer is done"):
                Index.open(tmp_path, write=True)
        assert [match.id for match in one.query(SNOW)] == [match.id for match in other.query(SNOW)] == ["b"]
        with pytest.raises(InputError, match="open it with write=True"):
            one.insert([Document("c", "x")])


KILLED = """
    import itertools, sys
    from dedupe.corpus.documents import Document
    from dedupe.index import Index

    def documents(name):
        for number in itertools.count():
            if name == "lost" and number == 3000:  # more than the cache holds back
                print("written", flush=True)
                sys.stdin.read()
            yield Document(f"{name} {number}", f"{name} text {number} " * 40)

    with Index.open(sys.argv[1], write=True) as index:
        index.insert(itertools.islice(documents("kept"), 300))
        index.insert(documents("lost"))
"""


def test_a_kill_while_writing_loses_nothing_that_was_committed(tmp_path: Path) -> None:
    child = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(KILLED), str(tmp_path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert child.stdin
    assert child.stdout
    with child.stdin, child.stdout:
        assert child.stdout.readline() == b"written\n"
        os.kill(child.pid, signal.SIGKILL)
        child.wait()
    with Index.open(tmp_path) as index:
        assert len(index) == 300
        assert "lost 7" not in index
        assert index.query("kept text 299 " * 40)[0].id == "kept 299"
    with Index.open(tmp_path, write=True) as index:
        assert index.insert([Document("lost 0", SNOW)]) == 1
    base = sqlite3.connect(tmp_path / "index.sqlite")
    assert base.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    base.close()


def test_a_folder_that_must_not_be_written_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made(tmp_path, Document("a", REPORT))
    monkeypatch.setattr("dedupe.index.folder.os.access", lambda _path, _mode: False)
    with Index.open(tmp_path) as index:
        assert index.query(REPORT)
    assert [path.name for path in tmp_path.iterdir()] == ["index.sqlite"]
