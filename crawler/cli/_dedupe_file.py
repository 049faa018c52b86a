"""``storykin dedupe FILE``: a file of documents in, its clusters or its kept documents out."""

from __future__ import annotations

import shutil
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, nullcontext
from functools import partial
from pathlib import Path
from typing import Any

import click

from crawler.cli._row_files import Write, row_writer
from dedupe.clusters.kept import Lost
from dedupe.corpus.documents import Fields, id_of, read_documents
from dedupe.corpus.in_memory import Row
from dedupe.errors import InputError
from dedupe.intake.rows import kind_of, read_rows, schema_of
from dedupe.printable import data_stream
from storage.base.atomic_file import whole_file

_NOTICES = 5  # short texts under many titles that are named
_TEXTS = ("id", "cluster", "duplicate_of", "relation", "original", "most_complete")


def dedupe_file(
    documents: str,
    output: Path | None,
    fields: Fields,
    options: Mapping[str, Any],
    *,
    kept: bool = False,
    against: Path | None = None,
    add: bool = False,
) -> dict[str, Any]:
    """Write the clusters of *documents* to *output*, or its kept documents, and return the numbers of the summary.

    :param options: of :func:`dedupe.corpus.in_memory.cluster_documents`
    :param against: an index; with *add* it is written once the output is complete
    :raises InputError: where a file cannot be used
    """
    with ExitStack() as stack:
        clustering = stack.enter_context(_clustering(against, add))
        source = stack.enter_context(_on_disk(documents)) if kept else Path(documents)
        stream = stack.enter_context(whole_file(output) if output else nullcontext(data_stream(sys.stdout)))
        found = clustering(read_documents(source, fields), spool_directory=output.parent if output else None, **options)
        tally = _Tally(of_index=against is not None)
        if kept:
            ids = {row.id for row in tally.counted(found) if row.duplicate_of is None}
            with row_writer(stream, output, schema_of(source)) as write:
                _write_kept(source, ids, fields, write)
        else:
            with row_writer(stream, output, _schema(output, spans=bool(options.get("spans")))) as write:
                _write_clusters(tally.counted(found), write, spans=bool(options.get("spans")))
        if not tally.counts:
            raise InputError(f"{documents}: holds no document; give JSON Lines or Parquet with the fields id and text")
    _tell_notices(tally.notices)
    return tally.summary()


def _tell_notices(notices: Counter[str]) -> None:
    """Name the short texts that stand under many titles, by the first document of each."""
    for ident, count in notices.most_common(_NOTICES):
        told = f"one short text stands under many titles in {count:,} documents, {ident} the first"
        click.echo(f"{told}: too short to tell, none is dropped for it", err=True)
    if len(notices) > _NOTICES:
        click.echo(f"{len(notices) - _NOTICES:,} other short texts stand under many titles", err=True)


@contextmanager
def _clustering(against: Path | None, add: bool) -> Iterator[Callable[..., Iterator[Row]]]:
    """Yield what clusters documents, by themselves or against an index, which is written when the block ends well."""
    if against is None:
        from dedupe.corpus.in_memory import cluster_documents

        yield cluster_documents
        return
    from dedupe.index import Index, cluster_against

    with Index.open(against, write=add) as index, index.transaction() if add else nullcontext():
        yield partial(cluster_against, index=index, add=add)


@contextmanager
def _on_disk(documents: str) -> Iterator[Path]:
    """Yield the file of *documents*, which is read twice; standard input is put on disk."""
    if documents != "-":
        yield Path(documents)
        return
    with tempfile.NamedTemporaryFile(prefix="storykin-", suffix=".jsonl") as file:
        shutil.copyfileobj(sys.stdin.buffer, file)
        file.flush()
        yield Path(file.name)


def _write_clusters(rows: Iterable[Row], write: Write, *, spans: bool) -> None:
    names = [name for name in Row.__slots__ if spans or name != "spans"]
    for row in rows:
        write({name: getattr(row, name) for name in names})


def _write_kept(source: Path, ids: set[str], fields: Fields, write: Write) -> None:
    name, rows = read_rows(source, None, fields.required)
    for number, row in rows:
        if id_of(row, f"{name} {number}", fields) in ids:
            write(row)


def _schema(output: Path | None, *, spans: bool) -> Any:
    """Return the Arrow schema of the clusters, which their first rows may not show, for Parquet."""
    if output is None or kind_of(output) != ".parquet":
        return None
    import pyarrow as pa

    if spans:
        raise InputError("--spans is written to JSON Lines and CSV, not to Parquet")
    columns = {name: pa.int64() if name == "words" else pa.string() for name in Row.__slots__ if name != "spans"}
    lost = pa.struct([(cause, pa.int64()) for cause in Lost._fields])
    return pa.schema(list((columns | {"score": pa.float64(), "lost": lost}).items()))


class _Tally:
    """The numbers of a summary."""

    def __init__(self, *, of_index: bool) -> None:
        self.counts: Counter[str] = Counter()
        self.notices: Counter[str] = Counter()
        """Documents with each short text that stands under many titles."""
        self._of_index = of_index
        self._ids: set[str] = set()
        self._into: Counter[str] = Counter()
        self._itself: set[str] = set()
        """Ids of documents that stand in the index as they are."""
        self._sizes: Counter[str] = Counter()
        self._words: Counter[bool] = Counter()
        self._lost: Counter[str] = Counter(dict.fromkeys(Lost._fields, 0))

    def counted(self, rows: Iterable[Row]) -> Iterator[Row]:
        """Yield *rows*, each counted."""
        for row in rows:
            dropped = row.duplicate_of is not None
            self.counts[row.relation if dropped and row.relation else "kept"] += 1
            self._sizes[row.cluster] += row.relation != "version"
            self._words[dropped] += row.words
            self._lost.update(row.lost or {})
            self.notices.update([row.furniture] if row.furniture else [])
            if self._of_index:
                self._ids.add(row.id)
                self._into[row.duplicate_of or row.id] += dropped
                if row.duplicate_of == row.id:
                    self._itself.add(row.id)
            yield row

    def summary(self) -> dict[str, Any]:
        """Return the numbers in the order in which they are printed."""
        known = sum(number for ident, number in self._into.items() if ident not in self._ids - self._itself)
        return {
            "documents": self.counts.total(),
            "kept": self.counts["kept"],
            "clusters": sum(size > 1 for size in self._sizes.values()),
            "largest_cluster": max(self._sizes.values(), default=0),
            **{relation: self.counts[relation] for relation in ("exact", "near", "contained", "version")},
            **({"said_in_index": known} if self._of_index else {}),
            "words": self._words.total(),
            "dropped_words": self._words[True],
            "lost_words": dict(self._lost),
        }
