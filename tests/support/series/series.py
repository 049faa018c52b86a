"""Series of bulletins as portals print them: one frame, filled in several places at once, and true copies."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

START = datetime(2026, 3, 2, 6, tzinfo=UTC)


@dataclass(frozen=True)
class Text:
    """One document of a series: a bulletin, or a true copy of one."""

    title: str
    text: str
    source: str
    date: datetime


@dataclass(frozen=True)
class Series:
    """A frame whose ``{0}``, ``{1}`` … are filled by one line of ``fillings`` a bulletin; values stand between ``|``.

    A line of ``text`` is a sentence, a blank one ends a paragraph; a sentence without words is left out.
    """

    language: str
    kind: str
    title: str
    general: str
    """What a portal calls all bulletins of this kind."""
    headline: str
    """Of another portal, for the same bulletin."""
    text: str
    fillings: str
    correction: tuple[str, str]
    """A word that an editor replaced, and by what."""
    figure: int
    """Number of the value whose last digit is corrected."""
    dateline: str
    credit: tuple[str, str]
    extra: str
    """A sentence that another portal adds."""
    hours: float
    """Between two bulletins; 0 where all come at once."""
    joint: str = " "
    """Between sentences."""

    def rows(self) -> list[list[str]]:
        """Return the values of each bulletin."""
        return [[value.strip() for value in line.split("|")] for line in self.fillings.strip().splitlines()]

    def bulletins(self) -> list[Text]:
        """Return the bulletins, in the order of their times."""
        return [
            Text(self.title.format(*row), self._body(row), "first.example", self._time(number))
            for number, row in enumerate(self.rows())
        ]

    def copies(self, number: int) -> Iterator[tuple[str, Text]]:
        """Yield true copies of one bulletin, each with what was done to it."""
        row, body = self.rows()[number], self._body(self.rows()[number])
        title, headline, dateline = (part.format(*row) for part in (self.title, self.headline, self.dateline))
        corrected = [*row[: self.figure], _other_last_digit(row[self.figure]), *row[self.figure + 1 :]]
        assert self.correction[0] in body, (self.language, self.kind)
        word = body.replace(*self.correction)
        longer = f"{body}{self.joint}{self.extra}"
        first, second = self.credit
        for done, hours, name, text in (
            ("headline", 3, headline, body),
            ("dateline", 2, title, dateline + body),
            ("credits", 4, headline, f"{body}\n\n{first} {second}"),
            ("credits in other order", 5, headline, f"{second} {first}\n\n{body}"),
            ("figure", 0.7, self.title.format(*corrected), self._body(corrected)),
            ("word", 1, title, word),
            ("word and headline", 3, headline, dateline + word),
            ("sentence more", 2, title, longer),
            ("sentence less", 2, title, self._body(row, without_last=True)),
            ("markup left", 3, title, _with_markup(body)),
            ("typographic", 3, title, _typographic(body)),
            ("many at once", 6, headline, f"{dateline}{_typographic(longer)}\n\n{second}"),
        ):
            source = "first.example" if done in ("figure", "word") else "second.example"
            yield done, Text(name, text, source, self._time(number) + timedelta(hours=hours))

    def _time(self, number: int) -> datetime:
        return START + timedelta(hours=self.hours * number, minutes=number)

    def _body(self, row: list[str], *, without_last: bool = False) -> str:
        lines = [line.strip().format(*row) for line in self.text.strip().splitlines()]
        if without_last:
            lines.pop()
        paragraphs = re.split(r"\n\n+", "\n".join(_without_empty_slots(self.text, lines)))
        return "\n\n".join(self.joint.join(paragraph.split("\n")) for paragraph in paragraphs)


def _without_empty_slots(frame: str, lines: list[str]) -> Iterator[str]:
    """Yield *lines* but those that only an empty value stood in."""
    for raw, line in zip(frame.strip().splitlines(), lines, strict=False):
        if line or not raw.strip():
            yield line


def _other_last_digit(value: str) -> str:
    place = max(place for place, sign in enumerate(value) if sign.isdigit())
    return value[:place] + str((int(value[place]) + 1) % 10) + value[place + 1 :]


def _with_markup(body: str) -> str:
    words = body.replace("&", "&amp;").replace('"', "&quot;").split(" ")
    spaced = "".join(word + ("&nbsp;" if number % 9 == 8 else " ") for number, word in enumerate(words)).strip()
    return "<p>" + spaced.replace("\n\n", "<br />\n<br />") + "</p>"


def _typographic(body: str) -> str:
    curled = re.sub(r'"([^"]*)"', "“\\1”", body).replace("'", "’")
    return curled.replace(" - ", " – ").replace("...", "…")
