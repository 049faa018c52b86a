"""What the parts of one run need of it: lease loop, start of the frontier, progress."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar

from crawler.crawl.database import RetryingStore, wait_seconds
from crawler.crawl.options import CrawlOptions
from crawler.outcome.counts import Counts
from storage.base.workers import worker_id

if TYPE_CHECKING:
    from storage.database.store import Store
    from storage.frontier.runs import Run

T = TypeVar("T")


@dataclass
class RunContext:
    """The portal of a run, who works on it, how far it goes, its counts, and its database."""

    store: Store
    portal: str
    options: CrawlOptions = field(default_factory=CrawlOptions)
    worker: str = field(default_factory=worker_id)
    counts: Counts = field(default_factory=Counts)
    record: Run | None = None
    """The run's document; ``None`` before it is begun."""

    def __post_init__(self) -> None:
        self.database = RetryingStore(self.store, wait_seconds())

    @property
    def id(self) -> str:
        """Id of the run's document; empty before it is begun."""
        return self.record.id if self.record else ""

    async def call(self, function: Callable[..., T], *arguments: Any) -> T:
        """Return ``function(store, *arguments)``, run in a thread; waits while the database is away.

        :raises StorageError: where the driver fails, or the database stays away
        """
        return await self.database.call(function, *arguments)
