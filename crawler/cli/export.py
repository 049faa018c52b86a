"""``storykin export``: articles, or what changed, as JSON Lines, CSV or Parquet."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, nullcontext
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any, Literal

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from crawler.cli._arguments import require_portals
from crawler.cli._output import OutputFile, shows_progress
from dedupe.errors import InputError
from dedupe.printable import data_stream
from storage.articles.collection import portals as stored_portals
from storage.database.store import Store
from storage.export import consumers
from storage.export.columns import chosen_columns
from storage.export.export import FORMATS, Exported, Format, Layout, count_selected, export, format_of
from storage.export.files import COMPRESSIONS, ENDINGS, Compression
from storage.export.manifest import manifest, write_manifest
from storage.export.pull import START, Cursor, Pull
from storage.export.selection import Selection, moment, roles

LAST = "last"
WARC: Literal["warc"] = "warc"
"""The stored pages themselves instead of articles: see ``crawler.warc.export``."""


@click.command("export")
@click.option(
    "--format", "format_name", type=click.Choice([*FORMATS, WARC]), help="Else what the ending of -o names, else jsonl."
)
@click.option(
    "-o",
    "--output",
    type=OutputFile(),
    metavar="FILE",
    help="File to write; standard output without it. Compressed where it ends in .gz or .zst.",
)
@click.option("--compress", type=click.Choice(COMPRESSIONS), help="Whatever the file's name says.")
@click.option("--partition", is_flag=True, help="Write a folder of Parquet files by portal and date of publication.")
@click.option("--card", is_flag=True, help="As --partition, in data/ beside a card for load_dataset().")
@click.option("--fields", default="", help="Columns, separated by commas; all by default.")
@click.option("--raw-csv", is_flag=True, help="Leave cells that a spreadsheet would run as formulas as they are.")
@click.option("--manifest", "manifest_file", type=click.Path(path_type=Path), help="Describe the export in this file.")
@click.option("--portal", "portals", multiple=True, help="Only this portal; may be given again, like the next ones.")
@click.option("--language", "languages", multiple=True, help="Only this language (vi, en, ...).")
@click.option("--published-from", metavar="DATE", help="Published at this ISO date or time (UTC) or later.")
@click.option("--published-before", metavar="DATE", help="Published earlier than this.")
@click.option(
    "--role", "role_names", multiple=True, type=click.Choice(list(roles())), help="Only articles of this role."
)
@click.option("--quality", metavar="FLAG", multiple=True, help="Only articles with this doubt (any: with a doubt).")
@click.option("--without-quality", metavar="FLAG", multiple=True, help="None with this doubt (any: with a doubt).")
@click.option(
    "--rights", metavar="RIGHT", multiple=True, help="Only where the portal says so, as tdm:reserved (any: anything)."
)
@click.option("--without-rights", metavar="RIGHT", multiple=True, help="None of which the portal says so.")
@click.option("--shortest", metavar="N", type=click.IntRange(0), default=0, help="Characters of text, at least.")
@click.option("--longest", metavar="N", type=click.IntRange(0), help="Characters of text, at most.")
@click.option("--all-copies", is_flag=True, help="Also the articles that another one says all of (see duplicate).")
@click.option(
    "--distinct",
    type=click.Choice(["text", "source"]),
    default="text",
    help="Leave out what a kept article says all of (text), or all but one article of each story (source).",
)
@click.option("--withdrawn", is_flag=True, help="Also articles that were withdrawn.")
@click.option(
    "--since",
    metavar="CURSOR|last|start|DATE",
    help="Only what changed since a cursor or the last pull; since a DATE by the clock and without tombstones.",
)
@click.option(
    "--consumer", metavar="NAME", help="Pull for NAME: go on where its last pull ended, and remember this one."
)
def command(
    *,
    format_name: Format | Literal["warc"] | None,
    output: Path | None,
    compress: Compression | None,
    partition: bool,
    card: bool,
    fields: str,
    raw_csv: bool,
    manifest_file: Path | None,
    role_names: tuple[str, ...],
    published_from: str | None,
    published_before: str | None,
    since: str | None,
    consumer: str | None,
    **conditions: Any,
) -> None:
    """Export articles as JSON Lines, CSV or Parquet. By default an article is left out if a kept one says all of it.

    An output file is replaced only when the export is complete. The fields have the names that "storykin extract" uses.
    Parquet keeps their types; CSV holds lists and records as JSON.

    With --consumer, the rows are the articles that are new, changed, merged or withdrawn since that consumer's last
    pull, each once.

    --format warc writes the pages that are kept: those of the selected articles, and front pages, listings and feeds.
    "extract" and "crawl --replay" read such files.
    """
    if format_name is None and output and output.name.endswith((".warc", ".warc.gz")):
        format_name = WARC
    if format_name == "warc":
        no_articles = {"--fields": fields, "--partition": partition, "--raw-csv": raw_csv, "--compress": compress}
        _refuse_for_warc({**no_articles, "--card": card, "--since": since, "--consumer": consumer})
        selection = _selection(role_names, published_from, published_before, None, conditions)
        _export_pages(output, selection, manifest_file)
        return
    partition = partition or card
    format_name = format_name or ("parquet" if partition else _named_format(output) if output else "jsonl")
    if output is None and format_name == "parquet":
        raise InputError("Parquet is no text: name a file with -o")
    names = tuple(name.strip() for name in fields.split(",") if name.strip())
    layout = Layout(
        format=format_name, fields=names, compression=compress, partition=partition, card=card, raw_csv=raw_csv
    )
    start = _start(since, consumer)
    selection = _selection(
        role_names, published_from, published_before, start if isinstance(start, datetime) else None, conditions
    )
    with Store.open() as store, consumers.claimed(store, consumer) if consumer is not None else nullcontext() as claim:
        require_portals(store, selection.portals)
        if claim and start == LAST:
            claim.require_same(selection, chosen_columns(layout.fields, pulled=True))
        pull = None
        if start is not None and not isinstance(start, datetime):
            cursor = start if isinstance(start, Cursor) else claim.consumer.cursor if claim else Cursor.parse(START)
            pull = Pull(store, selection, cursor)
        with _progress(store, selection, output, counted=pull is None) as show:

            def advance(rows: int) -> None:
                show(rows)
                if claim:
                    claim.renew()

            exported = export(
                store,
                output or data_stream(sys.stdout),
                layout=layout,
                selection=selection,
                pull=pull,
                advance=advance,
                confirm=partial(claim.renew, at_once=True) if claim else lambda: None,
            )
        if manifest_file:
            options: Any = {"layout": layout, "selection": selection, "pull": pull, "consumer": consumer or ""}
            write_manifest(manifest_file, manifest(exported, output, **options))
        if pull and claim:
            # Last of all: after a crash the same rows are given once more, never lost.
            claim.advance(pull.upto, selection.to_json(), chosen_columns(layout.fields, pulled=True))
        stored = [] if exported.rows or pull else stored_portals(store)
    click.echo(_summary(exported, output, pull), err=True)
    if unknown := [name for name in selection.portals if stored and name not in stored]:
        click.echo(f"nothing is stored of {', '.join(unknown)}; stored: {', '.join(stored)}", err=True)
    elif not exported.rows and not pull and not stored:
        click.echo("Nothing is stored yet: storykin crawl PORTAL, or storykin demo.", err=True)


def _named_format(output: Path) -> Format:
    """:raises InputError: if the ending of *output* names another format than those that are written"""
    ending = Path(output.stem).suffix if output.suffix.lower() in ENDINGS else output.suffix
    if ending.lower() == ".json":
        raise InputError(f"{output}: a .json file holds one document; one a line is JSON Lines: name it .jsonl")
    if re.fullmatch(r"\.[A-Za-z]{2,}", ending) and ending[1:].lower() not in {*FORMATS, "ndjson"}:
        raise InputError(
            f"{output}: {ending} is no format that is written; name one with --format: {', '.join((*FORMATS, WARC))}"
        )
    return format_of(output)


def _selection(
    role_names: tuple[str, ...],
    published_from: str | None,
    published_before: str | None,
    since: datetime | None,
    conditions: dict[str, Any],
) -> Selection:
    return Selection(
        published_from=moment("--published-from", published_from),
        published_before=moment("--published-before", published_before),
        since=since,
        roles=role_names,
        by_source=conditions.pop("distinct") == "source",
        **conditions,
    )


def _refuse_for_warc(given: Mapping[str, Any]) -> None:
    """:raises InputError: if an option is given that says something about articles, not pages"""
    if wrong := [name for name, value in given.items() if value]:
        raise InputError(f"{wrong[0]} is about rows of articles; a WARC holds pages: leave it out")


def _export_pages(output: Path | None, selection: Selection, manifest_file: Path | None) -> None:
    from crawler.warc.export import export_warc

    if output is None:
        raise InputError("a WARC file is no text: name a file with -o, such as pages.warc.gz")
    with Store.open() as store:
        exported = export_warc(store, output, selection)
    if manifest_file:
        facts = manifest(exported, output, layout=Layout(), selection=selection, pull=None)
        write_manifest(manifest_file, facts | {"kind": "pages", "format": WARC, "fields": []})
    click.echo(f"{exported.rows:,} pages in {output}", err=True)


def _start(since: str | None, consumer: str | None) -> Cursor | datetime | str | None:
    """Return where to begin: a cursor, a time, ``last`` for a consumer, ``None`` for all articles."""
    if since is None or since == LAST:
        if since and not consumer:
            raise InputError("--since last goes on where a consumer's last pull ended: name it with --consumer NAME")
        return LAST if consumer else None
    try:
        return Cursor.parse(since)
    except InputError:
        try:
            begin = moment("--since", since)
        except InputError:
            raise InputError(
                f"--since {since!r} is neither a cursor (such as 3fa9b2c1.42, from a manifest or a row), "
                "nor last, nor start, nor an ISO date"
            ) from None
    if consumer:
        raise InputError("a consumer pulls from a cursor: leave --since out, or give a cursor, last or start")
    return begin


def _summary(exported: Exported, output: Path | None, pull: Pull | None) -> str:
    where = f" in {output}" if output else ""
    if pull is None:
        return f"{exported.rows:,} {'article' if exported.rows == 1 else 'articles'}{where}"
    kinds = ", ".join(f"{count:,} {kind}" for kind, count in sorted(pull.counts.items()))
    return f"{exported.rows:,} rows{where}{f' ({kinds})' if kinds else ''}; the next cursor is {pull.upto}"


@contextmanager
def _progress(
    store: Store, chosen: Selection, output: Path | None, *, counted: bool
) -> Iterator[Callable[[int], None]]:
    console = Console(stderr=True)
    if not shows_progress(output):
        yield lambda rows: None
        return
    columns = (TextColumn("exporting"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task("", total=count_selected(store, chosen) if counted else None)
        yield lambda rows: bar.advance(task, rows)
