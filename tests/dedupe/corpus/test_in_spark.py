"""Spark gives the clusters of the engine in memory. Skips where there is no Java or no pyspark."""

from __future__ import annotations

import random
import shutil
import sys
import warnings
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from dedupe.corpus.documents import documents_of
from dedupe.corpus.in_memory import cluster_documents
from dedupe.errors import InputError
from tests.support.requirements import missing

if shutil.which("java") is None:
    missing("spark", "needs Java (Debian: apt-get install default-jre-headless)")
if find_spec("pyspark") is None:
    missing("spark", "needs the extra: pip install 'storykin[spark]', or make test where Java is on the PATH")

from dedupe.corpus.in_spark import cluster_with_spark
from tests.support.spark_cluster import JAVA

WORDS = [
    a + b + c for a in ("tr", "b", "gl", "st", "m", "kh") for b in "aeiou" for c in ("n", "r", "lle", "st", "à", "ệ")
]
START = datetime(2026, 3, 1, tzinfo=UTC)

# A job of hundreds of small stages, each of which a busy machine delays; pyspark warns of its own sockets.
pytestmark = [pytest.mark.timeout(1200), pytest.mark.filterwarnings("ignore")]


@pytest.fixture(scope="module")
def spark() -> Iterator[Any]:
    from pyspark.sql import SparkSession

    with warnings.catch_warnings(), pytest.MonkeyPatch.context() as patch:
        warnings.simplefilter("ignore")
        patch.setenv("PYSPARK_PYTHON", sys.executable)
        session = (
            SparkSession.builder.master("local[2]")
            .config("spark.sql.shuffle.partitions", 2)
            .config("spark.sql.adaptive.enabled", "false")
            # Compiling a hundred queries, each of which runs once on few rows, took two thirds of the time.
            .config("spark.sql.codegen.wholeStage", "false")
            .config("spark.sql.codegen.factoryMode", "NO_CODEGEN")
            .config("spark.driver.extraJavaOptions", JAVA)
            .config("spark.ui.enabled", "false")
            .config("spark.driver.bindAddress", "127.0.0.1")
            .config("spark.driver.host", "127.0.0.1")
            .config("spark.sql.session.timeZone", "UTC")
            .getOrCreate()
        )
    yield session
    session.stop()


def corpus(count: int) -> list[dict[str, Any]]:
    """Originals and copies of every kind, pages of one template, several captures of an address, empty texts."""
    draw = random.Random(8)
    stories = [
        [draw.choice(WORDS) + draw.choice(WORDS) for _ in range(draw.randrange(60, 400))] for _ in range(count // 4)
    ]
    notice = " ".join(stories.pop())
    rows = []
    for number in range(count):
        words = list(draw.choice(stories))
        match number % 6:
            case 1:
                words = words[: len(words) // 3]
            case 2:
                words[draw.randrange(len(words))] = "altered"
            case 3:
                words += draw.choice(stories)[:40]
            case 4:
                words = [*words[:30], str(number), notice]
        rows.append(
            {
                "id": f"d{draw.randrange(10**6):06}-{number}",
                "text": " ".join(words) if number % 50 else "",
                "title": " ".join(words[:5]),
                "url": f"https://site{number % 2}.example/{number % (count * 2 // 3)}",
                "date": (START + timedelta(minutes=draw.randrange(5000))).isoformat() if number % 7 else None,
            }
        )
    return rows


def test_an_id_that_comes_twice_is_refused_wherever_it_stands(spark: Any, tmp_path: Path) -> None:
    rows = [{"id": f"d{number % 39}", "text": f"story {number}"} for number in range(40)]
    frame = spark.createDataFrame(rows, "id string, text string").repartition(8)
    with pytest.raises(InputError, match='id "d0" is used more than once'):
        cluster_with_spark(spark, frame, checkpoints=tmp_path.as_uri())


def test_documents_without_a_source_are_compared_without_templates(spark: Any, tmp_path: Path) -> None:
    rows = [{key: row[key] for key in ("id", "text", "title")} for row in corpus(40)]
    frame = spark.createDataFrame(rows, "id string, text string, title string")
    found = cluster_with_spark(spark, frame, checkpoints=tmp_path.as_uri()).select("id", "cluster", "duplicate_of")
    expected = [(row.id, row.cluster, row.duplicate_of) for row in cluster_documents(documents_of(enumerate(rows)))]
    assert sorted(map(tuple, found.collect()), key=repr) == sorted(expected, key=repr)


def test_the_rows_are_those_of_the_engine_in_memory(spark: Any, tmp_path: Path) -> None:
    rows = corpus(150)
    frame = spark.createDataFrame(rows, "id string, text string, title string, url string, date string")
    clustered = cluster_with_spark(spark, frame, checkpoints=tmp_path.as_uri())
    found = {row["id"]: row.asDict(recursive=True) for row in clustered.collect()}
    expected = list(cluster_documents(documents_of(enumerate(rows))))
    assert len(found) == len(rows)
    assert found == {
        row.id: {name: getattr(row, name) for name in type(row).__slots__ if name != "spans"} for row in expected
    }
    assert {"exact", "near", "contained", "version"} <= {row.relation for row in expected}
