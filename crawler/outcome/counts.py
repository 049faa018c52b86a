"""The counts of one crawl, from which its summary is printed and its verdict is found. They add up by construction."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from crawler.http.failures import is_refusal
from crawler.outcome import length_sketch
from crawler.outcome.source_counts import SourceCounts
from dedupe.report.report import SAME_URL
from storage.frontier.failures import reason_shape

if TYPE_CHECKING:
    from storage.records import Article
    from storage.write.finished_page import FinishedPage, Stored

LISTING_KINDS = frozenset({"start", "feed", "listing"})
"""Kinds of addresses that are asked for their links."""
MAX_REASONS = 500
"""Reasons of failures that are counted one by one, so that a crawl of millions of pages keeps few; all are stored."""
OTHER_REASONS = "other reasons"


def fields_of(article: Article) -> list[str]:
    """Return which of the fields an article has that runs and expectations are judged by."""
    there = {
        "title": article.title,
        "date": article.published,
        "author": article.authors,
        "lead": article.lead,
        "related": article.related,
    }
    return [name for name, value in there.items() if value]


@dataclass
class Counts:
    """What became of the pages of one run.

    ``fetched = articles + listings + not_articles + failures + unchanged_pages + withdrawn`` and
    ``articles = distinct + duplicates``.
    """

    outcomes: Counter[str] = field(default_factory=Counter)
    changes: Counter[str] = field(default_factory=Counter)
    relations: Counter[str] = field(default_factory=Counter)
    """Articles that repeat another one, by relation; as they came in, until :meth:`decided`."""
    ids: set[str] = field(default_factory=set)
    """Of the articles, those left out that are known by another address."""
    reasons: Counter[str] = field(default_factory=Counter)
    """Failures by reason; from :data:`MAX_REASONS` on a new one counts by its shape, then as one of many others."""
    stages: Counter[str] = field(default_factory=Counter)
    """Failures by stage."""
    statuses: Counter[int] = field(default_factory=Counter)
    """Pages by HTTP status; 0 where no answer came."""
    candidates: Counter[str] = field(default_factory=Counter)
    """Addresses taken for articles, by outcome."""
    refused_candidates: Counter[str] = field(default_factory=Counter)
    """Failures of those that the portal refused to show, by reason: :func:`is_refusal`."""
    fields: Counter[str] = field(default_factory=Counter)
    """Articles that have a title, a date, an author, a lead, related stories."""
    lengths: Counter[int] = field(default_factory=Counter)
    """Lengths of the articles' texts in characters, as :mod:`crawler.outcome.length_sketch` counts them."""
    pages_for_links: int = 0
    """Start pages, feeds and listings that answered anew."""
    links: int = 0
    """Addresses to be followed on those."""
    not_followed: Counter[str] = field(default_factory=Counter)
    """Entries of feeds and sitemaps that are not asked for, by reason."""
    passed_over: Counter[str] = field(default_factory=Counter)
    """Records of the archive that is replayed that cannot be read, by reason."""
    related: Counter[str] = field(default_factory=Counter)
    """Related stories on the articles stored, by kind."""
    sources: SourceCounts = field(default_factory=SourceCounts)
    start_failures: list[tuple[str, str, int]] = field(default_factory=list)
    """Start pages that failed: (address, reason, HTTP status or 0)."""
    halted: str = ""
    """Why the crawl ended although addresses wait: no host of theirs may be asked for now."""
    halted_by_host: bool = False
    """It is the hosts that want to be left alone, not the budget that is used up."""

    def add(self, page: FinishedPage, stored: Stored) -> None:
        """Count one page with what the store made of it."""
        if not stored.held:  # it took so long that another worker has it now, and counts it
            return
        self.outcomes[stored.outcome] += 1
        if stored.outcome == "alias":
            return
        self.statuses[page.status] += 1
        if page.entry.kind in LISTING_KINDS:
            self.sources.add_listing(page, stored)
            if stored.outcome in ("article", "listing", "not article"):
                self.pages_for_links += 1
                self.links += len(page.outlinks)
                self.not_followed.update(page.not_followed)
        else:
            self.candidates[stored.outcome] += 1
            self.sources.add_story(page, stored)
        if stored.outcome == "failure":
            self._add_failure(page, stored.reason or page.reason)
        if stored.outcome == "article":
            self.changes[stored.change or "unchanged"] += 1
            if page.article is not None:
                self._add_article(page.article)
            if stored.change == "alias":
                self.relations[SAME_URL] += 1
                return
            self.ids.add(stored.article_id)
            if stored.duplicate is not None:
                self.relations[stored.duplicate.relation] += 1

    def decided(self, relations: Mapping[str, int]) -> None:
        """Count the articles by what they are now: which of two twins is the copy may turn out when the second comes.

        :param relations: how many of ``ids`` repeat another article, by relation
        """
        self.relations = Counter({SAME_URL: self.relations[SAME_URL]}) + Counter(relations)

    def _add_failure(self, page: FinishedPage, reason: str) -> None:
        self.reasons[self._counted_as(reason)] += 1
        self.stages[page.stage or "fetch"] += 1
        if is_refusal(reason, page.status) and page.entry.kind not in LISTING_KINDS:
            self.refused_candidates[reason] += 1
        if page.entry.kind == "start":
            self.start_failures.append((page.entry.url, reason, page.status))

    def _counted_as(self, reason: str) -> str:
        """Return under which of a bounded number of reasons *reason* counts: some name the address."""
        if reason in self.reasons or len(self.reasons) < MAX_REASONS:
            return reason
        shape = reason_shape(reason)
        return shape if shape in self.reasons or len(self.reasons) < 2 * MAX_REASONS else OTHER_REASONS

    def _add_article(self, article: Article) -> None:
        self.related.update(story.kind for story in article.related)
        self.lengths[length_sketch.bucket(len(article.text))] += 1
        self.fields.update(fields_of(article))

    @property
    def fetched(self) -> int:
        """Pages asked for."""
        return self.outcomes.total() - self.outcomes["alias"]

    @property
    def articles(self) -> int:
        """Pages that hold an article."""
        return self.outcomes["article"]

    @property
    def duplicates(self) -> int:
        """Articles that repeat another one."""
        return self.relations.total()

    def to_json(self) -> dict[str, Any]:
        """Return the counts as plain values, in the order they are read."""
        return {
            "fetched": self.fetched,
            "articles": self.articles,
            "listings": self.outcomes["listing"],
            "not_articles": self.outcomes["not article"],
            "failures": self.outcomes["failure"],
            "unchanged_pages": self.outcomes["unchanged"],
            "withdrawn": self.outcomes["gone"],
            "answered_before": self.outcomes["alias"],
            "distinct": self.articles - self.duplicates,
            "duplicates": self.duplicates,
            "duplicates_by_relation": dict(sorted(self.relations.items())),
            "new": self.changes["new"],
            "versions": self.changes["version"],
            "unchanged": self.changes["unchanged"] + self.changes["alias"],
            "related_stories": self.related.total(),
            "failures_by_reason": dict(self.reasons.most_common()),
            "not_followed": dict(self.not_followed.most_common()),
            "passed_over": dict(self.passed_over.most_common()),
        }

    def live(self) -> dict[str, int]:
        """Return the counts that those see who look at the run while it is under way."""
        return {
            "fetched": self.fetched,
            "articles": self.articles,
            "new": self.changes["new"],
            "failures": self.outcomes["failure"],
        }

    def measures(self) -> dict[str, dict[str, int]]:
        """Return the figures by which runs are compared: groups of counts. Counts of several workers add up."""
        groups: dict[str, Counter[Any]] = {
            "statuses": self.statuses,
            "stages": self.stages,
            "candidates": self.candidates,
            "fields": self.fields,
            "lengths": self.lengths,
            "relations": self.relations,
            "related": self.related,
            "listings": Counter(pages=self.pages_for_links, links=self.links),
            "not_followed": self.not_followed,
            **self.sources.measures(),
            "passed_over": self.passed_over,
        }
        return {
            name: {str(key): number for key, number in sorted(group.items()) if number}
            for name, group in groups.items()
        }
