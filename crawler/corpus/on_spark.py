"""A corpus on a Spark cluster. Its folder, the WARC files and the environment are at the same paths on every machine.

Tasks write the same parts by the same functions as one machine does, so what was done by a job that ended is kept.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from pyspark.errors import PySparkException
from pyspark.sql import SparkSession

from crawler.corpus.engines import OneMachine, Tell
from crawler.corpus.parts import Work, extract_splits, index_file
from dedupe.corpus.documents import FIELDS
from dedupe.corpus.in_spark import cluster_with_spark
from dedupe.errors import InputError

LOOK_SECONDS = 5.0
"""Between two looks at what tasks have written."""


class OnSpark(OneMachine):
    """The executors of a cluster, each task with one worker process that has the limits of a page; plans in DuckDB.

    :param master: such as ``spark://host:7077``; empty: what ``spark-submit`` or Spark's settings name
    """

    def __init__(self, master: str, memory_limit: str) -> None:
        super().__init__(1, memory_limit)
        os.environ.setdefault("PYSPARK_PYTHON", sys.executable)  # not whatever python3 an executor finds first
        builder = SparkSession.builder.appName("storykin corpus").config("spark.sql.session.timeZone", "UTC")
        # Spark's own default, INT96, is read back without a zone.
        builder = builder.config("spark.sql.parquet.outputTimestampType", "TIMESTAMP_MICROS")
        with _in_words():
            self._spark = (builder.master(master) if master else builder).getOrCreate()

    def index(self, work: Work, numbers: Sequence[int], done: Callable[[], None]) -> None:
        """Write the index of the WARC files *numbers*, a task each."""
        self._tasks(lambda number: index_file(work, number), numbers, done)

    def extract(self, work: Work, splits: Sequence[int], done: Callable[[], None]) -> None:
        """Write the articles of *splits*, a task each."""
        self._tasks(lambda split: extract_splits(work, [split], 1, lambda: None), splits, done)

    def cluster(self, folder: Path, output: Path, tell: Tell) -> None:
        """Write the clusters of the table ``articles``."""
        tell("clustering", 0, None, 0)
        articles = self._spark.read.parquet((folder / "articles").as_uri())
        documents = articles.select(*(name for name in articles.columns if name in FIELDS.every))
        with _in_words():
            found = cluster_with_spark(self._spark, documents, checkpoints=(output.parent / "checkpoints").as_uri())
            found.write.parquet(output.as_uri(), compression="zstd")

    def write(self, query: str, folder: Path, output: Path) -> None:
        """Write what *query* says of the tables."""
        with _in_words():
            self._asked(query, folder).write.parquet(output.as_uri(), compression="zstd")

    def rows(self, query: str, folder: Path) -> list[dict[str, Any]]:
        """Return what *query* says of the tables."""
        with _in_words():
            return [row.asDict() for row in self._asked(query, folder).collect()]

    def _asked(self, query: str, folder: Path) -> Any:
        for name in ("articles", "clusters"):
            self._spark.read.parquet((folder / name).as_uri()).createOrReplaceTempView(name)
        return self._spark.sql(query)

    def _tasks(self, function: Callable[[int], None], numbers: Sequence[int], done: Callable[[], None]) -> None:
        """Have executors call *function* with each of *numbers*; call *done* now and then meanwhile."""

        def run(batches: Iterator[Any]) -> Iterator[Any]:
            for batch in batches:
                for row in batch.to_pylist():
                    function(numbers[row["id"]])
                yield batch

        job = self._spark.range(0, len(numbers), 1, len(numbers)).mapInArrow(run, "id long")
        with ThreadPoolExecutor(1) as thread, _in_words():
            under_way = thread.submit(job.count)
            try:
                while not wait([under_way], LOOK_SECONDS).done:
                    done()
                under_way.result()
            finally:
                self._spark.sparkContext.cancelAllJobs()


@contextmanager
def _in_words() -> Iterator[None]:
    """Raise what Spark raises as one sentence: that of a task's own InputError, or the first of Spark's.

    :raises InputError: with Spark's error as its cause
    """
    try:
        yield
    except PySparkException as problem:
        lines = str(problem).splitlines() or [type(problem).__name__]
        said = [line.partition("InputError: ")[2] for line in lines if "InputError: " in line]
        raise InputError(said[-1] if said else f"Spark: {lines[0]}; what is done is kept") from problem
