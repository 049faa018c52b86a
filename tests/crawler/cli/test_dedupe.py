"""``storykin dedupe`` as it is called: files in, clusters out, one sentence for what is wrong."""

from __future__ import annotations

import csv
import gzip
import io
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from crawler.cli.main import run

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

TEXT = "The old bridge over the river was closed on Monday after divers had found cracks in two of its piles."
LINES = [
    {"id": "a", "text": TEXT},
    {"id": "b", "text": f"LONDON (Reuters) - {TEXT}"},
    {"id": "c", "text": "Cầu Hoà Bình thông xe sáng nay, hàng nghìn người dân đã đến xem lễ khánh thành."},
]


@pytest.fixture
def documents(tmp_path: Path) -> Path:
    path = tmp_path / "docs.jsonl"
    path.write_text("".join(json.dumps(line, ensure_ascii=False) + "\n" for line in LINES), encoding="utf-8")
    return path


def rows(text: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in text.splitlines()]


NONE_LOST = {"dateline": 0, "credit": 0, "correction": 0, "text": 0}
KEPT = {"duplicate_of": None, "relation": None, "score": None, "original": None, "lost": None, "furniture": None}
EXPECTED = [
    {"id": "a", "cluster": "a", **KEPT, "most_complete": "a", "words": 20},
    {"id": "b", "cluster": "a", "duplicate_of": "a", "relation": "exact", "score": 1.0, "original": None}
    | {"most_complete": "a", "lost": NONE_LOST, "words": 20, "furniture": None},
    {"id": "c", "cluster": "c", **KEPT, "most_complete": "c", "words": 17},
]


@pytest.mark.parametrize("content", ["", "\n \n"])
def test_a_file_without_documents_is_one_sentence_and_leaves_nothing(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], content: str
) -> None:
    (tmp_path / "none.jsonl").write_text(content)
    assert run(["dedupe", str(tmp_path / "none.jsonl"), "-o", str(tmp_path / "out.jsonl")]) == 2
    assert "none.jsonl: holds no document" in capfd.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["none.jsonl"]


def test_clusters_go_to_the_file_and_the_summary_to_standard_output(
    documents: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    output = tmp_path / "clusters.jsonl"
    assert run(["dedupe", str(documents), "-o", str(output), "--json"]) == 0
    assert rows(output.read_text("utf-8")) == EXPECTED
    printed = capfd.readouterr()
    assert json.loads(printed.out) == {
        "documents": 3,
        "kept": 2,
        "clusters": 1,
        "largest_cluster": 2,
        "exact": 1,
        "near": 0,
        "contained": 0,
        "version": 0,
        "words": 57,
        "dropped_words": 20,
        "lost_words": NONE_LOST,
    }
    assert sorted(path.name for path in tmp_path.iterdir()) == ["clusters.jsonl", "docs.jsonl"]


def test_without_a_file_the_clusters_go_to_standard_output(documents: Path, capfdbinary: Any) -> None:
    assert run(["dedupe", str(documents)]) == 0
    printed = capfdbinary.readouterr()
    assert rows(printed.out.decode()) == EXPECTED
    assert b"documents  3" in printed.err


def test_standard_input_to_standard_output_in_a_pipe(documents: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", "from crawler.cli.main import main; main()", "dedupe", "-"],
        input=documents.read_bytes(),
        capture_output=True,
        check=True,
    )
    assert rows(done.stdout.decode()) == EXPECTED


def test_vietnamese_ids_print_as_vietnamese(tmp_path: Path, capfdbinary: Any) -> None:
    path = tmp_path / "docs.jsonl"
    path.write_text('{"id": "cầu-hoà-bình", "text": "Cầu"}', encoding="utf-8")
    assert run(["dedupe", str(path)]) == 0
    assert '"cầu-hoà-bình"'.encode() in capfdbinary.readouterr().out


def test_parquet(tmp_path: Path, capfdbinary: Any) -> None:
    pyarrow = pytest.importorskip("pyarrow", reason="needs the extra parquet")
    parquet = pytest.importorskip("pyarrow.parquet")
    path = tmp_path / "docs.parquet"
    parquet.write_table(pyarrow.Table.from_pylist(LINES), path)
    assert run(["dedupe", str(path)]) == 0
    assert rows(capfdbinary.readouterr().out.decode()) == EXPECTED


def test_a_folder_of_parquet_is_one_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pyarrow, parquet = pytest.importorskip("pyarrow"), pytest.importorskip("pyarrow.parquet")
    rows = [{"id": f"d{number}", "text": f"The ferry {number % 3} sails at noon."} for number in range(9)]
    folder, whole = tmp_path / "parts", tmp_path / "whole.parquet"
    for part in range(3):
        (folder / f"day={part}").mkdir(parents=True)
        some = pyarrow.Table.from_pylist(rows[3 * part : 3 * part + 3])
        parquet.write_table(some, folder / f"day={part}" / "a.parquet")
    (folder / ".draft.parquet").write_bytes(b"half a file")
    parquet.write_table(pyarrow.Table.from_pylist(rows), whole)
    found = []
    for limit in ([], ["--memory-limit", "200MB"]):
        for source in (folder, whole):
            output = tmp_path / f"{source.stem}{len(limit)}.out.parquet"
            assert run(["dedupe", str(source), "-o", str(output), *limit]) == 0
            found.append(parquet.read_table(output).to_pylist())
    assert found == 4 * [found[0]]
    assert len(found[0]) == 9
    (tmp_path / "empty").mkdir()
    assert run(["dedupe", str(tmp_path / "empty"), "-o", str(tmp_path / "x.parquet")]) == 2
    assert "a folder without any file named *.parquet" in capsys.readouterr().err


def test_parquet_to_parquet_within_a_memory_limit(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("duckdb", reason="needs the extra corpus")
    pyarrow = pytest.importorskip("pyarrow", reason="needs the extra corpus")
    parquet = pytest.importorskip("pyarrow.parquet")
    path, output = tmp_path / "docs.parquet", tmp_path / "clusters.parquet"
    parquet.write_table(pyarrow.Table.from_pylist(LINES), path)
    assert run(["dedupe", str(path), "-o", str(output), "--memory-limit", "500MB", "--json"]) == 0
    assert parquet.read_table(output).to_pylist() == EXPECTED
    counts = {"documents": 3, "exact": 1, "kept": 2, "words": 57, "dropped_words": 20, "lost_words": NONE_LOST}
    assert json.loads(capfd.readouterr().out) == counts


def test_more_lost_words_than_allowed_end_with_a_code_of_their_own(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    long = " ".join(f"word{number}" for number in range(80))
    path = tmp_path / "docs.jsonl"
    lines = [{"id": "a", "text": f"{long} end"}, {"id": "b", "text": f"other begin here too {long}"}]
    path.write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
    output = ["-o", str(tmp_path / "out.jsonl")]
    assert run(["dedupe", str(path), *output, "--fail-lost", "0.1%"]) == 0
    assert run(["dedupe", str(path), *output, "--fail-lost", "0.1%", "--distinct", "source"]) == 3
    assert "of all words stand in no kept text" in capfd.readouterr().err


def test_options_reach_the_engine(tmp_path: Path, capfdbinary: Any) -> None:
    path = tmp_path / "docs.jsonl"
    lines = [{"id": name, "text": f"{TEXT} {name}", "url": "http://x.com/a"} for name in ("one", "two")]
    path.write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")

    def relations(*options: str) -> set[str | None]:
        assert run(["dedupe", str(path), *options]) == 0
        return {row["relation"] for row in rows(capfdbinary.readouterr().out.decode())}

    assert relations() == {None, "version"}
    assert relations("--ignore-urls") == {None, "near"}
    assert relations("--ignore-urls", "--jaccard", "0.8") == {None, "near"}
    assert relations("--ignore-urls", "--jaccard", "0.99") == {None}


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ('{"id": "d"}', 'docs.jsonl line 4, id "d": field "text" is missing'),
        ('{"id": "a", "text": "x"}', 'docs.jsonl line 4: id "a" was already used by'),
        ("{", "docs.jsonl line 4 is not JSON"),
    ],
)
def test_bad_input_writes_nothing(
    documents: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str], line: str, message: str
) -> None:
    with documents.open("a", encoding="utf-8") as stream:
        stream.write(line + "\n")
    output = tmp_path / "clusters.jsonl"
    output.write_text("what was there", encoding="utf-8")
    assert run(["dedupe", str(documents), "-o", str(output)]) == 2
    printed = capfd.readouterr()
    assert message in printed.err
    assert printed.err.count("\n") == 1
    assert printed.out == ""
    assert output.read_text("utf-8") == "what was there"
    assert len(list(tmp_path.iterdir())) == 2


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "give a file of documents"),
        (["docs.jsonl", "--all"], "give a file of documents"),
        (["--all", "--jaccard", "0.7"], "--all writes its clusters to the store"),
        (["docs.jsonl", "--memory-limit", "4GB", "-o", "x.parquet"], "--memory-limit goes from a .parquet file"),
        (["none.jsonl"], "none.jsonl cannot be read"),
        (["-o", "/nowhere/at/all.jsonl", "none.jsonl"], "cannot be written"),
        (["--all", "--keep", "first"], "--all writes its clusters to the store"),
        (["none.jsonl", "--jaccard", "7"], "a Jaccard threshold lies above 0"),
    ],
)
def test_wrong_calls_end_with_a_sentence(
    arguments: list[str], message: str, capfd: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: Any
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run(["dedupe", *arguments]) == 2
    assert message in capfd.readouterr().err


def test_no_database_is_loaded_for_a_file(documents: Path) -> None:
    program = (
        "import sys; from crawler.cli.main import run; "
        f"code = run(['dedupe', {str(documents)!r}]); "
        "sys.exit(code or any(name in sys.modules for name in ('pymongo', 'scrapy', 'lxml', 'trafilatura')))"
    )
    subprocess.run([sys.executable, "-c", program], check=True, capture_output=True)


def test_the_whole_store_is_repaired(store: Any, capfd: pytest.CaptureFixture[str]) -> None:
    assert run(["dedupe", "--all", "--json"]) == 0
    assert json.loads(capfd.readouterr().out)["clusters"] == 0


def test_spans_of_each_copy_are_given_where_asked_for(tmp_path: Path, capfdbinary: Any) -> None:
    story = " ".join(f"word{number}" for number in range(80))
    copies = tmp_path / "docs.jsonl"
    rows = [{"id": "a", "text": story}, {"id": "b", "text": f"{story} end"}]
    copies.write_text("".join(json.dumps(row) + "\n" for row in rows))
    assert run(["dedupe", str(copies), "--spans"]) == 0
    first, second = map(json.loads, capfdbinary.readouterr().out.splitlines())
    assert second["spans"] is None  # the longer one is kept
    size = len(story)
    assert first["spans"] == [[True, 0, size, 0, size + 1], [False, size, size, size + 1, size + 4]]
    assert run(["dedupe", str(copies)]) == 0
    assert b"spans" not in capfdbinary.readouterr().out


def test_fingerprints_are_made_anew_on_demand(store: Any, capfd: pytest.CaptureFixture[str]) -> None:
    assert run(["dedupe", "--all", "--rebuild", "--num-perm", "128", "--bands", "32", "--rows", "4", "--json"]) == 0
    assert json.loads(capfd.readouterr().out)["rebuilt"] == 0
    stored = store.db["meta"].find_one({"_id": "fingerprints"})["params"]
    assert (stored["num_perm"], stored["bands"], stored["rows"]) == (128, 32, 4)
    assert run(["dedupe", "--all", "--rebuild", "--bands", "99"]) == 2
    assert "99 × 3 against 64" in capfd.readouterr().err
    assert run(["dedupe", "--all", "--bands", "32"]) == 2
    assert "--rebuild" in capfd.readouterr().err


def test_against_names_the_ids_of_an_old_corpus_and_add_grows_it(
    documents: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    index, new = tmp_path / "index", tmp_path / "new.jsonl"
    new.write_text(json.dumps({"id": "n", "text": TEXT.upper()}) + "\n" + json.dumps({"id": "m", "text": "Snow."}))
    assert run(["dedupe", str(new), "--against", str(index)]) == 2
    assert "holds no index" in capfd.readouterr().err
    assert run(["dedupe", str(documents), "--against", str(index), "--add"]) == 0
    capfd.readouterr()
    assert run(["dedupe", str(new), "--against", str(index), "-o", str(tmp_path / "out.jsonl"), "--json"]) == 0
    found = rows((tmp_path / "out.jsonl").read_text("utf-8"))
    assert [(row["id"], row["duplicate_of"], row["relation"]) for row in found] == [
        ("n", "a", "exact"),
        ("m", None, None),
    ]
    summary = json.loads(capfd.readouterr().out)
    assert (summary["documents"], summary["kept"], summary["said_in_index"]) == (2, 1, 1)
    assert run(["report", "--docs", str(new), "--clusters", str(tmp_path / "out.jsonl")]) == 0


@pytest.mark.parametrize("options", [["--spans"], ["--jaccard", ".8"]])
def test_against_takes_no_other_method(
    documents: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str], options: list[str]
) -> None:
    assert run(["dedupe", str(documents), "--against", str(tmp_path), *options]) == 2
    assert "--against takes neither" in capfd.readouterr().err


KINDS = ["a.jsonl", "a.jsonl.gz", "a.jsonl.zst", "a.csv", "a.CSV.gz", "a.csv.zst", "a.tsv", "a.parquet"]


def packed(path: Path, content: bytes) -> Path:
    """Write *content* with the packers that others use, not with ours."""
    with path.open("wb") as stream:
        if path.suffix == ".gz":
            content = gzip.compress(content)
        elif path.suffix == ".zst":
            content = zstd.compress(content)
        stream.write(content)
    return path


def table(path: Path, names: dict[str, str] | None = None) -> Path:
    """Write LINES, and a column more, as the ending of *path* says; *names* are given to columns."""
    there = [{**line, "section": "sea, land"} for line in LINES]
    renamed = [{(names or {}).get(name, name): value for name, value in line.items()} for line in there]
    kind = Path(path.name.removesuffix(".gz").removesuffix(".zst")).suffix.lower()
    if kind == ".parquet":
        pyarrow = pytest.importorskip("pyarrow", reason="needs the extra parquet")
        pytest.importorskip("pyarrow.parquet").write_table(pyarrow.Table.from_pylist(renamed), path)
        return path
    out = io.StringIO(newline="")
    if kind == ".jsonl":
        out.writelines(json.dumps(line) + "\n" for line in renamed)
    else:
        writer = csv.DictWriter(out, renamed[0], dialect="excel-tab" if kind == ".tsv" else "excel")
        writer.writeheader()
        writer.writerows(renamed)
    return packed(path, out.getvalue().encode("utf-8-sig" if kind == ".csv" else "utf-8"))


def read_back(path: Path) -> list[dict[str, Any]]:
    """Read what the command wrote with the readers that others use."""
    content = path.read_bytes()
    if path.suffix == ".parquet":
        found: list[dict[str, Any]] = pytest.importorskip("pyarrow.parquet").read_table(path).to_pylist()
        return found
    if path.suffix in {".gz", ".zst"}:
        content = gzip.decompress(content) if path.suffix == ".gz" else zstd.decompress(content)
    text = content.decode("utf-8")
    if ".jsonl" in path.name:
        return rows(text)
    return list(csv.DictReader(io.StringIO(text, newline=""), dialect="excel-tab" if ".tsv" in path.name else "excel"))


@pytest.mark.parametrize("name", KINDS)
def test_every_kind_of_file_is_read_and_written_by_its_ending(tmp_path: Path, name: str) -> None:
    (tmp_path / "out").mkdir()
    source, clusters, kept = table(tmp_path / name), tmp_path / "out" / name, tmp_path / "out" / f"kept.{name.lower()}"
    assert run(["dedupe", str(source), "-o", str(clusters)]) == 0
    assert [(row["id"], row["duplicate_of"] or None) for row in read_back(clusters)] == [
        ("a", None),
        ("b", "a"),
        ("c", None),
    ]
    assert run(["dedupe", str(source), "--output", "kept", "--output", str(kept)]) == 0
    assert read_back(kept) == [{**line, "section": "sea, land"} for line in LINES if line["id"] != "b"]
    assert run(["report", "--docs", str(source), "--clusters", str(clusters)]) == 0


def test_kept_documents_go_to_standard_output_from_standard_input(documents: Path) -> None:
    ran = subprocess.run(
        [sys.executable, "-m", "crawler.cli", "dedupe", "-", "--output", "kept"],
        input=documents.read_bytes(),
        capture_output=True,
        check=True,
    )
    assert rows(ran.stdout.decode()) == [LINES[0], LINES[2]]


def test_columns_may_have_other_names(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    source = table(tmp_path / "a.csv", {"id": "key", "text": "body"})
    named = ["--id-field", "key", "--text-field", "body", "--title-field", "section"]
    assert run(["dedupe", str(source), *named, "--json", "-o", str(tmp_path / "out.csv")]) == 0
    assert json.loads(capfd.readouterr().out)["exact"] == 1
    assert run(["report", "--docs", str(source), "--clusters", str(tmp_path / "out.csv"), *named]) == 0
    assert run(["dedupe", str(source), "--id-field", "key"]) == 2
    assert 'a.csv has no column "text" for the text (columns there: key, body, section)' in capfd.readouterr().err


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (
            [],
            'line 1, id "a": the time 2026-01-02 03:04:05 has no zone; write 2026-01-02T03:04:05Z, or give --timezone',
        ),
        (["--timezone", "Mars"], "--timezone Mars is no time zone"),
        (["-o", "x.parquet.gz"], "Parquet packs itself; leave .gz away"),
        (["-o", "a.jsonl", "-o", "b.jsonl"], "--output takes one file"),
    ],
)
def test_what_cannot_be_meant_is_said(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], options: list[str], message: str
) -> None:
    source = tmp_path / "a.jsonl"
    source.write_text(json.dumps({"id": "a", "text": TEXT, "date": "2026-01-02 03:04:05"}))
    assert run(["dedupe", str(source), *options]) == 2
    assert message in capfd.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["a.jsonl"]


def test_the_zone_of_times_without_one_may_be_given(tmp_path: Path) -> None:
    source, output = tmp_path / "a.jsonl", tmp_path / "out.jsonl"
    dated = [("a", "2026-01-02 08:00:00"), ("b", "2026-01-02T03:00:00Z")]  # eight in Hà Nội is one in London
    source.write_text("\n".join(json.dumps({"id": ident, "text": TEXT, "date": date}) for ident, date in dated))
    assert run(["dedupe", str(source), "--timezone", "Asia/Ho_Chi_Minh", "-o", str(output)]) == 0
    assert {row["original"] for row in rows(output.read_text())} == {"a"}


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.csv", b"id,text\na,t,more\n", "a.csv row 1 has more cells than the head"),
        ("a.csv", b'id,text\na,"t\n', "a.csv row 1 is no CSV"),
        ("a.csv", b"id,text\na,t\nb,\xff\n", "a.csv row 2 is not UTF-8"),
        ("a.csv", b"", 'has no column "id"'),
        ("a.csv", b"id,text\n,t\n", 'a.csv row 1: field "id" is missing'),
        ("a.jsonl.zst", zstd.compress(b'{"id": "a", "text": "t"}\n')[:-3], "cannot be read to its end"),
        ("a.jsonl.gz", gzip.compress(b" " * (65 << 20)), "line 1 is longer than 64 MB"),
    ],
)
def test_a_file_that_cannot_be_used_is_named(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], name: str, content: bytes, message: str
) -> None:
    (tmp_path / name).write_bytes(content)
    assert run(["dedupe", str(tmp_path / name)]) == 2
    assert message in capfd.readouterr().err


def test_another_projects_package_of_this_name_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "dedupe").mkdir()
    (tmp_path / "dedupe" / "__init__.py").touch()
    path = os.pathsep.join([str(tmp_path), *sys.path])
    ran = subprocess.run(
        [sys.executable, "-P", "-m", "crawler.cli", "doctor"],
        env=os.environ | {"PYTHONPATH": path},
        capture_output=True,
        check=False,
        text=True,
    )
    assert ran.returncode == 1
    assert ran.stderr.startswith("storykin: its package dedupe is not the one that is imported here")
    assert len(ran.stderr.splitlines()) == 1
