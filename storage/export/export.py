"""Export of stored articles, or of what changed, to a file, a folder or a stream, in flat memory."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Literal, get_args

from dedupe.errors import InputError
from storage.articles.collection import article_rows
from storage.database.store import Store
from storage.export.columns import PULL_COLUMNS, chosen_columns
from storage.export.files import (
    ENDINGS,
    Compression,
    MakeWriter,
    Output,
    WrittenFile,
    compression_of,
    partitioned_output,
    single_output,
)
from storage.export.pull import Pull
from storage.export.selection import Selection
from storage.export.writers import (
    FOLDER_GROUP_BYTES,
    GROUP_BYTES,
    CsvWriter,
    Document,
    JsonLinesWriter,
    ParquetWriter,
)

Format = Literal["jsonl", "csv", "parquet"]
FORMATS: tuple[Format, ...] = get_args(Format)
BATCH_ROWS = 1_000
FETCH_ROWS = 200
BATCH_CHARACTERS = 2_000_000
"""Of ``text``; paragraphs repeat the text, and Python needs several times the bytes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """How rows become files."""

    format: Format = "jsonl"
    fields: tuple[str, ...] = ()
    """Columns (``storage.export.columns.COLUMNS``); all by default."""
    compression: Compression | None = None
    """Else what the ending of the file names."""
    partition: bool = False
    """A folder of Parquet files by portal and date of publication."""
    card: bool = False
    """With a card for ``datasets`` (:mod:`storage.export.dataset_card`)."""
    raw_csv: bool = False
    """Leave cells that a spreadsheet would run as formulas as they are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Exported:
    """What an export wrote."""

    rows: int
    files: tuple[WrittenFile, ...]
    portals: dict[str, int]
    """Rows of each portal."""


def export(
    store: Store,
    target: Path | IO[bytes],
    *,
    layout: Layout | None = None,
    selection: Selection | None = None,
    pull: Pull | None = None,
    advance: Callable[[int], None] = lambda rows: None,
    confirm: Callable[[], None] = lambda: None,
) -> Exported:
    """Write the selected articles, ordered by id, or what *pull* gives, in the order of its cursors.

    :param target: a path, replaced only when the export is whole; or a stream
    :param selection: distinct articles by default; *pull* has one of its own
    :param advance: called with the number of rows after each batch
    :param confirm: called when all is written, before it takes its place; what it raises leaves the target as it was
    :raises InputError: for an unknown field, a format that the target cannot take, a file that cannot be written
    """
    layout = layout or Layout()
    columns = chosen_columns(layout.fields, pulled=pull is not None)
    portals: Counter[str] = Counter()
    rows = 0
    with _opened(target, layout, columns) as output:
        projection = {"_id" if name == "id" else name for name in columns if name not in PULL_COLUMNS}
        projection |= {"portal", "published"} if layout.partition else {"portal"}
        source = pull.batches(projection) if pull else _articles(store, selection, projection, layout.partition)
        for batch in source:
            output.write(batch)
            portals.update(document.get("portal", "") for document in batch)
            rows += len(batch)
            advance(len(batch))
        files = output.close()
        confirm()
    return Exported(rows=rows, files=tuple(files), portals=dict(sorted(portals.items())))


def count_selected(store: Store, selection: Selection) -> int:
    """Return how many articles :func:`export` would write."""
    return article_rows(store).count_documents(selection.query())


def format_of(path: Path) -> Format:
    """Return the format that the ending of *path* (before ``.gz``, ``.zst``) names, JSON Lines where it names none."""
    ending = Path(path.stem).suffix if path.suffix.lower() in ENDINGS else path.suffix
    return next((name for name in FORMATS if ending.lower() == f".{name}"), "jsonl")


def _articles(
    store: Store, selection: Selection | None, projection: set[str], partitioned: bool
) -> Iterator[list[Document]]:
    batch: list[Document] = []
    characters = 0
    # By id: every article once, also while a crawl writes, and the same order every time. Partitions one after
    # another by the index portal_published: few files are open at a time.
    order = [("portal", 1), ("published", -1)] if partitioned else [("_id", 1)]
    query = (selection or Selection()).query()
    with article_rows(store).find(query, list(projection)).sort(order).batch_size(FETCH_ROWS) as cursor:
        for document in cursor:
            batch.append(document)
            characters += len(document.get("text") or "")
            if len(batch) >= BATCH_ROWS or characters >= BATCH_CHARACTERS:
                yield batch
                batch, characters = [], 0
    if batch:
        yield batch


def _opened(target: Path | IO[bytes], layout: Layout, columns: Sequence[str]) -> AbstractContextManager[Output]:
    named = compression_of(target) if isinstance(target, Path) else "none"
    compression = layout.compression or named
    if layout.format == "parquet" and compression != "none":
        raise InputError(f"{target}: Parquet is compressed by itself, name the file without .gz or .zst")
    if not layout.partition:
        return single_output(target, compression, _maker(layout, columns))
    if layout.format != "parquet" or not isinstance(target, Path):
        raise InputError("only Parquet is partitioned: name a folder with -o and choose --format parquet")
    return partitioned_output(target, _maker(layout, columns), card=layout.card)


def _maker(layout: Layout, columns: Sequence[str]) -> MakeWriter:
    if layout.format == "csv":
        return lambda stream: CsvWriter(stream, columns, raw=layout.raw_csv)
    if layout.format == "parquet":
        group = FOLDER_GROUP_BYTES if layout.partition else GROUP_BYTES
        return lambda stream: ParquetWriter(stream, columns, group)
    return lambda stream: JsonLinesWriter(stream, columns)
