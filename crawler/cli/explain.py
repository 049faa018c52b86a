"""``storykin explain``: one article or saved page, with every decision about it and why."""

from __future__ import annotations

import os
from pathlib import Path

import click

from crawler.article.dissect import ExtractError
from crawler.article.saved_page import saved_page, seed_chooser
from crawler.cli._output import UnpaddedConsole
from crawler.cli._seeds_option import seeds_option
from crawler.review.explain import Explanation, explain_saved, explain_stored, with_nearest
from crawler.review.explain_view import render
from crawler.urls.canonical import is_http
from crawler.workers.pool import WorkerFailureError, WorkerPool, limits_of
from crawler.workers.tasks import read_saved
from dedupe.errors import InputError
from dedupe.printable import json_text

MOST_NEAREST = 10


class UnknownPageError(InputError):
    """Nothing is known of what was asked about."""


@click.command("explain")
@click.argument("subject", metavar="URL|ID|FILE")
@click.option("--url", default="", help="Address of the saved page; else what the page itself names as its address.")
@click.option("--seed", "seed_name", default="", help="Portal whose rules apply, or none; else by the page's address.")
@seeds_option
@click.option("--nearest", is_flag=True, help="For a FILE: also the nearest articles in the database.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object, with full texts.")
def command(*, subject: str, url: str, seed_name: str, seeds_folder: Path | None, nearest: bool, as_json: bool) -> None:
    """Explain one page: how it was found, which paragraphs were kept or dropped and why, and which article it repeats.

    A URL (any address of the page) or the ID of an article is looked up in the database. A FILE is a saved HTML page;
    it needs no database without --nearest. Nothing is written.
    """
    if not is_http(subject) and Path(subject).is_file():
        _print(_of_file(Path(subject), url, seed_name, seeds_folder, nearest=nearest), as_json)
        return
    if url or nearest:
        raise InputError(f"{subject}: no such file; --url and --nearest go with a saved page")
    _print(_of_store(subject, seed_name, seeds_folder), as_json)


def _of_file(file: Path, url: str, seed_name: str, seeds_folder: Path | None, *, nearest: bool) -> Explanation:
    page, seed_of = saved_page(file, url), seed_chooser(seed_name, seeds_folder)
    try:
        with WorkerPool(1, limits_of(os.environ)) as pool:
            explanation = explain_saved(pool.submit(read_saved, page, seed_of).result())
    except (ExtractError, WorkerFailureError) as problem:
        raise InputError(f"{file}: {problem}") from None
    if nearest:
        from storage.database.store import Store

        with Store.open() as store:
            return with_nearest(store, explanation, MOST_NEAREST)
    return explanation


def _of_store(subject: str, seed_name: str, seeds_folder: Path | None) -> Explanation:
    from storage.database.store import Store

    if not is_http(subject) and not _is_id(subject):
        raise UnknownPageError(f"{subject}: neither a file nor an address (http…) nor an article's id of 32 hex digits")
    with Store.open() as store:
        explanation = explain_stored(store, subject, seed_chooser(seed_name, seeds_folder))
        if explanation is None:
            raise UnknownPageError(
                f"{subject}: not stored, and no crawl has met it; crawl it, or save the page and give the file"
            )
        return with_nearest(store, explanation, MOST_NEAREST)


def _is_id(text: str) -> bool:
    return len(text) == 32 and all(character in "0123456789abcdef" for character in text)


def _print(explanation: Explanation, as_json: bool) -> None:
    if as_json:
        click.echo(json_text(explanation.to_json()))
        return
    console = UnpaddedConsole(highlight=False)
    if not console.is_terminal:
        console.width = 200  # a file or a pipe has no width; 200 leaves room for the start of every text
    console.print(render(explanation))
