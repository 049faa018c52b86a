"""``storykin consumers``: who pulls, how far each has come, beginning anew, forgetting."""

from __future__ import annotations

from typing import Any

import click
from rich.table import Table

from crawler.cli._output import SentenceGroup, console
from dedupe.printable import json_text
from storage.database.store import Store
from storage.export import consumers
from storage.export.consumers import Consumer
from storage.records import utc_text


@click.group(
    "consumers", cls=SentenceGroup, invoke_without_command=True, short_help="Show who pulls, and how far each has come."
)
@click.option("--json", "as_json", is_flag=True, help="One JSON object a consumer, one a line.")
@click.pass_context
def command(context: click.Context, *, as_json: bool) -> None:
    """Show who pulls with "export --consumer NAME", and how many articles changed since each one's last pull."""
    if context.invoked_subcommand is not None:
        return
    with Store.open() as store:
        found = [(one, consumers.lag(store, one)) for one in consumers.iterate(store)]
    if as_json:
        for one, behind in found:
            click.echo(json_text(_plain(one, behind)))
    elif not found:
        click.echo("nobody has pulled yet: storykin export --consumer NAME -o FILE", err=True)
    else:
        _show(found)


@command.command()
@click.argument("name")
def reset(*, name: str) -> None:
    """Let the next pull of NAME begin at the start, with whatever it then selects."""
    with Store.open() as store:
        consumers.reset(store, name)
    click.echo(f"{name}: its next pull begins at the start", err=True)


@command.command()
@click.argument("name")
def delete(*, name: str) -> None:
    """Forget NAME; files that it was given stay as they are."""
    with Store.open() as store:
        consumers.delete(store, name)
    click.echo(f"{name}: forgotten", err=True)


def _show(found: list[tuple[Consumer, int | None]]) -> None:
    table = Table(box=None, pad_edge=False, header_style="bold underline")
    for column in ("consumer", "last pull (UTC)", "cursor", "behind", "selection", "now"):
        table.add_column(column, justify="right" if column == "behind" else "left", overflow="fold")
    for one, behind in found:
        table.add_row(
            one.name,
            f"{one.pulled:%Y-%m-%d %H:%M}" if one.pulled else "-",
            str(one.cursor),
            "another database" if behind is None else f"{behind:,}",
            json_text(dict(one.selection)) if one.selection else "all distinct articles",
            f"{one.claimed_by} pulls" if one.claimed_by else "",
        )
    console().print(table)


def _plain(one: Consumer, behind: int | None) -> dict[str, Any]:
    return {
        "consumer": one.name,
        "pulled": utc_text(one.pulled) if one.pulled else None,
        "cursor": str(one.cursor),
        "behind": behind,
        "selection": dict(one.selection),
        "fields": list(one.fields) if one.fields else None,
        "claimed_by": one.claimed_by or None,
        "claimed": utc_text(one.claimed) if one.claimed else None,
    }
