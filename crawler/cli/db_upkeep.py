"""``storykin db prune``, ``move`` and ``migrate``."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import click
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn

from dedupe.errors import InputError
from storage.base.documents import now
from storage.database.store import Store, masked
from storage.maintenance import migrations
from storage.maintenance import prune as pruning
from storage.maintenance.move import move as moving

_AGE = re.compile(r"(\d{1,5})\s*([dwmy])")
_DAYS = {"d": 1, "w": 7, "m": 30, "y": 365}
_JSON = click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")


def _age_options(function: Callable[..., Any]) -> Callable[..., Any]:
    for name, one in reversed(pruning.PRUNABLE.items()):
        usual = f"{one.default.days}d" if one.default else "keep"
        function = click.option(
            f"--{name}",
            metavar="AGE|keep",
            default=usual,
            show_default=True,
            help=f"{one.what[0].upper()}{one.what[1:]}.",
        )(function)
    return function


@click.command("prune")
@_age_options
@click.option("--dry-run", is_flag=True, help="Only count what would go.")
@_JSON
def prune(*, dry_run: bool, as_json: bool, **ages: str) -> None:
    """Delete what is older than an age: 30d, 8w, 6m, 2y.

    Articles, edges and decisions stay. Raw responses go by themselves when their time is over
    (STORYKIN_KEEP_PAGES_DAYS), older texts of articles only when an age is given.
    """
    wanted = {name: _age(f"--{name}", text) for name, text in ages.items()}
    with Store.open() as store:
        for one in pruning.prune(store, wanted, now(), pretend=dry_run):
            facts = {"what": one.name, "documents": one.documents, "before": one.before.isoformat(), "dry_run": dry_run}
            words = (
                f"{one.documents:>10,} {one.name:<9} older than {one.before:%Y-%m-%d}{' would go' if dry_run else ''}"
            )
            click.echo(json.dumps(facts) if as_json else words)


@click.command("move")
@click.option("--to", "uri", required=True, metavar="URI", help="mongodb://… of the other server, with the database.")
@_JSON
def move(uri: str, *, as_json: bool) -> None:
    """Copy the whole database to another server, such as from the embedded server to one for production.

    Every document is compared afterwards. The database here stays as it is. After an interruption, the same command
    goes on. When the copy is complete, set MONGODB_URI to the other server.
    """
    if not uri.startswith(("mongodb://", "mongodb+srv://")):
        raise InputError(f"--to {masked(uri)}: a server's address begins with mongodb:// or mongodb+srv://")
    with Store.open() as source, Store.open(uri, prepare=False) as target, _counter("copying") as advance:
        for one in moving(source, target, advance):
            facts = {"collection": one.collection, "documents": one.documents}
            words = f"{one.documents:>10,} {one.collection}: the same on both sides"
            click.echo(json.dumps(facts) if as_json else words)
    click.echo(f"storykin: moved; from now on set MONGODB_URI to {masked(uri)}", err=True)


@click.command("migrate")
@_JSON
def migrate(*, as_json: bool) -> None:
    """Bring a database that an older storykin wrote to the schema of this one. Back it up first."""
    with Store.open(prepare=False) as store, _counter("changing") as advance:
        before = migrations.version_of(store)
        for one in migrations.migrate(store, lambda documents: advance("documents", documents)):
            facts = {"to": one.to, "documents": one.documents, "what": one.what}
            click.echo(json.dumps(facts) if as_json else f"schema {one.to}: {one.documents:,} documents: {one.what}")
        after = migrations.version_of(store)
    if before == after:
        click.echo(f"storykin: the database has schema {before} already", err=True)


def _age(option: str, text: str) -> timedelta | None:
    if text == "keep":
        return None
    match = _AGE.fullmatch(text.strip())
    if not match:
        raise InputError(f"{option} {text!r} is no age such as 30d, 8w, 6m or 2y, nor 'keep'")
    return timedelta(days=int(match[1]) * _DAYS[match[2]])


@contextmanager
def _counter(verb: str) -> Iterator[Callable[[str, int], None]]:
    console = Console(stderr=True)
    if not console.is_terminal:
        yield lambda name, documents: None
        return
    with Progress(SpinnerColumn(), TextColumn("{task.description}"), console=console, transient=True) as bar:
        task, counts = bar.add_task(verb), dict[str, int]()

        def advance(name: str, documents: int) -> None:
            counts[name] = counts.get(name, 0) + documents
            bar.update(task, description=f"{verb} {name}: {counts[name]:,}")

        yield advance
