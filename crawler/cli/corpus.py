"""``storykin corpus``: WARC files → articles, clusters and kept stories as Parquet, on one machine or on Spark."""

from __future__ import annotations

import hashlib
import os
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click
from rich.console import Console

from crawler.article.saved_page import seed_chooser
from crawler.cli._seeds_option import seeds_option
from crawler.outcome.exit_codes import BELOW_EXPECTATION
from crawler.warc.files import files_of
from crawler.workers.pool import limits_of
from dedupe.corpus.documents import read_date
from dedupe.errors import InputError
from dedupe.intake.skipped import Skipped

LINE_SECONDS = 30.0
"""Between two lines of progress where there is no terminal."""


@click.command(name="corpus")
@click.argument("inputs", nargs=-1, required=True, type=click.Path(path_type=Path, exists=True), metavar="WARC...")
@click.option("-o", "--output", type=click.Path(path_type=Path, file_okay=False), required=True, metavar="DIR")
@click.option("--hosts", default="", metavar="HOST,...", help="Only pages of these hosts and below them; or a file.")
@click.option("--since", help="Only pages captured at this ISO date or time (UTC) or later.")
@click.option("--seed", "seed_name", default="", help="Portal whose rules apply, or none; else by the page's address.")
@seeds_option
@click.option("--workers", type=click.IntRange(min=1), help="Worker processes; all cores by default.")
@click.option("--memory-limit", default="2GB", show_default=True, metavar="SIZE", help="Of tables in memory (DuckDB).")
@click.option(
    "--split", type=click.IntRange(min=1), default=512, show_default=True, help="Pages of one task and one file."
)
@click.option(
    "--spark",
    is_flag=False,
    flag_value="",
    metavar="[MASTER]",
    help="Work on this Spark cluster; without MASTER on the one that spark-submit or its settings name.",
)
def command(
    *,
    inputs: tuple[Path, ...],
    output: Path,
    hosts: str,
    since: str | None,
    seed_name: str,
    seeds_folder: Path | None,
    workers: int | None,
    memory_limit: str,
    split: int,
    spark: str | None,
) -> int:
    """Make clean, distinct stories of an archive, as Parquet in a folder.

    WARC is a WARC file, a folder of them, a WACZ package, or a list of them such as warc.paths.gz. DIR gets index/
    (every page), pages.parquet (what is taken, under which id), articles/, others/ (pages that are no article, or
    failed), clusters/ (as of storykin dedupe), kept/ (articles that say what no other one says), report.json and
    manifest.json. A run that was killed goes on where it was: give the same command again.
    """
    unread, hosts_file = Skipped(), Path(hosts)
    listed = hosts_file.read_text("utf-8").replace("\n", ",") if hosts and hosts_file.is_file() else hosts
    try:
        from crawler.corpus.build import build
        from crawler.corpus.engines import OneMachine
        from crawler.corpus.parts import Work

        if spark is None:
            engine = OneMachine(workers, memory_limit)
        else:
            from crawler.corpus.on_spark import OnSpark

            engine = OnSpark(spark, memory_limit)
    except ImportError as problem:
        extras = "corpus" if spark is None else "corpus,spark"
        raise InputError(f"this needs {problem.name}: pip install 'storykin[{extras}]'") from None
    work = Work(
        folder=output.absolute(),
        files=files_of(inputs, unread),
        seed_of=seed_chooser(seed_name, seeds_folder),
        limits=limits_of(os.environ),
        hosts=sorted({host.strip().lower() for host in listed.split(",")} - {""}),
        since=_moment(since),
        split=split,
        rules={"seed": seed_name, "seeds": _digest(seeds_folder)},
    )
    with Console(stderr=True).status("") as status:
        report = build(work, engine, unread, _Progress(status.update).tell)
    _print(report)
    return 0 if report["documents"] else BELOW_EXPECTATION


def _moment(text: str | None) -> int | None:
    moment = None if text is None else read_date(text)
    if text is not None and moment is None:
        raise InputError(f"--since {text!r} is no ISO date or time, such as 2026-03-14 or 2026-03-14T07:00Z")
    return None if moment is None else round((moment - datetime(1970, 1, 1, tzinfo=UTC)).total_seconds() * 1e6)


def _digest(folder: Path | None) -> str:
    """Return what tells the seed files of *folder* from others."""
    files = sorted(folder.glob("*.toml")) if folder else []
    return hashlib.sha256(repr([(file.name, file.read_bytes()) for file in files]).encode()).hexdigest()


class _Progress:
    """How far the work is, on standard error: on a terminal in one place, a line now and then elsewhere."""

    def __init__(self, show: Any) -> None:
        self._show = show
        self._stage, self._start, self._from, self._told = "", 0.0, 0, 0.0

    def tell(self, stage: str, done: int, of: int | None, failed: int) -> None:
        """Show that *done* are done in *stage*, of *of* where that is known."""
        now = time.monotonic()
        if stage != self._stage:
            self._stage, self._start, self._from, self._told = stage, now, done, 0.0
        rate = (done - self._from) / max(now - self._start, 0.1)
        parts = [f"{done:,} of {of:,}" if of is not None else f"{done:,}" if done else ""]
        parts += [f"{rate:,.1f} a second"] if rate else []
        parts += [f"{(of - done) / rate / 60:,.0f} min left"] if of and rate else []
        parts += [f"{failed:,} failed"] if failed else []
        text = f"{stage}: {', '.join(filter(None, parts))}".rstrip(": ")
        self._show(text)
        if not sys.stderr.isatty() and now - self._told >= LINE_SECONDS:
            self._told = now
            click.echo(f"storykin: {text}", err=True)


def _print(report: dict[str, Any]) -> None:
    for reason, (number, *examples) in report["passed_over"].items():
        click.echo(f"{number:,} passed over: {reason} ({'; '.join(examples)})", err=True)
    for reason, number in report["failed"].items():
        click.echo(f"{number:,} failed: {reason}", err=True)
    for name, value in report.items():
        if isinstance(value, int):
            click.echo(f"{name.replace('_', ' '):>16}  {value:,}")
