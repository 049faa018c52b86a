"""The dedupe report: numbers first. Rows go in, a ``Report`` comes out; how it looks is ``report_view``'s job."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from dedupe.compare.similarity import SAME_JACCARD, SAME_WORDS
from dedupe.report.scores import BY_HAND, SCORE_BINS, SCORED, THRESHOLD, Histogram, histogram, margin
from dedupe.text.days import written

SCHEMA_VERSION = 1
"""Of the JSON; grows when a field changes its meaning or goes."""
SAME_URL = "same url"
RELATIONS = (SAME_URL, "exact", "near", "contained", BY_HAND)
"""Causes of a duplicate: another address of a stored article, the relations of two texts, a merge by hand."""

RULE = (
    f"Two texts are one story where at least {THRESHOLD:.0%} of the shorter one's runs of three words stand in the "
    f"other, or {SAME_JACCARD:.0%} of the runs of both, or {SAME_WORDS:.0%} of the shorter one's words in order; what "
    "many pages of a portal share is left out. They are two stories where figures or names are exchanged throughout, "
    "where one of few differences is what their titles or first words differ in, or where a short text is a quotation "
    "in a long one. What somebody merged or held apart by hand stays so."
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
    related_kinds: Mapping[str, int] = field(default_factory=dict)
    """Those by kind: tied to the article, or the list of other stories that they stand in."""
    contradicted: int = 0
    """Its articles whose page claims to be another page, of which another text is known."""
    notices: int = 0
    """Its articles whose text is a short one that stands under three or more titles: no story."""
    rights: Mapping[str, int] = field(default_factory=dict)
    """Articles of which the portal says what may be done with them, by what it says."""
    versions: int = 0
    """Older texts of its articles, beside the current ones."""
    characters: int = 0
    """Characters of all article texts, duplicates included, and of what pages repeat of themselves."""
    characters_saved: int = 0
    """Characters a reader of the distinct stories is spared; what somebody merged by hand saves none."""
    words: int = 0
    """Words of all texts, where it is known how many are lost."""
    lost: Mapping[str, int] = field(default_factory=dict)
    """Words of dropped texts that stand in no kept one, by cause; empty where nothing tells."""

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
            if name not in {"portal", "duplicates", "related_kinds", "rights", "lost"}
        }
        relations = Counter(self.duplicates) + Counter(other.duplicates)
        kinds = Counter(self.related_kinds) + Counter(other.related_kinds)
        rights = Counter(self.rights) + Counter(other.rights)
        lost = {name: self.lost.get(name, 0) + other.lost.get(name, 0) for name in (*self.lost, *other.lost)}
        by_word: dict[str, Any] = {"duplicates": relations, "related_kinds": kinds, "rights": rights, "lost": lost}
        return PortalNumbers(portal=self.portal, **by_word, **counts)

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
            "related_kinds": dict(self.related_kinds),
            "rights": dict(self.rights),
            "duplicates": {name: self.duplicates.get(name, 0) for name in RELATIONS},
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Copy:
    """One member of a repeated story."""

    url: str
    portal: str
    title: str
    id: str = ""
    relation: str = ""
    """One of :data:`SCORED` or ``version``; empty for the representative."""
    role: str = ""
    """What it is to its story, see :mod:`dedupe.compare.roles`; ``original`` only where no other text is known to be
    earlier. Empty for versions and pairs kept apart."""
    kept: bool = False
    """Whether it is kept beside the representative, because it says more."""
    score: float = 1.0
    reason: str = ""
    """Why it counts as a copy: see :mod:`dedupe.report.reasons`."""
    published: datetime | None = None
    agency: bool = False
    differences: tuple[tuple[str, str], ...] = ()
    """Passages in which it departs from the representative: (there, here), cut where they are long."""
    text: str = ""
    """Empty where the report shows no texts."""

    def to_json(self, *, with_text: bool = False) -> dict[str, Any]:
        """Return the copy as plain values."""
        values = asdict(self)
        values["published"] = written(self.published) if self.published else None
        values["differences"] = [{"representative": there, "copy": here} for there, here in self.differences]
        if not with_text:
            del values["text"]
        return values


@dataclass(frozen=True, slots=True, kw_only=True)
class RepeatedStory:
    """A story that stands in the store more than once; its representative first."""

    copies: tuple[Copy, ...]
    more: int = 0
    """Further copies, counted only."""

    @property
    def size(self) -> int:
        """How many texts tell the story."""
        return len(self.copies) + self.more

    @property
    def margin(self) -> float:
        """How far the copy most in doubt is from the threshold."""
        return min(margin(copy.relation, copy.score) for copy in self.copies[1:])

    def to_json(self, *, with_text: bool = False) -> dict[str, Any]:
        """Return the story as plain values."""
        return {"copies": [copy.to_json(with_text=with_text) for copy in self.copies], "more": self.more}


@dataclass(frozen=True, slots=True, kw_only=True)
class RepeatedLine:
    """A line that pages repeat and that was kept out of their texts."""

    text: str
    portal: str
    pages: int
    verdict: str
    """``promo``, ``related`` or ``repeated``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """One decision to check."""

    kind: str
    """One of :data:`dedupe.report.checks.KINDS`."""
    heading: str
    title: str
    says: str
    command: str
    """What corrects it, if it is wrong."""
    kept: str
    """Id of the kept text."""
    copy: str
    """Id of the other one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """What a report is about."""

    portal: str = ""
    since: datetime | None = None
    """Only what was new or changed at this time or later."""
    run: str = ""
    """Only what this run brought."""
    files: tuple[str, ...] = ()
    """Names of the files it was made from; empty for the store."""

    def __str__(self) -> str:
        parts = [" with ".join(self.files) or ("" if self.portal or self.since or self.run else "Everything stored")]
        parts += [f"portal {self.portal}"] if self.portal else []
        parts += [f"new or changed since {self.since:%Y-%m-%d %H:%M} UTC"] if self.since else []
        parts += [f"run {self.run}"] if self.run else []
        return ", ".join(filter(None, parts))

    def to_json(self) -> dict[str, Any]:
        """Return plain values, empty ones as ``null``."""
        since = self.since.isoformat() if self.since else None
        return {
            "portal": self.portal or None,
            "since": since,
            "run": self.run or None,
            "files": list(self.files) or None,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """Everything the report shows but the texts."""

    portals: tuple[PortalNumbers, ...]
    stories: tuple[RepeatedStory, ...] = ()
    lines: tuple[RepeatedLine, ...] = ()
    scores: Histogram = field(default_factory=lambda: histogram(()))
    clusters: int = 0
    """Stories that stand there more than once, all of them."""
    kept_apart: tuple[RepeatedStory, ...] = ()
    """Pairs that are alike and were not judged one story, the closest decision first."""
    scope: Scope = field(default_factory=Scope)
    checks: tuple[Card, ...] = ()
    """What a person should look at, the gravest first; see :mod:`dedupe.report.checks`."""

    @property
    def total(self) -> PortalNumbers:
        """Return the sum over the portals."""
        return sum(self.portals, PortalNumbers(portal="all portals"))

    @property
    def duplicate_share(self) -> float:
        """Return the share of article pages that repeat another one; 0 where there is none."""
        total = self.total
        return total.duplicate_pages / total.article_pages if total.article_pages else 0.0

    def to_json(self) -> dict[str, Any]:
        """Return plain values, as docs/report.md describes them."""
        return {
            "schema_version": SCHEMA_VERSION,
            "scope": self.scope.to_json(),
            "rule": RULE,
            "threshold": THRESHOLD,
            "duplicate_share": round(self.duplicate_share, 4),
            "total": self.total.to_json(),
            "portals": [row.to_json() for row in self.portals],
            "checks": [asdict(card) for card in self.checks],
            "clusters": self.clusters,
            "scores": {"bins": SCORE_BINS} | {name: list(self.scores.get(name, [0] * SCORE_BINS)) for name in SCORED},
            "stories": [story.to_json() for story in self.stories],
            "lines": [asdict(line) for line in self.lines],
            "kept_apart": [story.to_json() for story in self.kept_apart],
        }


def build_report(
    portals: Iterable[PortalNumbers],
    stories: Iterable[RepeatedStory] = (),
    lines: Iterable[RepeatedLine] = (),
    *,
    top: int = 10,
    scores: Histogram | None = None,
    clusters: int = 0,
    kept_apart: Iterable[RepeatedStory] = (),
    scope: Scope | None = None,
    checks: Iterable[Card] = (),
) -> Report:
    """Return the report with portals by name and the *top* most repeated stories and lines, and closest pairs.

    :param scores: of the duplicates; *kept_apart* are counted beside them
    :raises ValueError: if a portal has more duplicates than article pages, since then nothing adds up
    """
    rows = tuple(sorted(portals, key=lambda row: row.portal))
    for row in rows:
        if row.distinct < 0:
            raise ValueError(f"{row.portal}: {row.duplicate_pages} duplicates among {row.article_pages} article pages")
    by_copies = sorted(stories, key=lambda story: (-story.size, story.copies[0].url))
    by_pages = sorted(lines, key=lambda line: (-line.pages, line.portal, line.text))
    doubted = sorted(kept_apart, key=lambda story: (story.margin, story.copies[0].id))
    apart = histogram(("different", story.copies[1].score, 1) for story in doubted)
    return Report(
        portals=rows,
        stories=tuple(by_copies[:top]),
        lines=tuple(by_pages[:top]),
        scores={**(scores or apart), "different": apart["different"]},
        clusters=clusters,
        kept_apart=tuple(doubted[:top]),
        scope=scope or Scope(),
        checks=tuple(checks),
    )
