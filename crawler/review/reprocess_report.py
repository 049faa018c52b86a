"""What reading stored pages anew changed, counted and with examples."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from dedupe.compare.diff import spans
from dedupe.intake.skipped import Skipped

Fate = Literal[
    "unchanged", "changed", "new", "another page of the article", "no article any more", "no article", "failed"
]
"""``new``: an article where none was stored; ``another page of the article``: an older one, or of another address, than
the one whose text is stored; ``no article any more``: the stored one stays as it is; ``no article``: neither before nor
now, such as a front page."""

EXAMPLES = 10
"""Examples kept of each field that changed."""
WORDS = 160
"""Characters shown of each side of a difference."""

METADATA = (
    "published", "modified", "authors", "language", "section", "tags", "image", "free_access", "captions", "quality"
)  # fmt: skip
"""Fields beside title, text and related stories that are compared, in this order."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One stretch in which a field differs."""

    before: str
    after: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """An article with what changed of one field."""

    url: str
    field: str
    differences: tuple[Difference, ...]
    """Of a text the first three that differ; related stories that went and came."""


@dataclass(slots=True)
class Report:
    """The sum of a run of ``storykin reprocess``; grows page by page."""

    pages: int = 0
    fates: Counter[str] = field(default_factory=Counter)
    fields: Counter[str] = field(default_factory=Counter)
    """Articles by field that changed: title, text, related, and those of :data:`METADATA`."""
    related: Counter[str] = field(default_factory=Counter)
    """Related stories that ``came`` and ``went``."""
    duplicates: Counter[str] = field(default_factory=Counter)
    """Articles that became a duplicate, are none any more, or are one of another article."""
    reasons: Counter[str] = field(default_factory=Counter)
    """Why pages failed or are no articles any more."""
    examples: list[Example] = field(default_factory=list)
    passed_over: Skipped = field(default_factory=Skipped)
    """Records of a WARC file that cannot be read."""

    def note(self, fate: Fate, reason: str = "") -> None:
        """Count one page."""
        self.pages += 1
        self.fates[fate] += 1
        if fate in ("failed", "no article any more"):
            self.reasons[reason] += 1

    def note_changes(self, url: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> bool:
        """Compare two documents of an article, count what differs, and return whether anything does."""
        changed = changed_fields(before, after)
        self.fields.update(changed)
        for name in changed:
            if name == "related":
                gone, come = _stories(before) - _stories(after), _stories(after) - _stories(before)
                self.related.update(went=len(gone), came=len(come))
            if sum(one.field == name for one in self.examples) < EXAMPLES:
                found = tuple(_differences(name, before, after))
                self.examples.append(Example(url=url, field=name, differences=found))
        return bool(changed)

    def note_duplicate(self, before: str | None, after: str | None) -> None:
        """Count how the decision about an article changed.

        :param before, after: id of the article that it repeated and repeats; ``None``: none
        """
        if before == after:
            return
        if before and after:
            self.duplicates["repeat another article"] += 1
        else:
            self.duplicates["became duplicates" if after else "are duplicates no more"] += 1

    def to_json(self) -> dict[str, Any]:
        """Return the report as plain JSON values."""
        return {
            "pages": self.pages,
            "outcomes": dict(self.fates),
            "fields": dict(self.fields),
            "related": dict(self.related),
            "duplicates": dict(self.duplicates),
            "reasons": dict(self.reasons.most_common(20)),
            "passed_over": dict(self.passed_over.counts.most_common()),
            "examples": [
                {"url": one.url, "field": one.field, "differences": [[d.before, d.after] for d in one.differences]}
                for one in self.examples
            ],
        }


def changed_fields(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    """Return the fields of two documents of an article that differ, white space apart; paragraphs count as the text."""
    changed = [name for name in ("title", "text") if _words(before.get(name)) != _words(after.get(name))]
    if _stories(before) != _stories(after):
        changed.append("related")
    return changed + [name for name in METADATA if _words(before.get(name)) != _words(after.get(name))]


def _differences(name: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Difference]:
    if name == "related":
        gone, come = sorted(_stories(before) - _stories(after)), sorted(_stories(after) - _stories(before))
        yield from (Difference(_cut(title), "") for _, title, _ in gone[:3])
        yield from (Difference("", _cut(title)) for _, title, _ in come[:3])
    elif name in ("title", "text"):
        apart = [span for span in spans(before[name], after[name]) if not span.same and (span.a + span.b).strip()]
        yield from (Difference(_cut(span.a), _cut(span.b)) for span in apart[:3])
    else:
        yield Difference(_cut(str(before.get(name))), _cut(str(after.get(name))))


def _stories(document: Mapping[str, Any]) -> set[tuple[str, str, str]]:
    return {(one["url"], one["title"], one["blurb"]) for one in document.get("related", ())}


def _words(value: Any) -> Any:
    if isinstance(value, str):
        return " ".join(value.split())
    if hasattr(value, "microsecond"):  # of times a document holds the milliseconds
        return value.replace(microsecond=value.microsecond // 1000 * 1000)
    return list(value) if isinstance(value, tuple | list) else value


def _cut(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= WORDS else text[: WORDS - 1] + "…"
