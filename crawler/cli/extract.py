"""``storykin extract``: saved pages → JSON Lines, without a database."""

from __future__ import annotations

import io
import os
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import IO

import click
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from crawler.article.saved_page import saved_page, seed_chooser
from crawler.cli._arguments import share_of
from crawler.cli._output import OutputFile, shows_progress
from crawler.cli._seeds_option import seeds_option
from crawler.outcome.exit_codes import BELOW_EXPECTATION
from crawler.warc.index import ArchiveIndex
from crawler.workers.batch import extract_pages
from crawler.workers.pool import limits_of
from dedupe.errors import InputError
from dedupe.intake.skipped import Skipped
from dedupe.printable import json_text
from storage.base.atomic_file import whole_file
from storage.records import Article


@click.command(name="extract")
@click.argument("files", nargs=-1, type=click.Path(path_type=Path))
@click.option(
    "--warc",
    type=click.Path(path_type=Path, exists=True),
    metavar="FILE",
    help="Extract every HTML response of this WARC file, folder of WARC files or WACZ package.",
)
@click.option("--url", default="", help="Address of the saved page; else what the page itself names as its address.")
@click.option("-o", "--output", type=OutputFile(), metavar="FILE", help="Write here instead of standard output.")
@click.option("--seed", "seed_name", default="", help="Portal whose rules apply, or none; else by the page's address.")
@seeds_option
@click.option(
    "--workers",
    type=click.IntRange(min=0),
    envvar="STORYKIN_WORKERS",
    help="Worker processes, each with a time and a memory limit; all cores by default. 0: none, no limits.",
)
@click.option("--fail-failed", metavar="SHARE", help="End with code 3 where more than this share, 5%, failed.")
def command(
    *,
    files: tuple[Path, ...],
    warc: Path | None,
    url: str,
    output: Path | None,
    seed_name: str,
    seeds_folder: Path | None,
    workers: int | None,
    fail_failed: str | None,
) -> int:
    """Extract articles from saved pages, one JSON line a page, no database.

    Give HTML FILES, or a whole archive with --warc. A page that cannot be read still has its line, with
    "failed: …" in "quality"; where all failed the exit code is 3. "id" is the page's URL, "URL WARC-Date" where
    the archive holds it more than once, with the beginning of its digest where it does so of one time.
    """
    if bool(files) == (warc is not None):
        raise InputError("give HTML files or --warc FILE, one of the two (see storykin extract --help)")
    if url and len(files) != 1:
        raise InputError("--url names the address of one saved page; give exactly one file with it")
    allowed = share_of(fail_failed, "--fail-failed")
    seed_of = seed_chooser(seed_name, seeds_folder)
    limits = limits_of(os.environ)
    skipped = Skipped()
    index = ArchiveIndex(warc, skipped) if warc else None
    pages = index.pages() if index else (saved_page(file, url) for file in files)
    counts: Counter[str] = Counter()
    with _lines(output) as stream:
        try:
            articles = _named(extract_pages(pages, seed_of, workers, limits), index.ids() if index else None)
            for article in _watched(articles, counts, bar=shows_progress(output)):
                stream.write(json_text(article.to_json()) + "\n")
        finally:
            stream.flush()
    _summary(counts, skipped)
    return _verdict(counts["failed"] + skipped.counts.total(), counts["pages"] + skipped.counts.total(), allowed)


def _verdict(failed: int, of: int, allowed: float | None) -> int:
    """Return the exit code for so many failures among *of* pages and records: 3 where all failed, or too many."""
    if not failed or (failed < of and (allowed is None or failed <= allowed * of)):
        return 0
    share = f"more than the {allowed:.2%} that --fail-failed allows" if failed < of else "all of them"
    click.echo(f"storykin: {failed:,} of {of:,} pages and records failed, {share}", err=True)
    return BELOW_EXPECTATION


def _named(articles: Iterable[Article], ids: Iterable[str] | None) -> Iterator[Article]:
    """Yield *articles* under *ids*, their addresses where there are none."""
    if ids is None:
        yield from (replace(article, id=article.url) for article in articles)
    else:
        # Pages end first, and an error of theirs is raised before an id is missed.
        yield from (replace(article, id=ident) for article, ident in zip(articles, ids, strict=True))


@contextmanager
def _lines(output: Path | None) -> Iterator[IO[str]]:
    """Yield a stream to write lines to.

    The file appears under its name at the end of the run. If the input is damaged, it holds what was read before the
    damaged place. An interrupted run leaves no file.
    """
    if output is None:
        if hasattr(sys.stdout, "reconfigure"):
            sys.stdout.reconfigure(encoding="utf-8")
        yield sys.stdout
        return
    damage: InputError | None = None
    with whole_file(output) as raw:
        stream = io.TextIOWrapper(raw, encoding="utf-8", newline="\n")
        try:
            yield stream
        except InputError as problem:
            damage = problem
        stream.flush()
        if damage and not raw.tell():
            raise damage
        stream.detach()
    if damage:
        raise damage


def _watched(articles: Iterable[Article], counts: Counter[str], *, bar: bool) -> Iterator[Article]:
    """Pass *articles* through, count them, and show the progress if *bar* is set."""
    columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True, disable=not bar) as shown:
        task = shown.add_task("0 pages")
        for article in articles:
            counts["pages"] += 1
            counts["failed"] += any(doubt.startswith("failed: ") for doubt in article.quality)
            counts["not an article"] += "not an article" in article.quality
            counts["related stories"] += len(article.related)
            shown.update(task, description=f"{counts['pages']} pages, {counts['failed']} failed")
            yield article


def _summary(counts: Counter[str], skipped: Skipped) -> None:
    for line in skipped.lines("record"):
        click.echo(line, err=True)
    articles = counts["pages"] - counts["failed"] - counts["not an article"]
    click.echo(
        f"{_of(counts['pages'], 'page')}: {_of(articles, 'article')} with {counts['related stories']} related stories, "
        f"{counts['not an article']} other pages, {counts['failed']} failed",
        err=True,
    )


def _of(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
