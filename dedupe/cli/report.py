"""``storykin report``: what was repeated, where, why, and what it saved."""

from __future__ import annotations

import json

import click
from rich.console import Console

from dedupe.report import Report, build_report
from dedupe.report_view import render
from storage.mongo import Store


def read_report(store: Store, *, portal: str | None = None, top: int = 10) -> Report:
    """Return the report on everything stored, or on one *portal*."""
    from storage.report_rows import portal_numbers, repeated_lines, repeated_stories

    return build_report(
        portal_numbers(store, portal=portal),
        repeated_stories(store, portal=portal, top=top),
        repeated_lines(store, portal=portal, top=top),
        top=top,
    )


def print_report(report: Report, *, as_json: bool = False) -> None:
    """Print *report* for people, as wide as the terminal, or as one JSON object."""
    if as_json:
        click.echo(json.dumps(report.to_json(), ensure_ascii=False, indent=2))
        return
    console = Console(highlight=False)
    if not console.is_terminal:
        console.width = 160  # a file or a pipe has no width; 160 holds the table unwrapped
    console.print(render(report))


@click.command("report")
@click.option("--portal", help="Only this portal.")
@click.option("--top", default=10, show_default=True, type=click.IntRange(0), help="How many stories and lines.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object instead of tables.")
def command(portal: str | None, top: int, as_json: bool) -> None:
    """Report what was repeated, where, why, and what it saved."""
    with Store.open() as store:
        print_report(read_report(store, portal=portal, top=top), as_json=as_json)
