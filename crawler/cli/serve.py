"""``storykin serve``: the store in a browser."""

from __future__ import annotations

from pathlib import Path

import click

from crawler.cli._seeds_option import seeds_option
from dedupe.errors import InputError


@click.command("serve", short_help="Show portals, articles and stories in a browser; nothing is written.")
@click.option("--port", type=click.IntRange(0, 65535), default=8420, show_default=True, help="0 takes a free one.")
@click.option(
    "--host",
    default="127.0.0.1",
    show_default=True,
    metavar="ADDRESS",
    help="Where to listen. Others than the default are reached from other machines, unencrypted.",
)
@seeds_option
def command(port: int, host: str, seeds_folder: Path | None) -> None:
    """Serve pages that show what is stored, until Ctrl-C: how each portal stands, articles with what was left out of
    them and why, stories with the differences of their texts.

    Open the address that is printed: its token lets a browser in. Nothing is written to the database.
    """
    try:
        from crawler.web.server import is_loopback, serve
    except ModuleNotFoundError as problem:
        raise InputError(f"storykin serve needs {problem.name}: pip install 'storykin[web]'") from None
    from crawler.portals.reader import load_seeds
    from storage.database.store import Store

    def announce(address: str) -> None:
        if not is_loopback(host):
            click.echo("Other machines reach this port, and the connection is not encrypted.", err=True)
        click.echo("Open this address in a browser. Ctrl-C ends.", err=True)
        click.echo(address)

    with Store.open(prepare=False) as store:
        serve(store, load_seeds(seeds_folder), host, port, announce)
