"""``storykin dedupe``: duplicates in a file of documents, or in the whole store."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from crawler.cli._arguments import share_of
from crawler.cli._fields import field_options, fields_of
from crawler.cli._output import OutputFile, shows_progress
from crawler.cli._row_files import require_writable
from crawler.outcome.exit_codes import BELOW_EXPECTATION
from dedupe.errors import InputError
from dedupe.printable import json_text

if TYPE_CHECKING:
    from dedupe.clusters.kept import Choose, Keep
    from dedupe.corpus.documents import Fields
    from dedupe.minhash.params import MinHashParams


class _Output(OutputFile):
    """A path to write to, or the word ``kept``; a file of that name is ``./kept``."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        return value if value == "kept" else super().convert(value, param, ctx)


@click.command("dedupe")
@click.argument("documents", required=False, metavar="[DOCUMENTS]")
@click.option(
    "-o",
    "--output",
    "outputs",
    type=_Output(),
    multiple=True,
    metavar="FILE|kept",
    help="Where to, by ending (.jsonl, .csv, .parquet, .gz, .zst), else standard output. The word kept: write the kept "
    "documents instead of the clusters.",
)
@field_options
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
@click.option(
    "--against",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="INDEX",
    help="Find first what the documents of this index say: a folder that --add makes.",
)
@click.option("--add", is_flag=True, help="With --against: add what is kept to the index, which is made if need be.")
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
@click.option(
    "--keep",
    type=click.Choice(["longest", "first", "newest"]),
    default="longest",
    help="Which text of a story is rather kept (longest).",
)
@click.option(
    "--distinct",
    type=click.Choice(["text", "source"]),
    default="text",
    help="text: drop only what a kept text says as well (default). source: keep one text of each source.",
)
@click.option(
    "--templates",
    type=click.Choice(["keep", "merge"]),
    default="keep",
    help="keep: bulletins of one frame about other subjects are other stories (default).",
)
@click.option(
    "--fail-lost",
    metavar="SHARE",
    help="Exit with 3 if more than this share of all words, such as 1%, stands in no kept text.",
)
@click.option("--json", "as_json", is_flag=True, help="Print the summary as one JSON object.")
def command(
    *,
    documents: str | None,
    outputs: tuple[Path | str | None, ...],
    ignore_urls: bool,
    jaccard: float | None,
    memory_limit: str | None,
    against: Path | None,
    add: bool,
    whole_store: bool,
    rebuild: bool,
    num_perm: int | None,
    bands: int | None,
    rows: int | None,
    spans: bool,
    keep: Keep,
    distinct: str,
    templates: str,
    fail_lost: str | None,
    as_json: bool,
    **fields: Any,
) -> None:
    """Find the documents that tell one story in the same words.

    DOCUMENTS is a file of JSON Lines, CSV or Parquet (also .gz, .zst), a folder of Parquet files, or "-" for JSON Lines
    on standard input. Its fields are id and text, and, where they are known, url, title, source and date. "storykin
    extract" writes such files. No database is started.

    Each document gets a line. "cluster" is the id of the document that is kept for the story. Documents with the same
    "cluster" come from one source, also where one is cut or extended. "original" is the earliest known document of the
    story, "most_complete" the longest.

    "duplicate_of" is the id of a kept document that says everything this document says. A dateline, a credit or a
    corrected word may be missing there ("lost"). Keep the documents whose "duplicate_of" is null. If several documents
    have one url, the newest counts, and the others are its versions.

    With --against, documents that the index holds already are dropped first. Then "duplicate_of" and "cluster" name ids
    of the old corpus.
    """
    most_lost = share_of(fail_lost, "--fail-lost")
    from dedupe.clusters.kept import Choose

    kept, output = _output_of(outputs)
    chosen = Choose(keep, by_source=distinct == "source", bulletins=templates == "keep")
    if whole_store == (documents is not None):
        raise InputError("give a file of documents, - for standard input, or --all for the store, one of the three")
    sizes = {"num_perm": num_perm, "bands": bands, "rows": rows}
    given = {name: value for name, value in sizes.items() if value is not None}
    if (rebuild and not whole_store) or (given and not rebuild):
        raise InputError("--num-perm, --bands and --rows go with --rebuild, and --rebuild with --all")
    if add and not against:
        raise InputError("--add goes with --against INDEX")
    if whole_store:
        others = (
            outputs
            or any(fields.values())
            or ignore_urls
            or memory_limit
            or against
            or spans
            or jaccard is not None
            or fail_lost
        )
        if others or chosen != Choose():
            raise InputError(
                "--all writes its clusters to the store and takes no other option but --rebuild and --json"
            )
        _print_summary(_repaired(_params(given) if rebuild else None), as_json, sys.stdout)
        return
    assert documents is not None  # checked above
    columns = fields_of(fields)
    if memory_limit:
        whole = Path(documents).is_dir() or Path(documents).suffix == ".parquet"
        one_way = whole and output is not None and output.suffix == ".parquet"
        if not one_way or kept or jaccard is not None or spans or against:
            raise InputError(
                "--memory-limit goes from a .parquet file, or a folder of them, to another (-o), without "
                "--output kept, --jaccard, --spans and --against"
            )
        assert output is not None  # its ending was looked at
        summary = _dedupe_parquet(documents, output, memory_limit, columns, ignore_urls=ignore_urls, choice=chosen)
    elif against and (jaccard is not None or spans):
        raise InputError("--against takes neither --jaccard nor --spans")
    else:
        from crawler.cli._dedupe_file import dedupe_file

        options: dict[str, Any] = {"ignore_urls": ignore_urls, "choice": chosen}
        options |= {} if against else {"jaccard": jaccard, "spans": spans}
        with _progress(output) as report:
            options["progress"] = report
            summary = dedupe_file(documents, output, columns, options, kept=kept, against=against, add=add)
    # Where the clusters go to standard output, the summary must not stand among them.
    _print_summary(summary, as_json, sys.stdout if output else sys.stderr)
    lost = sum(summary["lost_words"].values()) / max(summary["words"], 1)
    if most_lost is not None and lost > most_lost:
        click.echo(f"{lost:.2%} of all words stand in no kept text; --fail-lost allows {most_lost:.2%}", err=True)
        click.get_current_context().exit(BELOW_EXPECTATION)


def _output_of(values: Sequence[Path | str | None]) -> tuple[bool, Path | None]:
    """Return whether the kept documents are wanted, and the file to write to."""
    files = [value for value in values if value != "kept"]
    if len(files) > 1:
        raise InputError("--output takes one file, and the word kept beside it")
    path = files[0] if files else None
    assert not isinstance(path, str)
    if path is not None:
        require_writable(path)
    return "kept" in values, path


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


def _dedupe_parquet(
    documents: str, output: Path, memory_limit: str, fields: Fields, *, ignore_urls: bool, choice: Choose
) -> dict[str, Any]:
    from dedupe.corpus.in_duckdb import cluster_parquet

    with _progress(output) as report:
        return dict(
            cluster_parquet(
                Path(documents),
                output,
                memory_limit=memory_limit,
                ignore_urls=ignore_urls,
                progress=report,
                choice=choice,
                fields=fields,
            )
        )


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
        causes = [f"{count:,} {cause}" for cause, count in value.items() if count] if isinstance(value, dict) else []
        shown = ", ".join(causes) or "0" if isinstance(value, dict) else f"{value:,}"
        click.echo(f"{name.replace('_', ' '):>16}  {shown}", file=stream)
