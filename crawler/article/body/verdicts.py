"""The verdict on every paragraph: what is the article's own text, and why the rest is not.

Shared by :mod:`crawler.article.dissect` (pages) and :mod:`crawler.article.plaintext.clean` (text without HTML).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from crawler.article.body.block import Block
from crawler.article.body.captions import is_credit
from crawler.article.body.promo import promo_reason
from crawler.article.page.sentences import holds_sentence
from dedupe.entries.repeats import blurb_matches, same_entry
from dedupe.text.normalise import normalise, words
from storage.records import KEPT_VERDICTS, Paragraph, RelatedStory, Verdict

GUARD_BEFORE = 1 / 3
"""Share of the characters before the first related entry that may be dropped before the guard steps in."""
GUARD_ALL = 0.6
"""The same for all characters."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Knowledge:
    """Facts about a page by which its paragraphs are judged."""

    title: str = ""
    lead: str = ""
    authors: Sequence[str] = ()
    related: Sequence[RelatedStory] = ()
    captions: Sequence[str] = ()
    promo_lines: tuple[str, ...] = ()
    furniture: Sequence[str] = ()
    """Of every block the reason why it is no text of the article; empty where it is text."""


def judge(blocks: Sequence[Block], known: Knowledge) -> tuple[list[Paragraph], bool]:
    """Return a paragraph with verdict and reason for every block, and whether the guard stepped in.

    The guard: where more than a third of the characters before the first related entry, or more than 60 % of
    all, would go, only promotion lines, captions and exact repeats go, and the page is to be flagged ``guarded``.
    """
    judged = _without_empty_parts(_Judge(known, blocks).paragraphs())
    if _too_much(judged):
        return [_kept(paragraph) for paragraph in judged], True
    return judged, False


def _without_empty_parts(paragraphs: list[Paragraph]) -> list[Paragraph]:
    """Drop the headings over parts of which nothing is kept: "More from this section" over dropped links."""
    kept: list[Paragraph] = []
    dropped_below = False
    filled = False
    for paragraph in reversed(paragraphs):
        if paragraph.verdict == "heading":
            if dropped_below and not filled:
                paragraph = replace(paragraph, verdict="promo", reason="heading of a part that was dropped")  # noqa: PLW2901
            else:
                filled = dropped_below = False
        elif paragraph.verdict in KEPT_VERDICTS:
            filled = True
        elif paragraph.verdict != "caption":
            dropped_below = True
        kept.append(paragraph)
    return kept[::-1]


class _Judge:
    def __init__(self, known: Knowledge, blocks: Sequence[Block]) -> None:
        self.known, self.blocks = known, blocks
        self.keys = [normalise(block.text) for block in blocks]
        self.title, self.lead = normalise(known.title), normalise(known.lead)
        self.bylines = {normalise(text) for text in (*known.authors, ", ".join(known.authors))} - {""}
        self.captions = {normalise(caption) for caption in known.captions}
        self.titles = {normalise(story.title): story for story in known.related if story.title}
        self.blurbs = _Blurbs(known.related)
        self.twins = _twins(self.keys, [block.kind in {"list", "table"} for block in blocks])

    def paragraphs(self) -> list[Paragraph]:
        paragraphs = []
        for index, block in enumerate(self.blocks):
            verdict, reason = self._verdict(index, block)
            paragraphs.append(Paragraph(text=block.text, kind=block.kind, verdict=verdict, reason=reason))
        return paragraphs

    def _verdict(self, index: int, block: Block) -> tuple[Verdict, str]:
        key = self.keys[index]
        if block.kind == "caption" or key in self.captions:
            return "caption", "stands as a caption of an image"
        if is_credit(block.text):
            return "caption", "credit of a picture"
        signed = key in self.bylines and self.keys.count(key) == 1  # who is named again speaks in an interview
        if reason := "is the byline" if signed else promo_reason(block.text, self.known.promo_lines):
            return "promo", reason
        if reason := "is the title" if key and key == self.title else self.twins.get(index, ""):
            return "repeated", reason
        if self.lead and key == self.lead:
            return "lead", ""
        return self._by_related(index, block) or (("heading", "") if block.kind == "heading" else ("body", ""))

    def _by_related(self, index: int, block: Block) -> tuple[Verdict, str] | None:
        if story := self.titles.get(self.keys[index]):
            return "related", f"is the title of the related story {story.title!r}"
        if reason := self.known.furniture[index] if self.known.furniture else "":
            return "promo", reason
        if story := self.blurbs.find(block.text, self.keys[index]):
            return "related", f"is the blurb of the related story {story.title!r}"
        return None


MOST_SHARING = 30
"""Blurbs that share a word 3-gram, above which the 3-gram is a phrase of the template and is not used. Without this
bound, a page of 2,000 cards and 1,000 paragraphs of one wording took 8 s."""


class _Blurbs:
    """The blurbs of a page's related stories; a shared word 3-gram decides which are worth comparing."""

    def __init__(self, stories: Sequence[RelatedStory]) -> None:
        self._whole: dict[str, RelatedStory] = {}
        by_gram: dict[tuple[str, str, str], list[RelatedStory]] = {}
        for story in stories:
            if not story.blurb:
                continue
            key = normalise(story.blurb)
            self._whole.setdefault(key, story)
            for gram in _grams(key):
                by_gram.setdefault(gram, []).append(story)
        self._by_gram = {gram: found for gram, found in by_gram.items() if len(found) <= MOST_SHARING}

    def find(self, text: str, key: str) -> RelatedStory | None:
        """Return the story whose blurb *text* is; *key* is *text*, normalised."""
        if not self._whole:
            return None
        if story := self._whole.get(key):
            return story
        shared: Counter[str] = Counter()
        stories: dict[str, RelatedStory] = {}
        for gram in _grams(key):
            for story in self._by_gram.get(gram, ()):
                shared[story.blurb] += 1
                stories[story.blurb] = story
        for blurb, count in shared.most_common(3):
            if count >= 2 and (same_entry(text, blurb) or _shortened(text, blurb)):
                return stories[blurb]
        return None


def _grams(normalised: str) -> list[tuple[str, str, str]]:
    """Return the word 3-grams, each once, in their order: that of a set differs between two processes."""
    found = words(normalised)
    return list(dict.fromkeys(zip(found, found[1:], found[2:], strict=False)))


_ELLIPSIS = re.compile(r"\s*(?:\.\.\.|…|\[…\]|\[\.\.\.\])\s*$")


def _shortened(text: str, blurb: str) -> bool:
    return bool(_ELLIPSIS.search(text)) and blurb_matches(_ELLIPSIS.sub("", text), blurb) >= 0.8


TWIN_RUN = 2
"""Paragraphs in a row that come again in the same order make a twin block."""
TWIN_CHARACTERS = 120
"""A single paragraph of this length that follows itself is a twin."""


def _twins(keys: Sequence[str], listed: Sequence[bool]) -> dict[int, str]:
    """Return index → reason for the second copies: runs of paragraphs that come again, and direct repeats.

    A sentence that comes back alone, elsewhere, is the author's: similarity alone never deletes. So is an
    entry of a list, a row of a table (*listed*), unless the whole run follows itself: a plan says the same each day.
    """
    first: dict[str, int] = {}
    copy_of: list[int | None] = []
    for index, key in enumerate(keys):
        earlier = first.get(key) if len(key) >= 20 else None
        copy_of.append(earlier)
        first.setdefault(key, index)
    found: dict[int, str] = {}
    index = 0
    while index < len(keys):
        end = index
        while (
            end < len(keys) and copy_of[end] is not None and (end == index or copy_of[end] == _next(copy_of[end - 1]))
        ):
            end += 1
        characters = sum(len(key) for key in keys[index:end])
        adjacent = end > index and copy_of[index] == index - 1
        if all(listed[index:end]) and copy_of[index] != 2 * index - end:
            index = max(end, index + 1)
            continue
        if (end - index >= TWIN_RUN and characters >= TWIN_CHARACTERS) or (adjacent and characters >= 40):
            found.update(dict.fromkeys(range(index, end), "is a copy of the paragraphs before, in the same order"))
        index = max(end, index + 1)
    return found


def _next(position: int | None) -> int | None:
    return None if position is None else position + 1


def _too_much(paragraphs: Sequence[Paragraph]) -> bool:
    """Tell whether more would be dropped than the bounds of the guard allow. Labels do not count."""
    counted = [p for p in paragraphs if p.verdict != "caption" and (p.verdict != "promo" or holds_sentence(p.text))]
    everything = sum(len(paragraph.text) for paragraph in counted)
    first_related = next((i for i, p in enumerate(counted) if p.verdict == "related"), len(counted))
    before = sum(len(paragraph.text) for paragraph in counted[:first_related])
    dropped_before = _dropped(counted[:first_related])
    return _dropped(counted) > GUARD_ALL * everything or (
        first_related < len(counted) and dropped_before > GUARD_BEFORE * before
    )


def _dropped(paragraphs: Sequence[Paragraph]) -> int:
    return sum(len(paragraph.text) for paragraph in paragraphs if paragraph.verdict not in KEPT_VERDICTS)


def _kept(paragraph: Paragraph) -> Paragraph:
    judged_by_place = paragraph.verdict == "promo" and not paragraph.reason.startswith("promo line")
    if paragraph.verdict == "related" or judged_by_place:
        verdict: Verdict = "heading" if paragraph.kind == "heading" else "body"
        return replace(paragraph, verdict=verdict, reason=f"kept by the guard: {paragraph.reason}")
    return paragraph
