"""``storykin portals pause`` and ``resume``."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import click

from crawler.cli._arguments import require_portals
from crawler.cli._seeds_option import seeds_option
from crawler.portals.reader import load_seed
from crawler.portals.timetable import parse_interval
from storage.database.store import Store
from storage.frontier import pauses


@click.command("pause")
@click.argument("name", metavar="PORTAL")
@click.option(
    "--until",
    default="",
    metavar="TIME",
    help="A date or time (UTC), or an interval such as 2d. Default: until resumed.",
)
@click.option("--reason", default="", metavar="TEXT", help="Shown wherever the pause has an effect.")
@seeds_option
def pause(name: str, until: str, reason: str, seeds_folder: Path | None) -> None:
    """Pause a portal: `schedule` passes it by, and `crawl` refuses to start. A crawl under way goes on to its end."""
    load_seed(name, seeds_folder)
    end = _end(until) if until else None
    with Store.open() as store, store.errors():
        click.echo(pauses.pause(store, name, until=end, reason=reason))


@click.command("resume")
@click.argument("name", metavar="PORTAL")
def resume(name: str) -> None:
    """End the pause of a portal."""
    with Store.open() as store, store.errors():
        require_portals(store, [name])
        ended = pauses.resume(store, name)
    click.echo(f"{name}: {'resumed' if ended else 'was not paused'}")


def _end(text: str) -> datetime:
    now = datetime.now(UTC)
    try:
        return now + parse_interval(text)
    except ValueError:
        pass
    try:
        end = datetime.fromisoformat(text)
    except ValueError:
        raise click.BadParameter(
            f"{text!r} is neither a date such as 2026-12-01 or 2026-12-01T06:00 nor an interval such as 2d",
            param_hint="--until",
        ) from None
    end = end if end.tzinfo else end.replace(tzinfo=UTC)
    if end <= now:
        raise click.BadParameter(f"{text!r} has passed", param_hint="--until")
    return max(end.astimezone(UTC), now + timedelta(milliseconds=1))
