"""Which readers open which export, and whether they find what the store holds; prints the table of docs/data.md.

    python -m benchmarks.readers

Stores invented articles (with and without a date, odd line ends in texts, empty lists, unknown values), exports them,
and reads them with every reader. Needs the extras ``data`` and ``spark`` and ``pip install datasets``.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime, timedelta
from importlib.metadata import version
from pathlib import Path
from typing import Any

from storage.articles.articles import put_many
from storage.database.store import Store, temporary_store
from storage.export.export import Layout, export
from storage.export.reader import StoreReader
from storage.export.selection import Selection
from storage.records import Article, RelatedStory

Fact = tuple[str, str, str, str, float | None, str]
Read = Callable[[Path, str], Iterable[Mapping[str, Any]]]


def fill(store: Store) -> None:
    begin = datetime(2026, 3, 14, 5, 30, tzinfo=UTC)
    pages = []
    for number in range(60):
        url = f"https://portal{number % 3}.example/{number}"
        page = Article(
            id="",
            url=url,
            canonical_url=url,
            portal=("vov", "a:8080", "b/c")[number % 3],
            title="" if number % 7 == 0 else f"Tin {number}, “mới”",
            text=f"Bài số {number}.\n\n=1+1\u2028hết." * (1 + number % 4),
            section="" if number % 2 else "Xã hội",
            published=None if number % 5 == 0 else begin + timedelta(hours=number, milliseconds=number),
            related=tuple(RelatedStory(url=f"{url}/{n}", title=f"Liên quan {n}") for n in range(number % 3)),
        )
        pages.append(page)
    put_many(store, pages)


def fact(row: Mapping[str, Any]) -> Fact:
    """Return what of *row* is compared; every reader has its own kinds of list, time and null."""
    moment, related = row["published"], row["related"]
    if isinstance(moment, str):
        moment = datetime.fromisoformat(moment)
    if moment is not None and moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    seconds = None if moment is None else moment.timestamp()
    first = related[0] if related is not None and len(related) else {"title": ""}
    return row["id"], row["portal"], row["title"] or "", row["text"], seconds, first["title"]


def readers() -> dict[str, Read]:
    import datasets
    import duckdb
    import pandas
    import polars
    import pyarrow.parquet as pq
    from pyspark.sql import SparkSession

    datasets.disable_progress_bars()
    # Spark hands out datetimes of this process's zone without saying so.
    spark = SparkSession.builder.master("local[1]").config("spark.sql.session.timeZone", "UTC").getOrCreate()

    def with_pandas(path: Path, kind: str) -> Any:
        frame = pandas.read_json(path, lines=True) if kind == "jsonl" else pandas.read_parquet(path)
        return frame.astype(object).where(frame.notna(), None).to_dict("records")

    def with_polars(path: Path, kind: str) -> Any:
        if kind == "jsonl":
            return polars.read_ndjson(path, infer_schema_length=None).to_dicts()
        return polars.scan_parquet(path).collect().to_dicts()

    def with_duckdb(path: Path, kind: str) -> Any:
        source = f"{path}/**/*.parquet" if path.is_dir() else str(path)
        return duckdb.sql(f"SELECT * FROM '{source}'").to_arrow_table().to_pylist()

    def with_spark(path: Path, kind: str) -> Any:
        return (spark.read.json(str(path)) if kind == "jsonl" else spark.read.parquet(str(path))).collect()

    def with_datasets(path: Path, kind: str) -> Any:
        if kind != "jsonl" and path.is_dir():
            return datasets.load_dataset(str(path), split="train")
        return datasets.load_dataset("json" if kind == "jsonl" else "parquet", data_files=str(path), split="train")

    return {
        "pyarrow": lambda path, kind: pq.read_table(path).to_pylist(),
        "pandas": with_pandas,
        "polars": with_polars,
        "duckdb": with_duckdb,
        "pyspark": with_spark,
        "datasets": with_datasets,
    }


def verdict(read: Read, path: Path, kind: str, wanted: set[Fact]) -> str:
    try:
        found = {fact(row) for row in read(path, kind)}
    except Exception as problem:  # noqa: BLE001 - the table says so
        return f"{type(problem).__name__}: {str(problem).splitlines()[0][:60]}"
    return "equal" if found == wanted else f"{len(wanted - found)} rows differ"


def main() -> None:
    with temporary_store() as store, tempfile.TemporaryDirectory() as name:
        fill(store)
        folder = Path(name)
        os.environ |= {"HF_HOME": str(folder / "hf"), "HF_HUB_OFFLINE": "1", "TZ": "UTC"}
        wanted = {fact(row) for row in StoreReader(store).articles(all_copies=True).rows()}
        made: dict[str, tuple[Path, Layout]] = {
            "parquet": (folder / "all.parquet", Layout(format="parquet")),
            "partitioned": (folder / "parts", Layout(format="parquet", partition=True)),
            "card": (folder / "card", Layout(format="parquet", partition=True, card=True)),
            "jsonl": (folder / "all.jsonl", Layout(format="jsonl")),
        }
        for path, layout in made.values():
            export(store, path, layout=layout, selection=Selection(all_copies=True))
        print("| reader | one Parquet file | `--partition` | `--card` | JSON Lines |\n|---|---|---|---|---|")
        for reader, read in readers().items():
            cells = []
            for kind, (path, _) in made.items():
                source = path / "data" if kind == "card" and reader != "datasets" else path
                cells.append(verdict(read, source, kind, wanted) if (reader, kind) != ("pyarrow", "jsonl") else "-")
            print(f"| {reader} {version(reader)} | {' | '.join(cells)} |", flush=True)


if __name__ == "__main__":
    main()
