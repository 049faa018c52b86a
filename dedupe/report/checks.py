"""What a person should look at: at most ten decisions of a corpus, in plain words, each with what corrects it.

In two steps, because texts are many and large: :func:`worth_a_look` chooses pairs by what is known without their texts,
:func:`cards` reads the texts of these few.
"""

from __future__ import annotations

import re
import shlex
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from heapq import nsmallest
from itertools import chain, zip_longest

from dedupe.printable import json_text
from dedupe.report.reasons import because, passages
from dedupe.report.report import Card, Copy, RepeatedStory
from dedupe.report.scores import BY_HAND, margin
from dedupe.text.days import written
from dedupe.text.normalise import normalise

MOST = 10
"""Cards of a report."""
KINDS = {
    "shorter kept": "The kept text is much shorter than a dropped one",
    "headlines": "One text stands under different headlines",
    "one word": "Only a name or a number differs",
    "first": "The first text is not the one that is kept",
    "by hand": "Merged by hand",
    "close": "One of the closest calls",
}
"""Kinds of cards, the gravest first, and their headings."""
_MUCH_SHORTER = 0.6
_OF_A_KIND = 3  # cards, as long as other kinds have some
_HALF = 0.5
_LIKE_SIZE = 0.02  # difference of two texts of which only a word differs
_READ = 30  # pairs of a kind whose texts are read
_TITLE = 80  # characters shown of a title
_FIGURE = re.compile(r"\d")


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of a text without reading it."""

    id: str
    title: str
    size: int
    """In any unit."""
    published: datetime | None = None


@dataclass(frozen=True, slots=True)
class Link:
    """A dropped text and the kept one that it repeats."""

    copy: Facts
    kept: Facts
    relation: str
    score: float

    @property
    def margin(self) -> float:
        """How far the decision was from the threshold."""
        return round(margin(self.relation, self.score), 4)


@dataclass(frozen=True, slots=True)
class Suspect:
    """A pair worth a look, and why."""

    kind: str
    link: Link
    headlines: tuple[str, ...] = ()


Command = Callable[[str, Copy, Copy], str]
"""Returns what corrects a card of a kind, given the kept text and the copy."""


def worth_a_look(links: Iterable[Link]) -> list[Suspect]:
    """Return the pairs that may make cards, those most in doubt of their kind first."""
    links = sorted(links, key=lambda link: (link.kept.id, link.copy.id))
    judged = [link for link in links if link.relation not in {BY_HAND, "version"}]
    shorter = [link for link in judged if link.kept.size < _MUCH_SHORTER * link.copy.size]
    alike = [
        link
        for link in judged
        if link.relation != "exact" and abs(link.copy.size - link.kept.size) <= _LIKE_SIZE * link.kept.size
    ]
    late = [link for link in judged if _days_late(link) > 0]
    close = [link for link in judged if link.margin < 1]
    hand = [link for link in links if link.relation == BY_HAND]
    return [
        *_suspects("shorter kept", nsmallest(_READ, shorter, key=lambda link: link.kept.size / link.copy.size)),
        *_under_headlines(judged),
        *_suspects("one word", nsmallest(_READ, alike, key=lambda link: -link.score)),
        *_suspects("first", nsmallest(MOST, late, key=lambda link: -_days_late(link))),
        *_suspects("by hand", hand[:MOST]),
        *_suspects("close", _one_of_each_story(sorted(close, key=lambda link: link.margin))),
    ]


def _one_of_each_story(links: Iterable[Link]) -> list[Link]:
    found: dict[str, Link] = {}
    for link in links:
        found.setdefault(link.kept.id, link)
        if len(found) == MOST:
            break
    return list(found.values())


def _suspects(kind: str, links: Iterable[Link]) -> Iterator[Suspect]:
    return (Suspect(kind, link) for link in links)


def _days_late(link: Link) -> float:
    """Return how many days after its copy the kept text was published, 0 where it was the first or nothing tells."""
    if link.copy.published is None or link.kept.published is None:
        return 0.0
    return (link.kept.published - link.copy.published).total_seconds() / 86400


def _under_headlines(links: Iterable[Link]) -> list[Suspect]:
    """Return a copy of each text that stands under several headlines, the one under most of them first.

    Two headlines of one text are most often those of two editors; they count where they share less than half.
    """
    found: defaultdict[str, dict[str, Link]] = defaultdict(dict)  # by the kept text: a link by its headline
    for link in links:
        mine, theirs = normalise(link.copy.title), normalise(link.kept.title)
        if link.relation == "exact" and mine and theirs and mine not in theirs and theirs not in mine:
            found[link.kept.id].setdefault(mine, link)
    suspects = []
    for headlines in found.values():
        first = next(iter(headlines.values()))
        if len(headlines) > 1 or _shared(first.copy.title, first.kept.title) < _HALF:
            names = (first.kept.title, *(link.copy.title for link in headlines.values()))
            suspects.append(Suspect("headlines", first, names))
    return sorted(suspects, key=lambda one: (-len(one.headlines), one.link.kept.id))[:MOST]


def _shared(one: str, other: str) -> float:
    """Return the share of the shorter title's words that the other has."""
    mine, theirs = (set(normalise(title).split()) for title in (one, other))
    return len(mine & theirs) / max(1, min(len(mine), len(theirs)))


def cards(
    suspects: Sequence[Suspect], texts: Mapping[str, Copy], apart: Iterable[RepeatedStory], command: Command
) -> tuple[Card, ...]:
    """Return at most :data:`MOST` cards, some of each kind.

    :param texts: of the suspects, by id, the reason of a copy by hand as it was recorded
    :param apart: pairs that were kept apart, the closest decision first
    """
    by_kind: dict[str, list[Card]] = {kind: [] for kind in KINDS}
    seen: set[tuple[str, str]] = set()
    calls = ((margin("different", story.copies[1].score), _of_apart(story, command)) for story in apart)
    close = list(calls)
    for suspect in suspects:
        link = suspect.link
        kept, copy = texts.get(link.kept.id), texts.get(link.copy.id)
        if not kept or not copy or (link.kept.id, link.copy.id) in seen:
            continue
        copy = replace(copy, relation=link.relation, score=link.score)
        says = _says(suspect, kept, copy)
        if not says:
            continue
        made = _card(suspect.kind, kept, copy, says, command(suspect.kind, kept, copy))
        if suspect.kind == "close":
            close.append((link.margin, made))
        elif len(by_kind[suspect.kind]) < _OF_A_KIND:
            by_kind[suspect.kind].append(made)
            seen.add((link.kept.id, link.copy.id))
    by_kind["close"] = [made for _, made in sorted(close, key=lambda one: (one[0], one[1].kept, one[1].copy))]
    in_turn = [made for made in chain.from_iterable(zip_longest(*by_kind.values())) if made]
    chosen = set(map(id, in_turn[:MOST]))
    return tuple(made for made in chain.from_iterable(by_kind.values()) if id(made) in chosen)


def _card(kind: str, kept: Copy, copy: Copy, says: str, command: str) -> Card:
    title = (kept.title or copy.title or kept.text)[:_TITLE]
    return Card(kind=kind, heading=KINDS[kind], title=title, says=says, command=command, kept=kept.id, copy=copy.id)


def _of_apart(story: RepeatedStory, command: Command) -> Card:
    first, second = story.copies[:2]
    return _card("close", first, second, second.reason, command("apart", first, second))


def _says(suspect: Suspect, kept: Copy, copy: Copy) -> str:
    """Return the sentence of a card; empty where the texts show that there is nothing to check."""
    if suspect.kind == "shorter kept":
        return (
            f"The kept text has {len(kept.text.split()):,} words, the dropped one {len(copy.text.split()):,}: what the "
            "longer one says besides is in no kept text."
        )
    if suspect.kind == "headlines":
        shown = ", ".join(f"“{title[:_TITLE]}”" for title in suspect.headlines[:3])
        return (
            f"The same words stand under {len(suspect.headlines)} headlines ({shown}). It may be a notice of the "
            "portal, such as an error or a paywall, and no story."
        )
    if suspect.kind == "one word":
        return _one_word(kept, copy)
    if suspect.kind == "first":
        return f"{_dated(copy)} was first; the kept text is {_dated(kept)}."
    clause = copy.reason if copy.relation == BY_HAND else ""
    return because(copy.relation, clause, copy.score)


def _one_word(kept: Copy, copy: Copy) -> str:
    """Say what differs where it is a name or a figure in one place."""
    differences = [pair for pair in passages(kept.text, copy.text).differences if all(pair)]
    if len(differences) != 1 or max(len(side.split()) for side in differences[0]) > 3:
        return ""
    there, here = differences[0]
    if not (_FIGURE.search(there + here) or (there[:1].isupper() and here[:1].isupper())):
        return ""
    return f"They differ in one place alone, “{there}” and “{here}”: they may be two stories."


def _dated(copy: Copy) -> str:
    assert copy.published is not None  # of this kind are dated texts only
    return f"{copy.portal or 'unknown'} on {written(copy.published).replace('T', ' ')[:16]}"


def store_command(kind: str, kept: Copy, copy: Copy) -> str:
    """Return the command that corrects a card of the store."""
    one, other = (shlex.quote(text.url or text.id) for text in (copy, kept))
    if kind in {"apart", "by hand"}:
        return f"storykin cluster {'merge' if kind == 'apart' else 'forget'} {one} {other}"
    return "storykin export --role original" if kind == "first" else f"storykin cluster unmerge {one} --from {other}"


def file_command(documents: str, clusters: str) -> Command:
    """Return what gives the command that corrects a card of files: the clusters made anew, or changed."""
    docs, found = shlex.quote(documents), shlex.quote(clusters)

    def command(kind: str, kept: Copy, copy: Copy) -> str:
        if kind in {"first", "shorter kept"}:
            keep = "first" if kind == "first" else "longest"
            return f"storykin dedupe {docs} --keep {keep} -o {found}"
        of = json_text(kept.id) if kind == "apart" else "null"
        alone = f".cluster = {of if kind == 'apart' else '.id'} | .duplicate_of = {of}"
        relation = '"near"' if kind == "apart" else "null"
        change = f"if .id == {json_text(copy.id)} then {alone} | .relation = {relation} else . end"
        return f"jq -c {shlex.quote(change)} {found}"

    return command
