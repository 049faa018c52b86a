"""What a run finds in its frontier when it begins: start pages, feeds, what is due, what may go better now."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from typing import TYPE_CHECKING

from crawler.article.page.feeds import expand
from crawler.crawl.outlinks import depth_limit, feed_entry
from crawler.http.failures import may_pass
from crawler.portals.refetch_steps import parse_steps
from crawler.urls.canonical import canonical_url, looks_like_article
from crawler.warc.replay import NOT_IN_ARCHIVE
from storage.articles import refetch
from storage.base.documents import batches
from storage.frontier import depths, failures, frontier
from storage.frontier.entry import EntryKind, EntryState, FrontierEntry

if TYPE_CHECKING:
    from datetime import datetime

    from crawler.crawl.context import RunContext
    from crawler.portals.seed import Seed
    from storage.frontier.failures import Failure

_LISTINGS: tuple[EntryKind, ...] = ("listing",)
_ENDED: tuple[EntryState, ...] = ("done", "failed", "dead")


class StartFrontier:
    """Queues what a run begins with.

    :param live: whether pages come from the portal, not from an archive
    :param moment: when the crawl takes place
    """

    def __init__(
        self, context: RunContext, seed: Seed, start_urls: tuple[str, ...], moment: datetime, *, live: bool
    ) -> None:
        self._context = context
        self._seed = seed
        self._start_urls = start_urls
        self._moment = moment
        self._live = live
        self._feeds: set[str] = set()
        self._requeue = partial(frontier.requeue, portal=context.portal, states=_ENDED)

    def prepare(self) -> None:
        """Give back what dead workers held; queue the start pages and what may go better now."""
        store, portal, run_id = self._context.store, self._context.portal, self._context.id
        frontier.free_dead_workers(store, portal, run_id=run_id)
        starts = [self._start_entry(url) for url in self._start_urls]
        frontier.add(store, starts, run_id)
        self._requeue(store, ids={entry.id for entry in starts}, run_id=run_id)
        if set(self._start_urls) == set(self._seed.start_urls):
            self._add_feeds()
            self._requeue(store, kinds=_LISTINGS, run_id=run_id)
            self._queue_due()
        depths.requeue_cut(store, portal, depth_limit(self._seed, self._context.options), run_id)
        passing = (one.id for one in failures.iterate(store, portal=portal) if self._may_pass(one))
        for ids in batches(passing, 10_000):  # a query must stay below 16 MiB
            frontier.retry(store, portal, ids, run_id)

    async def read_again(self, links: Iterable[FrontierEntry]) -> None:
        """Queue the feeds among *links* again that an earlier run has read; each at most once in this run.

        :raises StorageError: where the driver fails
        """
        ids = {entry.id for entry in links if entry.kind == "feed"} - self._feeds
        if ids:
            self._feeds |= ids
            await self._context.call(partial(self._requeue, ids=ids, run_id=self._context.id))

    def _queue_due(self) -> None:
        """Queue the known articles that are due, in live crawls of the whole portal."""
        context, seed = self._context, self._seed
        whole = context.options.depth != 0 and not any(looks_like_article(url, seed) for url in self._start_urls)
        if whole and self._live:
            refetch.queue_due(context.store, context.portal, parse_steps(seed.refetch.steps), self._moment, context.id)

    def _add_feeds(self) -> None:
        """Queue the seed's feeds and sitemaps, which change as start pages do, unless no link is to be followed."""
        store, portal, run_id = self._context.store, self._context.portal, self._context.id
        if self._context.options.depth == 0:
            return
        addresses = [one for named in self._seed.discovery.addresses for one in expand(named, self._moment)]
        feeds = [feed_entry(address, portal) for address in addresses]
        frontier.add(store, feeds, run_id)
        self._feeds = {entry.id for entry in feeds}
        self._requeue(store, ids=self._feeds, run_id=run_id)

    def _start_entry(self, url: str) -> FrontierEntry:
        key = canonical_url(url, self._seed)
        return FrontierEntry(portal=self._context.portal, url=url, key=key, kind="start", depth=0)

    def _may_pass(self, failure: Failure) -> bool:
        """Say whether a failure of an earlier run may go better in this one."""
        if not self._live:
            return False
        return failure.reason == NOT_IN_ARCHIVE or may_pass(failure.stage, failure.reason, failure.status)
