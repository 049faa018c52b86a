"""``storykin check``."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime

import click

from crawler.cli._arguments import require_portals
from crawler.health.check import findings
from crawler.outcome.exit_codes import BELOW_EXPECTATION
from dedupe.printable import json_text, lines
from storage.database.store import Store
from storage.frontier import runs


@click.command("check", short_help="Say what is wrong with portals: runs, sources, articles.")
@click.argument("portals", nargs=-1, metavar="[PORTAL]...")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a finding, one a line.")
def command(portals: tuple[str, ...], as_json: bool) -> int:
    """Say what is wrong with the portals named, or with all that were crawled, from what is stored. Nothing is fetched.

    Looked at are the verdict on the last run; each start page, feed, sitemap and listing against what it usually
    brings; and the articles of the last seven days: undated ones, leads over several texts, one text under several
    titles. Exit code 3 if something is wrong, else 0.
    """
    found = 0
    with Store.open(prepare=False) as store:
        with store.errors():
            require_portals(store, portals)
            names = portals or tuple(runs.portals(store))
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
