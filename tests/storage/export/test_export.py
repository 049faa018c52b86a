"""Exports: the same articles in every format, nothing harmed on the way, nothing half-written."""

from __future__ import annotations

import csv
import gzip
import hashlib
import io
import json
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dedupe.errors import InputError
from storage.articles import change_marks
from storage.articles.articles import put_many
from storage.database.store import Store
from storage.duplicates import decide
from storage.export.columns import COLUMNS
from storage.export.export import FORMATS, Exported, Format, Layout, count_selected, format_of
from storage.export.export import export as export_laid_out
from storage.export.files import zstd
from storage.export.manifest import manifest, write_manifest
from storage.export.pull import Cursor, Pull
from storage.export.selection import Selection
from storage.export.writers import FORMULA, CsvWriter, JsonLinesWriter
from storage.records import SCHEMA_VERSION, Article, Paragraph, RelatedStory, article_id
from storage.write.withdrawal import withdraw

PUBLISHED = datetime(2026, 3, 14, 5, 30, 15, 123000, UTC)
HARD_TEXTS = {
    "script": "<script>alert(1)</script>",
    "formula": '=HYPERLINK("http://x.example","bấm")',
    "apostrophe": "'=1+1",
    "dash": "- Ông nói: về đi!",
    "emoji": "Lũ 🌊 rút 👨‍👩‍👧",
    "rtl": "خبر عاجل \u202b2026\u202c",
    "lines": "một\u2028hai\u0085ba\nbốn\r\nnăm",
    "quotes": 'a,"b";c\t',
    "nul": "a\x00b",
    "surrogate": "nửa \ud83c đôi",
    "fullwidth": "\u3000＝1+1",
}


def export(store: Store, target: Path, *, selection: Selection | None = None, **layout: Any) -> Exported:
    fields = tuple(layout.pop("fields", ()))
    return export_laid_out(store, target, layout=Layout(fields=fields, **layout), selection=selection)


def article(name: str, **fields: Any) -> Article:
    url = f"https://portal.example/{name}"
    values = {
        "id": article_id(url),
        "url": url,
        "canonical_url": url,
        "portal": "vov",
        "title": f"Title {name}",
        "lead": "Câu đầu.",
        "text": f"Câu đầu.\n\nBody of {name}.",
        "language": "vi",
        "published": PUBLISHED,
        "paragraphs": (Paragraph(text="Câu đầu.", verdict="lead"), Paragraph(text=f"Body of {name}.")),
        "related": (RelatedStory(url="https://portal.example/r", title="Khác", published=PUBLISHED),),
        "authors": ("Nguyễn Văn A", "B"),
        "fetched": PUBLISHED + timedelta(hours=1),
    }
    return Article(**(values | fields))


@pytest.fixture
def filled(store: Store) -> Store:
    """Three articles, one of them a copy of the first."""
    put_many(
        store,
        [
            article("a"),
            article("copy", portal="other", text="Câu đầu.\n\nBody of a."),
            article("en", language="en", published=None, free_access=False, quality=("thin",)),
        ],
    )
    duplicate = {"of": id_of("a"), "relation": "exact", "score": 1.0, "reason": "same words", "same_portal": False}
    store.db["articles"].update_one({"_id": id_of("copy")}, {"$set": {"duplicate": duplicate}})
    return store


def id_of(name: str) -> str:
    return article_id(f"https://portal.example/{name}")


def lines(store: Store, tmp_path: Path, **options: Any) -> list[dict[str, Any]]:
    path = tmp_path / "out.jsonl"
    exported = export(store, path, **options)
    rows = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    assert exported.rows == len(rows)
    return rows


def test_distinct_articles_come_by_default_ordered_by_id(filled: Store, tmp_path: Path) -> None:
    assert [row["id"] for row in lines(filled, tmp_path)] == sorted([id_of("a"), id_of("en")])


def test_all_copies_carry_the_reason_of_the_decision(filled: Store, tmp_path: Path) -> None:
    rows = {row["id"]: row for row in lines(filled, tmp_path, selection=Selection(all_copies=True))}
    assert len(rows) == 3
    assert rows[id_of("copy")]["duplicate"]["of"] == id_of("a")
    assert rows[id_of("copy")]["duplicate"]["reason"] == "same words"
    assert rows[id_of("a")]["duplicate"] is None


def test_a_line_reads_back_as_the_article_that_was_stored(filled: Store, tmp_path: Path) -> None:
    rows = {row["id"]: row for row in lines(filled, tmp_path)}
    assert Article.from_json(rows[id_of("a")]) == article("a")
    assert rows[id_of("a")]["published"] == "2026-03-14T05:30:15.123000Z"


@pytest.mark.parametrize(
    ("selection", "expected"),
    [
        (Selection(portals=("other",), all_copies=True), ["copy"]),
        (Selection(portals=("other", "vov"), all_copies=True), ["a", "copy", "en"]),
        (Selection(portals=("other",)), []),
        (Selection(languages=("en",)), ["en"]),
        (Selection(published_from=PUBLISHED), ["a"]),
        (Selection(published_before=PUBLISHED), []),
        (Selection(shortest=21), ["en"]),
        (Selection(longest=20), ["a"]),
        (Selection(quality=("thin",)), ["en"]),
        (Selection(quality=("any",)), ["en"]),
        (Selection(without_quality=("thin", "date guessed")), ["a"]),
        (Selection(without_quality=("any",)), ["a"]),
        (Selection(roles=("exact",)), ["copy"]),
        (Selection(roles=("duplicate", "original")), ["a", "copy", "en"]),
        (Selection(roles=("agency", "near", "contained")), []),
        (Selection(since=datetime(2020, 1, 1, tzinfo=UTC)), ["a", "en"]),
        (Selection(since=datetime(2100, 1, 1, tzinfo=UTC)), []),
    ],
)
def test_filters(filled: Store, tmp_path: Path, selection: Selection, expected: list[str]) -> None:
    rows = lines(filled, tmp_path, selection=selection)
    assert {row["id"] for row in rows} == {id_of(name) for name in expected}
    assert count_selected(filled, selection) == len(expected)


def test_chosen_fields_come_in_the_order_given(filled: Store, tmp_path: Path) -> None:
    rows = lines(filled, tmp_path, fields=["title", "id", "title"])
    assert [list(row) for row in rows] == [["title", "id"]] * 2


def test_an_unknown_field_is_named_with_its_neighbour_and_nothing_is_written(filled: Store, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"no field 'titel', did you mean title\?"):
        export(filled, tmp_path / "out.jsonl", fields=["titel"])
    assert list(tmp_path.iterdir()) == []


def test_parquet_has_typed_columns_and_opens_in_duckdb(filled: Store, tmp_path: Path) -> None:
    path = tmp_path / "out.parquet"
    assert export(filled, path, format="parquet", selection=Selection(all_copies=True)).rows == 3
    table = pq.read_table(path)
    assert table.column_names == list(COLUMNS)
    types = {name: str(table.schema.field(name).type) for name in ("published", "authors", "version", "free_access")}
    assert types == {
        "published": "timestamp[us, tz=UTC]",
        "authors": "list<element: string>",
        "version": "int64",
        "free_access": "bool",
    }
    rows = {row["id"]: row for row in table.to_pylist()}
    assert rows[id_of("a")]["published"] == PUBLISHED
    assert rows[id_of("a")]["related"][0]["published"] == PUBLISHED
    assert [entry["verdict"] for entry in rows[id_of("a")]["paragraphs"]] == ["lead", "body"]
    assert rows[id_of("en")]["published"] is None
    assert rows[id_of("en")]["free_access"] is False
    assert rows[id_of("copy")]["duplicate"]["relation"] == "exact"
    found = duckdb.sql(
        f"SELECT id, authors[1], related[1].title, related[1].kind FROM read_parquet('{path}')"
    ).fetchall()
    assert found == [(key, "Nguyễn Văn A", "Khác", "related") for key in sorted(rows)]


@pytest.mark.parametrize("name", FORMATS)
def test_nothing_selected_still_makes_a_readable_file(store: Store, tmp_path: Path, name: Format) -> None:
    path = tmp_path / f"out.{name}"
    assert export(store, path, format=name).rows == 0
    if name == "parquet":
        assert pq.read_table(path).column_names == list(COLUMNS)
    else:
        assert path.read_bytes() == (b"" if name == "jsonl" else ",".join(COLUMNS).encode() + b"\r\n")


def test_hard_texts_come_through_every_format(store: Store, tmp_path: Path) -> None:
    texts = HARD_TEXTS | {"long": "dài " * 250_000}
    put_many(
        store,
        [article(name, title=text, tags=(text,), paragraphs=(Paragraph(text=text),)) for name, text in texts.items()],
    )
    stored = {row["_id"]: row["title"] for row in store.db["articles"].find({}, {"title": 1})}
    for name in FORMATS:
        export(store, tmp_path / f"out.{name}", format=name, fields=["id", "title", "tags", "paragraphs"])
    json_rows = [json.loads(line) for line in (tmp_path / "out.jsonl").read_text("utf-8").splitlines()]
    assert {row["id"]: row["title"] for row in json_rows} == stored
    assert len(json_rows) == len(texts)
    csv.field_size_limit(sys.maxsize)
    with (tmp_path / "out.csv").open(encoding="utf-8", newline="") as file:
        csv_rows = list(csv.DictReader(file))
    assert not [row["title"] for row in csv_rows if FORMULA.match(row["title"]) and row["title"][0] != "'"]
    assert {row["id"]: unescaped(row["title"]) for row in csv_rows} == stored
    assert {row["id"]: json.loads(row["tags"])[0] for row in csv_rows} == stored
    parquet_rows = pq.read_table(tmp_path / "out.parquet").to_pylist()
    assert {row["id"]: row["tags"][0] for row in parquet_rows} == stored
    assert {row["id"]: row["paragraphs"][0]["text"] for row in parquet_rows} == stored
    assert {row["id"]: row["paragraphs"][0]["text"] for row in json_rows} == stored
    assert {row["id"]: json.loads(row["paragraphs"])[0]["text"] for row in csv_rows} == stored
    polars = pytest.importorskip("polars", reason="needs the extra data: polars")
    path = tmp_path / "out.parquet"
    by_polars = {row["id"]: row for row in polars.read_parquet(path).to_dicts()}
    by_duckdb = duckdb.sql(f"SELECT * FROM read_parquet('{path}')").fetchall()
    assert by_polars == {row["id"]: row for row in parquet_rows}
    assert {row[0]: list(row[1:]) for row in by_duckdb} == {
        key: list(row.values())[1:] for key, row in by_polars.items()
    }


def unescaped(cell: str) -> str:
    return cell[1:] if cell.startswith("'") and FORMULA.match(cell[1:]) else cell


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_any_title_survives_csv_and_json_lines(title: str) -> None:
    document = {"_id": "1", "title": title}
    stream = io.BytesIO()
    writer = CsvWriter(stream, ["id", "title"])
    writer.write([document])
    writer.close()
    rows = list(csv.reader(io.StringIO(stream.getvalue().decode(), newline="")))
    assert [unescaped(cell) for cell in rows[1]] == ["1", title]
    stream = io.BytesIO()
    JsonLinesWriter(stream, ["id", "title"]).write([document])
    assert [json.loads(line) for line in stream.getvalue().decode().splitlines()] == [
        {"id": "1", "title": title or None}
    ]


def test_gzip_is_the_same_bytes_every_time(filled: Store, tmp_path: Path) -> None:
    first, second = tmp_path / "first.jsonl.gz", tmp_path / "second.jsonl.gz"
    export(filled, first)
    export(filled, second)
    assert first.read_bytes() == second.read_bytes()
    assert len(gzip.decompress(first.read_bytes()).splitlines()) == 2


@pytest.mark.parametrize(("name", "unpack"), [("x.jsonl.gz", gzip.decompress), ("x.jsonl.zst", zstd.decompress)])
def test_the_ending_of_the_name_compresses(filled: Store, tmp_path: Path, name: str, unpack: Any) -> None:
    export(filled, tmp_path / "plain.jsonl")
    export(filled, tmp_path / name)
    assert unpack((tmp_path / name).read_bytes()) == (tmp_path / "plain.jsonl").read_bytes()


def test_partitions_are_found_by_all_readers_with_the_same_rows(store: Store, tmp_path: Path) -> None:
    polars = pytest.importorskip("polars", reason="needs the extra data: polars")
    days = [PUBLISHED, PUBLISHED + timedelta(days=1), None]
    portals = ["vov", "a:8080", "b/c"]
    given = [article(f"{p}{d}", portal=portals[p], published=days[d]) for p in range(3) for d in range(3)]
    put_many(store, given)
    folder = tmp_path / "set"
    files = export(store, folder, format="parquet", partition=True).files
    assert sorted(str(path.relative_to(folder)) for path in folder.rglob("*.parquet")) == [file.path for file in files]
    assert len(files) == 9
    assert "part_portal=a%3A8080/part_date=none/part-0000.parquet" in {file.path for file in files}
    wanted = {(one.url, one.portal, str(one.published.date()) if one.published else "none") for one in given}
    columns = ["url", "portal", "part_date"]
    files_in = f"read_parquet('{folder}/**/*.parquet', hive_partitioning=true)"
    duck = duckdb.sql(f"SELECT {', '.join(columns)} FROM {files_in}").fetchall()
    pandas = pytest.importorskip("pandas", reason="needs pandas")
    seen = {
        "pyarrow": pq.read_table(folder).select(columns).to_pandas().itertuples(index=False),
        "pandas": pandas.read_parquet(folder)[columns].itertuples(index=False),
        "duckdb": duck,
        "polars": polars.read_parquet(folder).select(columns).rows(),
        "polars, lazily": polars.scan_parquet(folder, hive_partitioning=True).select(columns).collect().rows(),
    }
    assert {name: {tuple(map(str, row)) for row in rows} for name, rows in seen.items()} == dict.fromkeys(seen, wanted)


def test_parquet_has_few_row_groups(filled: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("storage.export.export.BATCH_ROWS", 1)
    export(filled, tmp_path / "x.parquet", format="parquet")
    found = pq.ParquetFile(tmp_path / "x.parquet")
    assert found.metadata.num_rows > found.num_row_groups == 1


def test_more_partitions_than_open_files(store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("storage.export.files.OPEN_FILES", 2)
    put_many(store, [article(str(n), published=PUBLISHED + timedelta(days=n % 4)) for n in range(12)])
    decide.decide(store, [row["_id"] for row in store.db["articles"].find({}, {"_id": 1})])
    everything = Selection(all_copies=True)
    pull = Pull(store, everything, Cursor.parse("start"))
    monkeypatch.setattr(change_marks.rows, "__defaults__", (5,))
    layout = Layout(format="parquet", partition=True)
    export_laid_out(store, tmp_path / "set", layout=layout, selection=everything, pull=pull)
    assert len(list((tmp_path / "set").rglob("*.parquet"))) > 4
    assert pq.read_table(tmp_path / "set").num_rows == 12


def test_partitions_need_an_empty_folder_and_parquet(filled: Store, tmp_path: Path) -> None:
    (tmp_path / "there").mkdir()
    (tmp_path / "there" / "x").touch()
    with pytest.raises(InputError, match=r"there: is there and not an empty folder"):
        export(filled, tmp_path / "there", format="parquet", partition=True)
    with pytest.raises(InputError, match="only Parquet is partitioned"):
        export(filled, tmp_path / "new", partition=True)
    assert [path.name for path in tmp_path.iterdir()] == ["there"]


def test_manifest_tells_what_the_files_hold(filled: Store, tmp_path: Path) -> None:
    path, chosen = tmp_path / "out.jsonl.gz", Selection(languages=("vi",), published_from=PUBLISHED)
    layout = Layout(fields=("id", "title"))
    exported = export_laid_out(filled, path, layout=layout, selection=chosen)
    write_manifest(tmp_path / "m.json", manifest(exported, path, layout=layout, selection=chosen, pull=None))
    facts = json.loads((tmp_path / "m.json").read_text("utf-8"))
    data = path.read_bytes()
    assert facts["files"] == [
        {"path": "out.jsonl.gz", "rows": 1, "bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()}
    ]
    assert facts["selection"] == {"languages": ["vi"], "published_from": "2026-03-14T05:30:15.123000Z"}
    names = ("rows", "portals", "fields", "format", "compression", "kind", "schema_version")
    expected = (1, {"vov": 1}, ["id", "title"], "jsonl", "gzip", "articles", SCHEMA_VERSION)
    assert tuple(facts[name] for name in names) == expected


def test_withdrawn_articles_come_only_when_asked_for(filled: Store, tmp_path: Path) -> None:
    withdraw(filled, "https://portal.example/a", "theo yêu cầu")
    assert {row["id"] for row in lines(filled, tmp_path)} == {id_of("copy"), id_of("en")}, "the story is still told"
    rows = {row["id"]: row for row in lines(filled, tmp_path, selection=Selection(withdrawn=True, all_copies=True))}
    assert rows[id_of("a")]["withdrawn"]["reason"] == "theo yêu cầu"
    assert rows[id_of("en")]["withdrawn"] is None


@pytest.mark.parametrize(
    "cell",
    [
        "=1",
        "+1",
        "-1",
        "@SUM(A1)",
        "\t=1",
        "\r=1",
        "\n",
        " =1",
        "\u3000＝1",
        "＋1",
        "\ufeff=1",
        "\u200b@x",
        "'=1",
        "' -1",
    ],
)
def test_formula_is_disarmed_unless_raw_csv_is_asked_for(cell: str) -> None:
    cells = []
    for raw in (False, True):
        stream = io.BytesIO()
        writer = CsvWriter(stream, ["title"], raw=raw)
        writer.write([{"_id": "1", "title": cell}])
        cells.append(list(csv.reader(io.StringIO(stream.getvalue().decode(), newline="")))[1][0])
    assert cells == ["'" + cell, cell]
    assert unescaped(cells[0]) == cell


def test_parquet_refuses_to_be_gzipped(filled: Store, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"without \.gz"):
        export(filled, tmp_path / "out.parquet.gz", format="parquet")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", FORMATS)
def test_a_failed_export_leaves_the_older_file_as_it_was(
    filled: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: Format
) -> None:
    path = tmp_path / f"out.{name}"
    export(filled, path, format=name)
    before = path.read_bytes()

    def interrupted(rows: int) -> None:
        raise KeyboardInterrupt

    everything = Selection(all_copies=True)
    with pytest.raises(KeyboardInterrupt):
        export_laid_out(filled, path, layout=Layout(format=name), selection=everything, advance=interrupted)
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("name", FORMATS)
def test_a_full_disk_is_one_sentence(filled: Store, name: Format) -> None:
    with pytest.raises(InputError, match=r"/dev/full: cannot be written .*free some space"):
        export(filled, Path("/dev/full"), format=name)


def test_an_unwritable_place_is_one_sentence(filled: Store, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"absent/out\.jsonl: cannot be written .No such file or directory"):
        export(filled, tmp_path / "absent" / "out.jsonl")


def test_the_ending_of_the_file_names_the_format() -> None:
    names = ["a.jsonl", "a.csv.gz", "b.Parquet", "noending", "x.jsonl.csv", "gz"]
    assert [format_of(Path(name)) for name in names] == ["jsonl", "csv", "parquet", "jsonl", "csv", "jsonl"]


def test_a_card_makes_the_folder_a_dataset(store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    days = [PUBLISHED, None]
    put_many(store, [article(f"{p}{d}", portal=f"b/{p}", published=days[d]) for p in range(2) for d in range(2)])
    layout = Layout(format="parquet", partition=True, card=True)
    files = export_laid_out(store, tmp_path / "set", layout=layout, selection=Selection(all_copies=True)).files
    card = (tmp_path / "set" / "README.md").read_text("utf-8")
    assert card.startswith("---\npretty_name: ")
    assert "data_files: data/**/*.parquet" in card
    assert ("4 rows of schema version" in card, "| b/0 | 2 |" in card, "| b/1 | 2 |" in card) == (True, True, True)
    assert {file.path.split("/")[0] for file in files} == {"data"}
    assert pq.read_table(tmp_path / "set" / "data").num_rows == 4
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    monkeypatch.setenv("HF_HOME", str(tmp_path / "hf"))
    datasets = pytest.importorskip("datasets", reason="needs pip install datasets")
    found = datasets.load_dataset(str(tmp_path / "set"), split="train", cache_dir=str(tmp_path / "cache"))
    assert {row["portal"] for row in found} == {"b/0", "b/1"}
