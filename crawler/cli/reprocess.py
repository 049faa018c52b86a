"""``storykin reprocess``: stored pages, or those of a WARC file, through the present version."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, nullcontext
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from crawler.cli._seeds_option import seeds_option
from dedupe.errors import InputError
from dedupe.printable import json_text

if TYPE_CHECKING:
    from collections import Counter
    from datetime import datetime

    from crawler.portals.seed import Seed
    from crawler.review.reprocess import Reprocess
    from crawler.review.reprocess_report import Report
    from storage.maintenance.repair import RepairSummary


@click.command("reprocess", short_help="Read stored pages anew with this version.")
@click.argument("targets", nargs=-1, metavar="[PORTAL|URL]...")
@click.option(
    "--warc",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    metavar="FILE",
    help="Read the pages of this WARC file instead of the stored ones.",
)
@click.option("--since", default="", metavar="DATE", help="Only pages fetched at this date or time, or later.")
@click.option(
    "--seed", "seed_name", default="", help="With --warc: portal whose rules apply; else by the page's address."
)
@seeds_option
@click.option(
    "--workers",
    type=click.IntRange(0),
    envvar="STORYKIN_WORKERS",
    help="Processes that take pages apart, each with a time and a memory limit; all cores by default. 0: none.",
)
@click.option("--again", is_flag=True, help="Also pages that this version has read already.")
@click.option("--dry-run", is_flag=True, help="Only say what would change.")
@click.option(
    "--dedupe", "then_dedupe", is_flag=True, help='Then cluster the whole store anew, as "storykin dedupe --all" does.'
)
@click.option("--json", "as_json", is_flag=True, help="Print the report as one JSON object.")
def command(
    *,
    targets: tuple[str, ...],
    warc: Path | None,
    since: str,
    seed_name: str,
    seeds_folder: Path | None,
    workers: int | None,
    again: bool,
    dry_run: bool,
    then_dedupe: bool,
    as_json: bool,
) -> None:
    """Extract stored pages again with this version of storykin and its seeds, and report what changed. No network.

    All kept pages are read, or those of a PORTAL or URL. A changed text becomes a version, and the older text is kept.
    The duplicates of a changed text are decided again. If a page gives no article any more, its stored article stays as
    it is. Pages that this version has read already are left out, so after a kill the same command goes on.
    """
    if warc and targets:
        raise InputError("give portals and URLs, or --warc FILE, one of the two (see storykin reprocess --help)")
    if dry_run and then_dedupe:
        raise InputError("--dedupe writes clusters, --dry-run writes nothing: choose one of the two")
    if seed_name and not warc:
        raise InputError("--seed goes with --warc; stored pages know their portal")
    from crawler.portals.reader import load_seed, load_seeds
    from crawler.review.reprocess import Reprocess, run_warc
    from crawler.warc.archive import parse_moment
    from crawler.workers.pool import WorkerPool, limits_of
    from storage.database.store import Store

    moment = parse_moment(since) if since else None
    seeds = load_seeds(seeds_folder, required=targets)
    if seed_name:
        load_seed(seed_name, seeds_folder)  # says which names there are
    limits = limits_of(os.environ)
    repaired: RepairSummary | None = None
    with Store.open() as store, nullcontext() if workers == 0 else WorkerPool(workers, limits) as pool:
        run = Reprocess(store, pool, dry_run=dry_run)
        if warc:
            before = run_warc(run, warc, seeds, portal=seed_name, since=moment, again=again)
        else:
            before = _run_stored(run, targets, seeds, moment, again=again)
        if then_dedupe:
            from storage.maintenance.repair import repair

            repaired = repair(store)
    if as_json:
        facts = run.report.to_json() | {"read_before": before, "dry_run": dry_run}
        click.echo(json_text(facts))
        return
    click.echo("\n".join(lines(run.report, before, dry_run=dry_run)))
    if repaired:
        found = f"{repaired.clusters:,} clusters, {repaired.duplicates:,} duplicates"
        click.echo(f"{found}; {repaired.changed:,} decisions changed")
    elif run.report.fates["changed"] + run.report.fates["new"] and not dry_run:
        click.echo('Then run "storykin dedupe --all" (or use --dedupe): it elects representatives anew.', err=True)


def lines(report: Report, before: int, *, dry_run: bool = False) -> Iterator[str]:
    """Yield *report* for people to read.

    :param before: pages that this version had read before
    """
    read = f"; {before:,} more were read by this version before (--again reads them too)" if before else ""
    yield f"{report.pages:,} pages read anew{' (dry run: nothing is stored)' if dry_run else ''}{read}"
    yield from _counts("", report.fates)
    yield from _counts("articles that differ in", report.fields)
    yield from _counts("related stories that", report.related)
    yield from _counts("articles that", report.duplicates)
    yield from _counts("because", report.reasons)
    yield from report.passed_over.lines("record")
    for one in report.examples:
        yield f"\n{one.field}: {one.url}"
        for difference in one.differences:
            yield from (f"  - {difference.before}",) if difference.before else ()
            yield from (f"  + {difference.after}",) if difference.after else ()


def _counts(title: str, counts: Counter[str]) -> Iterator[str]:
    for name, count in counts.most_common():
        if count:
            yield f"{count:>10,} {f'{title} {name}' if title else name}"


def _run_stored(
    run: Reprocess, targets: tuple[str, ...], seeds: Mapping[str, Seed], since: datetime | None, *, again: bool
) -> int:
    """Read the stored pages of *targets*, or all; return how many of them this version had read before."""
    from crawler.review.reprocess import Work, addressed_work, stored_work
    from crawler.urls.canonical import is_http
    from storage.articles import pages

    known = pages.portals(run.store)
    addressed: list[Work] = []
    for target in targets:
        if is_http(target):
            work = addressed_work(run.store, target, seeds)
            if work is None:
                raise InputError(f"{target}: no page of this address is kept; crawl it again")
            addressed.append(work)
        elif target not in known:
            raise _unknown(target, known)
    run.run(addressed)
    before = 0
    for portal in [target for target in targets if not is_http(target)] if targets else known:
        total = pages.count(run.store, portal, since=since, feeds=False)
        count, work_of_portal = stored_work(run.store, portal, seeds, since=since, again=again)
        before += total - count
        with _progress(portal, count) as advance:
            run.run(work_of_portal, advance)
    return before


def _unknown(target: str, known: list[str]) -> InputError:
    near = get_close_matches(target, known, n=1)
    hint = f", did you mean {near[0]}?" if near else f" (kept: {', '.join(known)})" if known else ""
    return InputError(f"no pages of {target!r} are kept{hint}")


@contextmanager
def _progress(portal: str, total: int) -> Iterator[Callable[[int], None]]:
    console = Console(stderr=True)
    columns: Any = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task(portal, total=total)
        yield lambda pages: bar.advance(task, pages)
