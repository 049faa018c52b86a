"""``storykin withdraw``: take an article back."""

from __future__ import annotations

import click

from crawler.article.saved_page import seed_chooser
from dedupe.errors import InputError
from dedupe.printable import json_text, printable
from storage.database.store import Store
from storage.records import utc_text
from storage.write.withdrawal import restore, withdraw


@click.command("withdraw")
@click.argument("url")
@click.option("--reason", default="", help="Why, for those who ask later.")
@click.option("--undo", is_flag=True, help="Take the withdrawal back.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object instead of a sentence.")
def command(*, url: str, reason: str, undo: bool, as_json: bool) -> None:
    """Withdraw the article with this id or address: exports leave it out, and consumers are told to drop it.

    The article stays in the database with its text and all decisions. No later crawl brings it back; only --undo does.
    """
    if undo and reason:
        raise InputError("--reason says why an article is withdrawn: leave it out with --undo")
    with Store.open() as store:
        known_as = seed_chooser("").identity
        stored = restore(store, url, known_as) if undo else withdraw(store, url, reason, canonical=known_as)
    if stored is None:
        raise InputError(f"{url}: no such article is stored; storykin explain says what is known of an address")
    withdrawn = stored.withdrawn
    if as_json:
        facts = {"id": stored.id, "url": stored.url}
        click.echo(json_text(facts | {"withdrawn": withdrawn.to_json() if withdrawn else None}))
    elif withdrawn:
        why = f" ({withdrawn.reason})" if withdrawn.reason else ""
        click.echo(printable(f"Withdrawn since {utc_text(withdrawn.at)}{why}: {stored.title}"))
    else:
        click.echo(printable(f"Not withdrawn: {stored.title}"))
