"""The verdicts of :mod:`crawler.article.body.verdicts` for a text without HTML, such as another extractor's output.

Lines are titles and blurbs of related stories behind a heading such as "Related" or "Tin liên quan", and in a block of
doubled titles at the end; their copies are merged at any distance. Before such a block only promotion lines, "Read
more: …" lines and lines that directly repeat are dropped; a sentence that occurs twice elsewhere stays.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from importlib.metadata import version

from crawler.article.body.promo import promo_reason
from crawler.article.body.verdicts import GUARD_ALL, GUARD_BEFORE
from crawler.article.page.language import detect_language
from crawler.article.plaintext.blocks import is_head, judge_related
from crawler.article.plaintext.cards import Card
from crawler.article.plaintext.draft import Draft
from crawler.article.plaintext.lines import (
    Line,
    heading_kind,
    is_caption,
    is_credit,
    is_list_item,
    is_title_shaped,
    read_lines,
    without_marks,
)
from crawler.article.related.link_text import is_date
from dedupe.text.normalise import normalise
from storage.records import KEPT_VERDICTS, Article, Kind, Paragraph, Place, RelatedStory

EXTRACTOR = f"storykin {version('storykin')}, plain text"
THIN_CHARACTERS = 300
"""As for pages, see :data:`crawler.article.dissect.THIN_CHARACTERS`."""
_LONGEST_HEADING = 80
_LONGEST_HEADLINE = 250


def clean_text(text: str, id: str = "", *, url: str = "", title: str = "") -> Article:  # noqa: A002
    """Return the article in *text*. Every line becomes the title or one paragraph with a verdict.

    :param text: text that an extractor made of a page, one paragraph a line; blank lines are allowed
    :param id: written into the record unchanged, as is *url*
    :param title: if it is empty, the first line is the title if it looks like one
    """
    draft = Draft(read_lines(text))
    draft.title = _title(draft.lines, normalise(title))
    _judge_promo(draft)
    judge_related(draft)
    _judge_captions(draft)
    _judge_repeats(draft)
    _judge_shapes(draft)
    _guard(draft)
    return _article(draft, id, url, title)


def _title(lines: Sequence[Line], known: str) -> Line | None:
    """Return the line that is the title: the one that equals *known*, else the first if it looks like a title."""
    if known:
        return next((line for line in lines[:10] if line.key == known), None)
    if len(lines) < 2 or is_head(lines[0], lines[1]) or promo_reason(lines[0].text):
        return None
    first = lines[0].text
    # A title in one line with prose below it; a last "." belongs to a sentence, not to a title.
    if len(first) <= _LONGEST_HEADLINE and (is_title_shaped(first) or not first.endswith((".", "。", "…"))):
        return lines[0]
    return None


def _judge_promo(draft: Draft) -> None:
    for line in draft.open_lines():
        if heading_kind(line.text) != "related" and (reason := promo_reason(line.text)):
            draft.judged[line.index] = ("promo", reason)


def _judge_captions(draft: Draft) -> None:
    sizes = Counter(line.block for line in draft.lines)
    for line in draft.open_lines():
        if not is_caption(line.text):
            continue
        draft.judged[line.index] = ("caption", "ends in a photo credit or begins as a caption")
        above = draft.lines[line.index - 1] if line.index else None
        if above is None or above is draft.title or above.index in draft.judged:
            continue
        # A blank line on either side: in a text of one paragraph a line, any line may stand above.
        alone = sizes[line.block] == 2 and sizes[above.block] == 2
        if alone and is_credit(line.text) and above.block == line.block and len(above.text) < 300:
            draft.judged[above.index] = ("caption", "stands directly above a photo credit")


def _judge_repeats(draft: Draft) -> None:
    """Drop a line that equals the one before it, or the title above it; captions between do not count."""
    previous, caption = draft.title, ""
    for line in draft.lines:
        verdict = draft.verdict(line.index)
        if line is draft.title or verdict in {"promo", "related"}:
            continue
        if verdict == "caption":
            if line.key == caption:
                draft.judged[line.index] = ("repeated", "repeats the caption before it")
            caption = line.key
        elif previous and previous.key == line.key:
            what = "the title" if previous is draft.title else "the paragraph before it"
            draft.judged[line.index] = ("repeated", f"repeats {what}")
        else:
            previous = line


def _judge_shapes(draft: Draft) -> None:
    """Tell lead, headings and list items among the article's own lines."""
    own = draft.open_lines()
    lead = next((line for line in own if not is_title_shaped(line.text)), own[0] if own else None)
    after_lead = False
    for place, line in enumerate(own):
        below = own[place + 1] if place + 1 < len(own) else None
        if is_list_item(line.text):
            draft.kinds[line.index] = "list"
        if line is lead:
            draft.judged[line.index] = ("lead", "")
            after_lead = True
        elif after_lead and below and _is_heading(line, below):
            draft.kinds[line.index] = "heading"
            draft.judged[line.index] = ("heading", "")


def _is_heading(line: Line, below: Line) -> bool:
    return (
        len(line.text) <= _LONGEST_HEADING
        and is_title_shaped(line.text)
        and not line.text.endswith((",", ":", "…", "...", '"', "”"))
        and not is_list_item(line.text)
        and not is_date(line.text)
        and not is_title_shaped(below.text)
    )


def _guard(draft: Draft) -> None:
    """Flag a text of which more than ``GUARD_BEFORE`` or ``GUARD_ALL`` would go; only proven copies go from it then."""
    lines = [line for line in draft.lines if line is not draft.title and draft.verdict(line.index) != "caption"]
    dropped = _dropped(draft, lines)
    first = min((index for index in dropped if draft.verdict(index) == "related"), default=len(draft.lines))
    before = [line for line in lines if line.index < first]
    if _share(before, dropped) > GUARD_BEFORE:
        draft.guarded = True
        _keep(draft, [line for line in before if line.index in dropped and not _is_copied(draft, line)])
    dropped = _dropped(draft, lines)
    if _share(lines, dropped) > GUARD_ALL:
        draft.guarded = True
        unproven = [line for line in lines if not (line.index in dropped and _is_copied(draft, line))]
        if _share(unproven, dropped) > GUARD_ALL:
            _keep(draft, [line for line in unproven if line.index in dropped])


def _dropped(draft: Draft, lines: Sequence[Line]) -> set[int]:
    return {line.index for line in lines if draft.verdict(line.index) not in KEPT_VERDICTS}


def _share(lines: Sequence[Line], dropped: set[int]) -> float:
    total = sum(len(line.text) for line in lines)
    return sum(len(line.text) for line in lines if line.index in dropped) / total if total else 0.0


def _is_copied(draft: Draft, line: Line) -> bool:
    """Whether a copy of the line bears out that it was dropped."""
    if line.index in draft.cards.roles:
        index, role, _ = draft.cards.roles[line.index]
        card = draft.cards.cards[index]
        return draft.is_own(card) or card.title_copies > 1 or (role == "blurb" and card.blurb_copies > 1)
    return draft.verdict(line.index) == "repeated" or heading_kind(line.text) == "related"


def _keep(draft: Draft, lines: Sequence[Line]) -> None:
    for line in lines:
        draft.judged[line.index] = ("body", f"kept by the guard: {draft.judged[line.index][1]}")


def _article(draft: Draft, article_id: str, url: str, title: str) -> Article:
    paragraphs = [_paragraph(draft, line) for line in draft.lines if line is not draft.title]
    kept = [paragraph for paragraph in paragraphs if paragraph.verdict in KEPT_VERDICTS]
    text = "\n\n".join(paragraph.text for paragraph in kept)
    own = [line.index for line in draft.lines if line is not draft.title and draft.verdict(line.index) in KEPT_VERDICTS]
    related = tuple(_story(card, position, own) for position, card in enumerate(draft.stories()))
    doubts = ["guarded"] * draft.guarded
    doubts += ["empty"] if not text else ["thin"] if len(text) < THIN_CHARACTERS else []
    return Article(
        id=article_id,
        url=url,
        title=draft.title.text if draft.title else " ".join(title.split()),
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


def _paragraph(draft: Draft, line: Line) -> Paragraph:
    verdict, reason = draft.judged.get(line.index, ("body", ""))
    kind: Kind = "caption" if verdict == "caption" else draft.kinds.get(line.index, "paragraph")
    return Paragraph(text=line.text, kind=kind, verdict=verdict, reason=reason)


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
