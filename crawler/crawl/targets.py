"""What a name or URL on the command line stands for: a portal and the pages to start from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from difflib import get_close_matches
from urllib.parse import urlsplit, urlunsplit

from crawler.portals.reader import seed_for_url
from crawler.portals.seed import GENERIC, Seed, SeedError
from crawler.urls.canonical import canonical_url, is_http
from crawler.urls.hosts import is_loopback_url
from dedupe.errors import InputError
from storage.base.masking import mask


def resolve_targets(targets: Iterable[str], seeds: Mapping[str, Seed]) -> list[tuple[Seed, tuple[str, ...]]]:
    """Return each portal that *targets* name, with its start pages, in the order of *targets*.

    A name means the seed of this name. A URL means the seed that allows its host; if there is none, a portal that is
    named like the host. Several URLs of one portal are its start pages.

    :param seeds: the known seeds by name
    :raises InputError: if no seed has the name, or a target is no HTTP URL
    """
    found: dict[str, tuple[Seed, list[str]]] = {}
    for target in targets:
        seed, starts = _one(target, seeds)
        found.setdefault(seed.name, (seed, []))[1].extend(starts)
    return [(seed, tuple(dict.fromkeys(starts))) for seed, starts in found.values()]


def _one(target: str, seeds: Mapping[str, Seed]) -> tuple[Seed, tuple[str, ...]]:
    if target in seeds:
        return seeds[target], seeds[target].start_urls
    if not is_http(target):
        raise _unknown(target, seeds)
    if "@" in urlsplit(target).netloc:
        raise InputError(f"{mask(target)}: names a user or password, which no crawl sends; leave it out")
    target = _with_path(target)
    return seed_for_url(target, seeds) or generic_seed(target), (target,)


def _with_path(url: str) -> str:
    """Return *url* as it is sent: a host alone means its path ``/``."""
    parts = urlsplit(url)
    return urlunsplit(parts._replace(path=parts.path or "/"))


def _unknown(target: str, seeds: Mapping[str, Seed]) -> InputError:
    scheme, colon, _ = target.partition("://")
    if colon and scheme not in ("http", "https"):
        return InputError(f"{target}: only http and https can be crawled")
    if colon or target.startswith(("http:", "https:")):
        return InputError(f"{target}: is not a whole URL; it names no host")
    if "." in target.partition("/")[0]:
        return InputError(f"{target}: is neither a portal nor a URL; did you mean https://{target} ?")
    nearest = get_close_matches(target, seeds, n=3, cutoff=0.5)
    hint = f"did you mean {' or '.join(nearest)}?" if nearest else f"known: {', '.join(sorted(seeds))};"
    return SeedError(f"unknown portal {target!r}; {hint} `storykin portals list` shows them all")


def generic_seed(url: str) -> Seed:
    """Return the seed of a site that has none: named like its host, confined to it.

    >>> generic_seed("https://www.example.com/news/1").name
    'example.com'
    """
    host = (urlsplit(canonical_url(url)).hostname or "").rstrip(".")
    name = urlsplit(canonical_url(url)).netloc if is_loopback_url(url) else host
    return replace(GENERIC, name=name, title=name, start_urls=(url,), allowed_domains=(host,))
