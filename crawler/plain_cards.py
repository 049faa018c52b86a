"""Related stories in a text without HTML: titles and blurbs told apart, copies merged at any distance."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Literal

from crawler.link_text import is_date
from crawler.plain_lines import Line, is_cut, is_title_shaped, without_marks
from dedupe.entries import same_entry

Role = Literal["title", "blurb", "date"]

_LEAST_CUT_WORDS = 5
"""A line of fewer words that begins another one is not taken for a cut copy of it, unless it ends in an ellipsis."""
_MOST_TAIL_LINES = 400
"""Only so many last lines are searched for a block without heading."""


@dataclass(slots=True)
class Card:
    """One related story while its copies are collected."""

    first: int
    """Index of the line where it first stands."""
    title: Line
    found_by: str
    blurb: Line | None = None
    title_copies: int = 0
    blurb_copies: int = 0

    def add_title(self, line: Line) -> None:
        """Count a copy of the title; the longest uncut one stays."""
        self.title = _fuller(self.title, line)
        self.title_copies += 1

    def add_blurb(self, line: Line) -> None:
        """Count a copy of the blurb; the longest uncut one stays."""
        self.blurb = line if self.blurb is None else _fuller(self.blurb, line)
        self.blurb_copies += 1


@dataclass(slots=True)
class Cards:
    """What a run of lines gave: the cards, and the role of every line consumed."""

    cards: list[Card] = field(default_factory=list)
    roles: dict[int, tuple[Card, Role, int]] = field(default_factory=dict)
    """Line index → card, role, which copy (1-based)."""

    def copy(self) -> Cards:
        """Return an independent copy to try something on."""
        twins = {id(card): replace(card) for card in self.cards}
        return Cards(
            [twins[id(card)] for card in self.cards],
            {index: (twins[id(card)], role, copy) for index, (card, role, copy) in self.roles.items()},
        )

    def consume(self, lines: Sequence[Line], found_by: str) -> int:
        """Read cards from the start of *lines*; return how many lines belong to them.

        Reading stops at prose that is no card's blurb: there the article's own text goes on.
        """
        roles = _roles(lines)
        counts = Counter(line.key for line in lines)
        current: Card | None = None
        for place, line in enumerate(lines):
            role = roles[place]
            if role == "date" and current:
                self.roles[line.index] = (current, "date", 1)
                continue
            if role == "title":
                current = self._with_title(line) or self._new(line, found_by)
                current.add_title(line)
                self.roles[line.index] = (current, "title", current.title_copies)
                continue
            owner = self._with_blurb(line) or (current if current and current.blurb is None else None)
            if owner is None and current and counts[line.key] > 1:
                self.roles[line.index] = (current, "blurb", 1)  # a second paragraph of a card, repeated with it
                continue
            if owner is None:
                return self._given_back(lines, place)
            current = owner
            owner.add_blurb(line)
            self.roles[line.index] = (owner, "blurb", owner.blurb_copies)
        return len(lines)

    def _new(self, line: Line, found_by: str) -> Card:
        card = Card(line.index, line, found_by)
        self.cards.append(card)
        return card

    def _with_title(self, line: Line) -> Card | None:
        return next((card for card in self.cards if _same(card.title, line)), None)

    def _with_blurb(self, line: Line) -> Card | None:
        return next((card for card in self.cards if card.blurb and _same(card.blurb, line)), None)

    def _given_back(self, lines: Sequence[Line], place: int) -> int:
        """Return *place*, or the one before it: prose after the last title is text where no other card has a blurb."""
        previous = lines[place - 1] if place else None
        if previous is None or previous.index not in self.roles:
            return place
        card, role, _ = self.roles[previous.index]
        if role != "blurb" or card.blurb_copies > 1 or any(c.blurb for c in self.cards if c is not card):
            return place
        card.blurb, card.blurb_copies = None, 0
        del self.roles[previous.index]
        return place - 1


def tail_start(lines: Sequence[Line], known: Cards) -> int | None:
    """Return where in *lines* a block of related stories without heading begins that reaches to the end.

    Every story of such a block shows its title at least twice (copies in *known* count), and there are two
    stories, or one whose blurb is doubled too. ``None`` if there is no such block.
    """
    first = max(1, len(lines) - _MOST_TAIL_LINES)
    counts = Counter(line.key for line in lines[first:])
    counts.update(card.title.key for card in known.cards)
    for place in range(first, len(lines)):
        line = lines[place]
        if counts[line.key] < 2 or not is_title_shaped(line.text) or lines[place - 1].key == line.key:
            continue
        trial = known.copy()
        if trial.consume(lines[place:], "cards") == len(lines) - place and _is_doubled(trial, line.index):
            return place
    return None


def _is_doubled(cards: Cards, start: int) -> bool:
    touched = [card for card in cards.cards if any(c is card and i >= start for i, (c, _, _) in cards.roles.items())]
    if any(card.title_copies < 2 for card in touched):
        return False
    return len(touched) > 1 or any(card.blurb_copies > 1 for card in touched)


def _roles(lines: Sequence[Line]) -> list[Role]:
    """Return title, blurb or date for every line, from its shape and from what it follows."""
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
            return True
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
