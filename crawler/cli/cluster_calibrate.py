"""``storykin cluster calibrate``: label borderline pairs, and what the labels say of each threshold."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from rich.console import Console
from rich.table import Table
from rich.text import Text

from crawler.cli import _cluster_view
from crawler.cli._arguments import require_portals
from crawler.cli._cluster_view import TerminalFormat
from dedupe.clusters.calibration import THRESHOLDS, Labelled, Quality, Share, as_decided, at_threshold
from dedupe.clusters.constraints import couple
from dedupe.compare.diff import spans
from dedupe.compare.similarity import SAME_CONTAINMENT
from dedupe.printable import in_place, json_text
from storage.base.documents import now
from storage.database.store import Store
from storage.duplicates import corrections
from storage.duplicates.corrections import whoever
from storage.duplicates.manual_decisions import ContradictionError
from storage.report import labels
from storage.report.labels import Label, UnlabelledPair

if TYPE_CHECKING:
    from storage.report.labels import PairText

_ANSWERS = {"y": True, "yes": True, "n": False, "no": False}
_PIPE_WIDTH = 100


@click.command("calibrate")
@click.option("--count", type=click.IntRange(0), default=20, show_default=True, help="Pairs to ask about.")
@click.option("--portal", default="", help="Only pairs with a text of this portal.")
@click.option("--decide", is_flag=True, help="Make each answer a decision, which every later re-run keeps to.")
@click.option(
    "--labels",
    "file",
    type=click.Path(path_type=Path, dir_okay=False),
    help="JSON Lines: labels in it are taken up first, and in the end it holds all.",
)
@click.option("--json", "as_json", is_flag=True, help="Precision and recall as one JSON object; pairs go to stderr.")
def calibrate(*, count: int, portal: str, decide: bool, file: Path | None, as_json: bool) -> None:
    """Label borderline pairs, one at a time, and see precision and recall at every threshold.

    Answer y (one story, in the same words), n, s to skip or q to quit; in a pipe, one answer a line. storykin's own
    decision is shown after the answer. Labels stay in the database, and no pair is asked about twice. --count 0 asks
    nothing.
    """
    out = _console(stderr=as_json)
    given = labels.read(file) if file and file.exists() else []
    with Store.open() as store, store.errors():
        require_portals(store, [portal])
        labels.put_many(store, given)
        asked = _ask(store, labels.questions(store, portal=portal, count=count), out, decide=decide) if count else 0
        everything = list(labels.iterate(store))
        found = labels.judged(store, everything)
    if file:
        labels.write(file, everything)
    if as_json:
        click.echo(json_text(_plain(found, asked)))
    else:
        _print(found, out)


def terminal_format(out: Console, context: int) -> TerminalFormat:
    """Return what the terminal of *out* can show; a file or a pipe has one text below the other."""
    return TerminalFormat(
        width=out.width if out.is_terminal else 0, colours=out.color_system is not None, context=context
    )


def _console(*, stderr: bool) -> Console:
    out = Console(stderr=stderr, highlight=False, markup=False)
    if not out.is_terminal:
        out.width = _PIPE_WIDTH
    return out


def _ask(store: Store, questions: Sequence[UnlabelledPair], out: Console, *, decide: bool) -> int:
    """Ask about pairs until they or the answers end; each label is stored at once. Return how many were labelled."""
    labelled = 0
    if not questions:
        out.print("No borderline pair is left to label.")
    for number, one in enumerate(questions, 1):
        _show(one, f"{number} of {len(questions)}", out)
        answer = _answer()
        if answer == "q":
            break
        if answer == "s":
            continue
        same = _ANSWERS[answer]
        a, b = couple(one.one.id, one.other.id)
        label = Label(a=a, b=b, same=same, score=one.score, joined=one.joined, at=now(), by=whoever())
        labels.put_many(store, [label])
        labelled += 1
        out.print(
            f"storykin {'joined them' if one.joined else 'kept them apart'} at {one.score:.2f}: {in_place(one.reason)}"
        )
        if decide:
            _decide(store, one, same=same)
    return labelled


def _show(one: UnlabelledPair, place: str, out: Console) -> None:
    out.rule(place, style="dim")
    for side in (one.one, one.other):
        _show_side(side, out)
    out.print()
    out.print(_cluster_view.differences(spans(one.one.text, one.other.text), terminal_format(out, 15)))


def _show_side(side: PairText, out: Console) -> None:
    when = f"{side.published:%Y-%m-%d %H:%M}Z" if side.published else "time unknown"
    out.print(
        Text(in_place(side.title), style="bold"),
        Text(f"{in_place(side.portal)}, {when}, {in_place(side.url)}", style="dim"),
    )


def _answer() -> str:
    """Return ``y``, ``n``, ``s`` or ``q``; the end of the input is ``q``."""
    while True:
        click.echo("One story in the same words? [y/n/s/q] ", err=True, nl=False)
        line = sys.stdin.readline()
        if not sys.stdin.isatty():
            click.echo(err=True)
        word = line.strip().lower()
        if not line or word in {"q", "quit"}:
            return "q"
        if word in {"s", "skip"}:
            return "s"
        if word in _ANSWERS:
            return word
        click.echo("y, n, s to skip, q to quit", err=True)


def _decide(store: Store, one: UnlabelledPair, *, same: bool) -> None:
    correct = corrections.merge if same else corrections.unmerge
    try:
        correct(store, one.one.id, one.other.id, by=whoever(), reason="labelled")
    except ContradictionError as problem:
        click.echo(f"storykin: {problem}", err=True)


def _plain(found: Sequence[Labelled], asked: int) -> dict[str, Any]:
    return {
        "labels": len(found),
        "asked": asked,
        "threshold": SAME_CONTAINMENT,
        "as_decided": as_decided(found).to_json(),
        "thresholds": [{"threshold": one, **at_threshold(found, one).to_json()} for one in THRESHOLDS],
    }


def _print(found: Sequence[Labelled], out: Console) -> None:
    if not found:
        out.print("No pair is labelled yet; thresholds can be compared when some are.")
        return
    same = sum(one.same for one in found)
    out.print(
        f"\nLabelled pairs: {len(found)}; one story: {same}, not: {len(found) - same}. They are borderline pairs, so"
    )
    out.print("the figures say how thresholds compare there, not how good the whole store is.")
    table = Table(box=None, pad_edge=False)
    for name in ("join from", "precision", "95 %", "recall", "95 %"):
        table.add_column(name, justify="right")
    table.add_row("as decided", *_cells(as_decided(found)), style="bold")
    for threshold in THRESHOLDS:
        mark = " (set)" if threshold == SAME_CONTAINMENT else ""
        table.add_row(f"{threshold:.2f}{mark}", *_cells(at_threshold(found, threshold)))
    out.print(table)


def _cells(quality: Quality) -> tuple[str, str, str, str]:
    return *_share(quality.precision), *_share(quality.recall)


def _share(share: Share) -> tuple[str, str]:
    if share.value is None:
        return "–", ""
    return f"{share.value:.2f} ({share.hits}/{share.of})", f"{share.low:.2f}–{share.high:.2f}"
