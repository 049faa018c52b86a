"""Export of stored articles to a file or a stream, in flat memory."""

from __future__ import annotations

import gzip
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO, Any, Literal, cast, get_args

from dedupe.errors import InputError
from storage.columns import chosen_columns
from storage.export_writers import CsvWriter, Document, JsonLinesWriter, ParquetWriter, Writer
from storage.mongo import Store
from storage.whole_file import whole_file

Format = Literal["jsonl", "csv", "parquet"]
FORMATS: tuple[Format, ...] = get_args(Format)
WRITERS: Mapping[Format, Callable[[IO[bytes], Sequence[str]], Writer]] = {
    "jsonl": JsonLinesWriter,
    "csv": CsvWriter,
    "parquet": ParquetWriter,
}
BATCH_ROWS = 1_000
FETCH_ROWS = 200
BATCH_CHARACTERS = 2_000_000
"""Of ``text``; paragraphs repeat the text, and Python needs several times the bytes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """Which articles; no condition is met by all."""

    portals: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    since: datetime | None = None
    """Only what was new or changed in the store at this time or later."""
    all_copies: bool = False
    """Also the articles that repeat another one."""

    def query(self) -> dict[str, Any]:
        """Return the filter on ``articles``."""
        wanted: dict[str, Any] = {}
        if self.portals:
            wanted["portal"] = {"$in": list(self.portals)}
        if self.languages:
            wanted["language"] = {"$in": list(self.languages)}
        if self.since is not None:
            wanted["updated"] = {"$gte": self.since}
        if not self.all_copies:
            wanted["duplicate"] = None
        return wanted


def export(
    store: Store,
    target: Path | IO[bytes],
    *,
    format: Format = "jsonl",  # noqa: A002 - the option's name on the command line
    selection: Selection | None = None,
    fields: Sequence[str] = (),
    advance: Callable[[int], None] = lambda rows: None,
) -> int:
    """Write the selected articles, ordered by id, and return how many.

    :param target: a path, replaced only when the export is whole and gzipped where it ends in ``.gz``; or a stream
    :param fields: columns, see ``storage.columns.COLUMNS``; all by default
    :param advance: called with the number of rows after each batch
    :raises InputError: for an unknown field, a format that the target cannot take, a file that cannot be written
    """
    columns = chosen_columns(fields)
    query = (selection or Selection()).query()
    projection = ["_id" if name == "id" else name for name in columns]
    count = 0
    with _opened(target, format) as stream, closing(WRITERS[format](stream, columns)) as writer:
        for batch in _batches(store, query, projection):
            writer.write(batch)
            count += len(batch)
            advance(len(batch))
    return count


def count_selected(store: Store, selection: Selection) -> int:
    """Return how many articles :func:`export` would write."""
    return store.db["articles"].count_documents(selection.query())


def format_of(path: Path) -> Format:
    """Return the format that the ending of *path* (before ``.gz``) names, JSON Lines where it names none."""
    ending = Path(path.stem).suffix if path.suffix.lower() == ".gz" else path.suffix
    return next((name for name in FORMATS if ending.lower() == f".{name}"), "jsonl")


def _batches(store: Store, query: dict[str, Any], projection: list[str]) -> Iterator[list[Document]]:
    batch: list[Document] = []
    characters = 0
    # By id: every article once, also while a crawl writes, and the same order every time.
    with store.db["articles"].find(query, projection).sort("_id", 1).batch_size(FETCH_ROWS) as cursor:
        for document in cursor:
            batch.append(document)
            characters += len(document.get("text") or "")
            if len(batch) >= BATCH_ROWS or characters >= BATCH_CHARACTERS:
                yield batch
                batch, characters = [], 0
    if batch:
        yield batch


@contextmanager
def _opened(target: Path | IO[bytes], format: Format) -> Iterator[IO[bytes]]:  # noqa: A002
    if not isinstance(target, Path):
        yield target
        return
    zipped = target.suffix.lower() == ".gz"
    if zipped and format == "parquet":
        raise InputError(f"{target}: Parquet is compressed by itself, name the file without .gz")
    with whole_file(target) as stream:
        if not zipped:
            yield stream
            return
        # No name and no time in the header: the same articles give the same bytes.
        with gzip.GzipFile(filename="", mode="wb", fileobj=stream, mtime=0) as packed:
            yield cast("IO[bytes]", packed)
