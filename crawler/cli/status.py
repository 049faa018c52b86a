"""``storykin status``."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

import click
from rich.table import Table
from rich.text import Text

from crawler.cli._arguments import require_portals
from crawler.cli._output import console
from crawler.cli._seeds_option import seeds_option
from crawler.health.status import Day, PortalStatus, status
from crawler.health.status_page import SIGNS, doing, status_page
from crawler.portals.reader import load_seeds
from dedupe.printable import json_text, printable
from storage.base.atomic_file import whole_file
from storage.database.store import Store
from storage.frontier import runs
from storage.records import utc_text

_COLOURS: dict[Day, str] = {"ok": "green", "worse": "yellow", "failed": "red", "interrupted": "dim", "": "dim"}


@click.command("status", short_help="Show how every portal stands: days, runs under way, next starts.")
@click.argument("portals", nargs=-1, metavar="[PORTAL]...")
@click.option("--days", type=click.IntRange(1, 31), default=7, show_default=True, help="Days shown, today the last.")
@seeds_option
@click.option("--json", "as_json", is_flag=True, help="One JSON object a portal, one a line.")
@click.option(
    "--html", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE", help="Write a page to FILE instead."
)
def command(portals: tuple[str, ...], days: int, seeds_folder: Path | None, as_json: bool, html: Path | None) -> int:
    """Show the portals named, or all that were crawled or have a [schedule].

    Each portal has a line: the worst run of each day, the run that is under way and why it waits, the length of the
    queue, the next start, the last verdict, and the sources that fell silent.

    ● as usual, ▲ below expectation, ✗ blocked or failed, ○ interrupted, · no run. The counts of a run under way are up
    to 20 seconds old.
    """
    seeds, now = load_seeds(seeds_folder), datetime.now(UTC)
    with Store.open(prepare=False) as store:
        with store.errors():
            require_portals(store, portals)
            scheduled = [name for name, seed in seeds.items() if seed.schedule.every or seed.schedule.cron]
            names = portals or (*runs.portals(store), *scheduled)
        found = status(store, {name: seeds.get(name) for name in names}, now, days)
    if html:
        with whole_file(html) as stream:
            stream.write(status_page(found, now))
    elif as_json:
        for one in found:
            moment = {"next_start": utc_text(one.next_start) if one.next_start else None}
            click.echo(json_text(asdict(one) | moment))
    elif not found:
        click.echo("no portal was crawled yet, and none has a [schedule]", err=True)
    else:
        _show(found, now)
    return 0


def _show(found: list[PortalStatus], now: datetime) -> None:
    out = console()
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="bold underline")
    for name in ("portal", "days", "now", "queued", "next"):
        table.add_column(name, justify="right" if name == "queued" else "left", no_wrap=name != "now")
    for one in found:
        signs = Text.assemble(*((SIGNS[day][0], _COLOURS[day]) for day in one.days.values()))
        table.add_row(one.portal, signs, printable(doing(one)) or "-", f"{one.queued:,}", _next(one, now))
    out.print(table)
    for one in found:
        for words in (one.verdict if not one.silent else "", *one.silent):
            if words and not words.startswith("finished"):
                out.print(f"{one.portal}: {printable(words)}", soft_wrap=True)


def _next(one: PortalStatus, now: datetime) -> str:
    if one.next_start is None:
        return "-"
    if one.next_start <= now:
        return "due"
    return f"{one.next_start:%H:%M}" if one.next_start.date() == now.date() else f"{one.next_start:%m-%d %H:%M}"
