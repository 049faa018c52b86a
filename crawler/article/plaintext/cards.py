"""Related stories in a text without HTML: titles and blurbs told apart, copies merged at any distance."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Literal

from crawler.article.plaintext.lines import Line, is_cut, is_title_shaped, without_marks
from crawler.article.related.link_text import is_date
from dedupe.entries.repeats import same_entry

Role = Literal["title", "blurb", "date"]

_LEAST_CUT_WORDS = 5
"""A line of fewer words that begins another one is not taken for a cut copy of it, unless it ends in an ellipsis."""
_LEAST_TITLE_WORDS = 3
"""Shorter lines that come once are labels and headings ("Now playing:", "MONDAY"). A Vietnamese word is a syllable."""
_MOST_TAIL_LINES = 400
"""Lines at the end of a text that are searched for a block without heading."""
_MOST_TAIL_TRIALS = 40
_COMPARED = 100
"""Last cards among which copies that are not equal are looked for. Real blocks have up to some 30 stories."""


@dataclass(slots=True)
class Card:
    """One related story while its copies are collected. It keeps the longest copy that is not cut."""

    first: int
    """Index of the line where it first stands."""
    title: Line
    found_by: str
    blurb: Line | None = None
    title_copies: int = 0
    blurb_copies: int = 0


@dataclass(slots=True)
class Cards:
    """The cards found in runs of lines, and the role of every line that was read."""

    cards: list[Card] = field(default_factory=list)
    roles: dict[int, tuple[int, Role, int]] = field(default_factory=dict)
    """Line index → index of the card, role, which copy (1-based)."""
    _titles: dict[str, int] = field(default_factory=dict)
    _blurbs: dict[str, int] = field(default_factory=dict)

    def copy(self) -> Cards:
        """Return an independent copy, on which a reading can be tried."""
        return Cards([replace(card) for card in self.cards], dict(self.roles), dict(self._titles), dict(self._blurbs))

    def consume(self, lines: Sequence[Line], found_by: str, roles: Mapping[int, Role] | None = None) -> int:
        """Read cards from the start of *lines*; return how many lines belong to them.

        Reading stops at prose that is no card's blurb: it is text of the article.

        :param found_by: tier for :attr:`RelatedStory.found_by`
        :param roles: role by index of the line; worked out of *lines* alone if it is ``None``
        """
        roles = roles or line_roles(lines)
        counts = Counter(line.key for line in lines)
        before = len(self.cards)
        current: int | None = None
        early: list[Line] = []  # dates above the first title
        for place, line in enumerate(lines):
            role = roles[line.index]
            if role == "title" and (self._is_title(line) or counts[line.key] > 1):
                current = self._add_title(line, found_by)
                self.roles.update({date.index: (current, "date", 1) for date in early})
                early.clear()
            elif role == "title":
                return place  # a heading of the text that goes on
            elif role == "date" and current is None:
                early.append(line)
            elif role == "date" and current is not None:
                self.roles[line.index] = (current, "date", 1)
            elif (owner := self._owner(line, current)) is not None:
                current = owner
                self.add_blurb(line, owner)
            elif current is not None and counts[line.key] > 1:  # a second paragraph of a card, repeated with it
                self.roles[line.index] = (current, "blurb", 1)
            else:
                return self._given_back(lines, place, self.cards[before:])
        return 0 if current is None else len(lines)

    def _is_title(self, line: Line) -> bool:
        """Whether a line that comes once is long enough for a title, or known as one."""
        return len(line.key.split()) >= _LEAST_TITLE_WORDS or line.key in self._titles

    def add_blurb(self, line: Line, card: int) -> None:
        """Count *line* as a copy of the blurb of the card with the index *card*; the longest uncut one stays."""
        owner = self.cards[card]
        owner.blurb = line if owner.blurb is None else _fuller(owner.blurb, line)
        owner.blurb_copies += 1
        self._blurbs.setdefault(line.key, card)
        self.roles[line.index] = (card, "blurb", owner.blurb_copies)

    def _add_title(self, line: Line, found_by: str) -> int:
        card = self._find(line, self._titles, [card.title for card in self.cards])
        if card is None:
            card = len(self.cards)
            self.cards.append(Card(line.index, line, found_by))
        owner = self.cards[card]
        owner.title = _fuller(owner.title, line)
        owner.title_copies += 1
        self._titles.setdefault(line.key, card)
        self.roles[line.index] = (card, "title", owner.title_copies)
        return card

    def _owner(self, line: Line, current: int | None) -> int | None:
        """Return the card whose blurb *line* is: one that has the same blurb, else the current one without any."""
        known = self._find(line, self._blurbs, [card.blurb for card in self.cards])
        if known is not None:
            return known
        return current if current is not None and self.cards[current].blurb is None else None

    @staticmethod
    def _find(line: Line, known: Mapping[str, int], texts: Sequence[Line | None]) -> int | None:
        if line.key in known:
            return known[line.key]
        first = max(0, len(texts) - _COMPARED)
        return next((i for i in range(first, len(texts)) if (text := texts[i]) and _same(text, line)), None)

    def _given_back(self, lines: Sequence[Line], place: int, block: Sequence[Card]) -> int:
        """Return at which line the text goes on: *place*, or the line before it, which was taken for a blurb.

        The line before stays a blurb if it has a copy, or if two other cards of *block* have a blurb.
        """
        previous = lines[place - 1] if place else None
        if previous is None or previous.index not in self.roles:
            return 0
        index, role, _ = self.roles[previous.index]
        card = self.cards[index]
        if role != "blurb" or card.blurb_copies > 1 or sum(c.blurb is not None for c in block if c is not card) > 1:
            return place
        card.blurb, card.blurb_copies = None, 0
        self._blurbs.pop(previous.key, None)
        del self.roles[previous.index]
        return place - 1


def tail_start(lines: Sequence[Line], known: Cards) -> int | None:
    """Return the line at which a block of related stories without heading begins, ``None`` if there is none.

    The block reaches to the last line. Each of its stories has its title twice or more, copies in *known* included. It
    has two stories, or one whose blurb is doubled too.
    """
    first = max(1, len(lines) - _MOST_TAIL_LINES)
    counts = Counter(line.key for line in lines[first:])
    counts.update(card.title.key for card in known.cards)
    starts = [
        place
        for place in range(first, len(lines))
        if counts[lines[place].key] > 1
        and is_title_shaped(lines[place].text)
        and lines[place - 1].key != lines[place].key
    ]
    for place in starts[:_MOST_TAIL_TRIALS]:
        trial = known.copy()
        if trial.consume(lines[place:], "cards") == len(lines) - place and _is_doubled(trial, lines[place].index):
            return place
    return None


def _is_doubled(cards: Cards, start: int) -> bool:
    touched = [cards.cards[card] for card in {card for index, (card, _, _) in cards.roles.items() if index >= start}]
    if any(card.title_copies < 2 for card in touched):
        return False
    return len(touched) > 1 or any(card.blurb_copies > 1 for card in touched)


def line_roles(lines: Sequence[Line]) -> dict[int, Role]:
    """Return title, blurb or date by line index, from the shape of each line, its copies and what it follows."""
    return {line.index: role for line, role in zip(lines, _roles(lines), strict=True)}


def _roles(lines: Sequence[Line]) -> list[Role]:
    shapes: list[Role] = [
        "date" if is_date(line.text) else "title" if is_title_shaped(line.text) else "blurb" for line in lines
    ]
    counts = Counter(line.key for line in lines)
    follows: dict[str, set[str]] = {}
    for before, line in pairwise(lines):
        if before.key != line.key:
            follows.setdefault(line.key, set()).add(before.key)
    prose = [line for line, shape in zip(lines, shapes, strict=True) if shape == "blurb"]
    prose_keys = {line.key for line in prose}
    for place, line in enumerate(lines):
        if shapes[place] != "title" or not place:
            continue
        if line.key in prose_keys or _is_blurb_after_all(line, prose, counts, follows):
            shapes[place] = "blurb"
    if lines and shapes[0] == "blurb" and len(lines) > 1 and _is_title_after_all(lines, shapes):
        return ["title" if len(line.text) <= LONGEST_SENTENCE_TITLE else "blurb" for line in lines]
    return shapes


LONGEST_SENTENCE_TITLE = 90
"""Characters of a title that is written as a sentence with a full stop."""


def _is_title_after_all(lines: Sequence[Line], shapes: Sequence[Role]) -> bool:
    """Whether this portal ends its titles in a full stop: a short sentence stands first and comes again."""
    first = lines[0]
    return (
        len(first.text) <= LONGEST_SENTENCE_TITLE
        and "title" not in shapes
        and sum(line.key == first.key for line in lines) > 1
    )


def _is_blurb_after_all(line: Line, prose: Iterable[Line], counts: Counter[str], follows: dict[str, set[str]]) -> bool:
    """Whether a line without full stop is a blurb: the start of one, or always under one title of twice its copies."""
    before = follows.get(line.key, set())
    for other in prose:
        if other.key != line.key and _is_start(line, other) and before & follows.get(other.key, set()):
            return True  # both stand under the same title
    if len(before) != 1:
        return False
    title = next(iter(before))
    return counts[title] >= 2 * counts[line.key] and len(line.key) > 1.2 * len(title)


def _same(a: Line, b: Line) -> bool:
    """Whether two lines of the same role are copies of one text, one of them perhaps cut or reworded a little."""
    if a.key == b.key:
        return True
    short, long = sorted((a, b), key=lambda line: len(line.key))
    if _is_start(short, long):
        return True
    mine, other = set(a.key.split()), set(b.key.split())
    return 2 * len(mine & other) >= min(len(mine), len(other)) and same_entry(a.text, b.text)


def _is_start(short: Line, long: Line) -> bool:
    if not long.key.startswith(short.key):
        return False
    return is_cut(short.text) or len(short.key.split()) >= _LEAST_CUT_WORDS


def _fuller(a: Line, b: Line) -> Line:
    """Return the fuller of two copies: the uncut one, then the longer one, then the first."""
    return (
        b if (not is_cut(b.text), len(without_marks(b.text))) > (not is_cut(a.text), len(without_marks(a.text))) else a
    )
