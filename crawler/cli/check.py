"""``storykin check``."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime

import click
from rich.table import Table

from crawler.cli._arguments import require_portals
from crawler.cli._output import console
from crawler.health.check import findings, recent, sources
from crawler.outcome.exit_codes import BELOW_EXPECTATION
from dedupe.printable import json_text, lines
from storage.database.store import Store
from storage.frontier import runs
from storage.records import utc_text


@click.command("check", short_help="Say what is wrong with portals: runs, sources, articles.")
@click.argument("portals", nargs=-1, metavar="[PORTAL]...")
@click.option("--sources", "ledger", is_flag=True, help="List every source with what it brings and usually brings.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a finding or source, one a line.")
def command(portals: tuple[str, ...], ledger: bool, as_json: bool) -> int:
    """Say what is wrong with portals, from what is stored: those named, or all that were crawled. Nothing is fetched.

    The check reads the verdict on the last run, compares each start page, feed, sitemap and listing with what it
    usually brings, and goes through the articles of the last seven days. It names undated articles, leads that stand
    over several texts, texts that stand under several titles, and authors of more than a person writes.

    Exit code 3 if something is wrong, else 0.
    """
    found = 0
    with Store.open(prepare=False) as store:
        with store.errors():
            require_portals(store, portals)
            names = portals or tuple(runs.portals(store))
            if ledger:
                _print_sources(store, names, as_json=as_json)
                return 0
        for name in names:
            clean = True
            for finding in findings(store, name, datetime.now(UTC)):
                clean, found = False, found + 1
                click.echo(json_text(asdict(finding)) if as_json else lines(f"{name}: {finding.problem}"))
            if clean and not as_json:
                click.echo(f"{name}: ok")
    if not names:
        click.echo("no portal was crawled yet; `storykin crawl` does", err=True)
    return BELOW_EXPECTATION if found else 0


def _print_sources(store: Store, portals: tuple[str, ...], *, as_json: bool) -> None:
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="bold underline")
    table.add_column("portal", no_wrap=True)
    table.add_column("source", overflow="fold")
    for number in ("links", "usually", "new a day", "stored"):
        table.add_column(number, justify="right", no_wrap=True)
    table.add_column("last new story (UTC)")
    for name in portals:
        for source in sources(store, recent(store, name)):
            if as_json:
                last = {"last_useful": source.last_useful and utc_text(source.last_useful)}
                click.echo(json_text({"portal": name, **asdict(source), **last}))
                continue
            useful = f"{source.last_useful:%Y-%m-%d %H:%M}" if source.last_useful else "-"
            stored = f"{source.stored} of {source.named}" if source.named else "-"
            numbers = ("-" if one is None else f"{one:.0f}" for one in (source.links, source.usual_links))
            style = "yellow" if source.problem else ""
            table.add_row(name, source.name, *numbers, f"{source.new_a_day:.0f}", stored, useful, style=style)
    if not as_json:
        console().print(table)
