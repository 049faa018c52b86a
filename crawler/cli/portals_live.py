"""``storykin portals check --live``: seed files held against the portals' pages of today."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from functools import partial

import click
from rich.console import Console
from rich.table import Table

from crawler.cli._arguments import BELOW_EXPECTATION
from crawler.portals.seed import Seed
from dedupe.printable import json_text


def check_pages(seeds: Sequence[Seed], *, as_json: bool) -> int:
    """Fetch a few pages of each portal, print what still matches, and return the exit code.

    :raises InputError: if a portal elsewhere than on this machine is asked and no contact is set
    """
    # Scrapy and Twisted take most of a second to import: not for a check without network.
    from crawler.onboarding.fetch_few import survey
    from crawler.onboarding.live_check import check_live

    now = datetime.now(UTC)
    findings = [
        one for found in survey([(seed, partial(check_live, seed, moment=now)) for seed in seeds]) for one in found
    ]
    table = Table(expand=False)
    for column in ("portal", "key", "what", "verdict", "found"):
        table.add_column(column, overflow="fold")
    for one in findings:
        if as_json:
            click.echo(json_text(one.to_json()))
        table.add_row(one.portal, one.key, one.subject, one.verdict, one.detail)
    if not as_json:
        console = Console(highlight=False, markup=False)
        if not console.is_terminal:
            console.width = 400  # a file or a pipe has no width; 400 holds every row unwrapped
        console.print(table)
    wrong = sorted({one.portal for one in findings if one.verdict == "wrong"})
    if wrong:
        click.echo(f"storykin: not as their seed files say: {', '.join(wrong)}; see 'wrong' above", err=True)
    return BELOW_EXPECTATION if wrong else 0
