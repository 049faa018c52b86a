"""Related stories in a text without HTML: below a heading, behind "Read more:", or as a doubled tail."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import pairwise

from crawler.article.body.promo import promo_reason
from crawler.article.plaintext.cards import Cards, Role, line_roles, tail_start
from crawler.article.plaintext.draft import Draft
from crawler.article.plaintext.lines import Line, heading_kind, introduced_title, is_title_shaped
from dedupe.text.normalise import normalise

_LONGEST_POINTED = 80
"""Characters up to which words behind "Read more:" that end like a sentence are a title."""


def judge_related(draft: Draft) -> None:
    """Find the related stories of *draft* and judge every line that belongs to them."""
    _judge_blocks(draft)
    _judge_pointers(draft)
    _judge_tail(draft)
    _give_reasons(draft)


def is_head(line: Line, below: Line | None, copies: int = 1) -> bool:
    """Tell whether *line* heads a list. Titles may begin with the same words; they are longer and have prose below.

    :param below: the next line, ``None`` at the end; below a heading it is a title
    :param copies: how often the text holds the line; a heading that excludes a list stands once
    """
    kind, words = heading_kind(line.text), len(line.key.split())
    if kind == "excluded":
        return copies < 2 and words <= 4
    return kind == "related" and (words <= 3 or (words <= 7 and below is not None and is_title_shaped(below.text)))


def _judge_blocks(draft: Draft) -> None:
    """Read the cards below every heading of related stories and of other lists."""
    counts = Counter(line.key for line in draft.lines)
    heads = [line.index for line in draft.open_lines() if is_head(line, draft.below(line), counts[line.key])]
    below = set(heads)
    own = draft.open_lines(heads[0] if heads else 0)
    roles = line_roles([_without_opening(line) for line in own if line.index not in below])
    for head, stop in pairwise([*heads, len(draft.lines)]):
        text = draft.lines[head].text
        related = heading_kind(text) == "related"
        lines = [_without_opening(line) for line in draft.open_lines(head + 1, stop)]
        if not related:
            _judge_other_list(draft, head, lines, roles)
            continue
        draft.cards.consume(lines, "heading", roles)
        taken = [line for line in lines if line.index in draft.cards.roles]
        if taken:
            draft.judged[head] = ("related", "heading of related stories")
            draft.judged.update({line.index: ("related", "") for line in taken})  # reasons: _give_reasons
        elif promo := promo_reason(text):
            draft.judged[head] = ("promo", promo)
        elif head and draft.verdict(head - 1) == "related":
            draft.judged[head] = ("related", "heading of related stories, nothing below it")


def _judge_other_list(draft: Draft, head: int, lines: Sequence[Line], roles: Mapping[int, Role]) -> None:
    """Take out a list such as the most read, where it stands behind related stories and nothing else follows in it."""
    if not draft.cards.cards:
        return
    others = Cards()
    if lines and others.consume(lines, "heading", roles) == len(lines):
        draft.judged[head] = ("promo", "heading of another list")
        why = f"of a story under the heading {draft.lines[head].text!r}"
        draft.judged.update({line.index: ("promo", f"{others.roles[line.index][1]} {why}") for line in lines})


def _judge_pointers(draft: Draft) -> None:
    """Take out lines such as "Read more: TITLE" inside the text, with the blurb below them if it is a copy."""
    counts = Counter(line.key for line in draft.lines)
    for line in draft.open_lines():
        title = _without_opening(line)
        if title is line or not (is_title_shaped(title.text) or len(title.text) <= _LONGEST_POINTED):
            continue
        draft.cards.consume([title], "anchor")
        if line.index not in draft.cards.roles:  # a sentence: no title
            continue
        draft.judged[line.index] = ("related", "")
        below = draft.below(line)
        if below and below.index not in draft.judged and _is_pointed_blurb(draft, line, below, counts):
            draft.cards.add_blurb(below, draft.cards.roles[line.index][0])
            draft.judged[below.index] = ("related", "")


def _without_opening(line: Line) -> Line:
    """Return *line* without "Read more:" or ">>" before its title; the line itself where it has none."""
    title = introduced_title(line.text)
    return Line(line.index, line.block, title, normalise(title)) if title else line


def _is_pointed_blurb(draft: Draft, pointer: Line, below: Line, counts: Counter[str]) -> bool:
    """Whether the line below a pointer is its story's blurb: it comes again, below the same pointer or in a card."""
    if is_title_shaped(below.text):
        return False
    card = draft.cards.cards[draft.cards.roles[pointer.index][0]]
    if card.blurb is not None and card.blurb.key == below.key:
        return True
    if counts[below.key] < 2:
        return False
    twins = (line for line in draft.lines if line.key == below.key and line is not below)
    return any(twin.index and draft.lines[twin.index - 1].key == pointer.key for twin in twins)


def _judge_tail(draft: Draft) -> None:
    """Find a block without heading: at the end, or directly before the first block that has one."""
    first = min((index for index in draft.judged if draft.verdict(index) == "related"), default=None)
    lines = draft.open_lines(stop=first)
    start = tail_start(lines, draft.cards)
    if start is not None:
        draft.cards.consume(lines[start:], "cards")
        draft.judged.update({line.index: ("related", "") for line in lines[start:]})


def _give_reasons(draft: Draft) -> None:
    number = {id(card): place for place, card in enumerate(draft.stories(), start=1)}
    for index, (card, role, copy) in draft.cards.roles.items():
        place = number.get(id(draft.cards.cards[card]))
        reason = f"{role} of related story {place}, copy {copy}" if place else f"{role} of a link to the article itself"
        draft.judged[index] = ("related", reason)
