"""What each source of a portal brought: its start pages, feeds, sitemaps and listings, one by one."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from storage.write.finished_page import FinishedPage, Stored

MAX_SOURCES = 200
"""Sources counted in one run. Start pages and feeds are asked first, so that listings deep in a portal are left out."""
PREFIX = "source "
"""Of the names of the groups in ``Run.measures``."""


@dataclass
class SourceCounts:
    """Counts by source and figure.

    ``read``: answered anew; ``links``: addresses to follow on it; ``unchanged``: answered as it was; ``failed``;
    ``new``: stories stored for the first time in this run that were found on it.
    """

    figures: defaultdict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    known: set[str] = field(default_factory=set)

    def add_listing(self, page: FinishedPage, stored: Stored) -> None:
        """Count a start page, feed, sitemap or listing that was asked for."""
        source = page.final_url or page.entry.url
        if source not in self.known and len(self.known) >= MAX_SOURCES:
            return
        self.known.add(source)
        outcome = stored.outcome if stored.outcome in ("unchanged", "failure") else "read"
        self.figures["failed" if outcome == "failure" else outcome][source] += 1
        self.figures["links"][source] += len(page.outlinks)

    def add_story(self, page: FinishedPage, stored: Stored) -> None:
        """Count a story that is new, for the source that it was found on."""
        if stored.change == "new" and page.entry.referrer in self.known:
            self.figures["new"][page.entry.referrer] += 1

    def measures(self) -> dict[str, Counter[str]]:
        """Return groups of counts for ``Run.measures``. A dot would part a name of MongoDB: it stands as ``%2E``."""
        return {
            PREFIX + figure: Counter({_stored(source): number for source, number in counted.items()})
            for figure, counted in self.figures.items()
        }


def sources_of(measures: Mapping[str, Mapping[str, int]], figure: str) -> list[str]:
    """Return the sources of which the measures of a stored run hold one of the figures."""
    return [name.replace("%2E", ".") for name in measures.get(PREFIX + figure, {})]


def count_of(measures: Mapping[str, Mapping[str, int]], figure: str, source: str) -> int:
    """Return one of the figures of *source* from the measures of a stored run."""
    return measures.get(PREFIX + figure, {}).get(_stored(source), 0)


def _stored(source: str) -> str:
    return source.replace(".", "%2E")
