"""``storykin portals add``: a seed file drafted from a portal's pages."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import click

from crawler.cli._output import OutputFile
from crawler.portals.reader import parse_seed
from crawler.portals.seed import SeedError
from crawler.urls.canonical import is_http
from dedupe.errors import InputError


@click.command("add")
@click.argument("url")
@click.option(
    "-o",
    "--output",
    type=OutputFile(),
    metavar="FILE",
    help="Write the file here; its name becomes the portal's. Default: standard output.",
)
def add(url: str, output: Path | None) -> None:
    """Draft a seed file for the portal whose front page is URL.

    Fetches the front page, robots.txt, up to five articles and up to five feeds or sitemaps, with the delay and the
    rules of a crawl. Set STORYKIN_CONTACT first. Every value is a guess; the counts behind the guess stand beside it.
    """
    if not is_http(url):
        raise InputError(f"{url}: is no whole URL; write it with https://")
    if output is not None:
        _require_new(output)
    # Scrapy and Twisted take most of a second to import: not for --help.
    from crawler.crawl.targets import generic_seed
    from crawler.onboarding.draft import draft_name, draft_seed
    from crawler.onboarding.fetch_few import survey
    from crawler.onboarding.first_look import scout

    seed = generic_seed(url)
    (seen,) = survey([(seed, lambda fetch: scout(url, seed, fetch))])
    text = draft_seed(seen, seed, datetime.now(UTC).date())
    if output is None:
        click.echo(text, nl=False)
        click.echo(
            f"storykin: save it as {draft_name(url)}.toml, then: storykin portals check --seeds FOLDER", err=True
        )
        return
    with output.open("x", encoding="utf-8") as file:
        file.write(text)
    click.echo(f"{output}: drafted; read it, then: storykin crawl {output.stem} --seeds {output.parent}", err=True)


def _require_new(output: Path) -> None:
    """Make sure before anything is fetched that the draft can be written.

    :raises InputError: if *output* exists, lies in no folder, or cannot name a portal
    """
    if output.exists():
        raise InputError(f"{output}: exists; name another file, or remove it")
    if output.suffix != ".toml" or not output.parent.is_dir():
        raise InputError(f"{output}: write FOLDER/NAME.toml, with a folder that exists")
    sample = 'title = "x"\nstart_urls = ["https://example.org/"]\nallowed_domains = ["example.org"]\n'
    try:
        parse_seed(sample, name=output.stem, where=str(output))
    except SeedError as problem:
        raise InputError(str(problem)) from None
