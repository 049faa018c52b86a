"""What ``storykin crawl --scheduled`` adds: it keeps pauses and quiet hours."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from threading import Timer

from crawler.portals.reader import load_seeds
from crawler.portals.timetable import Timetable
from storage.database.store import Store
from storage.frontier import pauses


@contextmanager
def keep_timetable(targets: Sequence[str], seeds_folder: Path | None, now: datetime | None = None) -> Iterator[str]:
    """Give why no portal of *targets* is to be crawled now, or nothing; then the block is stopped as by SIGTERM
    when the first quiet hours begin.

    :raises SeedError: if a seed file cannot be used
    :raises StorageError: if the database cannot be asked for pauses
    """
    seeds = load_seeds(seeds_folder, required=targets)
    named = [seeds[name] for name in targets if name in seeds]
    now = now or datetime.now(UTC)
    tables = {seed.name: table for seed in named if (table := Timetable.of(seed.schedule, seed.name))}
    for name, table in tables.items():
        if table.is_quiet(now):
            yield f"{name} has its quiet hours ({', '.join(seeds[name].schedule.quiet_hours)})"
            return
    with Store.open(prepare=False) as store, store.errors():
        held = [pause for seed in named if (pause := pauses.paused(store, seed.name))]
    if held:
        yield str(held[0])
        return
    starts = [start for table in tables.values() if (start := table.next_quiet(now))]
    if not starts:
        yield ""
        return
    timer = Timer((min(starts) - now).total_seconds(), os.kill, (os.getpid(), signal.SIGTERM))
    timer.daemon = True
    timer.start()
    try:
        yield ""
    finally:
        timer.cancel()
