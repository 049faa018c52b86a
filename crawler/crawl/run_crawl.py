"""Running crawls in this process: what ``storykin crawl`` and ``storykin demo`` share."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from contextlib import ExitStack, nullcontext
from dataclasses import dataclass, field
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from scrapy.crawler import CrawlerProcess
from scrapy.settings import Settings

from crawler.crawl.context import RunContext
from crawler.crawl.options import CrawlOptions
from crawler.crawl.progress import Progress
from crawler.crawl.run import PortalRun
from crawler.crawl.spider import spider_for
from crawler.crawl.stop_signals import stop_signals
from crawler.crawl.targets import resolve_targets

# Scrapy's modules for TLS read the source of every frame above their import, which the engine's has sixty of: 0.2 s.
from crawler.http import limits  # noqa: F401
from crawler.http.user_agent import require_contact
from crawler.outcome.logs import LogRequest, logging_to, mask_logs
from crawler.outcome.summary import FAILED, INTERRUPTED, PortalSummary
from crawler.portals.reader import load_seeds
from crawler.portals.seed import Seed
from crawler.urls.hosts import is_loopback_url
from crawler.warc.archive import WarcArchive, parse_moment
from crawler.warc.record import WarcRecorder
from crawler.workers.memory import give_back_freed_memory, keep_what_is_loaded
from crawler.workers.pool import started_pool
from storage.base.masking import mask
from storage.database.store import Store

if TYPE_CHECKING:
    from twisted.python.failure import Failure

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class CrawlRequest:
    """All that ``storykin crawl`` was told."""

    targets: tuple[str, ...] = ()
    """Portal names and URLs."""
    seeds: tuple[Seed, ...] = ()
    """Portals to crawl from their start pages, beside the *targets*."""
    options: CrawlOptions = field(default_factory=CrawlOptions)
    seeds_folder: Path | None = None
    record: Path | None = None
    replay: Path | None = None
    replay_at: str = ""
    allow_hosts: tuple[str, ...] = ()
    join: bool = False
    """Help the run of the same portal that is under way."""
    logs: LogRequest = field(default_factory=LogRequest)
    workers: int | None = None
    """Processes that take pages apart; 0: this one does. ``None``: what ``STORYKIN_WORKERS`` says, else all cores."""
    database: str = ""
    """Name of the database; empty: the usual one."""


def run_crawl(request: CrawlRequest) -> list[PortalSummary]:
    """Crawl what *request* names into the database and return how each portal ended. Once per process.

    :raises InputError: for a target, file or setting that is no good, before anything is fetched or written
    :raises StorageError: if the database cannot be used
    """
    give_back_freed_memory()
    targets = _targets(request)
    at = parse_moment(request.replay_at) if request.replay_at else None
    archives = [WarcArchive(request.replay, at, seed) if request.replay else None for seed, _ in targets]
    settings = crawl_settings(request)
    if not request.replay:
        _require_contact(targets, settings)
    with ExitStack() as resources:
        stops = resources.enter_context(stop_signals())
        for archive in archives:
            if archive is not None:
                resources.callback(archive.close)
        pool = started_pool(settings)
        if pool is not None:
            resources.callback(pool.close)
        mask_logs()
        process = CrawlerProcess(settings)
        resources.enter_context(logging_to(request.logs))
        store = resources.enter_context(Store.open(database=request.database or None))
        recorder = None
        if request.record:
            recorder = WarcRecorder(request.record, software=f"storykin/{version('storykin')}")
            resources.callback(recorder.abandon)
        runs = [
            PortalRun(RunContext(store, seed.name, request.options), seed, starts, archive, recorder, pool)
            for (seed, starts), archive in zip(targets, archives, strict=True)
        ]
        arguments = {"record": str(request.record or ""), "replay": str(request.replay or "")}
        for run in runs:
            resources.push(partial(_give_up, run))
            run.begin(join=request.join, **arguments)
            portal, run_id = run.context.portal, run.context.id
            logger.info("run %s of %s began", run_id, portal, extra={"portal": portal, "run": run_id})
        reasons = _crawl(process, runs, request.logs)
        stops.ending(interrupted="shutdown" in reasons)
        for run in runs:
            run.context.database.stopped = lambda: stops.heard
        summaries = [run.finish(reason) for run, reason in zip(runs, reasons, strict=True)]
        for summary in summaries:
            words = (summary.run, summary.portal, summary.exit_code, summary.verdict)
            logger.info("run %s of %s ended with exit code %d: %s", *words, extra=summary.to_json())
        if recorder is not None and all(summary.is_complete for summary in summaries):
            recorder.close()
        return summaries


def _give_up(run: PortalRun, kind: type[BaseException] | None, problem: BaseException | None, trace: Any) -> None:
    """Record of a run that was begun and not finished why it was not."""
    if isinstance(problem, KeyboardInterrupt):
        run.abandon(INTERRUPTED, "interrupted before the first page")
    else:
        run.abandon(int(getattr(problem, "exit_code", FAILED)), mask(f"failed to start: {problem}"))


def crawl_settings(request: CrawlRequest) -> Settings:
    """Return the project's settings with those of *request*."""
    settings = Settings()
    settings.setmodule("crawler.settings", priority="project")
    # With a file of its own, the level asked for is the file's.
    level = "" if request.logs.file else request.logs.level
    settings.set("LOG_LEVEL", level or "WARNING", priority="cmdline")
    settings.set("LOG_ENABLED", not request.logs.is_json_on_stderr, priority="cmdline")
    if request.workers is not None:
        settings.set("STORYKIN_WORKERS", str(request.workers), priority="cmdline")
    settings.set("STORYKIN_REPLAY", str(request.replay or ""), priority="cmdline")
    settings.set("STORYKIN_ALLOW_HOSTS", list(request.allow_hosts), priority="cmdline")
    return settings


def _targets(request: CrawlRequest) -> list[tuple[Seed, tuple[str, ...]]]:
    seeds = load_seeds(request.seeds_folder)
    found = resolve_targets(request.targets, seeds)
    return [*found, *((seed, seed.start_urls) for seed in request.seeds)]


def _require_contact(targets: Sequence[tuple[Seed, tuple[str, ...]]], settings: Settings) -> None:
    if not all(seed.loopback or all(map(is_loopback_url, starts)) for seed, starts in targets):
        require_contact(settings["STORYKIN_CONTACT"])


def _crawl(process: CrawlerProcess, runs: Sequence[PortalRun], logs: LogRequest) -> list[str]:
    """Run the spiders side by side until all have ended; return the reason each was closed for."""
    crawlers = [process.create_crawler(spider_for(run.seed)) for run in runs]
    failures: list[BaseException] = []

    def failed(failure: Failure) -> None:
        failures.append(failure.value or RuntimeError(str(failure)))

    for crawler, run in zip(crawlers, runs, strict=True):
        process.crawl(crawler, run=run).addErrback(failed)
    keep_what_is_loaded()
    # Lines of progress would stand between the log's objects.
    with Progress([run.context for run in runs]) if not logs.is_json_on_stderr else nullcontext():
        process.start()
    if failures:
        raise failures[0]
    return [str(crawler.stats.get_value("finish_reason", "shutdown")) for crawler in crawlers]
