"""Saved HTML files as pages, with their address and the seed of their portal."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from crawler.article.metadata.metadata import declared_url
from crawler.article.page.decode import ExtractError, parse
from crawler.article.page.page import Page
from crawler.portals.reader import load_seed, load_seeds, seed_for_url
from crawler.portals.seed import GENERIC, Seed
from crawler.urls.canonical import canonical_url, is_http
from dedupe.errors import InputError
from dedupe.intake.limits import MAX_BODY

NO_SEED = "none"
"""Stands in place of a portal's name for the generic seed."""


def saved_page(file: Path, url: str = "") -> Page:
    """Return the page in *file* without parsing it.

    At most one byte more than ``MAX_BODY`` is read, by which extraction sees that the file is too large.

    :param url: address of the page; the name of the file stands for it where it is empty
    :raises InputError: if *file* cannot be read
    """
    try:
        with file.open("rb") as stream:
            body = stream.read(MAX_BODY + 1)
    except OSError as problem:
        raise InputError(f"{file}: cannot be read ({problem.strerror})") from None
    return Page(url=url or file.name, body=body)


def addressed(page: Page) -> Page:
    """Return *page* under the address that it declares for itself, if it has no HTTP address yet."""
    if is_http(page.url):
        return page
    try:
        return replace(page, url=declared_url(parse(page)[0]) or page.url)
    except ExtractError:
        return page  # extraction meets the same error and records it


@dataclass(frozen=True, slots=True)
class SeedChooser:
    """Chooses the seed for an address: *own* if it is set, else the seed of its host, else the generic one."""

    own: Seed | None = None
    seeds: Mapping[str, Seed] = field(default_factory=dict)

    def __call__(self, url: str) -> Seed:
        """Return the seed for *url*."""
        return self.own or seed_for_url(url, self.seeds) or GENERIC

    def identity(self, url: str) -> str:
        """Return the canonical form of *url*; what is no address as it is."""
        return canonical_url(url, self(url)) or url


def seed_chooser(name: str, directory: Path | None = None) -> SeedChooser:
    """Return a chooser of seeds.

    :param name: of the seed for every address; ``none``: the generic one for every address; empty: by host
    :param directory: folder of further seed files
    :raises SeedError: if a seed file cannot be used
    """
    if name == NO_SEED:
        return SeedChooser(GENERIC)
    return SeedChooser(load_seed(name, directory)) if name else SeedChooser(seeds=load_seeds(directory))
