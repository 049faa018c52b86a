"""``storykin portals repair``: selectors for a portal whose layout has changed, from stories that are known."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from rich.table import Table

from crawler.cli._output import console
from crawler.cli._seeds_option import seeds_option
from crawler.cli.portals_check import page_option, pages_in
from crawler.portals.reader import load_seed, parse_seed, seed_file
from dedupe.errors import InputError
from dedupe.printable import json_text
from storage.base.atomic_file import whole_file

if TYPE_CHECKING:
    from crawler.article.page.page import Page
    from crawler.onboarding.repair import Apart, Repair
    from crawler.portals.seed import Seed
    from crawler.workers.pool import WorkerPool
    from storage.records import Article

KNOWN = 500
"""Stories that pages are held against."""


@click.command("repair")
@click.argument("name", metavar="PORTAL")
@page_option("Pages of today: HTML files, WARC files, folders of them. Else known stories are fetched again.")
@click.option("--before", metavar="DATE", help="Know only what was fetched before this: the layout changed then.")
@click.option("--most", default=20, show_default=True, type=click.IntRange(2, KNOWN), help="Pages looked at.")
@click.option("--write", is_flag=True, help="Write the seed file; a bundled one as a copy into the folder of --seeds.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
@seeds_option
def repair(
    *,
    name: str,
    saved: tuple[Path, ...],
    before: str | None,
    most: int,
    write: bool,
    as_json: bool,
    seeds_folder: Path | None,
) -> None:
    """Propose selectors for PORTAL, whose layout has changed, and show what pages give before and after.

    Stored stories are found again in pages of today, by address or by title. A selector is proposed if it names the
    title, lead, text, day, authors or related stories on most of these pages. Proposals stand before the present
    selectors. Nothing is written without --write.
    """
    from crawler.onboarding.repair import match
    from crawler.onboarding.repair import repair as find
    from crawler.warc.archive import parse_moment
    from crawler.workers.pool import WorkerPool, cores, limits_of
    from storage.articles.articles import latest
    from storage.database.store import Store

    seed, file = load_seed(name, seeds_folder), seed_file(name, seeds_folder)
    target = _target(name, seeds_folder) if write else None
    with Store.open() as store, store.errors():
        known = latest(store, name, KNOWN, before=parse_moment(before) if before else None)
    if not known:
        raise InputError(f"nothing is stored of {name}: there is no story to find again; crawl it first")
    pages = _looked_at(seed, known, saved, most)
    with WorkerPool(cores(), limits_of(os.environ)) as pool:
        pairs = match(pages, known, seed, _in_workers(pool))[:most]
        if len(pairs) < 2:
            raise InputError(f"{name}: of {len(pages)} pages {len(pairs)} show a known story; name others with --page")
        result = find(seed, pairs, _in_workers(pool))
    if as_json:
        click.echo(json_text(asdict(result)))
    else:
        _print(seed, result)
    if target is not None and result.found:
        _write(target, file.read_bytes().decode("utf-8"), result)


def _write(target: Path, text: str, result: Repair) -> None:
    from crawler.onboarding.seed_text import with_selectors

    source = f"storykin portals repair, from {result.pages} pages of known stories"
    changed = with_selectors(text, {one.key: one.selectors for one in result.found}, datetime.now(UTC).date(), source)
    parse_seed(changed, name=target.stem, where=str(target))
    with whole_file(target) as stream:
        stream.write(changed.encode())
    click.echo(f"{target}: written; storykin portals check {target} --page PAGE checks it", err=True)


def _target(name: str, folder: Path | None) -> Path:
    """Return the file to write: in *folder*, never one of the installation."""
    if folder is None:
        raise InputError(f"{name}: name a folder for the changed file with --seeds; bundled files are not written")
    return folder / f"{name}.toml"


def _looked_at(seed: Seed, known: Sequence[Article], saved: Sequence[Path], most: int) -> list[Page]:
    """Return the pages of today: those saved, else known stories as their addresses answer now."""
    if saved:
        return [page for path in saved for page in pages_in(path)]
    from crawler.onboarding.fetch_few import Fetch, FetchError, survey

    async def fetched(fetch: Fetch) -> list[Page]:
        pages = []
        for story in known[:most]:
            with suppress(FetchError):
                pages.append(await fetch(story.url))
        return pages

    return survey([(seed, fetched)])[0]


def _in_workers(pool: WorkerPool) -> Apart:
    from crawler.workers.batch import readable

    def apart(function: Callable[..., Any], calls: Sequence[tuple[Any, ...]]) -> list[Any]:
        return [result for _, result in readable(pool, function, calls)]

    return apart


def _print(seed: Seed, result: Repair) -> None:
    from crawler.onboarding.repair import FIELDS

    out = console()
    table = Table("key", "selectors proposed", "right on", "those there are", box=None, pad_edge=False)
    for one in result.found:
        table.add_row(one.key, "\n".join(one.selectors), f"{one.right} of {one.pages}", f"{one.before} of {one.pages}")
    if result.found:
        out.print(table)
    fields = Table("", "before", "after", box=None, pad_edge=False)
    for name in FIELDS:
        (before, of), (after, _) = (result.total(name, after=later) for later in (False, True))
        if of:
            fields.add_row(name, f"{before:.1f} of {of}", f"{after:.1f} of {of}")
    for url, before_it, after_it in result.shown:
        fields.add_row(url, *(", ".join(f"{n} {v:.0%}" for n, v in one.items()) for one in (before_it, after_it)))
    out.print(fields)
    said = f"{len(result.found)} keys of {seed.name} with new selectors" if result.found else "no selector is proposed"
    click.echo(f"{said}, from {result.pages} pages of known stories", err=True)
