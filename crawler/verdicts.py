"""The verdict on every paragraph: what is the article's own text, and why the rest is not.

Shared by :mod:`crawler.anatomy` (pages) and :mod:`crawler.plaintext` (text without HTML).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from crawler.promo import promo_reason
from dedupe.entries import blurb_matches, same_entry
from dedupe.text import normalise
from storage.records import KEPT_VERDICTS, Kind, Paragraph, RelatedStory, Verdict

GUARD_BEFORE = 1 / 3
"""Share of the characters before the first related heading that may be dropped without doubt."""
GUARD_ALL = 0.6
"""The same for all characters."""


@dataclass(frozen=True, slots=True)
class Block:
    """One block of text as it stood in the page, before any verdict."""

    text: str
    """NFC, single blanks."""
    kind: Kind = "paragraph"


@dataclass(frozen=True, slots=True, kw_only=True)
class Knowledge:
    """What is known of a page besides its paragraphs."""

    title: str = ""
    lead: str = ""
    related: Sequence[RelatedStory] = ()
    captions: Sequence[str] = ()
    promo_lines: tuple[str, ...] = ()
    linked: frozenset[str] = frozenset()
    """Normalised texts of paragraphs that are links, or that stand in a twin block: the second sign."""


@dataclass(slots=True)
class _Seen:
    known: Knowledge
    titles: dict[str, str] = field(default_factory=dict)
    captions: set[str] = field(default_factory=set)
    paragraphs: dict[str, int] = field(default_factory=dict)


def judge(blocks: Sequence[Block], known: Knowledge) -> tuple[list[Paragraph], bool]:
    """Return a paragraph with verdict and reason for every block, and whether the guard stepped in.

    The guard: where more than a third of the characters before the first related heading, or more than 60 % of
    all, would go, nothing goes but exact promo lines and repeats, and the page is to be flagged ``guarded``.
    """
    seen = _Seen(
        known,
        titles={normalise(story.title): story.title for story in known.related if story.title},
        captions={normalise(caption) for caption in known.captions},
    )
    paragraphs = [_paragraph(block, seen) for block in blocks]
    if _too_much(paragraphs):
        return [_kept(paragraph) for paragraph in paragraphs], True
    return paragraphs, False


def _paragraph(block: Block, seen: _Seen) -> Paragraph:
    verdict, reason = _verdict(block, seen)
    return Paragraph(text=block.text, kind=block.kind, verdict=verdict, reason=reason)


def _verdict(block: Block, seen: _Seen) -> tuple[Verdict, str]:
    text, known = block.text, seen.known
    key = normalise(text)
    if block.kind == "caption" or key in seen.captions:
        return "caption", "stands as a caption of an image"
    if reason := promo_reason(text, known.promo_lines):
        return "promo", reason
    if known.title and key == normalise(known.title):
        return "repeated", "is the title"
    if reason := _related_reason(text, key, seen):
        return "related", reason
    earlier = seen.paragraphs.setdefault(key, len(seen.paragraphs))
    if earlier != len(seen.paragraphs) - 1 and key in known.linked:
        return "repeated", "is a copy of an earlier paragraph and a link"
    if block.kind == "heading":
        return "heading", ""
    if known.lead and key == normalise(known.lead):
        return "lead", ""
    return "body", ""


def _related_reason(text: str, key: str, seen: _Seen) -> str:
    if key in seen.titles:
        return f"is the title of the related story {seen.titles[key]!r}"
    for story in seen.known.related:
        if story.blurb and (same_entry(text, story.blurb) or _shortened(text, story.blurb)):
            return f"is the blurb of the related story {story.title!r}"
    return ""


_ELLIPSIS = re.compile(r"\s*(?:\.\.\.|…|\[…\]|\[\.\.\.\])\s*$")


def _shortened(text: str, blurb: str) -> bool:
    return bool(_ELLIPSIS.search(text)) and blurb_matches(_ELLIPSIS.sub("", text), blurb) >= 0.8


def _too_much(paragraphs: Sequence[Paragraph]) -> bool:
    everything = sum(len(paragraph.text) for paragraph in paragraphs if paragraph.verdict != "caption")
    dropped = sum(
        len(paragraph.text)
        for paragraph in paragraphs
        if paragraph.verdict not in KEPT_VERDICTS and paragraph.verdict != "caption"
    )
    return bool(everything) and dropped > GUARD_ALL * everything


def _kept(paragraph: Paragraph) -> Paragraph:
    if paragraph.verdict in {"related", "repeated"}:
        verdict: Verdict = "heading" if paragraph.kind == "heading" else "body"
        return replace(paragraph, verdict=verdict, reason=f"kept by the guard: {paragraph.reason}")
    return paragraph
