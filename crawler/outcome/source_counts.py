"""What each source of a portal brought: its start pages, feeds, sitemaps and listings, one by one."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from storage.write.finished_page import FinishedPage, Stored

MAX_SOURCES = 200
"""Sources counted in one run. Start pages and feeds are asked first, so that listings deep in a portal are left out."""
MAX_STORIES = 1000
"""Stories of a feed or sitemap that are looked up: as many as a news sitemap may name."""
PREFIX = "source "
"""Of the names of the groups in ``Run.measures``."""


@dataclass
class SourceCounts:
    """Counts of the start pages, feeds, sitemaps and listings of a run.

    - ``read``, ``unchanged``, ``failed``: how often the source answered with new content, as before, or not at all
    - ``links``: addresses on the source that a crawl may follow
    - ``new``: stories found on the source that this run stored for the first time
    - ``named``, ``stored``: stories that a feed or sitemap names, and how many of them are stored
    - ``unread``, ``no article``: how many of them are not stored because they failed, or were judged to be no article
    """

    figures: defaultdict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    known: set[str] = field(default_factory=set)
    stories: dict[str, set[str]] = field(default_factory=dict)
    """Frontier ids of the stories that each feed and sitemap names, at most :data:`MAX_STORIES`."""

    def add_listing(self, page: FinishedPage, stored: Stored) -> None:
        """Count a start page, feed, sitemap or listing that was asked for."""
        source = page.final_url or page.entry.url
        if source not in self.known and len(self.known) >= MAX_SOURCES:
            return
        self.known.add(source)
        outcome = stored.outcome if stored.outcome in ("unchanged", "failure") else "read"
        self.figures["failed" if outcome == "failure" else outcome][source] += 1
        self.figures["links"][source] += len(page.outlinks)
        if page.entry.kind == "feed":
            named = (link.id for link in page.outlinks if link.kind == "article")
            self.stories.setdefault(source, set()).update(islice(named, MAX_STORIES))

    def add_story(self, page: FinishedPage, stored: Stored) -> None:
        """Count a new story for the source that the crawl found it on."""
        if stored.change == "new" and page.entry.referrer in self.known:
            self.figures["new"][page.entry.referrer] += 1

    def settle(self, ends: Callable[[Collection[str]], Mapping[str, int]]) -> None:
        """Count what has become of the stories that feeds and sitemaps name, at the end of the run.

        :param ends: how many of frontier ids have ended in which way: :func:`storage.frontier.frontier.ends`
        """
        for source, ids in self.stories.items():
            ended = ends(ids)
            counted = {"named": len(ids), "stored": ended.get("stored", 0), "unread": ended.get("failed", 0)}
            for figure, number in (counted | {"no article": ended.get("no article", 0)}).items():
                self.figures[figure][source] = number

    def measures(self) -> dict[str, Counter[str]]:
        """Return groups of counts for ``Run.measures``. A dot would part a name of MongoDB: it stands as ``%2E``."""
        return {
            PREFIX + figure: Counter({_stored(source): number for source, number in counted.items()})
            for figure, counted in self.figures.items()
        }


Figures = Mapping[str, Mapping[str, int]]
"""Counts by figure, then by the address of the source."""


def figures_of(measures: Mapping[str, Mapping[str, int]]) -> Figures:
    """Return the counts of sources in the measures of a stored run: the inverse of :meth:`SourceCounts.measures`."""
    return {
        group.removeprefix(PREFIX): {name.replace("%2E", "."): number for name, number in counted.items()}
        for group, counted in measures.items()
        if group.startswith(PREFIX)
    }


def count_of(figures: Figures, figure: str, source: str) -> int:
    """Return one of the figures of *source*, 0 where it was not counted."""
    return figures.get(figure, {}).get(source, 0)


def _stored(source: str) -> str:
    return source.replace(".", "%2E")
