"""``scrapy crawl``, ``scrapy list`` and Scrapyd: runs that no storykin command has begun."""

from __future__ import annotations

import asyncio
from contextlib import ExitStack
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

from scrapy import signals

from crawler.crawl.context import RunContext
from crawler.crawl.run import PortalRun
from crawler.outcome.logs import mask_logs
from crawler.warc.archive import WarcArchive, parse_moment
from crawler.warc.record import WarcRecorder
from crawler.workers.memory import give_back_freed_memory
from crawler.workers.pool import started_pool
from storage.database.store import Store

if TYPE_CHECKING:
    from scrapy import Spider
    from scrapy.crawler import Crawler

    from crawler.crawl.options import CrawlOptions
    from crawler.outcome.summary import PortalSummary
    from crawler.portals.seed import Seed


def begin_run(crawler: Crawler, seed: Seed, options: CrawlOptions) -> PortalRun:
    """Open what a run of *seed* needs from the crawler's settings, begin it, and finish it when the spider closes.

    :raises InputError: for a setting or file that is no good
    :raises StorageError: if the database cannot be used
    """
    give_back_freed_memory()
    mask_logs()
    settings, resources = crawler.settings, ExitStack()
    with resources:
        archive = recorder = None
        if settings["STORYKIN_REPLAY"]:
            moment = settings["STORYKIN_REPLAY_AT"]
            archive = WarcArchive(Path(settings["STORYKIN_REPLAY"]), parse_moment(moment) if moment else None, seed)
            resources.callback(archive.close)
        pool = started_pool(settings)
        if pool is not None:
            resources.callback(pool.close)
        store = resources.enter_context(Store.open())
        if settings["STORYKIN_RECORD"]:
            recorder = WarcRecorder(Path(settings["STORYKIN_RECORD"]), software=f"storykin/{version('storykin')}")
            resources.callback(recorder.abandon)
        run = PortalRun(RunContext(store, seed.name, options), seed, seed.start_urls, archive, recorder, pool)
        resources.callback(run.abandon)
        run.begin()
        held = resources.pop_all()

    async def closed(spider: Spider, reason: str) -> None:
        def finish() -> PortalSummary:
            with held:
                summary = run.finish(reason)
                if recorder is not None and summary.is_complete:
                    recorder.close()
                return summary

        summary = await asyncio.to_thread(finish)
        for line in summary.lines():
            spider.logger.warning(line)

    crawler.signals.connect(closed, signal=signals.spider_closed, weak=False)
    return run
