"""What a question to the store gives: records one by one, in batches, or as a table of Arrow, polars or pandas."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Generic, TypeVar, cast

from dedupe.errors import InputError
from storage.base.documents import batches
from storage.export.columns import arrow_batch, arrow_schema, row_of

if TYPE_CHECKING:
    import pandas as pd
    import polars as pl
    import pyarrow as pa

    from storage.database.store import Store

T = TypeVar("T")

ROWS = 1_000
"""Rows that are turned into Arrow at a time: one record batch."""

Document = Mapping[str, Any]
Rows = Callable[[Sequence[str] | None], Iterator[Document]]
"""Asks the database anew; with names of columns, the documents need to hold only those."""


class RecordSet(Generic[T]):
    """The records that meet a question. Each pass asks the database anew, and no pass holds more than a batch.

    :param columns: of the tables, with their Python types (``storage.export.columns``)
    :param count: how many there are; else they are counted
    """

    def __init__(
        self,
        store: Store,
        *,
        rows: Rows,
        record: Callable[[Document], T],
        columns: dict[str, Any],
        count: Callable[[], int] | None = None,
    ) -> None:
        self._store = store
        self._rows = rows
        self._record = record
        self._columns = columns
        self._count = count

    @property
    def columns(self) -> tuple[str, ...]:
        """Names of the columns that the tables have."""
        return tuple(self._columns)

    def __iter__(self) -> Iterator[T]:
        """Yield the records, as the database holds them now."""
        return map(self._record, self._documents(None))

    def __len__(self) -> int:
        """Return how many records there are now; the database counts them."""
        with self._store.errors():
            return self._count() if self._count else sum(1 for _ in self._rows(["id"]))

    def __repr__(self) -> str:
        return f"<{type(self).__name__} of {', '.join(list(self._columns)[:3])}, ...>"

    def batches(self, size: int = ROWS) -> Iterator[list[T]]:
        """Yield the records in lists of *size*, the last one shorter.

        :raises InputError: if *size* is not positive
        """
        if size < 1:
            raise InputError(f"batches of {size} records cannot be made: give a size from 1 on")
        return batches(self, size)

    def to_arrow(self, fields: Sequence[str] = ()) -> pa.Table:
        """Return a table of typed columns: UTC timestamps, lists, structs. Needs the extra ``parquet``.

        :param fields: columns, in their order; all by default
        :raises InputError: for a name that is no column, and where pyarrow is missing
        """
        return self.to_arrow_reader(fields).read_all()

    def to_arrow_reader(self, fields: Sequence[str] = ()) -> pa.RecordBatchReader:
        """Return the rows of :meth:`to_arrow` as a stream of record batches; one batch is in memory at a time.

        pyarrow, polars, DuckDB and Spark read such a stream. It asks the database as it is read, so read it before the
        store is closed.

        :param fields: columns, in their order; all by default
        :raises InputError: for a name that is no column, and where pyarrow is missing
        """
        chosen = self._chosen(fields)
        try:
            import pyarrow as pa
        except ImportError:
            raise _missing("pyarrow", "Arrow", "storykin[parquet]") from None
        schema = arrow_schema(chosen, self._columns)
        documents = batches(self._documents(chosen), ROWS)
        return pa.RecordBatchReader.from_batches(schema, (arrow_batch(some, schema) for some in documents))

    def scan(self) -> pl.LazyFrame:
        """Return a lazy polars frame. Collected, it asks the database for the columns that are used, batch by batch.

        A filter or an aggregate therefore holds no more than its result. Collect it before the store is closed. Needs
        the extra ``data``.

        :raises InputError: where polars or pyarrow is missing
        """
        polars = _polars("scan()")
        from polars.io.plugins import register_io_source

        def frames(
            names: list[str] | None, predicate: pl.Expr | None, most: int | None, _: int | None
        ) -> Iterator[pl.DataFrame]:
            left = sys.maxsize if most is None else most
            for batch in self.to_arrow_reader(names or ()):
                frame = polars.DataFrame(batch).select(names or self.columns).head(left)
                left -= frame.height
                yield frame if predicate is None else frame.filter(predicate)
                if left <= 0:
                    return

        empty = arrow_schema(self._columns, self._columns).empty_table()
        return register_io_source(frames, schema=polars.DataFrame(empty).schema)

    def rows(self, fields: Sequence[str] = ()) -> Iterator[dict[str, Any]]:
        """Yield the records as flat rows: the columns of an export, times as datetimes.

        :param fields: columns, in their order; all by default
        :raises InputError: for a name that is no column
        """
        chosen = self._chosen(fields)
        return (row_of(document, chosen, self._columns) for document in self._documents(chosen))

    def to_polars(self, fields: Sequence[str] = ()) -> pl.DataFrame:
        """Return :meth:`to_arrow` as a polars frame. Needs the extra ``data``.

        :raises InputError: for a name that is no column, and where polars or pyarrow is missing
        """
        frame = _polars("to_polars()").from_arrow(self.to_arrow(fields))
        return cast("pl.DataFrame", frame)  # a table never becomes a series

    def to_pandas(self, fields: Sequence[str] = ()) -> pd.DataFrame:
        """Return :meth:`to_arrow` as a pandas frame; times keep their zone. Needs pandas and the extra ``parquet``.

        :raises InputError: for a name that is no column, and where pandas or pyarrow is missing
        """
        try:
            import pandas as pd  # noqa: F401  what pyarrow makes the frame with; it names it less plainly
        except ImportError:
            raise _missing("pandas", "to_pandas()", "pandas", "storykin[parquet]") from None
        frame: pd.DataFrame = self.to_arrow(fields).to_pandas()
        return frame

    def _chosen(self, fields: Sequence[str]) -> list[str]:
        if isinstance(fields, str):
            raise InputError(f"fields are a list of names: [{fields!r}]")
        unknown = [name for name in fields if name not in self._columns]
        if unknown:
            raise InputError(f"no column {unknown[0]!r} (columns: {', '.join(self._columns)})")
        return list(dict.fromkeys(fields)) or list(self._columns)

    def _documents(self, names: Sequence[str] | None) -> Iterator[Document]:
        with self._store.errors():
            yield from self._rows(names)


def _polars(method: str) -> Any:
    try:
        import polars as pl
    except ImportError:
        raise _missing("polars", method, "storykin[data]") from None
    return pl


def _missing(package: str, method: str, *to_install: str) -> InputError:
    quoted = " ".join(f"'{name}'" if "[" in name else name for name in to_install)
    return InputError(f"{method} needs {package}: pip install {quoted}")
