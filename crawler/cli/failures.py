"""``storykin failures``."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

import click
from rich import box
from rich.table import Table

from crawler.cli.tables import console
from storage import failures, frontier
from storage.failures import Failure, FailureGroup
from storage.mongo import Store

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
    """List every address that did not become an article: stage, reason, attempts, time; newest first.

    Stages: fetch (no answer, or an error), robots (robots.txt forbids it or cannot be read), extract (the page cannot
    be read), store (the database did not take it), judge (the page is no article). --retry leaves those of the
    stage judge alone unless --stage judge is given: asked again, they would be judged the same.
    """
    if group and retry:
        raise click.UsageError("--group and --retry exclude each other: look first, then retry")
    with Store.open() as store:
        if retry:
            _retry(store, portal, stage or "", run_id, as_json=as_json)
        elif group:
            _show_groups(failures.grouped(store, portal, stage=stage or "", run_id=run_id), as_json=as_json)
        else:
            _show(failures.iterate(store, portal=portal, stage=stage or "", run_id=run_id), as_json=as_json)


def group_table(groups: Sequence[FailureGroup], *, terminal: bool) -> Table:
    """Return groups of failures as a table; without lines where it is no *terminal*."""
    table = _table(terminal)
    table.add_column("number", justify="right", no_wrap=True)
    for name in ("portal", "stage"):
        table.add_column(name, no_wrap=True)
    table.add_column("reason", overflow="fold", ratio=1)
    table.add_column("attempts", justify="right", no_wrap=True)
    table.add_column("last (UTC)", no_wrap=True)
    table.add_column("for example", overflow="fold", ratio=1)
    for one in groups:
        last = f"{one.newest:%Y-%m-%d %H:%M}" if one.newest else "-"
        table.add_row(f"{one.count:,}", one.portal, one.stage, one.reason, str(one.attempts), last, one.example)
    return table


def _show_groups(groups: Sequence[FailureGroup], *, as_json: bool) -> None:
    if as_json:
        for one in groups:
            click.echo(json.dumps(one.to_json(), ensure_ascii=False))
    elif groups:
        out = console()
        out.print(group_table(groups, terminal=out.is_terminal))
    else:
        _none()


def _show(found: Iterator[Failure], *, as_json: bool) -> None:
    if as_json:
        for one in found:
            click.echo(json.dumps(one.to_json(), ensure_ascii=False))
        return
    out, shown = console(), 0
    while batch := list(islice(found, 1_000)):  # a table has to see all its rows: memory
        table = _table(out.is_terminal)
        table.show_header = not shown
        table.add_column("at (UTC)", no_wrap=True, min_width=16)
        table.add_column("portal", no_wrap=True)
        table.add_column("stage", no_wrap=True, min_width=7)
        table.add_column("attempts", justify="right", no_wrap=True, min_width=8)
        table.add_column("reason", overflow="fold", ratio=1)
        table.add_column("address", overflow="fold", ratio=2)
        for one in batch:
            at = f"{one.at:%Y-%m-%d %H:%M}" if one.at else "-"
            table.add_row(at, one.portal, one.stage, str(one.attempts), one.reason, one.url)
        out.print(table)
        shown += len(batch)
    if not shown:
        _none()


def _table(terminal: bool) -> Table:
    return Table(box=box.SIMPLE_HEAD if terminal else None, pad_edge=False, show_edge=False, expand=terminal)


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
            frontier.requeue(store, name, states=("failed", "dead", "done"), ids=some) for some in _batches(ids)
        )
        told = {"portal": name, "failures": len(ids), "queued": queued}
        words = f"{name}: {queued:,} of {len(ids):,} queued again; `storykin crawl {name}` asks for them"
        click.echo(json.dumps(told, ensure_ascii=False) if as_json else words)
    if not found and not as_json:
        _none()


def _batches(ids: Iterable[str]) -> Iterator[list[str]]:
    left = iter(ids)
    while some := list(islice(left, _BATCH)):
        yield some
