"""``storykin portals learn``: what recurs over a portal's stored pages, proposed for its seed file."""

from __future__ import annotations

import os
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from crawler.article.body.promo import MAX_PROMO_CHARS
from crawler.cli._seeds_option import seeds_option
from crawler.onboarding.promo_lines import Proposal, patterns_for, toml_list
from crawler.onboarding.standing_lists import standing_lists
from crawler.portals.reader import load_seed, seed_names
from crawler.portals.seed import GENERIC, Seed
from dedupe.errors import InputError
from dedupe.printable import json_text

if TYPE_CHECKING:
    from storage.teasers.recurring_lines import Recurring


@click.command("learn")
@click.argument("portal")
@click.option("--pages", default=5, show_default=True, type=click.IntRange(2), help="Least number of pages.")
@click.option(
    "--share", default=0.01, show_default=True, type=click.FloatRange(0, 1), help="Least share of the articles."
)
@click.option("--top", default=30, show_default=True, type=click.IntRange(1), help="How many lines at most.")
@click.option(
    "--read", default=300, show_default=True, type=click.IntRange(0), help="Kept pages looked at for lists; the newest."
)
@click.option("--json", "as_json", is_flag=True, help="One JSON object, with all forms and examples.")
@seeds_option
def learn(
    *, portal: str, pages: int, share: float, top: int, read: int, as_json: bool, seeds_folder: Path | None
) -> None:
    """Propose promotion lines and lists for PORTAL: lines and blocks that recur in its stored articles.

    A recurring line is left out if it is a title, the lead of one story, a related entry, or a line that the seed file
    or storykin drops already. A line that is the lead of several stories is proposed. A block that is taken for related
    stories, and shows the same stories on page after page, is proposed as a list.

    Prints the keys promo_lines and list_css as they would stand in the seed file, the present values first. Nothing is
    written. Keep what is right and delete the rest: bylines and credits recur as well.
    """
    seed = load_seed(portal, seeds_folder) if portal in seed_names(seeds_folder) else GENERIC
    standing = seed.promo_lines
    recurring = _recurring(portal, pages, share, top)
    proposals = [
        Proposal(
            patterns=patterns,
            text=line.text,
            pages=line.pages,
            share=line.share,
            examples=line.examples,
            note=f"the lead of {line.leads} stories" if line.leads > 1 else "",
        )
        for line in recurring.lines
        if (patterns := patterns_for(line.forms, standing))
    ]
    lists = _lists(portal, seed, read, pages)
    if as_json:
        shown = {"portal": portal, "articles": recurring.articles, "announcements": recurring.announcements}
        click.echo(json_text({**shown, "lines": [*map(asdict, proposals)], "lists": [*map(asdict, lists)]}))
        return
    known = len(recurring.lines) - len(proposals)
    click.echo(
        f"Recurring lines: {len(proposals)} in {recurring.articles:,} articles of {portal}; left out: "
        f"{recurring.announcements} titles, leads and related entries, {known} known as promotion",
        err=True,
    )
    if proposals:
        click.echo(toml_list("promo_lines", standing, proposals))
    if lists:
        click.echo("[related]\n" + toml_list("list_css", seed.related.list_css, lists))


def _recurring(portal: str, pages: int, share: float, top: int) -> Recurring:
    from storage.articles.collection import portals as stored_portals
    from storage.database.store import Store
    from storage.teasers.recurring_lines import recurring_lines

    with Store.open() as store:
        found = recurring_lines(store, portal, least_pages=pages, least_share=share, longest=MAX_PROMO_CHARS, most=top)
        if not found.articles:
            stored = ", ".join(stored_portals(store)) or "nothing yet"
            raise InputError(f"nothing is stored of a portal {portal!r}: crawl it first (stored: {stored})")
    return found


def _lists(portal: str, seed: Seed, most: int, least_pages: int) -> list[Proposal]:
    """Return the blocks that stand alike on the *most* pages fetched last; one that cannot be read is passed over."""
    from crawler.article.page.page import as_page
    from crawler.onboarding.page_views import related_blocks
    from crawler.workers.batch import readable
    from crawler.workers.pool import WorkerPool, cores, limits_of
    from storage.articles.pages import newest
    from storage.database.store import Store

    with Store.open() as store, store.errors(), WorkerPool(cores(), limits_of(os.environ)) as pool:
        calls = ((as_page(raw), seed) for raw in newest(store, portal, most))
        read = readable(pool, related_blocks, calls)
        found = [(page.url, blocks) for (page, _), blocks in read if blocks is not None]
    return standing_lists(found, least_pages)
