"""``storykin failures``."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

import click
from rich.console import Console
from rich.table import Table
from rich.text import Text

from crawler.cli._arguments import require_portals
from crawler.cli._output import console
from dedupe.printable import in_place, json_text, printable
from storage.base.documents import batches
from storage.database.store import Store
from storage.frontier import failures, frontier
from storage.frontier.failures import Failure, FailureGroup

STAGES = ("fetch", "robots", "extract", "store", "judge")
_BATCH = 10_000
"""Ids in one query, which must stay below 16 MiB."""


@click.command("failures", short_help="List, group and retry the addresses that did not become articles.")
@click.option("--portal", default="", help="Only those of this portal.")
@click.option("--stage", type=click.Choice(STAGES), default=None, help="Only those that failed here.")
@click.option("--run", "run_id", default="", metavar="ID", help="Only those of this run.")
@click.option("--group", is_flag=True, help="Count like ones together: same portal, stage and reason.")
@click.option("--retry", is_flag=True, help="Queue them again, with all their attempts, for the next crawl.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
def command(*, portal: str, stage: str | None, run_id: str, group: bool, retry: bool, as_json: bool) -> None:
    """List the addresses that did not become articles: time, portal, stage, attempts and reason, the newest first.

    Stages: fetch (no answer, or an error), robots (robots.txt forbids the address or cannot be read), extract (the page
    cannot be read), store (the database did not take the page), judge (the page is no article).

    --retry does not ask again for addresses of the stage judge, which would be judged the same; --stage judge includes
    them.
    """
    if group and retry:
        raise click.UsageError("--group and --retry exclude each other: look first, then retry")
    with Store.open() as store:
        require_portals(store, [portal])
        if retry:
            _retry(store, portal, stage or "", run_id, as_json=as_json)
        elif group:
            _show_groups(failures.grouped(store, portal, stage=stage or "", run_id=run_id), as_json=as_json)
        else:
            _show(failures.iterate(store, portal=portal, stage=stage or "", run_id=run_id), as_json=as_json)


def show_groups(out: Console, groups: Iterable[FailureGroup]) -> None:
    """Print groups of failures: on a terminal addresses stand on lines of their own, to be copied; else in a table."""
    if out.is_terminal:
        for one in groups:
            head = f"{one.count:>6,}  {one.portal}  {one.stage}  {one.reason}"
            last = f", last {_minute(one.newest)}" if one.newest else ""
            out.print(Text(in_place(head), style="bold"), soft_wrap=True)
            attempts = "1 attempt" if one.attempts == 1 else f"up to {one.attempts} attempts"
            out.print(f"        {attempts}{last}, for example", soft_wrap=True)
            out.print(f"        {one.example}", soft_wrap=True)
        return
    table = _table("number", "portal", "stage", "attempts", "last (UTC)", "reason", "for example")
    for one in groups:
        last = _minute(one.newest)
        table.add_row(
            f"{one.count:,}", one.portal, one.stage, str(one.attempts), last, printable(one.reason), one.example
        )
    out.print(table)


def _show_groups(groups: Sequence[FailureGroup], *, as_json: bool) -> None:
    if as_json:
        for one in groups:
            click.echo(json_text(one.to_json()))
    elif groups:
        show_groups(console(), groups)
    else:
        _none()


def _show(found: Iterator[Failure], *, as_json: bool) -> None:
    if as_json:
        for one in found:
            click.echo(json_text(one.to_json()))
        return
    out, shown = console(), 0
    for one in found:
        head = f"{_minute(one.at)}  {one.portal}  {one.stage}  {one.reason}"
        if out.is_terminal:
            attempts = "1 attempt" if one.attempts == 1 else f"{one.attempts} attempts"
            out.print(Text(in_place(f"{head} ({attempts})"), style="bold"), soft_wrap=True)
            out.print(f"    {one.url}", soft_wrap=True)
        else:
            # Tabs: the rows of a table of all failures would have to be in memory at once.
            click.echo(
                "\t".join((_minute(one.at), one.portal, one.stage, str(one.attempts), printable(one.reason), one.url))
            )
        shown += 1
    if not shown:
        _none()


def _table(*columns: str) -> Table:
    table = Table(box=None, pad_edge=False, show_edge=False)
    for name in columns:
        table.add_column(name, no_wrap=True, justify="right" if name in ("number", "attempts") else "left")
    return table


def _minute(moment: datetime | None) -> str:
    return f"{moment:%Y-%m-%d %H:%M}" if moment else "-"


def _none() -> None:
    click.echo("no failures", err=True)


def _retry(store: Store, portal: str, stage: str, run_id: str, *, as_json: bool) -> None:
    """Queue the failures again and say how many of each portal; what is queued or being asked for stays so."""
    found: defaultdict[str, list[str]] = defaultdict(list)
    for one in failures.iterate(store, portal=portal, stage=stage, run_id=run_id):
        if stage or one.stage != "judge":
            found[one.portal].append(one.id)
    for name, ids in sorted(found.items()):
        queued = sum(
            frontier.requeue(store, name, states=("failed", "dead", "done"), ids=some) for some in batches(ids, _BATCH)
        )
        told = {"portal": name, "failures": len(ids), "queued": queued}
        words = f"{name}: {queued:,} of {len(ids):,} queued again; `storykin crawl {name}` asks for them"
        click.echo(json_text(told) if as_json else words)
    if not found and not as_json:
        _none()
