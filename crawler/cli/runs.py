"""``storykin runs``."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import click

from crawler.cli._arguments import require_portals
from crawler.cli._output import console, facts
from crawler.cli.failures import show_groups
from crawler.outcome.metrics import write_metrics
from crawler.outcome.run_view import in_words, is_noteworthy, run_json, run_lines, runs_table, short_id, short_table
from crawler.outcome.verdict import LOOK_BACK, compared
from dedupe.errors import InputError
from dedupe.printable import json_text
from storage.database.store import Store
from storage.frontier import failures, frontier, runs
from storage.frontier.runs import Run

TOP_FAILURES = 20
"""Groups of failures shown of one run."""


@click.command("runs", short_help="Show what was crawled, how it ended, and how it compares with earlier runs.")
@click.argument("run_id", required=False, metavar="[ID]")
@click.option("--portal", default="", help="Only runs of this portal.")
@click.option("--last", type=click.IntRange(1), default=20, show_default=True, metavar="N", help="How many to list.")
@click.option(
    "--accept", is_flag=True, help="With ID: the portal is as in this run from now on; compare with none before."
)
@click.option(
    "--prometheus",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Write the last run of each portal for node_exporter's textfile collector.",
)
@click.option("--json", "as_json", is_flag=True, help="One JSON object a run, one a line.")
def command(
    *, run_id: str | None, portal: str, last: int, accept: bool, prometheus: Path | None, as_json: bool
) -> None:
    """List the last runs; with ID, show everything about one.

    ID may be the beginning of a run's id, or of the last part of the id. A run is judged against earlier runs of the
    same portal with the same start pages and options, once three of them ended well. "exit" is the exit code of the
    run's command.
    """
    if accept and not run_id:
        raise click.UsageError("--accept needs the ID of a run")
    with Store.open() as store:
        require_portals(store, [portal])
        if prometheus is not None:
            _write_prometheus(store, prometheus)
        elif run_id:
            run = _one(store, run_id, portal)
            if accept:
                _accept(store, run)
            else:
                _tell(store, run, as_json=as_json)
        else:
            _list(store, portal, last, as_json=as_json)


def _list(store: Store, portal: str, last: int, *, as_json: bool) -> None:
    found = runs.history(store, portal, last)
    states = runs.states(store, found)
    if as_json:
        for run in found:
            click.echo(json_text(run_json(run, states[run.id])))
        return
    if not found:
        click.echo(f"no run{f' of {portal}' if portal else ''} yet; `storykin crawl` makes one", err=True)
        return
    out = console()
    if not out.is_terminal:
        out.print(runs_table(found, states))
        return
    out.print(short_table(found, states))
    told = [run for run in found if is_noteworthy(run, states[run.id])]
    if told:
        out.print()
        out.print(facts((f"{short_id(run)} {run.portal}", in_words(run, states[run.id])) for run in told))


def _tell(store: Store, run: Run, *, as_json: bool) -> None:
    state = runs.states(store, [run])[run.id]
    groups = failures.grouped(store, run.portal, run_id=run.id)
    if as_json:
        told = run_json(run, state) | {"failure_groups": [group.to_json() for group in groups]}
        click.echo(json_text(told))
        return
    earlier = runs.history(store, run.portal, LOOK_BACK, before=run.started)
    out = console()
    out.print(facts(run_lines(run, state, len(compared(run, earlier)))))
    if groups:
        out.print()
        show_groups(out, groups[:TOP_FAILURES])
        more = len(groups) - TOP_FAILURES
        where = f"storykin failures --run {run.id} --group"
        words = f"… and {more} more groups: {where}" if more > 0 else f"one by one: {where.removesuffix(' --group')}"
        out.print(words, soft_wrap=True)


def _accept(store: Store, run: Run) -> None:
    if run.finished is None or not run.counts:
        raise InputError(f"{run.id} has no counts to compare with: accept a run that came to its end")
    runs.accept(store, run)
    click.echo(f"later runs of {run.portal} are compared with this one and those after it", err=True)


def _write_prometheus(store: Store, path: Path) -> None:
    def with_queue_of_now(run: Run) -> Run:
        return replace(run, queued=frontier.counts(store, run.portal)["queued"])

    write_metrics(path, map(with_queue_of_now, runs.latest(store)))


def _one(store: Store, prefix: str, portal: str) -> Run:
    found = [run for run in runs.find(store, prefix) if run.portal == portal or not portal]
    exact = [run for run in found if run.id == prefix]
    if len(exact or found) == 1:
        return (exact or found)[0]
    if not found:
        raise InputError(f"no run {prefix!r}: `storykin runs` lists them")
    if {run.portal for run in found} == {prefix}:
        raise InputError(f"{prefix!r} is a portal with several runs: `storykin runs --portal {prefix}` lists them")
    raise InputError(f"several runs begin with {prefix!r}: {', '.join(run.id for run in found[:5])}; write more of it")
