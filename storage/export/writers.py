"""Writers of article documents: JSON Lines, CSV, Parquet. Each holds one batch in memory."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import IO, Any, Protocol

from dedupe.errors import InputError
from storage.export.columns import COLUMNS, PULL_COLUMNS, arrow_batch, arrow_schema, json_of, row_of
from storage.records import SCHEMA_VERSION, utc_text

FORMULA = re.compile(r"'*(?:[\s\x00-\x1f\u00ad\u200b-\u200f\u2060\ufeff]*[=+\-@＝＋－＠﹦﹢﹣﹫−]|[\t\r\n])")
"""What a spreadsheet may run as a formula, also after blanks and invisible characters that it drops, and in the full
and small forms of the signs: https://owasp.org/www-community/attacks/CSV_Injection."""

Document = Mapping[str, Any]


class Writer(Protocol):
    """Writes documents to a binary stream that it does not close."""

    def write(self, documents: Sequence[Document]) -> None:
        """Append *documents*."""

    def close(self) -> None:
        """Write what is left to write."""


class JsonLinesWriter:
    """One JSON object a line, UTF-8, times as ``2026-01-02T03:04:05Z``."""

    def __init__(self, stream: IO[bytes], columns: Sequence[str]) -> None:
        self._stream = stream
        self._columns = columns

    def write(self, documents: Sequence[Document]) -> None:
        """Append a line for each document."""
        for document in documents:
            self._stream.write(json_of(row_of(document, self._columns)).encode() + b"\n")

    def close(self) -> None:
        """Do nothing: every line is whole."""


class CsvWriter:
    """CSV by RFC 4180 with a header, in UTF-8. Lists and records are written as JSON, ``None`` as an empty cell.

    A cell that a spreadsheet would run as a formula gets an apostrophe in front. A cell that has apostrophes before
    such a character gets one more, so removing one apostrophe restores every cell.

    :param raw: write such cells as they are
    """

    def __init__(self, stream: IO[bytes], columns: Sequence[str], *, raw: bool = False) -> None:
        self._stream = stream
        self._raw = raw
        self._columns = columns
        self._text = io.StringIO(newline="")
        self._rows = csv.writer(self._text)
        self._rows.writerow(columns)

    def write(self, documents: Sequence[Document]) -> None:
        """Append a row for each document."""
        for document in documents:
            values = row_of(document, self._columns).values()
            self._rows.writerow([_cell(value, raw=self._raw) for value in values])
            self._flush()

    def close(self) -> None:
        """Write the header if there was no row."""
        self._flush()

    def _flush(self) -> None:
        self._stream.write(self._text.getvalue().encode())
        self._text.seek(0)
        self._text.truncate()


GROUP_BYTES = 64 << 20
"""Of a row group, before it is packed: some 10,000 articles, as many as a reader takes at once without effort."""
FOLDER_GROUP_BYTES = 2 << 20
"""The same in a folder, of which 64 files are open at a time."""


class ParquetWriter:
    """Typed columns (``storage.export.columns.arrow_schema``), zstd.

    :param group_bytes: a row group is written when it holds so many bytes as Arrow arrays
    :param types: the columns that there may be, with their Python types
    """

    def __init__(
        self,
        stream: IO[bytes],
        columns: Sequence[str],
        group_bytes: int = GROUP_BYTES,
        types: Mapping[str, Any] = COLUMNS | PULL_COLUMNS,
    ) -> None:
        try:
            import pyarrow as pa
            import pyarrow.parquet as pq
        except ImportError:
            raise InputError("Parquet needs pyarrow: pip install 'storykin[parquet]'") from None
        metadata = {"storykin_schema_version": str(SCHEMA_VERSION)}
        self._schema = arrow_schema(columns, types).with_metadata(metadata)
        self._group_bytes = group_bytes
        self._waiting: list[pa.RecordBatch] = []
        self._table_of = pa.Table.from_batches
        self._writer = pq.ParquetWriter(stream, self._schema, compression="zstd")

    def write(self, documents: Sequence[Document]) -> None:
        """Append *documents*."""
        self._waiting.append(arrow_batch(documents, self._schema))
        if sum(batch.nbytes for batch in self._waiting) >= self._group_bytes:
            self._write_group()

    def note(self, name: str, text: str) -> None:
        """Put *text* under *name* among the metadata of the file."""
        self._writer.add_key_value_metadata({name: text})

    def close(self) -> None:
        """Write what waits and the footer, without which the file cannot be read."""
        self._write_group()
        self._writer.close()

    def _write_group(self) -> None:
        if self._waiting:
            table = self._table_of(self._waiting, schema=self._schema)
            self._writer.write_table(table, row_group_size=max(1, table.num_rows))
            self._waiting.clear()


def _cell(value: Any, *, raw: bool) -> Any:
    if isinstance(value, list | dict):
        return json_of(value)
    if isinstance(value, datetime):
        return utc_text(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str) and not raw and FORMULA.match(value):
        return f"'{value}"
    return value
