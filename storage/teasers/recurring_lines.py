"""Lines that recur over a portal's stored pages: what a person may accept as promotion lines of its seed file.

Reads only. Extraction never depends on it: a line counts from the moment it stands in the seed file.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from dedupe.entries.teasers import Announcement, best
from dedupe.text.shingles import exact_keys, word_hashes
from storage.articles.collection import article_rows
from storage.base.documents import batches
from storage.frontier.related_links import edge_rows
from storage.records import KEPT_VERDICTS, Record
from storage.teasers.known_stories import blocks

if TYPE_CHECKING:
    from storage.database.store import Store

BATCH = 200
"""Articles looked through together."""
EXAMPLES = 3
_FIELDS = dict.fromkeys(("url", "title", "lead", "paragraphs.text", "paragraphs.verdict"), 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class RecurringLine(Record):
    """One line by its words, kept as text on several pages."""

    text: str
    """Its most frequent form."""
    pages: int
    share: float
    """Of the portal's distinct articles."""
    leads: int
    """Of the pages, those of which it is the lead."""
    forms: tuple[str, ...]
    """All forms that have the same words, most frequent first."""
    examples: tuple[str, ...]
    """Addresses of the first few pages."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recurring(Record):
    """What recurs on a portal."""

    articles: int
    """Distinct articles looked through: copies would make every line of a story recur."""
    lines: tuple[RecurringLine, ...]
    """Most pages first."""
    announcements: int
    """Recurring lines left out because they are titles, leads or related entries: teasers, not promotion."""


@dataclass(slots=True)
class _Line:
    forms: Counter[str] = field(default_factory=Counter)
    leads: set[str] = field(default_factory=set)
    """Titles of the articles whose lead it is."""
    examples: list[str] = field(default_factory=list)


def recurring_lines(
    store: Store, portal: str, *, least_pages: int, least_share: float, longest: int, most: int
) -> Recurring:
    """Return the *most* frequent lines that at least *least_pages* and *least_share* of the articles keep as text.

    Memory: 8 bytes a kept line of up to *longest* characters.
    """
    parts: list[NDArray[np.uint64]] = [np.zeros(0, dtype=np.uint64)]
    articles = 0
    for rows in _batches(store, portal):
        articles += len(rows)
        parts.append(_page_keys(rows, longest))
    keys, pages = np.unique(np.concatenate(parts), return_counts=True)
    enough = pages >= max(least_pages, least_share * articles)
    counts = dict(zip(keys[enough].tolist(), pages[enough].tolist(), strict=True))
    lines = _collect(store, portal, counts, longest)
    known = _announcements(store, portal, lines)
    # The lead of one story stands on other pages as its teaser. A line that is the lead of many stories is no teaser.
    known -= {key for key, line in lines.items() if len(line.leads) >= least_pages}
    found = [_line(one, counts[key], articles) for key, one in lines.items() if key not in known]
    found.sort(key=lambda line: (-line.pages, line.text))
    return Recurring(articles=articles, lines=tuple(found[:most]), announcements=len(known))


def _batches(store: Store, portal: str) -> Iterator[list[dict[str, Any]]]:
    rows = article_rows(store).find({"portal": portal, "duplicate": None}, _FIELDS).sort("_id", 1)
    return batches(rows.allow_disk_use(True), BATCH)


def _kept(row: Mapping[str, Any], longest: int) -> Iterator[str]:
    for paragraph in row["paragraphs"]:
        if paragraph["verdict"] in KEPT_VERDICTS and 0 < len(paragraph["text"]) <= longest:
            yield paragraph["text"]


def _keyed(rows: Iterable[Mapping[str, Any]], longest: int) -> Iterator[tuple[int, str, Mapping[str, Any]]]:
    """Yield (key of its words, line, article)."""
    lines = [(text, row) for row in rows for text in _kept(row, longest)]
    keys = exact_keys(word_hashes([text for text, _ in lines]))[:, 0].tolist()
    return ((key, text, row) for key, (text, row) in zip(keys, lines, strict=True))


def _page_keys(rows: Iterable[Mapping[str, Any]], longest: int) -> NDArray[np.uint64]:
    """Return the keys of the lines of *rows*, each once a page."""
    distinct = {(key, row["_id"]) for key, _, row in _keyed(rows, longest)}
    return np.array([key for key, _ in distinct], dtype=np.uint64)


def _collect(store: Store, portal: str, wanted: Mapping[int, int], longest: int) -> dict[int, _Line]:
    lines: defaultdict[int, _Line] = defaultdict(_Line)
    for rows in _batches(store, portal) if wanted else ():
        for key, text, row in _keyed(rows, longest):
            if key in wanted:
                line = lines[key]
                line.forms[text] += 1
                if text == row["lead"]:
                    line.leads.add(row["title"])
                if len(line.examples) < EXAMPLES and row["url"] not in line.examples:
                    line.examples.append(row["url"])
    return lines


def _announcements(store: Store, portal: str, lines: Mapping[int, _Line]) -> set[int]:
    """Return the keys of those *lines* that announce a story: a stored one, or one that the portal shows as related."""
    if not lines:
        return set()
    texts = {key: min(line.forms) for key, line in lines.items()}
    found: defaultdict[int, list[Announcement]] = defaultdict(list)
    for known, _ in blocks(store):
        for key, here in zip(texts, known.announced(list(texts.values())), strict=True):
            found[key] += here
    announced = {key for key, here in found.items() if best(here, "")}
    forms = {form: key for key, line in lines.items() for form in line.forms}
    for part in ("title", "blurb"):
        name = f"story.{part}"
        shown = edge_rows(store).distinct(name, {"portal": portal, name: {"$in": list(forms)}})
        announced |= {forms[text] for text in shown}
    return announced


def _line(line: _Line, pages: int, articles: int) -> RecurringLine:
    forms = tuple(sorted(line.forms, key=lambda form: (-line.forms[form], form)))
    return RecurringLine(
        text=forms[0],
        pages=pages,
        share=round(pages / articles, 4),
        leads=len(line.leads),
        forms=forms,
        examples=tuple(line.examples),
    )
