"""The verdicts of :mod:`crawler.verdicts` for a text without HTML, such as another extractor left it.

From a heading such as "Related" or "Tin liên quan" on, or where a tail of the text is a block of doubled titles,
lines are titles and blurbs of related stories, merged at any distance. Before that only promotion lines,
"Read more: …" lines and a line repeated directly after itself go; a sentence that really occurs twice stays.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from importlib.metadata import version
from itertools import pairwise

from crawler.languages import detect_language
from crawler.link_text import is_date
from crawler.plain_cards import Card, Cards, tail_start
from crawler.plain_lines import (
    Line,
    heading_kind,
    introduced_title,
    is_caption,
    is_credit,
    is_list_item,
    is_title_shaped,
    read_lines,
    without_marks,
)
from crawler.promo import promo_reason
from crawler.verdicts import GUARD_ALL, GUARD_BEFORE
from dedupe.text import normalise
from storage.records import KEPT_VERDICTS, Article, Kind, Paragraph, Place, RelatedStory, Verdict

EXTRACTOR = f"storykin {version('storykin')}, plain text"
THIN_CHARACTERS = 300
"""As for pages, see :data:`crawler.anatomy.THIN_CHARACTERS`."""
_LONGEST_HEADING = 80
_LONGEST_HEADLINE = 250


@dataclass(slots=True)
class _Text:
    """A text while it is judged; what has no verdict yet is the article's own."""

    lines: list[Line]
    title: Line | None = None
    cards: Cards = field(default_factory=Cards)
    others: Cards = field(default_factory=Cards)
    judged: dict[int, tuple[Verdict, str]] = field(default_factory=dict)
    kinds: dict[int, Kind] = field(default_factory=dict)
    guarded: bool = False

    def open_lines(self, start: int = 0, stop: int | None = None) -> list[Line]:
        """Return the lines from *start* to *stop* that have no verdict yet, without the title."""
        return [line for line in self.lines[start:stop] if line.index not in self.judged and line is not self.title]


def clean_text(text: str, id: str = "", *, url: str = "", title: str = "") -> Article:  # noqa: A002
    """Return the article in *text*: every line of it becomes the title or one paragraph with a verdict.

    :param text: an already extracted page, one paragraph a line; blank lines between paragraphs are welcome
    :param id: goes into the record as it is; *url* too
    :param title: where it is known; else the first line is taken if it looks like one
    """
    state = _Text(read_lines(text))
    state.title = _title(state.lines, normalise(title))
    _judge_promo(state)
    _judge_blocks(state)
    _judge_pointers(state)
    _judge_tail(state)
    _judge_captions(state)
    _judge_repeats(state)
    _judge_shapes(state)
    _guard(state)
    return _article(state, id, url, title)


def _title(lines: Sequence[Line], known: str) -> Line | None:
    """Return the line that is the title: the one that equals *known*, else the first if it looks like a title."""
    if known:
        return next((line for line in lines[:10] if line.key == known), None)
    if len(lines) < 2 or heading_kind(lines[0].text) or promo_reason(lines[0].text):
        return None
    first = lines[0].text
    # A title in one line with prose below it; a last "." belongs to a sentence, not to a title.
    if len(first) <= _LONGEST_HEADLINE and (is_title_shaped(first) or not first.endswith((".", "。", "…"))):
        return lines[0]
    return None


def _judge_promo(state: _Text) -> None:
    for line in state.open_lines():
        if heading_kind(line.text) != "related" and (reason := promo_reason(line.text)):
            state.judged[line.index] = ("promo", reason)


def _judge_blocks(state: _Text) -> None:
    """Read the cards below every heading of related stories and of other lists."""
    counts = Counter(line.key for line in state.lines)
    heads = [line.index for line in state.open_lines() if _is_head(line, counts)]
    for head, stop in pairwise([*heads, len(state.lines)]):
        text = state.lines[head].text
        related = heading_kind(text) == "related"
        cards = state.cards if related else state.others
        lines = state.open_lines(head + 1, stop)
        before = len(cards.roles)
        cards.consume(lines, "heading")
        if len(cards.roles) > before:
            state.judged[head] = ("related" if related else "promo", f"heading of {_list_name(related)}")
            _mark(state, cards, lines, related=related, heading=text)
        elif related and (promo := promo_reason(text)):
            state.judged[head] = ("promo", promo)
        elif related and head - 1 in state.judged and state.judged[head - 1][0] == "related":
            state.judged[head] = ("related", f"heading of {_list_name(related)}, nothing below it")


def _is_head(line: Line, counts: Counter[str]) -> bool:
    """Whether the line heads a list. The words of such headings open titles too: those are longer, or come again."""
    kind, words = heading_kind(line.text), len(line.key.split())
    if kind == "excluded":
        return counts[line.key] == 1 and words <= 4
    return kind == "related" and words <= 7


def _list_name(related: bool) -> str:
    return "related stories" if related else "another list"


def _mark(state: _Text, cards: Cards, lines: Sequence[Line], *, related: bool, heading: str = "") -> None:
    for line in lines:
        if line.index not in cards.roles:
            continue
        card, role, copy = cards.roles[line.index]
        if not related:
            state.judged[line.index] = ("promo", f"{role} of a story under the heading {heading!r}")
        elif state.title and card.title.key == state.title.key:
            state.judged[line.index] = ("related", f"{role} of a link to the article itself")
        else:
            place = cards.cards.index(card) + 1
            state.judged[line.index] = ("related", f"{role} of related story {place}, copy {copy}")


def _judge_tail(state: _Text) -> None:
    """Find a block without heading: at the end, or directly before the first block that has one."""
    first = min((index for index, (verdict, _) in state.judged.items() if verdict == "related"), default=None)
    lines = state.open_lines(stop=first)
    start = tail_start(lines, state.cards)
    if start is not None:
        state.cards.consume(lines[start:], "cards")
        _mark(state, state.cards, lines[start:], related=True)


def _judge_pointers(state: _Text) -> None:
    """Take out lines such as "Read more: TITLE" inside the text, with the blurb below them if it is a copy."""
    for line in state.open_lines():
        title = introduced_title(line.text)
        if not title or not (is_title_shaped(title) or len(title) <= _LONGEST_HEADING):
            continue
        pointed = Line(line.index, line.block, title, normalise(title))
        state.cards.consume([pointed], "anchor")
        if line.index not in state.cards.roles:  # a sentence: no title
            continue
        card, _, copy = state.cards.roles[line.index]
        state.judged[line.index] = (
            "related",
            f"pointer to related story {state.cards.cards.index(card) + 1}, copy {copy}",
        )
        _take_blurb(state, line, card)


def _take_blurb(state: _Text, pointer: Line, card: Card) -> None:
    below = state.lines[pointer.index + 1 : pointer.index + 2]
    if not below or below[0].index in state.judged or is_title_shaped(below[0].text):
        return
    line = below[0]
    twins = [other for other in state.lines if other.key == line.key and other is not line]
    known = card.blurb is not None and card.blurb.key == line.key
    if known or any(introduced_title(state.lines[twin.index - 1].text) for twin in twins if twin.index):
        card.add_blurb(line)
        place = state.cards.cards.index(card) + 1
        state.judged[line.index] = ("related", f"blurb of related story {place}, copy {card.blurb_copies}")


def _judge_captions(state: _Text) -> None:
    for line in state.open_lines():
        if is_caption(line.text):
            state.judged[line.index] = ("caption", "ends in a photo credit or begins as a caption")
            above = state.lines[line.index - 1] if line.index else None
            if (
                is_credit(line.text)
                and above in state.open_lines()
                and above.block == line.block
                and len(above.text) < 300
            ):
                state.judged[above.index] = ("caption", "stands directly above a photo credit")


def _judge_repeats(state: _Text) -> None:
    """Drop a line that equals the one before it, or the title above it; captions between do not count."""
    previous: Line | None = state.title
    for line in state.lines:
        verdict = state.judged.get(line.index, ("body", ""))[0]
        if line is state.title or verdict in {"promo", "related"}:
            continue
        if verdict == "caption":
            if any(
                state.judged.get(i, ("",))[0] == "caption" and state.lines[i].key == line.key
                for i in range(max(0, line.index - 2), line.index)
            ):
                state.judged[line.index] = ("repeated", "repeats the caption before it")
            continue
        if previous and previous.key == line.key:
            what = "the title" if previous is state.title else "the paragraph before it"
            state.judged[line.index] = ("repeated", f"repeats {what}")
            continue
        previous = line


def _judge_shapes(state: _Text) -> None:
    """Tell lead, headings and list items among the article's own lines."""
    own = state.open_lines()
    lead = next((line for line in own if not is_title_shaped(line.text)), own[0] if own else None)
    after_lead = False
    for place, line in enumerate(own):
        below = own[place + 1] if place + 1 < len(own) else None
        if is_list_item(line.text):
            state.kinds[line.index] = "list"
        if line is lead:
            state.judged[line.index] = ("lead", "")
            after_lead = True
        elif after_lead and below and _is_heading(line, below):
            state.kinds[line.index] = "heading"
            state.judged[line.index] = ("heading", "")


def _is_heading(line: Line, below: Line) -> bool:
    return (
        len(line.text) <= _LONGEST_HEADING
        and is_title_shaped(line.text)
        and not line.text.endswith((",", ":", "…", "...", '"', "”"))
        and not is_list_item(line.text)
        and not is_date(line.text)
        and not is_title_shaped(below.text)
    )


def _guard(state: _Text) -> None:
    """Flag a text of which more than ``GUARD_BEFORE`` or ``GUARD_ALL`` would go; only proven copies go from it then."""
    lines = [line for line in state.lines if line is not state.title and _verdict(state, line)[0] != "caption"]
    dropped = {line.index for line in lines if _verdict(state, line)[0] not in KEPT_VERDICTS}
    first = min((i for i in dropped if _verdict(state, state.lines[i])[0] == "related"), default=len(state.lines))
    before = [line for line in lines if line.index < first]
    if _share(before, dropped) > GUARD_BEFORE:
        _keep(state, [line for line in before if line.index in dropped])
    if _share(lines, dropped) > GUARD_ALL:
        state.guarded = True
        unproven = [line for line in lines if not (line.index in dropped and _is_copied(state, line))]
        if _share(unproven, dropped) > GUARD_ALL:
            _keep(state, [line for line in unproven if line.index in dropped])


def _share(lines: Sequence[Line], dropped: set[int]) -> float:
    total = sum(len(line.text) for line in lines)
    return sum(len(line.text) for line in lines if line.index in dropped) / total if total else 0.0


def _is_copied(state: _Text, line: Line) -> bool:
    """Whether a copy of the line bears out that it was dropped."""
    if line.index in state.cards.roles:
        card, role, _ = state.cards.roles[line.index]
        own = state.title is not None and card.title.key == state.title.key
        return own or card.title_copies > 1 or (role == "blurb" and card.blurb_copies > 1)
    return _verdict(state, line)[0] == "repeated" or heading_kind(line.text) == "related"


def _keep(state: _Text, lines: Sequence[Line]) -> None:
    state.guarded = True
    for line in lines:
        state.judged[line.index] = ("body", f"kept by the guard: {state.judged[line.index][1]}")


def _verdict(state: _Text, line: Line) -> tuple[Verdict, str]:
    return state.judged.get(line.index, ("body", ""))


def _article(state: _Text, article_id: str, url: str, title: str) -> Article:
    paragraphs = [_paragraph(state, line) for line in state.lines if line is not state.title]
    kept = [paragraph for paragraph in paragraphs if paragraph.verdict in KEPT_VERDICTS]
    text = "\n\n".join(paragraph.text for paragraph in kept)
    related = _related(state)
    doubts = ["guarded"] * state.guarded
    doubts += ["empty"] if not text else ["thin"] if len(text) < THIN_CHARACTERS else []
    return Article(
        id=article_id,
        url=url,
        title=state.title.text if state.title else " ".join(title.split()),
        lead=next((paragraph.text for paragraph in kept if paragraph.verdict == "lead"), kept[0].text if kept else ""),
        text=text,
        paragraphs=tuple(paragraphs),
        captions=tuple(dict.fromkeys(p.text for p in paragraphs if p.verdict == "caption")),
        language=detect_language(text),
        quality=tuple(doubts),
        related=related,
        related_status="found" if related else "none",
        extractor=EXTRACTOR,
    )


def _paragraph(state: _Text, line: Line) -> Paragraph:
    verdict, reason = _verdict(state, line)
    kind: Kind = "caption" if verdict == "caption" else state.kinds.get(line.index, "paragraph")
    return Paragraph(text=line.text, kind=kind, verdict=verdict, reason=reason)


def _related(state: _Text) -> tuple[RelatedStory, ...]:
    own = [line.index for line in state.lines if line is not state.title and _verdict(state, line)[0] in KEPT_VERDICTS]
    others = sorted(
        (card for card in state.cards.cards if not state.title or card.title.key != state.title.key),
        key=lambda card: card.first,
    )
    return tuple(_story(card, position, own) for position, card in enumerate(others))


def _story(card: Card, position: int, own: Sequence[int]) -> RelatedStory:
    place: Place = "after"
    if own and card.first < own[-1]:
        place = "before" if card.first < own[0] else "inside"
    return RelatedStory(
        url="",
        title=without_marks(card.title.text),
        blurb=card.blurb.text if card.blurb else "",
        found_by=card.found_by,
        place=place,
        position=position,
        title_copies=card.title_copies,
        blurb_copies=card.blurb_copies,
    )
