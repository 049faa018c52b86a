"""What a crawl holds while it runs, whoever started it: archive, worker processes, database, recording, lock."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import Any

from crawler.crawl.context import RunContext
from crawler.crawl.options import CrawlOptions
from crawler.crawl.run import PortalRun
from crawler.outcome.exit_codes import FAILED, INTERRUPTED
from crawler.portals.seed import Seed
from crawler.warc.archive import WarcArchive, parse_moment
from crawler.warc.record import WarcRecorder
from crawler.workers.pool import started_pool
from storage.base.masking import mask
from storage.database.store import Store

logger = logging.getLogger(__name__)


@contextmanager
def open_run(
    settings: Mapping[str, Any],
    portals: Sequence[tuple[Seed, tuple[str, ...]]],
    options: CrawlOptions,
    *,
    database: str = "",
    join: bool = False,
) -> Iterator[list[PortalRun]]:
    """Begin a run for each portal and yield the runs; whatever is open is closed at the end of the block.

    The caller finishes the runs. A recording gets its final name only if all runs were finished and came to their own
    end.

    :param settings: Scrapy's settings with ``STORYKIN_REPLAY``, ``STORYKIN_REPLAY_AT``, ``STORYKIN_RECORD`` and those
        of the workers
    :param portals: the seeds, each with the pages to start from
    :param database: name of the database; empty: the usual one
    :param join: help the runs of the same portals that are under way
    :raises InputError: if a setting or a file cannot be used
    :raises StorageError: if the database cannot be used
    """
    record, replay, replay_at = (settings[f"STORYKIN_{name}"] for name in ("RECORD", "REPLAY", "REPLAY_AT"))
    with ExitStack() as resources:
        archives = [_archive(replay, replay_at, seed, resources) for seed, _ in portals]
        pool = started_pool(settings)
        if pool is not None:
            resources.callback(pool.close)
        store = resources.enter_context(Store.open(database=database or None))
        recorder = WarcRecorder(Path(record), software=f"storykin/{version('storykin')}") if record else None
        if recorder is not None:
            resources.callback(recorder.abandon)
        runs = [
            PortalRun(RunContext(store, seed.name, options), seed, starts, archive, recorder, pool)
            for (seed, starts), archive in zip(portals, archives, strict=True)
        ]
        for run in runs:
            resources.push(partial(_give_up, run))
            run.begin(join=join, record=record, replay=replay)
            portal, run_id = run.context.portal, run.context.id
            logger.info("run %s of %s began", run_id, portal, extra={"portal": portal, "run": run_id})
        yield runs
        if recorder is not None and all(run.summary and run.summary.is_complete for run in runs):
            recorder.close()


def _archive(path: str, moment: str, seed: Seed, resources: ExitStack) -> WarcArchive | None:
    if not path:
        return None
    archive = WarcArchive(Path(path), parse_moment(moment) if moment else None, seed)
    resources.callback(archive.close)
    return archive


def _give_up(run: PortalRun, kind: type[BaseException] | None, problem: BaseException | None, trace: Any) -> None:
    """Record of a run that was begun and not finished why it was not."""
    if isinstance(problem, KeyboardInterrupt):
        run.abandon(INTERRUPTED, "interrupted before the first page")
    else:
        run.abandon(int(getattr(problem, "exit_code", FAILED)), mask(f"failed to start: {problem}"))
