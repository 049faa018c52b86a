"""The batch writer: what it gathers, and when it waits for nobody."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest

from crawler.crawl import batch_writer
from crawler.crawl.batch_writer import ENOUGH, MAX_BATCH, BatchWriter
from storage.errors import StorageError
from storage.frontier.frontier import FrontierEntry
from storage.write.finished_page import FinishedPage, Stored


@pytest.fixture(autouse=True)
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let pages wait for each other for as long as a test could take, so that no clock decides it."""
    monkeypatch.setattr(batch_writer, "LINGER_SECONDS", 600.0)


class Kept:
    """A store that keeps the sizes of its batches."""

    def __init__(self) -> None:
        self.batches: list[int] = []

    async def store(self, pages: Sequence[FinishedPage]) -> list[Stored]:
        self.batches.append(len(pages))
        return [Stored(entry=page.entry.id, outcome=page.outcome) for page in pages]


def page(number: int) -> FinishedPage:
    return FinishedPage(entry=FrontierEntry(portal="p", url=f"https://p.example/{number}"), outcome="listing")


async def put_all(into: BatchWriter, numbers: range) -> list[Stored]:
    return await asyncio.gather(*(into.put(page(number)) for number in numbers))


def test_the_first_page_waits_for_nobody() -> None:
    kept = Kept()
    stored = asyncio.run(BatchWriter(kept.store, lambda: 48).put(page(1)))
    assert stored.entry == page(1).entry.id
    assert kept.batches == [1]


def test_pages_behind_a_batch_wait_until_they_are_enough() -> None:
    async def crawl() -> None:
        into = BatchWriter(kept.store, lambda: 48)
        await into.put(page(0))
        first = [asyncio.ensure_future(into.put(page(number))) for number in range(1, ENOUGH)]
        for _ in range(20):
            await asyncio.sleep(0)
        assert kept.batches == [1]
        await into.put(page(ENOUGH))
        stored = await asyncio.gather(*first)
        assert [one.entry for one in stored] == [page(number).entry.id for number in range(1, ENOUGH)]

    kept = Kept()
    asyncio.run(crawl())
    assert kept.batches == [1, ENOUGH]


def test_nobody_is_waited_for_when_no_other_page_is_under_way() -> None:
    async def crawl() -> None:
        into = BatchWriter(kept.store, lambda: 3)
        await into.put(page(0))
        await put_all(into, range(1, 4))

    kept = Kept()
    asyncio.run(crawl())
    assert kept.batches == [1, 3]


def test_a_crawl_that_ends_writes_what_waits() -> None:
    async def crawl() -> None:
        into = BatchWriter(kept.store, lambda: 48)
        await into.put(page(0))
        waiting = asyncio.ensure_future(put_all(into, range(1, 4)))
        await asyncio.sleep(0)
        await into.drain()
        assert len(await waiting) == 3
        await put_all(into, range(4, 6))  # nothing waits for others any more

    kept = Kept()
    asyncio.run(crawl())
    assert kept.batches == [1, 3, 2]


def test_batches_are_bounded() -> None:
    kept = Kept()
    asyncio.run(put_all(BatchWriter(kept.store, lambda: 0), range(MAX_BATCH + 5)))
    assert kept.batches == [MAX_BATCH, 5]


def test_every_page_of_a_batch_hears_of_its_failure_and_the_next_batch_is_written() -> None:
    kept = Kept()

    async def store(pages: Sequence[FinishedPage]) -> list[Stored]:
        if not kept.batches:
            kept.batches.append(0)
            raise StorageError("away")
        return await kept.store(pages)

    async def crawl() -> list[Stored | BaseException]:
        into = BatchWriter(store, lambda: 2)
        failed = await asyncio.gather(into.put(page(1)), into.put(page(2)), return_exceptions=True)
        return [*failed, await into.put(page(3))]

    one, two, three = asyncio.run(crawl())
    assert isinstance(one, StorageError)
    assert isinstance(two, StorageError)
    assert isinstance(three, Stored)
