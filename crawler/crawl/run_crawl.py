"""Running crawls in this process: what ``storykin crawl`` and ``storykin demo`` share."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from contextlib import ExitStack, nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from scrapy.crawler import Crawler, CrawlerProcess
from scrapy.settings import Settings
from twisted.internet.threads import deferToThread

from crawler.crawl.open_run import open_run
from crawler.crawl.options import CrawlOptions
from crawler.crawl.progress import Progress
from crawler.crawl.run import PortalRun
from crawler.crawl.spider import PortalSpider, spider_for
from crawler.crawl.stop_signals import stop_signals
from crawler.crawl.targets import resolve_targets

# Scrapy's modules for TLS read the source of every frame above their import, which the engine's has sixty of: 0.2 s.
from crawler.http import limits  # noqa: F401
from crawler.http.browser import require_fetchable
from crawler.http.user_agent import require_contact
from crawler.outcome.logs import LogRequest, logging_to, mask_logs
from crawler.outcome.summary import PortalSummary
from crawler.portals.reader import load_seeds
from crawler.portals.seed import Seed
from crawler.urls.hosts import is_loopback_url
from crawler.workers.memory import keep_what_is_loaded

if TYPE_CHECKING:
    from twisted.internet.defer import Deferred
    from twisted.python.failure import Failure

logger = logging.getLogger(__name__)

_SHUTDOWN = "shutdown"
"""The reason that Scrapy closes a spider for when a signal came."""


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


def run_crawl(
    request: CrawlRequest, ended: Callable[[PortalSummary], None] = lambda summary: None
) -> list[PortalSummary]:
    """Crawl what *request* names into the database and return how each portal ended. Once per process.

    :param ended: called with the end of each portal, as soon as it has ended, in whatever thread
    :raises InputError: for a target, file or setting that is no good, before anything is fetched or written
    :raises StorageError: if the database cannot be used
    """
    targets, settings = _targets(request), crawl_settings(request)
    if not request.replay:
        _require_contact(targets, settings)
        for seed, _ in targets:
            require_fetchable(seed)
    with ExitStack() as resources:
        stops = resources.enter_context(stop_signals())
        mask_logs()
        process = CrawlerProcess(settings)
        resources.enter_context(logging_to(request.logs))
        opened = open_run(settings, targets, request.options, database=request.database, join=request.join)
        runs = resources.enter_context(opened)
        early: dict[str, PortalSummary] = {}

        def finish(run: PortalRun, reason: str) -> PortalSummary:
            summary = run.finish(reason)
            words = (summary.run, summary.portal, summary.exit_code, summary.verdict)
            logger.info("run %s of %s ended with exit code %d: %s", *words, extra=summary.to_json())
            ended(summary)
            return summary

        def finish_early(run: PortalRun, reason: str) -> None:
            early[run.context.id] = finish(run, reason)

        reasons = _crawl(process, runs, request.logs, finish_early)
        stops.ending(interrupted=_SHUTDOWN in reasons)
        for run in runs:
            run.context.database.stopped = lambda: stops.heard
        return [early.get(run.context.id) or finish(run, reason) for run, reason in zip(runs, reasons, strict=True)]


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
    asked_for = {
        "STORYKIN_RECORD": str(request.record or ""),
        "STORYKIN_REPLAY": str(request.replay or ""),
        "STORYKIN_REPLAY_AT": request.replay_at,
        "STORYKIN_ALLOW_HOSTS": list(request.allow_hosts),
    }
    settings.setdict(asked_for, priority="cmdline")
    return settings


def _targets(request: CrawlRequest) -> list[tuple[Seed, tuple[str, ...]]]:
    seeds = load_seeds(request.seeds_folder, required=request.targets)
    found = resolve_targets(request.targets, seeds)
    return [*found, *((seed, seed.start_urls) for seed in request.seeds)]


def _require_contact(targets: Sequence[tuple[Seed, tuple[str, ...]]], settings: Settings) -> None:
    if not all(seed.loopback or all(map(is_loopback_url, starts)) for seed, starts in targets):
        require_contact(settings["STORYKIN_CONTACT"])


def _crawl(
    process: CrawlerProcess, runs: Sequence[PortalRun], logs: LogRequest, ended: Callable[[PortalRun, str], None]
) -> list[str]:
    """Run the spiders side by side until all have ended; return the reason each was closed for.

    :param ended: called in a thread for each portal that ends while others go on, and not by a signal
    """
    crawlers = [process.create_crawler(spider_for(run.seed, PortalSpider)) for run in runs]
    failures: list[BaseException] = []

    def failed(failure: Failure) -> None:
        failures.append(failure.value or RuntimeError(str(failure)))

    def reason(crawler: Crawler) -> str:
        return str(crawler.stats.get_value("finish_reason", _SHUTDOWN)) if crawler.stats else _SHUTDOWN

    going_on = set(crawlers)

    def closed(_: object, crawler: Crawler, run: PortalRun) -> Deferred[None] | None:
        going_on.discard(crawler)
        alone = not going_on or reason(crawler) == _SHUTDOWN or failures
        return None if alone else deferToThread(ended, run, reason(crawler))

    for crawler, run in zip(crawlers, runs, strict=True):
        crawling = process.crawl(crawler, run=run).addErrback(failed)
        crawling.addCallback(closed, crawler, run).addErrback(failed)
    keep_what_is_loaded()
    # Lines of progress would stand between the log's objects.
    shown = Progress([run.context for run in runs], seeds=[run.seed for run in runs])
    with shown if not logs.is_json_on_stderr else nullcontext():
        process.start()
    if failures:
        raise failures[0]
    return [reason(crawler) for crawler in crawlers]
