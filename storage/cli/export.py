"""``storykin export``: articles as JSON Lines, CSV or Parquet."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from dedupe.errors import InputError
from storage.export import FORMATS, Format, Selection, count_selected, export, format_of
from storage.mongo import Store


@click.command("export")
@click.option(
    "--format",
    "format_name",
    type=click.Choice(FORMATS),
    help="Else what the ending of -o names, else jsonl.",
)
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    help="File to write, gzipped where it ends in .gz; standard output without it.",
)
@click.option("--all-copies", is_flag=True, help="Also the articles that repeat another one (see duplicate).")
@click.option("--portal", "portals", multiple=True, help="Only this portal; may be given again.")
@click.option("--language", "languages", multiple=True, help="Only this language (vi, en, …); may be given again.")
@click.option("--since", help="Only what was stored or changed at this ISO date or time (UTC) or later.")
@click.option("--fields", help="Columns, separated by commas; all by default.")
def command(
    *,
    format_name: Format | None,
    output: Path | None,
    all_copies: bool,
    portals: tuple[str, ...],
    languages: tuple[str, ...],
    since: str | None,
    fields: str | None,
) -> None:
    """Export articles as JSON Lines, CSV or Parquet, by default each distinct one once.

    An output file is replaced only when the export is complete. Field names are those of "storykin extract";
    Parquet keeps their types, CSV holds lists and records as JSON.
    """
    format_name = format_name or (format_of(output) if output else "jsonl")
    if output is None and format_name == "parquet":
        raise InputError("Parquet is no text: name a file with -o")
    names = [name.strip() for name in (fields or "").split(",") if name.strip()]
    chosen = Selection(portals=portals, languages=languages, since=_moment(since), all_copies=all_copies)
    with Store.open() as store, _progress(store, chosen) as advance:
        rows = export(
            store,
            output or sys.stdout.buffer,
            format=format_name,
            selection=chosen,
            fields=names,
            advance=advance,
        )
    click.echo(f"{rows:,} articles{f' in {output}' if output else ''}", err=True)


def _moment(text: str | None) -> datetime | None:
    if text is None:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise InputError(f"--since {text!r} is no ISO date or time, such as 2026-03-14 or 2026-03-14T07:00Z") from None
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment


@contextmanager
def _progress(store: Store, chosen: Selection) -> Iterator[Callable[[int], None]]:
    console = Console(stderr=True)
    if not console.is_terminal:
        yield lambda rows: None
        return
    columns = (TextColumn("exporting"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task("", total=count_selected(store, chosen))
        yield lambda rows: bar.advance(task, rows)
