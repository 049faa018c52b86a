"""``storykin graph``: which story leads to which."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich.console import Console
from rich.markup import escape
from rich.table import Table
from rich.tree import Tree

from crawler.cli._arguments import require_portals
from crawler.cli._output import OutputFile, SentenceGroup, UnpaddedConsole
from dedupe.errors import InputError
from dedupe.printable import data_stream, in_place, json_text
from storage.base.atomic_file import whole_file
from storage.database.store import Store
from storage.export import graph, graph_files
from storage.export.graph import Link, Neighbourhood, Node

if TYPE_CHECKING:
    from storage.export.graph_files import GraphFormat

_PORTAL = click.option("--portal", default="", help="Only the stories of this portal, and what they lead to.")
_JSON = click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
_ENDINGS: dict[str, GraphFormat] = {
    ".graphml": "graphml",
    ".xml": "graphml",
    ".parquet": "parquet",
    ".jsonl": "jsonl",
    ".json": "jsonl",
    ".ndjson": "jsonl",
}
_LEFT_OUT = "… {} more"


@click.group("graph", cls=SentenceGroup, short_help="The story graph: related-story and duplicate links.")
def command() -> None:
    """Look at the story graph, or export it.

    Nodes are stories, also stories that are only linked to. Links lead from a story to each story it shows as related,
    and from a repeated story to the story it repeats. `storykin dedupe --all` also links stories whose address differs.
    """


@command.command("export")
@click.option(
    "--format", "format_name", type=click.Choice(graph_files.FORMATS), help="Else what the ending of -o names."
)
@click.option(
    "-o",
    "--output",
    type=OutputFile(),
    metavar="FILE",
    help="File to write, or a folder for Parquet; else standard output.",
)
@_PORTAL
def export(format_name: GraphFormat | None, output: Path | None, portal: str) -> None:
    """Write the graph as GraphML (networkx, Gephi), JSON Lines or Parquet (nodes.parquet and links.parquet)."""
    kind = format_name or _format_of(output)
    if kind == "parquet" and output is None:
        raise InputError("Parquet is no text: name a folder with -o")
    with Store.open() as store:
        require_portals(store, [portal])
        nodes, links = graph.nodes(store, portal=portal), graph.links(store, portal=portal)
        if kind == "parquet":
            assert output is not None  # checked above
            written = graph_files.write_parquet(output, nodes, links)
        else:
            write = graph_files.write_graphml if kind == "graphml" else graph_files.write_jsonl
            with whole_file(output) if output else nullcontext(data_stream(sys.stdout)) as stream:
                written = write(stream, nodes, links)
    click.echo(f"{written[0]:,} stories, {written[1]:,} links{f' in {output}' if output else ''}", err=True)


@command.command("show")
@click.argument("story", metavar="URL|ID")
@click.option("--depth", type=click.IntRange(1, 10), default=2, show_default=True, help="Links from the story.")
@click.option(
    "--most", type=click.IntRange(1, 10_000), default=100, show_default=True, help="Stories shown, the nearest ones."
)
@_JSON
def show(story: str, depth: int, most: int, as_json: bool) -> None:
    """Show the stories around a story: those it leads to (→), those that lead to it (←), and those it repeats (=)."""
    with Store.open() as store, store.errors():
        found = graph.neighbourhood(store, story, depth=depth, most=most)
    if found is None:
        raise InputError(f"{story}: no such story is stored or linked to; give its address or its id")
    if as_json:
        click.echo(json_text(_plain(found)))
        return
    Console(highlight=False, soft_wrap=not sys.stdout.isatty()).print(_tree(found))


@command.command("hubs")
@_PORTAL
@click.option("--top", type=click.IntRange(1, 100_000), default=20, show_default=True)
@_JSON
def hubs(portal: str, top: int, as_json: bool) -> None:
    """List the stories that most others lead to."""
    with Store.open() as store, store.errors():
        found = graph.hubs(store, portal=portal, top=top)
    if as_json:
        for one in found:
            click.echo(json_text({"links": one.links, **one.node.to_json()}))
        return
    rows = [(str(one.links), *_cells(one.node)) for one in found]
    _print_table(("links", "story", "portal", "address"), rows, "no story leads to another one yet")


@command.command("orphans")
@_PORTAL
@click.option("--top", type=click.IntRange(1), default=20, show_default=True, help="Stories listed; the newest ones.")
@_JSON
def orphans(portal: str, top: int, as_json: bool) -> None:
    """List the stored stories that no other story leads to."""
    with Store.open() as store, store.errors():
        found = [node for _, node in zip(range(top), graph.orphans(store, portal=portal), strict=False)]
    if as_json:
        for one in found:
            click.echo(json_text(one.to_json()))
        return
    rows = [(f"{one.published:%Y-%m-%d}" if one.published else "", *_cells(one)) for one in found]
    _print_table(("published", "story", "portal", "address"), rows, "no stored story is without a link to it")


def _tree(found: Neighbourhood) -> Tree:
    """Return the neighbourhood as a tree: each story below the one that it was reached from first."""
    shown = {found.root}
    root = Tree(_label(found.nodes[found.root]))
    level = [(found.root, root)]
    while level:
        below: list[tuple[str, Tree]] = []
        for key, branch in level:
            for sign, other, link in _from(found, key):
                again = other in shown
                label = f"{sign} {_label(found.nodes[other], link)}{' [dim](above)[/dim]' if again else ''}"
                if again and sign == "←":
                    continue  # the link is shown at its other end
                twig = branch.add(label)
                if not again:
                    shown.add(other)
                    below.append((other, twig))
        level = below
    if found.left_out:
        root.add(f"[dim]{_LEFT_OUT.format(found.left_out)}: see --most[/dim]")
    return root


def _from(found: Neighbourhood, key: str) -> Iterator[tuple[str, str, Link]]:
    for link in found.links:
        if link.kind == "duplicate":
            if key in (link.source, link.target):
                yield "=", link.target if link.source == key else link.source, link
        elif link.source == key:
            yield "→", link.target, link
        elif link.target == key:
            yield "←", link.source, link


def _label(node: Node, link: Link | None = None) -> str:
    title = escape(in_place(node.title or node.url or node.id))
    facts = [node.portal] if node.portal else []
    facts += [f"{node.published:%Y-%m-%d}"] if node.published else []
    facts += [] if node.stored else ["not stored"]
    facts += ["withdrawn"] if node.withdrawn else []
    if link is not None:
        facts += [] if link.story_kind in ("", "related") else [link.story_kind]
        facts.append(f"{link.tier} {link.score:.2f}" if link.kind == "duplicate" else link.tier)
    weight = title if node.stored else f"[italic]{title}[/italic]"
    return f"{weight} [dim]({escape(', '.join(filter(None, facts)))})[/dim]"


def _plain(found: Neighbourhood) -> dict[str, object]:
    return {
        "root": found.root,
        "nodes": [node.to_json() for node in found.nodes.values()],
        "links": [link.to_json() for link in found.links],
        "left_out": found.left_out,
    }


def _cells(node: Node) -> tuple[str, str, str]:
    return node.title or node.id, node.portal or "(not stored)", node.url


def _print_table(columns: Iterable[str], rows: Sequence[tuple[str, ...]], without_rows: str) -> None:
    if not rows:
        click.echo(without_rows, err=True)
        return
    table = Table(box=None, pad_edge=False)
    for column in columns:
        table.add_column(column, justify="right" if column == "links" else "left", overflow="fold")
    for row in rows:
        table.add_row(*(escape(in_place(cell)) for cell in row))
    console = UnpaddedConsole(highlight=False)
    if not console.is_terminal:
        console.width = 400  # a file or a pipe has no width; 400 holds most rows unwrapped
    console.print(table)


def _format_of(output: Path | None) -> GraphFormat:
    suffix = output.suffix.lower() if output else ""
    if re.fullmatch(r"\.[a-z]{2,}", suffix) and suffix not in _ENDINGS:
        raise InputError(
            f"{output}: {suffix} is no format that is written; name one with --format: {', '.join(graph_files.FORMATS)}"
        )
    return _ENDINGS.get(suffix, "jsonl")
