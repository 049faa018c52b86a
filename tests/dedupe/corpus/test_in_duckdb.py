"""DuckDB gives the clusters of the engine in memory, within its memory limit."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from dedupe.corpus.documents import read_documents
from dedupe.corpus.in_duckdb import cluster_parquet
from dedupe.corpus.in_memory import cluster_documents
from dedupe.errors import InputError

pytest.importorskip("duckdb", reason="needs the extra corpus")
pyarrow = pytest.importorskip("pyarrow", reason="needs the extra corpus")
parquet = pytest.importorskip("pyarrow.parquet")

WORDS = [
    a + b + c for a in ("tr", "b", "gl", "st", "m", "kh") for b in "aeiou" for c in ("n", "r", "lle", "st", "à", "ệ")
]
START = datetime(2026, 3, 1, tzinfo=UTC)


def corpus(count: int) -> list[dict[str, Any]]:
    """Originals and copies of every kind, addresses with several captures, a hot bucket, texts without words."""
    draw = random.Random(4)
    stories = [
        [draw.choice(WORDS) + draw.choice(WORDS) for _ in range(draw.randrange(60, 500))] for _ in range(count // 4)
    ]
    rows = []
    for number in range(count):
        words = list(draw.choice(stories))
        match number % 5:
            case 1:
                words = words[: len(words) // 3]
            case 2:
                words[draw.randrange(len(words))] = "altered"
            case 3:
                words += draw.choice(stories)[:40]
        text = " ".join(words)
        if number % 9 == 0:
            text = " ".join(stories[0]) + f" vote {number}"
        rows.append(
            {
                "id": f"d{draw.randrange(10**9):09}-{number}",
                "text": text if number % 50 else "",
                "title": " ".join(words[:5]),
                "url": f"https://site{number % 3}.example/{number % (count * 2 // 3)}" if number % 4 else None,
                "date": START + timedelta(minutes=draw.randrange(5000)) if number % 7 else None,
            }
        )
    return rows


@pytest.fixture(scope="module")
def documents(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("corpus") / "docs.parquet"
    parquet.write_table(pyarrow.Table.from_pylist(corpus(900)), path, row_group_size=200)
    return path


@pytest.mark.parametrize("ignore_urls", [False, True])
def test_the_rows_are_those_of_the_engine_in_memory(documents: Path, tmp_path: Path, ignore_urls: bool) -> None:
    output = tmp_path / "rows.parquet"
    summary = cluster_parquet(documents, output, memory_limit="200MB", ignore_urls=ignore_urls)
    expected = list(cluster_documents(read_documents(documents), ignore_urls=ignore_urls))
    found = parquet.read_table(output).to_pylist()
    assert found == [{name: getattr(row, name) for name in type(row).__slots__ if name != "spans"} for row in expected]
    assert summary["documents"] == 900
    assert summary["kept"] == sum(row.duplicate_of is None for row in expected)
    relations = {row.relation for row in expected}
    assert {"exact", "near", "contained"} <= relations
    assert ("version" in relations) is not ignore_urls
    assert [path.name for path in tmp_path.iterdir()] == ["rows.parquet"]


def test_nothing_to_compare(tmp_path: Path) -> None:
    path = tmp_path / "docs.parquet"
    parquet.write_table(pyarrow.table({"id": ["a", "b"], "text": ["one story", ""]}), path)
    found = cluster_parquet(path, tmp_path / "rows.parquet")
    assert (found["documents"], found["kept"], found["dropped_words"]) == (2, 2, 0)


def test_bad_input_writes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "docs.parquet"
    parquet.write_table(pyarrow.table({"id": ["a", "a"], "text": ["x", "y"]}), path)
    with pytest.raises(InputError, match=r'row 2: id "a" was already used'):
        cluster_parquet(path, tmp_path / "rows.parquet")
    with pytest.raises(InputError, match="'lots' is no memory limit"):
        cluster_parquet(path, tmp_path / "rows.parquet", memory_limit="lots")
    assert [left.name for left in tmp_path.iterdir()] == ["docs.parquet"]
