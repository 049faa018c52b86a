"""``storykin dedupe``: duplicates in a file of documents, or in the whole store."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import asdict
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import click
import orjson
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from crawler.cli._output_file import OutputFile, shows_progress
from dedupe.errors import InputError
from dedupe.printable import data_stream, json_text

if TYPE_CHECKING:
    from dedupe.minhash.params import MinHashParams


@click.command("dedupe")
@click.argument("documents", required=False, metavar="[DOCUMENTS]")
@click.option(
    "-o",
    "--output",
    type=OutputFile(),
    metavar="FILE",
    help="Clusters as JSON Lines, else standard output.",
)
@click.option("--ignore-urls", is_flag=True, help="Compare documents of one address like any others.")
@click.option(
    "--jaccard",
    type=float,
    metavar="T",
    help=r"Cluster by plain Jaccard similarity of word 5-grams from T on; words are \w+ of the lower-cased text.",
)
@click.option(
    "--memory-limit",
    metavar="SIZE",
    help="For a corpus larger than memory: from Parquet to Parquet, with tables of at most SIZE (4GB) in memory.",
)
@click.option("--all", "whole_store", is_flag=True, help="Cluster everything in the store anew, instead of a file.")
@click.option(
    "--rebuild",
    is_flag=True,
    help="With --all: make all stored fingerprints anew first. Safe to kill; run it again to go on.",
)
@click.option("--num-perm", type=int, metavar="N", help="With --rebuild: values of a signature (64).")
@click.option("--bands", type=int, metavar="N", help="With --rebuild: bands of a signature (21).")
@click.option("--rows", type=int, metavar="N", help="With --rebuild: values of a band (3).")
@click.option(
    "--spans",
    is_flag=True,
    help="Add to each copy where it and its representative are the same and where they differ, in characters.",
)
@click.option("--json", "as_json", is_flag=True, help="Print the summary as one JSON object.")
def command(
    *,
    documents: str | None,
    output: Path | None,
    ignore_urls: bool,
    jaccard: float | None,
    memory_limit: str | None,
    whole_store: bool,
    rebuild: bool,
    num_perm: int | None,
    bands: int | None,
    rows: int | None,
    spans: bool,
    as_json: bool,
) -> None:
    """Find the documents that tell one story in the same words.

    DOCUMENTS is JSON Lines or Parquet with the fields id and text, and where they are known url, title, source and
    date; the output of "storykin extract" is such a file, "-" is standard input. No database is started.

    Each document gets a line {"id", "cluster", "duplicate_of", "relation", "score"}: the cluster is named after the
    document that represents it, and those with duplicate_of null are the ones to keep. One url is one article: of
    several documents with it, the newest counts and the others are its versions.
    """
    if whole_store == (documents is not None):
        raise InputError("give a file of documents, - for standard input, or --all for the store, one of the three")
    sizes = {"num_perm": num_perm, "bands": bands, "rows": rows}
    given = {name: value for name, value in sizes.items() if value is not None}
    if (rebuild and not whole_store) or (given and not rebuild):
        raise InputError("--num-perm, --bands and --rows go with --rebuild, and --rebuild with --all")
    if whole_store:
        if output or ignore_urls or memory_limit or spans or jaccard is not None:
            raise InputError(
                "--all writes its clusters to the store and takes no other option but --rebuild and --json"
            )
        _print_summary(_repaired(_params(given) if rebuild else None), as_json, sys.stdout)
        return
    assert documents is not None  # checked above
    if memory_limit:
        if not output or jaccard is not None or spans or Path(documents).suffix != ".parquet":
            raise InputError("--memory-limit goes from a .parquet file to another (-o), without --jaccard and --spans")
        _print_summary(_dedupe_parquet(documents, output, memory_limit, ignore_urls=ignore_urls), as_json, sys.stdout)
        return
    summary = _dedupe_file(documents, output, ignore_urls=ignore_urls, jaccard=jaccard, spans=spans)
    # Where the clusters go to standard output, the summary must not stand among them.
    _print_summary(summary, as_json, sys.stdout if output else sys.stderr)


def _params(sizes: dict[str, int]) -> MinHashParams:
    from dedupe.minhash.params import MinHashParams

    try:
        return MinHashParams(**sizes)  # type: ignore[arg-type]  # sizes only, all of them whole numbers
    except ValueError as problem:
        raise InputError(f"impossible signatures: {problem}") from None


def _repaired(params: MinHashParams | None) -> dict[str, Any]:
    from storage.database.store import Store
    from storage.maintenance.rebuild import rebuild
    from storage.maintenance.repair import repair

    with Store.open() as store, Console(stderr=True).status("opening the store") as status:
        made = {"rebuilt": rebuild(store, params, progress=status.update)} if params else {}
        return made | asdict(repair(store, progress=status.update))


def _dedupe_parquet(documents: str, output: Path, memory_limit: str, *, ignore_urls: bool) -> dict[str, Any]:
    from dedupe.corpus.in_duckdb import cluster_parquet

    with _progress(output) as report:
        return dict(
            cluster_parquet(
                Path(documents), output, memory_limit=memory_limit, ignore_urls=ignore_urls, progress=report
            )
        )


def _dedupe_file(
    documents: str, output: Path | None, *, ignore_urls: bool, jaccard: float | None, spans: bool
) -> dict[str, Any]:
    from dedupe.corpus.documents import read_documents
    from dedupe.corpus.in_memory import Row, cluster_documents
    from storage.base.atomic_file import whole_file

    counts: Counter[str] = Counter()
    sizes: Counter[str] = Counter()
    with _progress(output) as report, whole_file(output) if output else nullcontext(data_stream(sys.stdout)) as stream:
        rows = cluster_documents(
            read_documents(documents),
            ignore_urls=ignore_urls,
            jaccard=jaccard,
            progress=report,
            spool_directory=output.parent if output else None,
            spans=spans,
        )
        names = [name for name in Row.__slots__ if spans or name != "spans"]
        for row in rows:
            counts[row.relation or "kept"] += 1
            if row.duplicate_of is not None:
                sizes[row.cluster] += 1
            values = {name: getattr(row, name) for name in names}
            stream.write(_line(values))
        if not counts:
            raise InputError(f"{documents}: holds no document; give JSON Lines or Parquet with the fields id and text")
        stream.flush()
    return {
        "documents": counts.total(),
        "kept": counts["kept"],
        "clusters": len(sizes),
        "largest_cluster": max(sizes.values(), default=0) + bool(counts),
        **{relation: counts[relation] for relation in ("exact", "near", "contained", "version")},
    }


def _line(values: dict[str, Any]) -> bytes:
    try:
        return orjson.dumps(values, option=orjson.OPT_APPEND_NEWLINE)
    except TypeError:  # spans, or an id with a lone surrogate, which is no UTF-8
        return json_text(values).encode() + b"\n"


@contextmanager
def _progress(output: Path | None) -> Iterator[Any]:
    """Yield a function that shows on a terminal's standard error how far the work is."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    console = Console(stderr=True)
    with Progress(*columns, console=console, transient=True, disable=not shows_progress(output)) as bars:
        tasks: dict[str, Any] = {}

        def report(what: str, done: int, of: int | None) -> None:
            if what not in tasks:
                tasks[what] = bars.add_task(what, total=of)
            bars.update(tasks[what], completed=done, total=of)

        yield report


def _print_summary(summary: dict[str, Any], as_json: bool, stream: IO[str]) -> None:
    if as_json:
        click.echo(json_text(summary), file=stream)
        return
    for name, value in summary.items():
        click.echo(f"{name.replace('_', ' '):>16}  {value:,}", file=stream)
