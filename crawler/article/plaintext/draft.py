"""A text without HTML while its lines are judged."""

from __future__ import annotations

from dataclasses import dataclass, field

from crawler.article.plaintext.cards import Card, Cards
from crawler.article.plaintext.lines import Line
from storage.records import Kind, Verdict


@dataclass(slots=True)
class Draft:
    """The lines of a text and the verdicts on them so far. A line without a verdict is text of the article."""

    lines: list[Line]
    title: Line | None = None
    cards: Cards = field(default_factory=Cards)
    """Related stories."""
    judged: dict[int, tuple[Verdict, str]] = field(default_factory=dict)
    """Line index → verdict and reason."""
    kinds: dict[int, Kind] = field(default_factory=dict)
    """Line index → kind, for lines that are no plain paragraphs."""
    guarded: bool = False

    def open_lines(self, start: int = 0, stop: int | None = None) -> list[Line]:
        """Return the lines from *start* to *stop* that have no verdict yet, without the title."""
        return [line for line in self.lines[start:stop] if line.index not in self.judged and line is not self.title]

    def below(self, line: Line) -> Line | None:
        """Return the line below *line*, ``None`` below the last one."""
        return self.lines[line.index + 1] if line.index + 1 < len(self.lines) else None

    def verdict(self, index: int) -> Verdict:
        """Return the verdict on the line with the index *index*, ``body`` where none was given."""
        return self.judged[index][0] if index in self.judged else "body"

    def is_own(self, card: Card) -> bool:
        """Whether the card links to the article itself."""
        return self.title is not None and card.title.key == self.title.key

    def stories(self) -> list[Card]:
        """Return the related stories in the order of the text."""
        return sorted((card for card in self.cards.cards if not self.is_own(card)), key=lambda card: card.first)
