"""``storykin schedule``."""

from __future__ import annotations

import logging
import shlex
import shutil
import signal
import sys
from datetime import UTC, datetime
from pathlib import Path
from types import FrameType
from typing import Any

import click

from crawler.cli._run_paths import require_own_paths
from crawler.cli._seeds_option import seeds_option
from crawler.cli.crawl import command as crawl_command
from crawler.portals.seed import Seed
from dedupe.errors import InputError


@click.command("schedule", short_help="Crawl all portals by the timetables of their seeds.")
@click.argument("portals", nargs=-1, metavar="[PORTAL]...")
@seeds_option
@click.option(
    "--at-once", type=click.IntRange(1, 64), default=2, show_default=True, help="Portals crawled side by side."
)
@click.option("--crawl-options", default="", metavar="TEXT", help='Passed on to every crawl: "--max-pages 500".')
@click.option("--next", "span", default="", metavar="TIME", help="List the starts of the next 24h, 7d, … and end.")
@click.option("--print-cron", is_flag=True, help="Print crontab lines in place of running.")
@click.option("--print-systemd", is_flag=True, help="Print a systemd service and its timers in place of running.")
def command(
    portals: tuple[str, ...],
    seeds_folder: Path | None,
    crawl_options: str,
    **options: Any,
) -> int:
    """Crawl portals at the times of their [schedule], until stopped: those named, or every portal with a [schedule].

    A run that was missed while the scheduler was off is made up for, once. Seed files are read again when they change.
    Ctrl-C or SIGTERM ends the crawls under way in order; their queued pages wait for the next run. A portal is not
    crawled in its quiet hours, nor while `storykin portals pause` holds.

    Files that crawls write need names of their own: --crawl-options "--record {portal}-{run}.warc.gz --log-file
    {portal}.log".
    """
    from crawler.ops.scheduler import Schedule, scheduled_seeds

    try:
        arguments = shlex.split(crawl_options)
    except ValueError as problem:
        raise click.BadParameter(f"{crawl_options!r}: {problem}", param_hint="--crawl-options") from None
    crawl = crawl_command.make_context("storykin crawl", ["PORTAL", *arguments])
    if options["span"]:
        _print_starts(scheduled_seeds(portals, seeds_folder, _say, strict=True), options["span"])
        return 0
    seeds = scheduled_seeds(portals, seeds_folder, _say, strict=True)
    require_own_paths(crawl.params, portals=len(portals) if portals else len(seeds))
    if options["print_cron"] or options["print_systemd"]:
        _print_units(list(seeds.values()), arguments, seeds_folder, systemd=options["print_systemd"])
        return 0
    logging.getLogger("apscheduler").setLevel(logging.ERROR)
    schedule = Schedule(_say, portals, seeds_folder, options["at_once"], arguments)

    def stop(number: int, frame: FrameType | None) -> None:
        schedule.stop()

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, stop)
    schedule.run()
    _say("", "stopped; what was not crawled waits for the next start")
    return 0


def _print_starts(seeds: dict[str, Seed], span: str) -> None:
    from crawler.ops.scheduler import last_runs, starts
    from crawler.portals.timetable import parse_interval
    from storage.database.store import Store
    from storage.frontier import pauses

    try:
        until = parse_interval(span)
    except ValueError as problem:
        raise click.BadParameter(str(problem), param_hint="--next") from None
    with Store.open(prepare=False) as store, store.errors():
        held = pauses.every(store)
    for moment, name in starts(seeds, last_runs(seeds), datetime.now(UTC), until):
        paused = name in held and not ((end := held[name].until) and end <= moment)
        click.echo(f"{moment:%Y-%m-%d %H:%M:%S} UTC  {name}{'  (paused: will be passed by)' if paused else ''}")


def _print_units(seeds: list[Seed], arguments: list[str], folder: Path | None, *, systemd: bool) -> None:
    from crawler.ops.cron_and_systemd import crontab, systemd_units

    if not seeds:
        raise InputError('no portal has a [schedule]; add one to a seed file, such as: every = "2h"')
    program = Path(shutil.which("storykin") or sys.argv[0]).absolute()
    words = [str(program), "crawl", "--scheduled", *(["--seeds", str(folder.absolute())] if folder else []), *arguments]
    if not systemd:
        click.echo("\n".join(crontab(seeds, words)))
        return
    for name, content in systemd_units(seeds, words):
        click.echo(f"# {name}\n{content}")


def _say(portal: str, sentence: str) -> None:
    if sentence:
        now = datetime.now().astimezone()
        click.echo(f"{now:%Y-%m-%d %H:%M:%S} {portal + ': ' if portal else ''}{sentence}", err=True)
