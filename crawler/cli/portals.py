"""``storykin portals``: the portals that storykin knows, as data."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click
from rich.table import Table

from crawler.cli._output import SentenceGroup, console
from crawler.cli._seeds_option import seeds_option
from crawler.cli.portals_add import add
from crawler.cli.portals_check import check_live_pages, check_saved, page_option
from crawler.cli.portals_learn import learn
from crawler.cli.portals_pause import pause, resume
from crawler.cli.portals_repair import repair
from crawler.portals.reader import load_seed, load_seeds, read_seed, seed_names
from crawler.portals.seed import Seed, SeedError
from dedupe.errors import InputError
from dedupe.printable import json_text

_COLUMNS = ("name", "title", "language", "confidence", "checked")
_WIDE_COLUMNS = (*_COLUMNS, "start page", "unverified")
_WIDE = 150
"""Columns of a terminal from which start pages and unverified keys stand beside the rest."""


@click.group("portals", cls=SentenceGroup, short_help="List and check the portals (seed files), learn promotion lines.")
def command() -> None:
    """List and check the portals (seed files), learn promotion lines from stored pages."""


command.add_command(add)
command.add_command(learn)
command.add_command(pause)
command.add_command(repair)
command.add_command(resume)


@command.command("list")
@seeds_option
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line, with everything the seed file says.")
def list_portals(seeds_folder: Path | None, as_json: bool) -> None:
    """List the portals: name, language, and how sure the facts about each are.

    None of the bundled files was checked against the live site; "checked" is the date of the newest evidence.
    "unverified" names the keys of the file that nothing has confirmed.
    """
    seeds = load_seeds(seeds_folder)
    if as_json:
        for seed in seeds.values():
            click.echo(json_text(_plain(seed)))
        return
    out = console()
    out.print(_table(seeds.values(), _WIDE_COLUMNS if out.width >= _WIDE else _COLUMNS))
    if out.is_terminal:
        left_out = "" if out.width >= _WIDE else "A wider terminal or --json shows start pages and what is unverified. "
        click.echo(f"{left_out}storykin crawl NAME --max-pages 50 crawls one.", err=True)


@command.command("check")
@click.argument("names", nargs=-1, metavar="[PORTAL|FILE]...")
@seeds_option
@page_option("Hold one portal's file against a saved HTML page, or the pages of a WARC file.")
@click.option("--live", is_flag=True, help="Fetch a few pages of each portal and say what still matches.")
@click.option("--json", "as_json", is_flag=True, help="With --page or --live: one JSON object a line.")
def check(names: tuple[str, ...], seeds_folder: Path | None, saved: tuple[Path, ...], live: bool, as_json: bool) -> int:
    """Check seed files: keys, types, expressions, selectors and start pages. No network is used without --live.

    PORTAL is the name of a portal, FILE a seed file such as drafts/gazette.toml; without either, every portal is
    checked. Each problem is one line. Exit code 2 if a file cannot be used.

    --page says what each selector and expression matches on a saved page, and whether [expect] holds. It also names
    what does harm: a block that stands inside a sentence or holds the text itself, and an expression that matches no
    link. Exit code 3 if something is wrong.

    --live asks each portal for up to three start pages, three articles and four feeds, with the robots.txt and the
    delay of a crawl. Set STORYKIN_CONTACT first. Exit code 3 if something is wrong. A selector that is "not seen" may
    still be right: few pages are read, and old layouts have selectors too.
    """
    if saved and len(names) != 1:
        raise click.UsageError("--page goes with one PORTAL or FILE")
    wrong, seeds = 0, []
    for name in names or seed_names(seeds_folder):
        try:
            seed = read_seed(Path(name)) if name.endswith(".toml") else load_seed(name, seeds_folder)
        except SeedError as found:
            wrong += 1
            for problem in found.problems:
                click.echo(f"storykin: {problem}", err=True)
        else:
            seeds += [seed] if names or not seed.loopback else []  # the demo is served on request only
            click.echo(f"{name}: ok", err=live or bool(saved))
    if wrong:
        raise InputError(f"{wrong} of {len(names or seed_names(seeds_folder))} portals cannot be used; see above")
    code = check_saved(seeds[0], saved, as_json=as_json) if saved else 0
    return max(code, check_live_pages(seeds, as_json=as_json) if live else 0)


def _table(seeds: Iterable[Seed], columns: Sequence[str]) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold underline")
    for column in columns:
        table.add_column(column, no_wrap=column in ("name", "checked", "confidence"), overflow="fold")
    for seed in seeds:
        table.add_row(*_row(seed)[: len(columns)])
    return table


def _row(seed: Seed) -> tuple[str, ...]:
    unverified = ", ".join(seed.verified.unverified)
    return (
        seed.name,
        seed.title,
        seed.language or "any",
        seed.verified.confidence,
        seed.verified.date or "never",
        seed.start_urls[0],
        unverified or "-",
    )


def _plain(seed: Seed) -> dict[str, Any]:
    return {**asdict(seed), "host_aliases": dict(seed.host_aliases)}
