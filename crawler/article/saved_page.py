"""HTML files as pages, with the address and the portal that they belong to."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from crawler.article.metadata.metadata import declared_url
from crawler.article.page.decode import ExtractError, parse
from crawler.article.page.page import Page
from crawler.portals.reader import load_seed, load_seeds, seed_for_url
from crawler.portals.seed import GENERIC, Seed
from dedupe.errors import InputError

NO_SEED = "none"
"""In place of a portal's name: no portal's rules."""


def saved_page(file: Path, url: str = "") -> Page:
    """Return the page saved in *file*; its address is *url*, else what the page itself names, else the file's name.

    :raises InputError: if *file* cannot be read
    """
    try:
        body = file.read_bytes()
    except OSError as problem:
        raise InputError(f"{file}: cannot be read ({problem.strerror})") from None
    page = Page(url=url or file.name, body=body)
    if url:
        return page
    try:
        return replace(page, url=declared_url(parse(page)[0]) or page.url)
    except ExtractError:
        return page  # extraction meets the same error and records it


def seed_chooser(name: str, directory: Path | None = None) -> Callable[[str], Seed]:
    """Return what chooses the seed for an address: always the one called *name*, else by host, else the generic one.

    ``none`` as *name* is the generic one for every address.

    :raises SeedError: if a seed file cannot be used
    """
    if name == NO_SEED:
        return lambda url: GENERIC
    if name:
        seed = load_seed(name, directory)
        return lambda url: seed
    seeds = load_seeds(directory)
    return lambda url: seed_for_url(url, seeds) or GENERIC
