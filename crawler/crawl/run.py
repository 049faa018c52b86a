"""One crawl of one portal: what the spider, the pipeline and the command line share."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from functools import cached_property, partial
from importlib.metadata import version
from itertools import islice
from typing import TYPE_CHECKING, Any, TypeVar

from crawler.article.page.feeds import expand
from crawler.crawl.batch_writer import BatchWriter
from crawler.crawl.database import PatientStore, wait_seconds
from crawler.crawl.options import CrawlOptions
from crawler.crawl.outlinks import depth_limit, feed_entry
from crawler.crawl.refetch import scope
from crawler.http.failures import may_pass
from crawler.outcome.counts import Tally
from crawler.outcome.summary import FAILED, PortalSummary, judge_run
from crawler.outcome.verdict import LOOK_BACK, judge_against
from crawler.portals.refetch_steps import parse_steps
from crawler.urls.canonical import canonical_url, looks_like_article
from crawler.warc.replay import NOT_IN_ARCHIVE
from storage.articles import articles
from storage.articles.pages import KEEP_DAYS
from storage.base.masking import mask
from storage.base.workers import worker_id
from storage.errors import StorageError
from storage.frontier import depths, failures, frontier, pauses, refetch, runs
from storage.frontier.entry import EntryKind, EntryState, FrontierEntry
from storage.write.finished_page import FinishedPage, Stored
from storage.write.store_pages import store_pages

if TYPE_CHECKING:
    from crawler.crawl.leases import Leases
    from crawler.portals.seed import Seed
    from crawler.warc.archive import WarcArchive
    from crawler.warc.record import RecordingError, WarcRecorder
    from crawler.workers.pool import WorkerPool
    from storage.database.store import Store
    from storage.frontier.failures import Failure
    from storage.frontier.known_page import KnownPage
    from storage.frontier.runs import Run

T = TypeVar("T")

_LISTINGS: tuple[EntryKind, ...] = ("listing",)
_STORIES: frozenset[EntryKind] = frozenset({"article", "related"})
_ENDED: tuple[EntryState, ...] = ("done", "failed", "dead")
_ABANDON_SECONDS = 5.0
"""So long the lock of a run that does not begin is given back; it runs out by itself."""


@dataclass
class PortalRun:
    """State of one run. All that touches the database goes through :meth:`call`, in a thread."""

    store: Store
    seed: Seed
    start_urls: tuple[str, ...]
    options: CrawlOptions = field(default_factory=CrawlOptions)
    archive: WarcArchive | None = None
    """What a replay answers from."""
    recorder: WarcRecorder | None = None
    """What the responses are recorded with."""
    pool: WorkerPool | None = None
    """Takes pages apart; without one this process does."""
    worker: str = field(default_factory=worker_id)
    tally: Tally = field(default_factory=Tally)
    leases: Leases | None = None
    problem: StorageError | RecordingError | None = None
    """What ended the crawl before its time."""

    keep_days: float = KEEP_DAYS
    """How long raw responses are kept; 0: not at all."""
    moment: datetime = field(default_factory=lambda: datetime.now(UTC))
    """When the crawl takes place; for a replay, when its archive was recorded."""

    def __post_init__(self) -> None:
        if self.archive is not None:
            self.moment = self.archive.moment
        self._feeds: set[str] = set()
        self.database = PatientStore(self.store, wait_seconds())
        self._writer = BatchWriter(self._store_batch, lambda: self.leases.held if self.leases else 0)
        self._record: Run | None = None
        self._over = False

    @property
    def id(self) -> str:
        """Id of the run's document; empty before :meth:`begin`."""
        return self._record.id if self._record else ""

    @property
    def portal(self) -> str:
        """Name of the portal."""
        return self.seed.name

    @cached_property
    def scope(self) -> str:
        """Hash of all beside a page that decides what it leads to."""
        return scope(self.seed, self.options, version("storykin"))

    def known(self, entry: FrontierEntry) -> KnownPage | None:
        """Return what is known of the page of *entry*, if nothing has to be done where it is as it was.

        A recording is to hold every page, and an archive answers no conditional request.
        """
        known = entry.known
        live = self.archive is None and self.recorder is None
        return known if live and known is not None and known.scope == self.scope else None

    def begin(self, *, join: bool = False, **arguments: Any) -> None:
        """Take the portal's lock, or help whoever has it (*join*), and prepare the frontier.

        :param arguments: what the run's document tells of how it was started
        :raises AlreadyRunningError: if another process crawls the portal
        :raises PausedError: if the portal is paused
        :raises StorageError: if the database cannot be used
        """
        described = {"start_urls": list(self.start_urls), **asdict(self.options), **arguments}
        with self.store.errors():
            if self.archive is None:
                pauses.require_not_paused(self.store, self.portal)
            self._record = runs.begin(
                self.store, self.portal, arguments=described, version=version("storykin"), join=join
            )
            if self._record.worker == self.worker:
                self._prepare_frontier()

    def _prepare_frontier(self) -> None:
        """Give back what dead workers held; queue the start pages and what may go better now."""
        frontier.free_dead_workers(self.store, self.portal, run_id=self.id)
        starts = [self._start_entry(url) for url in self.start_urls]
        frontier.add(self.store, starts, self.id)
        again = {entry.id for entry in starts}
        frontier.requeue(self.store, self.portal, states=_ENDED, ids=again, run_id=self.id)
        if set(self.start_urls) == set(self.seed.start_urls):
            self._add_feeds()
            frontier.requeue(self.store, self.portal, states=_ENDED, kinds=_LISTINGS, run_id=self.id)
            self._queue_due()
        depths.requeue_cut(self.store, self.portal, depth_limit(self.seed, self.options), self.id)
        passing = (one.id for one in failures.iterate(self.store, portal=self.portal) if self._may_pass(one))
        while ids := list(islice(passing, 10_000)):  # a query must stay below 16 MiB
            frontier.retry(self.store, self.portal, ids, self.id)

    def _queue_due(self) -> None:
        """Queue the known articles that are due, in live crawls of the whole portal."""
        whole = self.options.depth != 0 and not any(looks_like_article(url, self.seed) for url in self.start_urls)
        if whole and self.archive is None:
            steps = parse_steps(self.seed.refetch.steps)
            refetch.queue_due(self.store, self.portal, steps, self.moment, self.id)

    def _add_feeds(self) -> None:
        """Queue the seed's feeds and sitemaps, which change as start pages do, unless no link is to be followed."""
        if self.options.depth == 0:
            return
        addresses = [one for named in self.seed.discovery.addresses for one in expand(named, self.moment)]
        feeds = [feed_entry(address, self.portal) for address in addresses]
        frontier.add(self.store, feeds, self.id)
        self._feeds = {entry.id for entry in feeds}
        frontier.requeue(self.store, self.portal, states=_ENDED, ids=self._feeds, run_id=self.id)

    async def read_again(self, links: Iterable[FrontierEntry]) -> None:
        """Queue those of *links* again that are feeds read in an earlier run; each at most once in this run.

        :raises StorageError: where the driver fails
        """
        ids = {entry.id for entry in links if entry.kind == "feed"} - self._feeds
        if ids:
            self._feeds |= ids
            await self.call(partial(frontier.requeue, portal=self.portal, states=_ENDED, ids=ids, run_id=self.id))

    async def call(self, function: Callable[..., T], *arguments: Any) -> T:
        """Return ``function(store, *arguments)``, run in a thread; waits while the database is away.

        :raises StorageError: where the driver fails, or the database stays away
        """
        return await self.database.call(function, *arguments)

    async def not_answered(self, entries: Sequence[FrontierEntry]) -> list[FrontierEntry]:
        """Return those of *entries* that have to be asked for; end the others, whose article is stored already.

        :raises StorageError: where the driver fails
        """
        fresh = [entry for entry in entries if entry.kind in _STORIES and not entry.article]
        found = await self.call(articles.answered, fresh) if fresh else {}
        reason = "a redirect led to it before: its article is stored"
        known = [replace(entry, article=found[entry.id]) for entry in fresh if entry.id in found]
        pages = (FinishedPage(entry=entry, outcome="alias", reason=reason) for entry in known)
        await asyncio.gather(*map(self.finish_page, pages))
        return [entry for entry in entries if entry.id not in found]

    async def finish_page(self, page: FinishedPage) -> Stored:
        """Return once *page* is acknowledged by the store; count it and end its lease.

        :raises StorageError: if it could not be stored
        """
        stored = await self._writer.put(page)
        if self.leases is not None:
            self.leases.end(page.entry)
        self.tally.add(page, stored)
        return stored

    async def release(self) -> None:
        """Write what waits and give back unused leases; what the database does not take any more is left to expire."""
        await self._writer.drain()
        if self.leases is not None:
            try:
                await self.leases.close()
            except StorageError as problem:
                self.problem = self.problem or problem

    async def heartbeat(self) -> None:
        """Keep the portal's lock. Where it was lost, the leases still keep two processes off one page."""
        if self._record is not None:
            await self.call(runs.heartbeat, self._record)

    def finish(self, close_reason: str) -> PortalSummary:
        """Record how the run ended, give the lock back, and return the summary.

        :param close_reason: the reason Scrapy closed the spider for
        """
        judge = partial(judge_run, self.tally, len(self.start_urls), close_reason)
        queued, (code, verdict) = 0, judge(self.problem)

        def end(store: Store) -> tuple[int, int, str]:
            queued = frontier.counts(store, self.portal)["queued"]
            barren = not (queued or self.tally.articles or self._has_article())
            code, verdict = judge(self.problem, barren=barren, worse=self._worse(queued))
            self._end_record(self._ended(code, mask(verdict), queued))
            return queued, code, verdict

        try:
            queued, code, verdict = self.database.call_here(end)
        except StorageError as problem:
            code, verdict = judge(self.problem or problem)
            self._over = True  # the lock runs out by itself
        return PortalSummary(
            portal=self.portal,
            run=self.id,
            exit_code=code,
            verdict=mask(verdict),
            counts=self.tally.to_json(),
            queued=queued,
            record=self._ended(code, mask(verdict), queued),
        )

    def abandon(self, code: int = FAILED, verdict: str = "failed to start") -> None:
        """Give the lock back if the run was begun and nobody finished it; does nothing otherwise."""
        try:
            with self.store.errors(_ABANDON_SECONDS):
                self._end_record(self._ended(code, verdict))
        except StorageError:
            return  # the lock runs out by itself

    def _worse(self, queued: int) -> tuple[str, ...] | None:
        """Return what is worse than in the last runs of the portal; a helper leaves that to the run's owner."""
        ended = self._ended(0, "", queued)
        if ended is None or ended.worker != self.worker:
            return None
        return judge_against(ended, runs.history(self.store, self.portal, LOOK_BACK, before=ended.started))

    def _has_article(self) -> bool:
        return next(iter(articles.iterate(self.store, portal=self.portal)), None) is not None

    def _ended(self, code: int, verdict: str, queued: int = 0) -> Run | None:
        """Return the run's record with its end and this process's counts."""
        if self._record is None:
            return None
        counts = self.tally.to_json()
        return replace(
            self._record,
            finished=datetime.now(UTC),
            exit_code=code,
            verdict=verdict,
            counts={name: number for name, number in counts.items() if isinstance(number, int)},
            measures=self.tally.measures(),
            queued=queued,
        )

    def _end_record(self, ended: Run | None) -> None:
        if ended is not None and not self._over:
            runs.finish(
                self.store,
                ended,
                exit_code=ended.exit_code or 0,
                counts=ended.counts,
                verdict=ended.verdict,
                measures=ended.measures,
                queued=ended.queued,
            )
        self._over = True

    async def _store_batch(self, pages: Sequence[FinishedPage]) -> list[Stored]:
        return await self.call(partial(store_pages, keep_days=self.keep_days), pages, self.id)

    def _start_entry(self, url: str) -> FrontierEntry:
        return FrontierEntry(portal=self.portal, url=url, key=canonical_url(url, self.seed), kind="start", depth=0)

    def _may_pass(self, failure: Failure) -> bool:
        """Say whether a failure of an earlier run may go better in this one."""
        if failure.reason == NOT_IN_ARCHIVE:
            return self.archive is None
        return self.archive is None and may_pass(failure.stage, failure.reason, failure.status)
