"""Many saved pages → articles, on all cores, in the order of the input, in bounded memory."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future
from dataclasses import replace
from functools import cache, lru_cache, partial
from typing import Any, TypeVar

from crawler.article.page.decode import ExtractError
from crawler.article.page.page import Page
from crawler.article.saved_page import SeedChooser
from crawler.portals.seed import GENERIC, Seed
from crawler.urls.canonical import is_http
from crawler.workers.pool import PickledOnce, WorkerFailureError, WorkerPool
from crawler.workers.process import Limits
from crawler.workers.tasks import extract_page, extract_saved, failed_article
from storage.records import Article

AHEAD = 16
"""Pages under way or waiting for their turn, for each worker: while one page takes long the others go on so far."""

MOST_BYTES = 64 << 20
"""Bytes of pages under way, whatever their number."""

_ANY = SeedChooser(GENERIC)
Item = TypeVar("Item")
Result = TypeVar("Result")


def extract_pages(
    pages: Iterable[Page],
    seed_of: Callable[[str], Seed] = _ANY,
    workers: int | None = None,
    limits: Limits | None = None,
) -> Iterator[Article]:
    """Yield the article of every page in order; ``id`` is the page's URL.

    *seed_of* gives the portal of an address, and can be pickled where a page has none. *workers* processes share the
    work (all cores by default), each page within *limits*; with 0 it is done here, without limits of time and memory.
    What cannot be read, takes too long or too much memory has ``failed: reason`` in ``quality``. An error of *pages*
    itself is raised after what came before it was yielded.
    """
    if workers == 0:
        for page in pages:
            function, given = _task(page, seed_of)
            yield _recorded(page, partial(function, page, given))
        return
    with WorkerPool(workers, limits) as pool:
        yield from _in_order(pool, pages, seed_of)


def _in_order(pool: WorkerPool, pages: Iterable[Page], seed_of: Callable[[str], Seed]) -> Iterator[Article]:
    pickled, chooser = lru_cache(maxsize=256)(PickledOnce), cache(partial(PickledOnce, seed_of))

    def submit(page: Page) -> Future[Article]:
        function, given = _task(page, seed_of)
        return pool.submit(function, page, chooser() if given is seed_of else pickled(given))

    for page, future in in_order(pages, submit, lambda page: len(page.body), pool.workers):
        yield _recorded(page, future.result)


def in_order(
    items: Iterable[Item], submit: Callable[[Item], Future[Result]], size_of: Callable[[Item], int], workers: int
) -> Iterator[tuple[Item, Future[Result]]]:
    """Submit every item and yield it with its future, in order, with a bounded number and size under way.

    An error of *items* itself is raised after what came before it was yielded.

    :param size_of: bytes of an item; at most :data:`MOST_BYTES` are under way
    """
    under_way: deque[tuple[Item, Future[Result]]] = deque()
    held = 0
    broken_off: Exception | None = None
    try:
        for item in items:
            under_way.append((item, submit(item)))
            held += size_of(item)
            while len(under_way) >= AHEAD * workers or (held > MOST_BYTES and len(under_way) > 1):
                held -= size_of(under_way[0][0])
                yield under_way.popleft()
    except (ValueError, OSError) as problem:
        broken_off = problem
    while under_way:  # what the source gave before it broke off comes out first
        yield under_way.popleft()
    if broken_off is not None:
        raise broken_off


def readable(
    pool: WorkerPool, function: Callable[..., Result], calls: Iterable[tuple[Any, ...]]
) -> Iterator[tuple[tuple[Any, ...], Result | None]]:
    """Yield each of *calls*, whose first argument is a page, with the result of *function*, in order.

    The result is ``None`` if the page cannot be read: it holds nothing to parse, or it exceeds the limits of a page.
    """
    tasks = in_order(calls, lambda call: pool.submit(function, *call), lambda call: len(call[0].body), pool.workers)
    for call, task in tasks:
        yield call, None if isinstance(task.exception(), (ExtractError, WorkerFailureError)) else task.result()


def _task(page: Page, seed_of: Callable[[str], Seed]) -> tuple[Callable[[Page, Any], Article], Any]:
    """Return what takes *page* apart; one without address is to be read before its seed is known."""
    return (extract_page, seed_of(page.url)) if is_http(page.url) else (extract_saved, seed_of)


def _recorded(page: Page, article: Callable[[], Article]) -> Article:
    """Return ``article()`` under the page's address, or the record of why there is none."""
    try:
        found = article()
        return replace(found, id=page.url if is_http(page.url) else found.url)
    except WorkerFailureError as problem:
        reason = str(problem)
    except Exception as problem:  # noqa: BLE001  what a page did to extraction is recorded, the batch goes on
        reason = f"{type(problem).__name__}: {problem}"
    return failed_article(page, reason)
