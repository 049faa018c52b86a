"""What a corpus is made with on one machine: worker processes and DuckDB, both in bounded memory."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb

from crawler.corpus.parts import Work, extract_splits, index_file, part
from crawler.workers.batch import in_order
from crawler.workers.pool import WorkerFailureError, WorkerPool
from crawler.workers.process import Limits
from dedupe.corpus.in_duckdb import cluster_parquet
from dedupe.errors import InputError

Tell = Callable[[str, int, int | None, int], None]
"""Called with what is being done, how many are done, of how many where that is known, and how many failed."""
_INDEXING = Limits(seconds=86_400, megabytes=8_000)
"""Of the index of one WARC file: a day. Each record has the limits of ``dedupe.intake.limits``."""


class OneMachine:
    """All cores of this machine. Tables are folders of Parquet files, drafts stand in a folder beside them.

    :param workers: processes, all cores by default; with 0 pages are taken apart here, without limits
    :param memory_limit: of DuckDB, such as ``2GB``
    """

    def __init__(self, workers: int | None, memory_limit: str) -> None:
        self._workers, self._memory_limit = workers, memory_limit

    def index(self, work: Work, numbers: Sequence[int], done: Callable[[], None]) -> None:
        """Write the index of the WARC files *numbers*, and call *done* after each."""
        with WorkerPool(self._workers, _INDEXING) as pool:
            tasks = in_order(numbers, lambda one: pool.submit(index_file, work, one), lambda _: 0, pool.workers)
            for number, task in tasks:
                try:
                    task.result()
                except WorkerFailureError as problem:
                    index_file(work, number, f"{work.files[number].name}: {problem}")
                done()

    def extract(self, work: Work, splits: Sequence[int], done: Callable[[], None]) -> None:
        """Write the articles of *splits*, and call *done* after some or each."""
        extract_splits(work, splits, self._workers, done)

    def cluster(self, folder: Path, output: Path, tell: Tell) -> None:
        """Write the clusters of the table ``articles`` of *folder* to the folder *output*."""
        output.mkdir()
        cluster_parquet(
            folder / "articles",
            part(output.parent, output.name, 0),
            memory_limit=self._memory_limit,
            directory=output.parent,
            progress=lambda what, done, of: tell(what, done, of, 0),
        )

    def write(self, query: str, folder: Path, output: Path) -> None:
        """Write what *query* says of the tables of *folder* to the folder *output*."""
        with self.database(folder) as base:
            options = "FORMAT parquet, COMPRESSION zstd, PER_THREAD_OUTPUT, FILENAME_PATTERN 'part-{i}'"
            base.execute(f"COPY ({query}) TO '{_quoted(output)}' ({options})")

    def rows(self, query: str, folder: Path) -> list[dict[str, Any]]:
        """Return what *query* says of the tables of *folder*."""
        with self.database(folder) as base:
            found = base.execute(query)
            names = [column[0] for column in found.description]
            return [dict(zip(names, row, strict=True)) for row in found.fetchall()]

    def plan(self, query: str, given: Mapping[str, Any], output: Path) -> None:
        """Write what *query* says to the file *output*."""
        with self.database(output.parent.parent) as base:
            base.sql(query, params=given).write_parquet(str(output), compression="zstd", row_group_size=8192)

    @contextmanager
    def database(self, folder: Path) -> Iterator[Any]:
        """Yield DuckDB with the tables of *folder* that are there.

        :raises InputError: if it cannot go on, as on a full disk
        """
        base = duckdb.connect()
        try:
            base.execute("SET temp_directory = $folder", {"folder": str(folder / ".work")})
            base.execute("SET memory_limit = $limit", {"limit": self._memory_limit})
            for name in ("articles", "clusters"):
                if (folder / name).exists():
                    base.execute(f"CREATE VIEW {name} AS FROM read_parquet('{_quoted(folder / name)}/*.parquet')")
            yield base
        except duckdb.Error as problem:
            raise InputError(f"{folder}: {problem}; what is done is kept: run the command again") from None
        finally:
            base.close()


def _quoted(path: Path) -> str:
    return str(path).replace("'", "''")
