"""Many saved pages → articles, on all cores, in the order of the input, in bounded memory."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import replace
from multiprocessing import get_context

from crawler.anatomy import EXTRACTOR, ExtractError, anatomy
from crawler.page import Page
from crawler.seeds import GENERIC, Seed
from storage.records import Article

CHUNK = 8
"""Pages handed to a worker at once: 1 MB of HTML, some tenths of a second of work."""

Job = tuple[Page, Seed]


def extract_page(page: Page, seed: Seed = GENERIC) -> Article:
    """Return the article of *page*, whatever the page is: what cannot be read has ``failed: reason`` in ``quality``."""
    try:
        return anatomy(page, seed)
    except ExtractError as problem:
        reason = str(problem)
    except Exception as problem:  # noqa: BLE001  the outer edge of a worker: recorded, the batch goes on
        reason = f"{type(problem).__name__}: {problem}"
    return Article(id=page.url, url=page.url, quality=(f"failed: {reason}",), fetched=page.fetched, extractor=EXTRACTOR)


def extract_pages(
    pages: Iterable[Page], seed_of: Callable[[str], Seed] = lambda url: GENERIC, workers: int | None = None
) -> Iterator[Article]:
    """Yield the article of every page in order; ``id`` is the page's URL.

    *seed_of* gives the portal of an address. *workers* processes share the work (all cores by default, none
    below 2: then it is done here). An error of *pages* itself is raised after what came before it was yielded.
    """
    jobs = ((page, seed_of(page.url)) for page in pages)
    workers = workers or _cores()
    if workers < 2:
        for page, seed in jobs:
            yield _offline(page, seed)
        return
    with ProcessPoolExecutor(workers, mp_context=get_context("forkserver")) as pool:
        yield from _in_order(pool, jobs, ahead=2 * workers)


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _in_order(pool: ProcessPoolExecutor, jobs: Iterator[Job], ahead: int) -> Iterator[Article]:
    under_way: deque[Future[list[Article]]] = deque()
    broken_off: Exception | None = None
    try:
        for chunk in _chunks(jobs):
            under_way.append(pool.submit(_chunk_done, chunk))
            if len(under_way) >= ahead:
                yield from under_way.popleft().result()
    except (ValueError, OSError) as problem:
        broken_off = problem
    while under_way:  # what the source gave before it broke off comes out first
        yield from under_way.popleft().result()
    if broken_off is not None:
        raise broken_off


def _chunks(jobs: Iterator[Job]) -> Iterator[list[Job]]:
    chunk: list[Job] = []
    try:
        for job in jobs:
            chunk.append(job)
            if len(chunk) == CHUNK:
                yield chunk
                chunk = []
    except (ValueError, OSError):
        if chunk:
            yield chunk
        raise
    if chunk:
        yield chunk


def _chunk_done(chunk: list[Job]) -> list[Article]:
    return [_offline(page, seed) for page, seed in chunk]


def _offline(page: Page, seed: Seed) -> Article:
    return replace(extract_page(page, seed), id=page.url)
