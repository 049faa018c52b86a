"""``storykin portals check --live`` and ``--page``: seed files held against pages."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click
from rich.table import Table

from crawler.cli._output import console
from crawler.outcome.exit_codes import BELOW_EXPECTATION
from crawler.portals.seed import Seed
from dedupe.errors import InputError
from dedupe.printable import json_text

if TYPE_CHECKING:
    from crawler.article.page.page import Page
    from crawler.onboarding.lint import Finding

CommandT = TypeVar("CommandT", bound=Callable[..., Any])


def page_option(help_text: str) -> Callable[[CommandT], CommandT]:
    """Return the option ``--page``; the command gets the paths as ``saved``."""
    path = click.Path(path_type=Path, exists=True)
    return click.option("--page", "saved", multiple=True, type=path, metavar="PAGE", help=f"{help_text} Repeatable.")


_ARCHIVE = re.compile(r"\.(?:warc(?:\.gz|\.zst)?|wacz)\Z", re.IGNORECASE)


def check_live_pages(seeds: Sequence[Seed], *, as_json: bool) -> int:
    """Fetch a few pages of each portal, print what still matches, and return the exit code.

    :raises InputError: if a portal elsewhere than on this machine is asked and no contact is set
    """
    # Scrapy and Twisted take most of a second to import: not for a check without network.
    from crawler.onboarding.fetch_few import survey
    from crawler.onboarding.live_check import check_live

    now = datetime.now(UTC)
    looks = [(seed, partial(check_live, seed, moment=now)) for seed in seeds]
    return _print([one for found in survey(looks) for one in found], as_json=as_json)


def check_saved(seed: Seed, saved: Sequence[Path], *, as_json: bool) -> int:
    """Hold *seed* against saved pages, print what matches there, and return the exit code.

    :param saved: HTML files, WARC files, folders of them, WACZ packages
    :raises InputError: if one cannot be read, or holds no page
    """
    from crawler.article.page.decode import ExtractError
    from crawler.onboarding.lint import article_finding, finding, findings, listing_finding, page_facts
    from crawler.workers.pool import WorkerFailureError, WorkerPool, limits_of

    facts, found = [], []
    with WorkerPool(1, limits_of(os.environ)) as pool:
        for page in (page for path in saved for page in pages_in(path)):
            try:
                facts.append(pool.submit(page_facts, page, seed).result())
            except (ExtractError, WorkerFailureError) as problem:
                found.append(finding(seed, "article", page.url, "wrong", str(problem)))
    if not facts and not found:
        raise InputError(f"{', '.join(map(str, saved))}: no HTML page in it")
    found += [(listing_finding if one.found.kind == "listing" else article_finding)(seed, one) for one in facts]
    return _print([*found, *findings(seed, facts)], as_json=as_json)


def pages_in(path: Path) -> Iterable[Page]:
    """Return the page saved in an HTML file, or the HTML pages of a WARC file, a folder of them, a WACZ package.

    :raises InputError: if it cannot be read
    """
    from crawler.article.saved_page import saved_page
    from crawler.warc.archive import read_pages

    return read_pages(path) if path.is_dir() or _ARCHIVE.search(path.name) else (saved_page(path),)


def _print(findings: Sequence[Finding], *, as_json: bool) -> int:
    table = Table(expand=False)
    for column in ("portal", "key", "what", "verdict", "found"):
        table.add_column(column, overflow="fold")
    for one in findings:
        if as_json:
            click.echo(json_text(one.to_json()))
        table.add_row(one.portal, one.key, one.subject, one.verdict, one.detail)
    if not as_json:
        console().print(table)
    wrong = sorted({one.portal for one in findings if one.verdict == "wrong"})
    if wrong:
        click.echo(f"storykin: not as their seed files say: {', '.join(wrong)}; see 'wrong' above", err=True)
    return BELOW_EXPECTATION if wrong else 0
