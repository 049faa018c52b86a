"""The counts of one crawl, from which its summary is printed. They add up by construction."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from storage.write import FinishedPage, Stored


@dataclass
class Tally:
    """What became of the pages of one run.

    ``fetched = articles + listings + not_articles + failures`` and ``articles = distinct + duplicates``.
    """

    outcomes: Counter[str] = field(default_factory=Counter)
    changes: Counter[str] = field(default_factory=Counter)
    relations: Counter[str] = field(default_factory=Counter)
    reasons: Counter[str] = field(default_factory=Counter)
    """Failures by reason."""
    related: int = 0
    """Related stories on the articles stored."""
    start_failures: list[tuple[str, str, int]] = field(default_factory=list)
    """Start pages that failed: (address, reason, HTTP status or 0)."""
    lost_leases: int = 0
    """Pages that took so long that another worker has them now; it counts them."""

    def add(self, page: FinishedPage, stored: Stored) -> None:
        """Count one page with what the store made of it."""
        if not stored.held:
            self.lost_leases += 1
            return
        self.outcomes[stored.outcome] += 1
        if stored.outcome == "failure":
            self.reasons[stored.reason or page.reason] += 1
            if page.entry.kind == "start":
                self.start_failures.append((page.entry.url, stored.reason or page.reason, page.status))
        if stored.outcome == "article":
            self.changes[stored.change or "unchanged"] += 1
            self.related += len(page.article.related) if page.article else 0
            if stored.duplicate is not None:
                self.relations[stored.duplicate.relation] += 1
            elif stored.change == "alias":
                self.relations["same url"] += 1

    @property
    def fetched(self) -> int:
        """Pages asked for."""
        return self.outcomes.total()

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
            "distinct": self.articles - self.duplicates,
            "duplicates": self.duplicates,
            "duplicates_by_relation": dict(sorted(self.relations.items())),
            "new": self.changes["new"],
            "versions": self.changes["version"],
            "unchanged": self.changes["unchanged"] + self.changes["alias"],
            "related_stories": self.related,
            "failures_by_reason": dict(self.reasons.most_common()),
        }
