"""``storykin cluster``: the texts of one story side by side, and corrections made by hand."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click
from rich.table import Table

from crawler.cli import _cluster_view
from crawler.cli._arguments import require_portals
from crawler.cli._output import SentenceGroup, console
from crawler.cli.cluster_calibrate import calibrate, terminal_format
from dedupe.printable import in_place, json_text, printable
from storage.articles.collection import article_rows
from storage.database.store import Store
from storage.duplicates import clusters, corrections, manual_decisions
from storage.duplicates.cluster_facts import facts_of, listed

if TYPE_CHECKING:
    from storage.duplicates.corrections import Corrected

_JSON = click.option("--json", "as_json", is_flag=True, help="JSON instead of words.")
_REASON = click.option("--reason", default="", help="Why, for those who ask later.")


@click.group("cluster", cls=SentenceGroup)
def command() -> None:
    """Look at the texts of one story, and correct by hand what belongs together.

    A decision made by hand outlives every later crawl, `storykin dedupe --all` and `--rebuild`.
    """


command.add_command(calibrate)


@command.command("show")
@click.argument("story", metavar="URL|ID")
@click.option("--most", type=click.IntRange(1, 10_000), default=20, show_default=True, help="Copies shown.")
@click.option(
    "--context", type=click.IntRange(0, 1000), default=12, show_default=True, help="Words around a difference."
)
@_JSON
def show(*, story: str, most: int, context: int, as_json: bool) -> None:
    """Show a story's members: who published first, their roles, credits, and where the texts differ.

    Two members stand side by side where the terminal is at least 100 columns wide.
    """
    with Store.open() as store, store.errors():
        found = facts_of(store, corrections.require(store, story), most=most)
    if as_json:
        click.echo(json_text(found.to_json()))
        return
    out = console()
    for block in _cluster_view.render(found, terminal_format(out, context)):
        out.print(block)


@command.command("list")
@click.option("--portal", default="", help="Only stories with a text of this portal.")
@click.option("--min", "least", type=click.IntRange(2), default=2, show_default=True, help="Texts, at least.")
@click.option("--top", type=click.IntRange(1, 100_000), default=20, show_default=True, help="Stories listed.")
@_JSON
def list_(*, portal: str, least: int, top: int, as_json: bool) -> None:
    """List the stories that stand in the store more than once, the largest first. With --json, one a line."""
    with Store.open() as store, store.errors():
        require_portals(store, [portal])
        found = listed(store, portal=portal, least=least, top=top)
    if as_json:
        for one in found:
            click.echo(json_text(one.to_json()))
        return
    rows = [(str(one.texts), one.title or one.id, ", ".join(one.portals), one.url) for one in found]
    _table(("texts", "story", "portals", "address"), rows, "no story stands in the store more than once")


@command.command("merge")
@click.argument("one", metavar="URL|ID")
@click.argument("other", metavar="URL|ID")
@_REASON
@_JSON
def merge(*, one: str, other: str, reason: str, as_json: bool) -> None:
    """Decide by hand that two articles, and their clusters, are one story."""
    with Store.open() as store, store.errors():
        _print(store, corrections.merge(store, one, other, by=corrections.whoever(), reason=reason), as_json)


@command.command("unmerge")
@click.argument("story", metavar="URL|ID")
@click.option("--from", "other", metavar="URL|ID", default="", help="Only apart from this one; else from all members.")
@_REASON
@_JSON
def unmerge(*, story: str, other: str, reason: str, as_json: bool) -> None:
    """Hold an article apart from every member of its cluster, or from one."""
    with Store.open() as store, store.errors():
        _print(store, corrections.unmerge(store, story, other, by=corrections.whoever(), reason=reason), as_json)


@command.command("forget")
@click.argument("one", metavar="URL|ID")
@click.argument("other", metavar="URL|ID")
@_JSON
def forget(*, one: str, other: str, as_json: bool) -> None:
    """Take back the decision about two articles. From now on their texts decide."""
    with Store.open() as store, store.errors():
        _print(store, corrections.forget(store, one, other), as_json, taken_back=True)


@command.command("decisions")
@_JSON
def list_decisions(*, as_json: bool) -> None:
    """List the decisions made by hand, oldest first. With --json, one a line."""
    with Store.open() as store, store.errors():
        found = list(manual_decisions.iterate(store))
        urls = manual_decisions.urls(store, {key for one in found for key in one.couple})
    if as_json:
        for one in found:
            named = {"a_url": urls[one.a], "b_url": urls[one.b]}
            click.echo(json_text(one.to_json() | named))
        return
    rows = [(one.verdict, urls[one.a], urls[one.b], f"{one.at:%Y-%m-%d %H:%M}Z", one.by, one.reason) for one in found]
    _table(("verdict", "one", "other", "when", "by", "reason"), rows, "nothing was decided by hand yet")


def _print(store: Store, done: Corrected, as_json: bool, *, taken_back: bool = False) -> None:
    if as_json:
        facts = {"decided": [one.to_json() for one in done.decided], "representatives": done.representatives}
        click.echo(json_text(facts))
        return
    words = {"same": "merged", "apart": "held apart"}
    urls = manual_decisions.urls(
        store, {key for one in done.decided for key in one.couple} | done.representatives.keys()
    )
    for one in done.decided:
        click.echo(f"{'No longer ' if taken_back else ''}{words[one.verdict]}: {urls[one.a]} and {urls[one.b]}")
    if not done.decided:
        click.echo("Decided so before; nothing to do.")
    for root in sorted(set(done.representatives.values())):
        size = len(clusters.ids(store, root))
        title = article_rows(store).find_one({"_id": root}, {"title": 1}) or {"title": root}
        click.echo(f"{size} {'text' if size == 1 else 'texts'} of the story now: {printable(title['title'])}")


def _table(columns: Sequence[str], rows: Sequence[Sequence[str]], without_rows: str) -> None:
    if not rows:
        click.echo(without_rows, err=True)
        return
    table = Table(box=None, pad_edge=False)
    for column in columns:
        table.add_column(column, justify="right" if column == "texts" else "left", overflow="fold")
    for row in rows:
        table.add_row(*(in_place(cell) for cell in row))
    console().print(table)
