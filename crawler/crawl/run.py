"""One crawl of one portal: what the spider, the pipeline and the command line share."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from functools import cached_property, partial
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

from crawler.crawl.batch_writer import BatchWriter
from crawler.crawl.context import RunContext
from crawler.crawl.refetch import scope
from crawler.crawl.start_frontier import StartFrontier
from crawler.crawl.usual_pages import STORIES, UsualPages
from crawler.health.judge import judge
from crawler.outcome.exit_codes import FAILED, INTERRUPTED
from crawler.outcome.expectations import missed
from crawler.outcome.summary import PortalSummary, judge_run
from crawler.outcome.verdict import LOOK_BACK
from storage.articles import articles
from storage.articles.pages import KEEP_DAYS
from storage.base.masking import mask
from storage.duplicates import clusters
from storage.errors import StorageError
from storage.frontier import frontier, pauses, runs
from storage.frontier.entry import FrontierEntry
from storage.write.finished_page import FinishedPage, Stored
from storage.write.store_pages import store_pages

if TYPE_CHECKING:
    from crawler.crawl.leases import Leases
    from crawler.portals.seed import Seed
    from crawler.warc.archive import WarcArchive
    from crawler.warc.record import RecordingError, WarcRecorder
    from crawler.workers.pool import WorkerPool
    from storage.database.store import Store
    from storage.frontier.entry import KnownPage
    from storage.frontier.runs import Run

_ABANDON_SECONDS = 5.0
"""So long the lock of a run that does not begin is given back; it runs out by itself."""


@dataclass
class PortalRun:
    """State of one run."""

    context: RunContext
    seed: Seed
    start_urls: tuple[str, ...]
    archive: WarcArchive | None = None
    """What a replay answers from."""
    recorder: WarcRecorder | None = None
    """What the responses are recorded with."""
    pool: WorkerPool | None = None
    """Takes pages apart; without one this process does."""
    leases: Leases | None = None
    problem: StorageError | RecordingError | None = None
    """What ended the crawl before its time."""
    summary: PortalSummary | None = None
    """How the run ended, once it is finished."""

    keep_days: float = KEEP_DAYS
    """How long raw responses are kept; 0: not at all."""

    def __post_init__(self) -> None:
        self.moment = self.archive.moment if self.archive else datetime.now(UTC)
        """When the crawl takes place; for a replay, when its archive was recorded."""
        if self.archive is not None:
            self.context.counts.passed_over.update(self.archive.skipped.counts)
        live = self.archive is None
        self.start_frontier = StartFrontier(self.context, self.seed, self.start_urls, self.moment, live=live)
        self._writer = BatchWriter(self._store_batch, lambda: self.leases.held if self.leases else 0)
        self._over = False
        self.usual = UsualPages(())
        """What the portal gave in its last runs."""

    @cached_property
    def scope(self) -> str:
        """Hash of all beside a page that decides what it leads to."""
        return scope(self.seed, self.context.options, version("storykin"))

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
        context = self.context
        described = {"start_urls": list(self.start_urls), **asdict(context.options), **arguments}
        with context.store.errors():
            if self.archive is None:
                pauses.require_not_paused(context.store, context.portal)
            context.record = runs.begin(
                context.store,
                context.portal,
                arguments=described,
                version=version("storykin"),
                moment=self.moment if self.archive else None,
                join=join,
            )
            self.usual = UsualPages(runs.history(context.store, context.portal, before=context.record.started))
            if context.record.worker == context.worker:
                self.start_frontier.prepare()

    async def not_answered(self, entries: Sequence[FrontierEntry]) -> list[FrontierEntry]:
        """Return the *entries* that have to be fetched; end the others, whose article is stored already.

        :raises StorageError: where the driver fails
        """
        fresh = [entry for entry in entries if entry.kind in STORIES and not entry.article]
        found = await self.context.call(articles.answered, fresh) if fresh else {}
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
        self.context.counts.add(page, stored)
        return stored

    async def release(self) -> None:
        """Write what waits and give back unused leases; what the database does not take any more is left to expire."""
        await self._writer.drain()
        if self.leases is not None:
            try:
                await self.leases.close()
            except StorageError as problem:
                self.problem = self.problem or problem

    def finish(self, close_reason: str) -> PortalSummary:
        """Record how the run ended, give the lock back, and return the summary.

        :param close_reason: the reason Scrapy closed the spider for
        """
        verdict_of = partial(judge_run, self.context.counts, len(self.start_urls), close_reason)
        queued, before, (code, verdict) = 0, None, verdict_of(self.problem)

        def end(store: Store) -> tuple[int, int | None, int, str]:
            queued = frontier.counts(store, self.context.portal)["queued"]
            self.context.counts.decided(clusters.relations(store, self.context.counts.ids))
            self.context.counts.sources.settle(partial(frontier.ends, store))
            barren = not (queued or self.context.counts.articles or self._has_article())
            earlier = self._earlier()
            code, verdict = verdict_of(self.problem, barren=barren, worse=self._worse(queued, earlier))
            self._end_record(self._ended(code, mask(verdict), queued))
            codes = (one.exit_code for one in earlier if one.exit_code not in (None, INTERRUPTED))
            return queued, next(codes, None), code, verdict

        try:
            queued, before, code, verdict = self.context.database.call_here(end)
        except StorageError as problem:
            code, verdict = verdict_of(self.problem or problem)
            self._over = True  # the lock runs out by itself
        self.summary = PortalSummary(
            portal=self.context.portal,
            run=self.context.id,
            exit_code=code,
            verdict=mask(verdict),
            counts=self.context.counts.to_json(),
            queued=queued,
            record=self._ended(code, mask(verdict), queued),
            before=before,
        )
        return self.summary

    def abandon(self, code: int = FAILED, verdict: str = "failed to start") -> None:
        """Give the lock back if the run was begun and nobody finished it; does nothing otherwise."""
        try:
            with self.context.store.errors(_ABANDON_SECONDS):
                self._end_record(self._ended(code, verdict))
        except StorageError:
            return  # the lock runs out by itself

    def _earlier(self) -> list[Run]:
        record = self.context.record
        before = record.started if record else None
        return runs.history(self.context.store, self.context.portal, LOOK_BACK, before=before)

    def _worse(self, queued: int, earlier: list[Run]) -> tuple[str, ...] | None:
        """Return what is worse than expected or usual; a helper leaves that to the run's owner."""
        ended = self._ended(0, "", queued)
        if ended is None or ended.worker != self.context.worker:
            return None
        short, worse = missed(ended, self.seed.expect, earlier), judge(ended, earlier)
        return (*short, *(worse or ())) if short else worse

    def _has_article(self) -> bool:
        return next(iter(articles.iterate(self.context.store, portal=self.context.portal)), None) is not None

    def _ended(self, code: int, verdict: str, queued: int = 0) -> Run | None:
        """Return the run's record with its end and this process's counts."""
        if self.context.record is None:
            return None
        counts = self.context.counts.to_json()
        return replace(
            self.context.record,
            finished=datetime.now(UTC),
            exit_code=code,
            verdict=verdict,
            counts={name: number for name, number in counts.items() if isinstance(number, int)},
            measures=self.context.counts.measures(),
            queued=queued,
        )

    def _end_record(self, ended: Run | None) -> None:
        if ended is not None and not self._over:
            runs.finish(
                self.context.store,
                ended,
                exit_code=ended.exit_code or 0,
                counts=ended.counts,
                verdict=ended.verdict,
                measures=ended.measures,
                queued=ended.queued,
            )
        self._over = True

    async def _store_batch(self, pages: Sequence[FinishedPage]) -> list[Stored]:
        return await self.context.call(partial(store_pages, keep_days=self.keep_days), pages, self.context.id)
