"""The numbers of a report beside those of a run."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from dedupe.report.report import RELATIONS, PortalNumbers

_NAMES = {
    "articles": "article_pages",
    "distinct": "distinct",
    "duplicates": "duplicate_pages",
    "on another portal": "cross_portal",
    "agency copies": "agency",
    "repeated in page": "repeated_entries",
    "related stories": "related_stories",
    "versions": "versions",
    "listings": "listings",
    "not articles": "not_articles",
    "failures": "failures",
    "characters": "characters",
    "characters saved": "characters_saved",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class RunComparison:
    """The numbers of a report beside those of a run."""

    run: str
    here: PortalNumbers
    there: PortalNumbers

    def rows(self) -> list[tuple[str, int, int]]:
        """Return (name, this report, that run), in the order in which they are shown."""
        rows = [(name, getattr(self.here, field), getattr(self.there, field)) for name, field in _NAMES.items()]
        here, there = self.here.duplicates, self.there.duplicates
        relations = [(name, here.get(name, 0), there.get(name, 0)) for name in RELATIONS]
        return rows[:3] + relations + rows[3:]

    def to_json(self) -> dict[str, Any]:
        """Return plain values, the difference of each number among them."""
        return {
            "run": self.run,
            "total": self.there.to_json(),
            "rows": [
                {"name": name, "here": here, "there": there, "difference": here - there}
                for name, here, there in self.rows()
            ],
        }
