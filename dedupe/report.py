"""The dedupe report: numbers first. Rows go in, a ``Report`` comes out; how it looks is ``report_view``'s job."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

SAME_URL = "same url"
RELATIONS = (SAME_URL, "exact", "near", "contained")
"""Causes of a duplicate: another address of a stored article, then the relations of two texts."""

RULE = (
    "Two articles are repeats of one story when nearly every three-word run of the shorter also stands in the "
    "longer, in long unbroken passages, with the same figures. "
    "Wording that many pages of a portal share, and texts that differ in scattered names and figures, do not count."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class PortalNumbers:
    """What one portal gave, in counts of pages, articles, entries and characters."""

    portal: str
    article_pages: int = 0
    """Fetched addresses that led to an article."""
    listings: int = 0
    not_articles: int = 0
    failures: int = 0
    duplicates: Mapping[str, int] = field(default_factory=dict)
    """Article pages that repeat another one, by relation (:data:`RELATIONS`)."""
    cross_portal: int = 0
    """Of the duplicates, those whose original stands on another portal."""
    agency: int = 0
    """Of the duplicates, those that carry an agency's credit."""
    repeated_entries: int = 0
    """Copies of titles, blurbs and paragraphs that a page repeats of itself."""
    related_stories: int = 0
    characters: int = 0
    """Characters of all article texts, duplicates included, and of what pages repeat of themselves."""
    characters_saved: int = 0
    """Characters a reader of the distinct stories is spared."""

    @property
    def fetched(self) -> int:
        """Every address that was asked for and settled."""
        return self.article_pages + self.listings + self.not_articles + self.failures

    @property
    def duplicate_pages(self) -> int:
        """Article pages that repeat another one."""
        return sum(self.duplicates.values())

    @property
    def distinct(self) -> int:
        """Article pages that repeat no other."""
        return self.article_pages - self.duplicate_pages

    def __add__(self, other: PortalNumbers) -> PortalNumbers:
        """Return the sum, under this row's portal name."""
        counts = {
            name: getattr(self, name) + getattr(other, name)
            for name in self.__slots__
            if name not in {"portal", "duplicates"}
        }
        relations = {
            name: self.duplicates.get(name, 0) + other.duplicates.get(name, 0)
            for name in (*self.duplicates, *other.duplicates)
        }
        return PortalNumbers(portal=self.portal, duplicates=relations, **counts)

    def to_json(self) -> dict[str, Any]:
        """Return the row with its derived counts as plain values."""
        derived = {
            "fetched": self.fetched,
            "distinct": self.distinct,
            "duplicate_pages": self.duplicate_pages,
        }
        return {
            **asdict(self),
            **derived,
            "duplicates": {name: self.duplicates.get(name, 0) for name in RELATIONS},
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Copy:
    """One member of a repeated story."""

    url: str
    portal: str
    title: str
    relation: str = ""
    """Empty for the representative."""
    score: float = 1.0
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RepeatedStory:
    """A story that stands in the store more than once; its representative first."""

    copies: tuple[Copy, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RepeatedLine:
    """A line that pages repeat and that was kept out of their texts."""

    text: str
    portal: str
    pages: int
    verdict: str
    """``promo``, ``related`` or ``repeated``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """Everything the report shows."""

    portals: tuple[PortalNumbers, ...]
    stories: tuple[RepeatedStory, ...] = ()
    lines: tuple[RepeatedLine, ...] = ()

    @property
    def total(self) -> PortalNumbers:
        """Return the sum over the portals."""
        return sum(self.portals, PortalNumbers(portal="all portals"))

    def to_json(self) -> dict[str, Any]:
        """Return plain values: ``total``, ``portals``, ``stories``, ``lines`` and the ``rule`` in words."""
        return {
            "rule": RULE,
            "total": self.total.to_json(),
            "portals": [row.to_json() for row in self.portals],
            "stories": [asdict(story) for story in self.stories],
            "lines": [asdict(line) for line in self.lines],
        }


def build_report(
    portals: Iterable[PortalNumbers],
    stories: Iterable[RepeatedStory] = (),
    lines: Iterable[RepeatedLine] = (),
    *,
    top: int = 10,
) -> Report:
    """Return the report with portals by name and the *top* most repeated stories and lines.

    :raises ValueError: if a portal has more duplicates than article pages, since then nothing adds up
    """
    rows = tuple(sorted(portals, key=lambda row: row.portal))
    for row in rows:
        if row.distinct < 0:
            raise ValueError(f"{row.portal}: {row.duplicate_pages} duplicates among {row.article_pages} article pages")
    by_copies = sorted(stories, key=lambda story: (-len(story.copies), story.copies[0].url))
    by_pages = sorted(lines, key=lambda line: (-line.pages, line.portal, line.text))
    return Report(portals=rows, stories=tuple(by_copies[:top]), lines=tuple(by_pages[:top]))
