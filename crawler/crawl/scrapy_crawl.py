"""``scrapy crawl`` and Scrapyd: spiders that begin and finish their own runs, which no storykin command does."""

from __future__ import annotations

import asyncio
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any, Self

from scrapy import signals

from crawler.crawl.open_run import open_run
from crawler.crawl.options import CrawlOptions
from crawler.crawl.spider import PortalSpider
from crawler.outcome.logs import mask_logs

if TYPE_CHECKING:
    from scrapy import Spider
    from scrapy.crawler import Crawler

    from crawler.outcome.summary import PortalSummary


class ScrapyCrawlSpider(PortalSpider):
    """Crawls the portal of :attr:`seed`. Arguments: ``max_pages``, ``follow``, ``depth``."""

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> Self:
        """Return the spider of a run that ends with it.

        :raises InputError: for a setting, argument or file that is no good
        :raises StorageError: if the database cannot be used
        """
        mask_logs()
        options = CrawlOptions.from_strings(kwargs)
        with ExitStack() as resources:
            portals = [(cls.seed, cls.seed.start_urls)]
            [run] = resources.enter_context(open_run(crawler.settings, portals, options))
            spider = super().from_crawler(crawler, *args, run=run)
            held = resources.pop_all()

        async def closed(spider: Spider, reason: str) -> None:
            def finish() -> PortalSummary:
                with held:
                    return run.finish(reason)

            summary = await asyncio.to_thread(finish)
            for line in summary.lines():
                spider.logger.warning(line)

        crawler.signals.connect(closed, signal=signals.spider_closed, weak=False)
        return spider
