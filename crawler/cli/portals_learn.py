"""``storykin portals learn``: lines that recur over a portal's stored pages, proposed as promotion lines."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from crawler.article.body.promo import MAX_PROMO_CHARS
from crawler.cli._seeds_option import seeds_option
from crawler.onboarding.promo_lines import Proposal, patterns_for, toml_list
from crawler.portals.reader import load_seed, seed_names
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
@click.option("--json", "as_json", is_flag=True, help="One JSON object, with all forms and examples.")
@seeds_option
def learn(*, portal: str, pages: int, share: float, top: int, as_json: bool, seeds_folder: Path | None) -> None:
    """Propose promotion lines for PORTAL: lines that recur in the texts of its stored articles.

    Titles and leads of stories, related entries and what the seed file or storykin drops already are left out.
    Prints the key promo_lines as it would stand in the seed file, the lines that stand there first; nothing is
    written. Keep what is promotion and delete the rest (bylines and credits recur as well).
    """
    seed = load_seed(portal, seeds_folder) if portal in seed_names(seeds_folder) else None
    standing = seed.promo_lines if seed else ()
    recurring = _recurring(portal, pages, share, top)
    proposals = [
        Proposal(patterns=patterns, text=line.text, pages=line.pages, share=line.share, examples=line.examples)
        for line in recurring.lines
        if (patterns := patterns_for(line.forms, standing))
    ]
    if as_json:
        shown = {"portal": portal, "articles": recurring.articles, "announcements": recurring.announcements}
        click.echo(json_text({**shown, "lines": [asdict(one) for one in proposals]}))
        return
    known = len(recurring.lines) - len(proposals)
    click.echo(
        f"Recurring lines: {len(proposals)} in {recurring.articles:,} articles of {portal}; left out: "
        f"{recurring.announcements} titles, leads and related entries, {known} known as promotion",
        err=True,
    )
    if proposals:
        click.echo(toml_list("promo_lines", standing, proposals))


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
