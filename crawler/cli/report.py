"""``storykin report``: what was repeated, where, why, and what it saved."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from heapq import merge
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from crawler.cli._arguments import share_of
from crawler.cli._fields import field_options, fields_of
from crawler.cli._output import UnpaddedConsole
from crawler.outcome.exit_codes import BELOW_EXPECTATION
from dedupe.corpus.documents import read_date
from dedupe.errors import InputError
from dedupe.printable import json_text
from dedupe.report.between_runs import RunComparison
from dedupe.report.checks import cards, store_command, worth_a_look
from dedupe.report.near_misses import SHOWN
from dedupe.report.report import RepeatedStory, Report, Scope, build_report
from dedupe.report.terminal import render

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dedupe.corpus.documents import Fields
    from storage.database.store import Store


@dataclass(frozen=True, slots=True)
class Findings:
    """A report, its stories with their texts (those most in doubt first), and the run it is compared with."""

    report: Report
    stories: Iterable[RepeatedStory]
    """Pairs that were kept apart among them."""
    of: int
    """How many stories there are."""
    compare: RunComparison | None = None


def read_report(store: Store, *, scope: Scope | None = None, top: int = 10) -> Report:
    """Return the report on everything stored, or on *scope*."""
    return _read_store(store, scope or Scope(), top).report


def _read_store(store: Store, scope: Scope, top: int, compare_id: str = "") -> Findings:
    from storage.report import rows
    from storage.report import stories as report_stories

    outlines = report_stories.outlines(store, scope)
    apart = sorted(report_stories.alike(store, scope), key=lambda story: story.margin)
    suspects = worth_a_look(report_stories.links(store, scope))
    report = build_report(
        rows.portal_numbers(store, scope),
        report_stories.stories(store, outlines[:top], in_full=True),
        rows.repeated_lines(store, scope, top=top),
        top=top,
        scores=rows.similarities(store, scope),
        clusters=len(outlines),
        kept_apart=apart,
        scope=scope,
        checks=cards(suspects, report_stories.texts_of(store, suspects), apart, store_command),
    )
    compare = None
    if compare_id:
        there = build_report(rows.portal_numbers(store, Scope(run=compare_id))).total
        compare = RunComparison(run=compare_id, here=report.total, there=there)
    outlines += report_stories.versioned(store, scope)
    stories = report_stories.stories(store, report_stories.in_doubt_first(outlines))
    apart = apart[:SHOWN]
    return Findings(report, _by_margin(apart, stories), len(outlines) + len(apart), compare)


def _by_margin(*sources: Iterable[RepeatedStory]) -> Iterator[RepeatedStory]:
    """Merge stories that are in order each, so that the closest decision comes first."""
    return merge(*sources, key=lambda story: round(story.margin, 4))


def print_report(report: Report, *, as_json: bool = False, compare: RunComparison | None = None) -> None:
    """Print *report* for people, as wide as the terminal, or as one JSON object."""
    if as_json:
        values = report.to_json() | {"compare": compare.to_json() if compare else None}
        click.echo(json_text(values, indent=2).encode())
        return
    console = UnpaddedConsole(highlight=False)
    if not console.is_terminal:
        console.width = 160  # a file or a pipe has no width; 160 holds the table unwrapped
    console.print(render(report, compare))


@click.command("report")
@click.option("--portal", default="", help="Only this portal.")
@click.option("--since", help="Only what was new or changed at this ISO date or time (UTC) or later.")
@click.option("--run", "run_id", default="", metavar="ID", help="Only what this run brought (see storykin runs).")
@click.option("--compare", "compare_id", default="", metavar="RUN", help="Put the numbers beside those of this run.")
@click.option("--top", default=10, show_default=True, type=click.IntRange(0), help="How many stories and lines.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object instead of tables.")
@click.option(
    "--html",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Write one HTML file that needs no network: numbers, and a browser of clusters with their differences.",
)
@field_options
@click.option("--docs", type=click.Path(path_type=Path), help="A file of documents instead of the store.")
@click.option("--clusters", type=click.Path(path_type=Path), help='What "storykin dedupe DOCS" made of it.')
@click.option("--fail-over", metavar="SHARE", help="End with code 3 where more than this share, 5%, are duplicates.")
def command(
    *,
    portal: str,
    since: str | None,
    run_id: str,
    compare_id: str,
    top: int,
    as_json: bool,
    html: Path | None,
    docs: Path | None,
    clusters: Path | None,
    fail_over: str | None,
    **fields: Any,
) -> int:
    """Report which texts were repeated, where and why, and how much that saved.

    The report reads the store. It can also read files, without a server: storykin dedupe D.jsonl -o C.jsonl, then
    storykin report --docs D.jsonl --clusters C.jsonl.
    """
    allowed = share_of(fail_over, "--fail-over")
    scope = Scope(portal=portal, since=_moment(since), run=run_id)
    if docs or clusters:
        if not docs or not clusters:
            raise InputError("--docs and --clusters belong together: storykin dedupe DOCS -o CLUSTERS makes the second")
        if scope.since or run_id or compare_id:
            raise InputError("--since, --run and --compare need the store; files take --portal alone")
    found = (
        _from_files(docs, clusters, portal, top, fields_of(fields))
        if docs and clusters
        else _from_store(scope, compare_id, top)
    )
    with found as findings:
        if html:
            _write_html(findings, html)
        if as_json or not html:
            print_report(findings.report, as_json=as_json, compare=findings.compare)
        return _verdict(findings.report, allowed)


@contextmanager
def _from_store(scope: Scope, compare_id: str, top: int) -> Iterator[Findings]:
    from crawler.cli._arguments import require_portals
    from storage.database.store import Store

    with Store.open() as store:
        require_portals(store, [scope.portal])
        for run_id in filter(None, (scope.run, compare_id)):
            _require_run(store, run_id)
        yield _read_store(store, scope, top, compare_id)


def _require_run(store: Store, run_id: str) -> None:
    from storage.frontier import runs

    if runs.get(store, run_id) is None:
        latest = ", ".join(run.id for run in runs.history(store, limit=3)) or "none yet"
        raise InputError(f'no run has the id "{run_id}"; the latest are: {latest}')


@contextmanager
def _from_files(docs: Path, clusters: Path, portal: str, top: int, fields: Fields) -> Iterator[Findings]:
    from dedupe.report.from_files import read_files

    found = read_files(docs, clusters, portal=portal, top=top, fields=fields)
    apart = found.kept_apart[:SHOWN]
    yield Findings(found.report, _by_margin(apart, found.stories()), found.of + len(apart))


def _write_html(findings: Findings, path: Path) -> None:
    from dedupe.report.html import page
    from storage.base.atomic_file import whole_file

    made = f"Made by storykin {metadata.version('storykin')} on {datetime.now(UTC):%Y-%m-%d at %H:%M} UTC."
    compare = findings.compare.to_json() if findings.compare else None
    with whole_file(path) as stream:
        written = page(findings.report, findings.stories, of=findings.of, made=made, compare=compare)
        stream.write(written)
    number = findings.report.clusters
    click.echo(f"{path}: {number:,} cluster{'s' * (number != 1)}, {len(written) / 1e6:.1f} MB", err=True)


def _verdict(report: Report, allowed: float | None) -> int:
    """Return the exit code of ``--fail-over``, with one sentence where the share is too large."""
    if allowed is None or report.duplicate_share <= allowed:
        return 0
    click.echo(
        f"storykin: {report.duplicate_share:.2%} of {report.total.article_pages:,} articles are duplicates, "
        f"more than the {allowed:.2%} that --fail-over allows",
        err=True,
    )
    return BELOW_EXPECTATION


def _moment(text: str | None) -> datetime | None:
    if text is None:
        return None
    moment = read_date(text)
    if moment is None:
        raise InputError(f"--since {text!r} is no ISO date or time, such as 2026-03-14 or 2026-03-14T07:00Z")
    return moment
