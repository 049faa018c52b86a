"""Which lines are the title or the lead of a known story: a teaser that stands in another article's text.

Pure, and a function of the sets given: neither the order of the stories nor that of the lines matters.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from dedupe.entries.repeats import BLURB_SHARE, SHORT_WORDS, blurb_matches
from dedupe.text.normalise import normalise
from dedupe.text.shingles import WordHashes, exact_keys, shingle_hashes, word_hashes

Part = Literal["title", "lead"]

LEAST_WORDS = 5
"""A shorter line is a label ("Kinh tế", "Live updates"), even where it equals a title."""
LEAST_CHARACTERS = 20
"""The same for scripts without spaces, where each character is a word: of the normalised line."""
SURE_WORDS = 12
"""From here on ``BLURB_SHARE`` of a line's word-3-grams is enough; a shorter one needs ``SHORT_SHARE``."""
SHORT_SHARE = 0.8
TEASER_SHARE = 0.9
"""Least share of a paragraph of a text. Of 483 articles of one portal, all five paragraphs between .5 and .9 were the
articles' own background, told in the words of an earlier lead; a teaser is the lead itself, or its beginning."""
MOST_WORDS = 120
"""A longer paragraph announces nothing, and a longer lead is a whole article in one paragraph."""
MOST_STORIES = 3
"""A line that is the title or lead of more stories is the name of a column, not the teaser of one story."""

_SHINGLE = 3
_SAMPLED = 2  # one shingle in so many is looked up: of the 12 that a blurb of 25 words shares, all fail once in 4,096
_HOT = 64  # stories that share a shingle, beyond which it is a phrase of everyone's
_HALF = np.uint64(32)  # a shingle or a line stands in the upper half of a code, its owner in the lower
_LEAST_SAMPLED_SHARE = 0.3  # of a line's sampled shingles; far below BLURB_SHARE, for samples scatter


@dataclass(frozen=True, slots=True)
class KnownStory:
    """An article and the texts that announce it. ``story`` is the id of its cluster's representative, or its own."""

    id: str
    story: str
    portal: str
    title: str
    lead: str


@dataclass(frozen=True, slots=True)
class Announcement:
    """A line announces the story of an article."""

    known: KnownStory
    part: Part
    score: float
    """1 for a line that equals the title or lead, else the share of its word-3-grams found there."""


class KnownStories:
    """Titles and leads, prepared once: at the peak about 4 kB a story."""

    def __init__(self, stories: Iterable[KnownStory]) -> None:
        self._stories = sorted(stories, key=lambda one: one.id)
        parts: list[tuple[int, Part]] = [(place, "title") for place in range(len(self._stories))]
        parts += [(place, "lead") for place in range(len(self._stories))]
        hashes = word_hashes([getattr(self._stories[place], part) for place, part in parts])
        counts = np.diff(hashes.offsets)
        usable = (counts >= LEAST_WORDS) & (counts <= MOST_WORDS)
        self._by_key = self._equal_parts(parts, usable, exact_keys(hashes)[:, 0])
        own = np.array([one.id == one.story for one in self._stories], dtype=np.bool_)
        # The copies of a story are left to its representative: together they would look like everyone's phrase.
        self._grams, self._owners = _index(*_sampled(hashes, usable & np.tile(own, 2)), len(self._stories))
        leads = usable[len(self._stories) :]
        self._texts = [
            f"{one.title}\n{one.lead}" if whole else one.title
            for one, whole in zip(self._stories, leads.tolist(), strict=True)
        ]

    def _equal_parts(
        self, parts: Sequence[tuple[int, Part]], usable: NDArray[np.bool_], keys: NDArray[np.uint64]
    ) -> dict[int, list[Announcement]]:
        """Return what each exact key announces, one article for each story and portal."""
        chosen: dict[tuple[int, str, str], Announcement] = {}
        for index in np.flatnonzero(usable).tolist():
            place, part = parts[index]
            one = Announcement(self._stories[place], part, 1.0)
            slot = (int(keys[index]), one.known.story, one.known.portal)
            chosen[slot] = min(chosen.get(slot, one), one, key=_rank)
        by_key: dict[int, list[Announcement]] = {}
        for (key, _, _), one in chosen.items():
            by_key.setdefault(key, []).append(one)
        return {key: _first_stories(found) for key, found in by_key.items()}

    def announced(self, lines: Sequence[str]) -> list[list[Announcement]]:
        """Return for each line what it announces, the best first, of at most ``MOST_STORIES + 2`` stories.

        A line that equals titles or leads announces these only.
        """
        hashes = word_hashes(lines)
        counts = np.diff(hashes.offsets)
        keys = exact_keys(hashes)[:, 0].tolist()
        found = [self._equal(line, key) for line, key in zip(lines, keys, strict=True)]
        open_ = (counts >= SHORT_WORDS) & (counts <= MOST_WORDS)
        open_ &= np.array([not one for one in found], dtype=np.bool_)
        for index, place in self._candidates(hashes, open_):
            share = blurb_matches(lines[index], self._texts[place])
            if share >= (BLURB_SHARE if counts[index] >= SURE_WORDS else SHORT_SHARE):
                # Below 1 always: the words are the same, but the line is not.
                found[index].append(Announcement(self._stories[place], "lead", min(round(share, 4), 0.9999)))
        return [_first_stories(one) for one in found]

    def _equal(self, line: str, key: int) -> list[Announcement]:
        equal = self._by_key.get(key)
        return list(equal) if equal and len(normalise(line)) >= LEAST_CHARACTERS else []

    def _candidates(self, hashes: WordHashes, wanted: NDArray[np.bool_]) -> Iterator[tuple[int, int]]:
        """Yield (line, story) that share so many sampled shingles that they are worth comparing."""
        values, lines = _index(*_sampled(hashes, wanted), None)
        start = np.searchsorted(self._grams, values, side="left")
        sizes = np.searchsorted(self._grams, values, side="right") - start
        rank = np.arange(int(sizes.sum())) - np.repeat(np.cumsum(sizes) - sizes, sizes)
        stories = self._owners[np.repeat(start, sizes) + rank]
        codes, shared = np.unique(np.repeat(lines, sizes) << _HALF | stories, return_counts=True)
        sampled = np.bincount(lines.astype(np.int64), minlength=wanted.size)
        enough = shared >= _LEAST_SAMPLED_SHARE * sampled[(codes >> _HALF).astype(np.int64)]
        for code in codes[enough].tolist():
            yield code >> 32, code & 0xFFFFFFFF


def best(found: Iterable[Announcement], own_story: str, least: float = TEASER_SHARE) -> Announcement | None:
    """Return the announcement of another story than *own_story* that counts, of at least the score *least*.

    Equal lines first, then the larger share, a representative, the smaller id. None where a line equals the title or
    lead of more than ``MOST_STORIES``.
    """
    others = [one for one in found if one.known.story != own_story and one.score >= least]
    if len({one.known.story for one in others if one.score == 1}) > MOST_STORIES:
        return None
    return min(others, key=_rank, default=None)


def _rank(one: Announcement) -> tuple[float, bool, str, str]:
    return -one.score, one.known.id != one.known.story, one.known.id, one.part


def _first_stories(found: list[Announcement]) -> list[Announcement]:
    """Keep the announcements of the first few stories: enough to tell that there are too many."""
    found = sorted(found, key=_rank)
    stories = list(dict.fromkeys(one.known.story for one in found))[: MOST_STORIES + 2]
    return [one for one in found if one.known.story in stories] if len(stories) > MOST_STORIES else found


def _sampled(hashes: WordHashes, wanted: NDArray[np.bool_]) -> tuple[NDArray[np.uint64], NDArray[np.uint64]]:
    """Return the sampled shingles of the *wanted* texts, and the index of each one's text."""
    values, offsets = shingle_hashes(hashes, _SHINGLE)
    owners = np.repeat(np.arange(wanted.size), np.diff(offsets))
    kept = wanted[owners] & (values % _SAMPLED == 0)
    return values[kept].astype(np.uint64), owners[kept].astype(np.uint64)


def _index(
    values: NDArray[np.uint64], owners: NDArray[np.uint64], stories: int | None
) -> tuple[NDArray[np.uint64], NDArray[np.uint64]]:
    """Return the distinct (shingle, owner), ascending.

    :param stories: of so many stories the owners are titles, then leads; shingles that too many have are left out
    """
    if stories:
        owners = owners % np.uint64(stories)
    codes = np.unique(values << _HALF | owners)
    values, owners = codes >> _HALF, codes & np.uint64(0xFFFFFFFF)
    if stories:
        _, sizes = np.unique(values, return_counts=True)
        rare = np.repeat(sizes <= _HOT, sizes)
        values, owners = values[rare], owners[rare]
    return values, owners
