"""The last pipeline: a page's one item is finished when the store has acknowledged it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

from scrapy.exceptions import DropItem

from storage.errors import StorageError
from storage.write.finished_page import FinishedPage

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

    from crawler.crawl.run import PortalRun


class NoArticle(DropItem):
    """The page is accounted for and there is no article to hand on to feed exports."""


class NotStored(DropItem):
    """The database did not take the page; the crawl ends and the page is fetched again in the next run."""


class StorePipeline:
    """Waits for the batch writer, counts, and hands an article on: as plain values to feed exports (``-O out.jsonl``)
    and further pipelines, else as the record, since making them takes .2 ms.
    """

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self._plain = bool(crawler.settings.getdict("FEEDS")) or len(crawler.settings.getdict("ITEM_PIPELINES")) > 1

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Return the pipeline of *crawler*."""
        return cls(crawler)

    async def process_item(self, item: Any) -> Any:
        """Store a :class:`~storage.write.finished_page.FinishedPage`; anything else passes by.

        :raises NoArticle: where there is no article to hand on
        :raises NotStored: where the database fails
        """
        if not isinstance(item, FinishedPage):
            return item
        try:
            await self._run.finish_page(item)
        except StorageError as problem:
            spider: Any = self._crawler.spider
            spider.stop(problem)
            raise NotStored(str(problem)) from None
        if item.article is None:
            raise NoArticle(f"{item.outcome}: {item.reason}")
        return item.article.to_json() if self._plain else item.article

    async def close_spider(self) -> None:
        """Write what waits and give back the leases that were not used."""
        await self._run.release()

    @property
    def _run(self) -> PortalRun:
        spider: Any = self._crawler.spider
        run: PortalRun = spider.run
        return run
