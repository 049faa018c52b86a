"""How the texts of a story look on a terminal: side by side where it is wide enough, else one below the other."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from dedupe.compare.diff import Span
from dedupe.printable import in_place
from storage.duplicates.cluster_facts import ClusterFacts, MemberFacts

WIDE = 100
"""Columns from which two texts stand side by side."""
_STYLES = {"a": "bold red", "b": "bold green"}
_MARKS = {"a": ("[-", "-]"), "b": ("{+", "+}")}


@dataclass(frozen=True, slots=True)
class TerminalFormat:
    """What a terminal can show."""

    width: int
    colours: bool = True
    """Else differing words stand in ``[-…-]`` and ``{+…+}``, as wdiff writes them."""
    context: int = 12
    """Words shown around a difference."""


def render(found: ClusterFacts, terminal: TerminalFormat) -> Iterator[RenderableType]:
    """Yield the lines that show a story: a table of its members, then each copy beside the representative."""
    root, *copies = found.members
    yield Text(in_place(root.title or root.url), style="bold")
    yield _overview(found.members)
    if found.more:
        yield Text(f"… {found.more} more: see --most", style="dim")
    for copy, aligned in zip(copies, found.aligned[1:], strict=True):
        yield Text()
        yield from _against(root, copy, aligned, terminal)


def differences(aligned: Sequence[Span], terminal: TerminalFormat) -> RenderableType:
    """Return the passages in which two texts differ, each with the words around it."""
    rows = list(_passages(aligned, terminal))
    if not rows:
        return Text("nothing differs but case, spaces or punctuation", style="dim")
    if terminal.width >= WIDE:
        table = Table.grid(padding=(0, 2, 0, 0), expand=True)
        table.leading = 1
        table.add_column(ratio=1)
        table.add_column(ratio=1)
        for left, right in rows:
            table.add_row(left, right)
        return table
    stacked: list[RenderableType] = []
    for left, right in rows:
        for sign, side in (("−", left), ("+", right)):
            line = Table.grid(padding=(0, 1))
            line.add_row(sign, side)
            stacked.append(line)
        stacked.append(Text())
    return Group(*stacked)


def _overview(members: Sequence[MemberFacts]) -> Table:
    table = Table(box=None, pad_edge=False)
    for name in ("role", "portal", "published (UTC)", "local", "credit"):
        table.add_column(name, overflow="fold")
    for one in sorted(members, key=lambda one: not one.first):
        role = Text(one.role or "copy")
        role.append(" (by hand)" if one.by_hand else "").append(", withdrawn" if one.withdrawn else "")
        table.add_row(
            role, Text(in_place(one.portal)), _published(one), Text(in_place(one.published_local)), _credit(one)
        )
    return table


def _published(one: MemberFacts) -> Text:
    if one.published is None:
        return Text("unknown", style="dim")
    if not one.has_time:
        return Text("day only" + (" first" if one.first else ""), style="bold" if one.first else "dim")
    shown = f"{one.published:%Y-%m-%d %H:%M:%S}"
    return Text(shown + (" first" if one.first else ""), style="bold" if one.first else "")


def _credit(one: MemberFacts) -> Text:
    parts = dict.fromkeys(filter(None, (one.credit, one.dateline)))
    return Text(in_place(" · ".join(parts)))


def _against(
    root: MemberFacts, copy: MemberFacts, aligned: Sequence[Span], terminal: TerminalFormat
) -> Iterator[RenderableType]:
    yield Text(f"{copy.role or 'copy'} on {in_place(copy.portal) or 'unknown'}: {in_place(copy.title)}", style="bold")
    yield Text(in_place(copy.url), style="dim")
    yield Text(f"{copy.relation} {copy.score:.2f}: {in_place(copy.reason)}")
    shown = differences(aligned, terminal)
    if terminal.width >= WIDE and not isinstance(shown, Text):
        head = Table.grid(padding=(0, 2, 0, 0), expand=True)
        head.add_column(ratio=1)
        head.add_column(ratio=1)
        head.add_row(Text(f"original ({in_place(root.portal)})", "underline"), Text(in_place(copy.portal), "underline"))
        yield Padding(head, (1, 0, 0, 0))
    yield shown


def _passages(aligned: Sequence[Span], terminal: TerminalFormat) -> Iterator[tuple[Text, Text]]:
    for place, part in enumerate(aligned):
        if part.same or not (part.a.strip() or part.b.strip()):
            continue
        before = aligned[place - 1] if place else None
        after = aligned[place + 1] if place + 1 < len(aligned) else None
        yield (
            _passage("a", before.a if before else "", part.a, after.a if after else "", terminal),
            _passage("b", before.b if before else "", part.b, after.b if after else "", terminal),
        )


def _passage(side: str, before: str, own: str, after: str, terminal: TerminalFormat) -> Text:
    found = Text()
    lead, rest = before.split(), after.split()
    shown_lead, shown_rest = lead[len(lead) - min(terminal.context, len(lead)) :], rest[: terminal.context]
    found.append(in_place(("… " if len(lead) > len(shown_lead) else "") + " ".join(shown_lead)), "dim")
    words = " ".join(own.split())
    opening, closing = ("", "") if terminal.colours else _MARKS[side]
    if words:
        found.append(" " if shown_lead else "")
        found.append(f"{opening}{in_place(words)}{closing}", _STYLES[side])
    found.append(in_place((" " if words or shown_lead else "") + " ".join(shown_rest)), "dim")
    found.append(" …" if len(rest) > len(shown_rest) else "", "dim")
    return found
