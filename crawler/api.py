"""storykin from Python, in three lines: a page becomes an article, a portal becomes articles, a store is read.

>>> from crawler.api import extract
>>> extract("<h1>The bridge is open</h1>" + "<p>Cars crossed the new bridge for the first time today.</p>" * 2).title
'The bridge is open'
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import warnings
from collections.abc import Iterator, Sequence
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import IO, TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from crawler.article.saved_page import SeedChooser
    from storage.articles.articles import StoredArticle
    from storage.export.reader import StoreReader
    from storage.records import Article

__all__ = ["CrawlError", "crawl", "extract", "open_store"]

LOOK_SECONDS = 0.5
"""Between two looks into the store for new articles."""
STOP_SECONDS = 15.0
"""A crawl that was told to stop ends the pages under way within this, or is killed."""


class CrawlError(RuntimeError):
    """A crawl that failed, in the words of ``storykin crawl``."""


def extract(html: str | bytes, url: str = "", *, portal: str = "") -> Article:
    """Return the article of a page, without network and database; ``quality`` says where the page is none.

    :param url: the page's address; empty: the one that it names itself
    :param portal: whose rules hold; empty: that of the address, ``none``: no portal's
    :raises InputError: for a portal that there is not
    """
    from crawler.article.page.page import Page
    from crawler.article.saved_page import addressed
    from crawler.workers.tasks import extract_page

    kind = "text/html; charset=utf-8" if isinstance(html, str) else ""
    body = html.encode("utf-8", "surrogatepass") if isinstance(html, str) else html
    page = addressed(Page(url=url, body=body, content_type=kind))
    return extract_page(page, _seeds(portal)(page.url))


def crawl(
    *targets: str,
    max_pages: int | None = None,
    depth: int | None = None,
    follow: Literal["related", "articles"] | None = None,
    replay: str | Path | None = None,
    options: Sequence[str] = (),
) -> Iterator[StoredArticle]:
    """Crawl in a process of its own, and yield each distinct article as soon as it is stored.

    The articles are stored in a temporary database at ``MONGODB_URI``, or in the embedded server. The database is
    dropped at the end. To leave the loop ends the crawl. A running event loop, as in a notebook, does no harm.

    :param targets: names of portals, and URLs
    :param max_pages: the most pages that are asked for, failed ones included
    :param depth: the most links between a start page and an article
    :param follow: ``related`` stories, or all ``articles``
    :param replay: a WARC file that is read in place of the network
    :param options: further options of ``storykin crawl``, such as ``("--allow-host", "127.0.0.1:8000")``
    :raises CrawlError: if the crawl fails. A crawl below expectation that gave articles ends with a warning instead
    """
    from crawler.outcome.exit_codes import BELOW_EXPECTATION
    from storage.database.store import temporary_store
    from storage.export.reader import StoreReader

    given = {"--max-pages": max_pages, "--depth": depth, "--follow": follow, "--replay": replay}
    typed = [part for name, value in given.items() if value is not None for part in (name, str(value))]
    with temporary_store() as store, tempfile.TemporaryFile() as said:
        child = subprocess.Popen(  # noqa: S603 - this program, with the caller's own arguments
            [sys.executable, "-m", "crawler.cli", "crawl", "--json", *typed, *options, "--", *targets],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=said,
            env=os.environ | {"STORYKIN_DATABASE": store.db.name},
            start_new_session=True,
        )
        found = 0
        try:
            for article in _stored(StoreReader(store), child):
                found += 1
                yield article
        finally:
            _end(child)
        if child.returncode == BELOW_EXPECTATION and found:
            warnings.warn(_sentence(said), stacklevel=2)
        elif child.returncode:
            raise CrawlError(_sentence(said))


def open_store(uri: str | None = None, database: str | None = None) -> StoreReader:
    """Open the store for reading as :func:`storage.open_store` does; it finds articles by any form of an address, too.

    :raises StorageError: if the server cannot be reached, refuses the log-in, or another schema is in use
    """
    from storage.export.reader import StoreReader

    return StoreReader.open(uri, database, _seeds("").identity)


@cache
def _seeds(portal: str) -> SeedChooser:
    from crawler.article.saved_page import seed_chooser

    return seed_chooser(portal)


def _stored(store: StoreReader, child: subprocess.Popen[bytes]) -> Iterator[StoredArticle]:
    """Yield the articles that *child* stores, each once, until it has ended."""
    given: set[str] = set()
    since, ended = "start", False
    while not ended:
        with suppress(subprocess.TimeoutExpired):
            child.wait(LOOK_SECONDS)
            ended = True
        changes = store.changes(since)
        for article in changes:
            if article.change in {"new", "unmerged"} and article.id not in given:
                given.add(article.id)
                yield article
        since = changes.upto


def _end(child: subprocess.Popen[bytes]) -> None:
    child.terminate()
    try:
        child.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        os.killpg(child.pid, signal.SIGKILL)
        child.wait()


def _sentence(said: IO[bytes]) -> str:
    """Return the last line of what the crawl said."""
    said.seek(0)
    lines = said.read().decode("utf-8", "replace").split("\n")
    last = next((line for line in reversed(lines) if line.strip()), "the crawl ended without a word")
    return last.strip().removeprefix("storykin: ")
