"""Story cards that no name and no heading announces: a picture, a title and perhaps a blurb, one story each.

A card is told from a paragraph with a link by its form: it leads to one story only, its title stands alone on
its line, and it has a picture, a heading or a second link to the same story.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from lxml.html import HtmlElement

from crawler.article.related.class_names import SILENT
from crawler.article.related.headings import MAX_HEADING, heading_verdict
from crawler.article.related.lines import lines
from crawler.article.related.link_text import is_title
from crawler.article.related.outline import Outline

MIN_LIST = 2
"""Fewer plain links than this, without pictures or headings, are no block of stories."""
MAX_CARD = 700
"""Characters of a card; more is a part of the page."""

_INLINE = frozenset({"a", "span", "em", "strong", "b", "i", "font", "u", "small"})
_NO_CARD = frozenset({"body", "main", "html", "p", "h1"}) | _INLINE | SILENT
_TITLE_WORDS = 4


def find_cards(outline: Outline, stories: Mapping[HtmlElement, str]) -> Iterator[list[HtmlElement]]:
    """Yield each card, or list of links in the body, that stands inside the body or right after it.

    :param stories: anchor → identity, for the anchors in the body's column that lead to articles of the site
    """
    lists: dict[HtmlElement, list[HtmlElement]] = {}
    cards: dict[HtmlElement, list[HtmlElement]] = {}
    owners = owners_of(stories)
    for anchor, key in stories.items():
        cards.setdefault(_card(outline, anchor, key, owners), []).append(anchor)
    for card, anchors in cards.items():
        if outline.order[card] < outline.first:
            continue
        if card.tag not in _NO_CARD and _has_headline(outline, card, anchors):
            if _is_rich(card, anchors):
                if heading_before(outline, card) != "excluded":
                    yield [card]
                continue
            if card.tag == "li":
                if outline.order[card] < outline.last:
                    lists.setdefault(card.getparent(), []).append(card)
                continue
        line = _own_line(outline, anchors[0])
        if line is not None:
            yield [line]
    for container, items in lists.items():
        if len(items) >= MIN_LIST and heading_before(outline, items[0]) != "excluded":
            yield items if container.tag not in ("ul", "ol") else [container]


def owners_of(stories: Mapping[HtmlElement, str]) -> dict[HtmlElement, str]:
    """Map each element around the anchors to the one story inside it, or to ``""`` where there are several."""
    owners: dict[HtmlElement, str] = {}
    for anchor, key in stories.items():
        for element in (anchor, *anchor.iterancestors()):
            known = owners.get(element)
            if known == "":
                break  # then so are all above
            owners[element] = key if known in (None, key) else ""
    return owners


def heading_before(outline: Outline, element: HtmlElement) -> str:
    """Return the verdict on the short text that stands last before *element*."""
    for node in outline.texts_before(element, 3):
        if len(node.text) > MAX_HEADING:
            break
        verdict = heading_verdict(node.text)
        if verdict:
            return verdict
    return ""


def _card(outline: Outline, anchor: HtmlElement, key: str, owners: Mapping[HtmlElement, str]) -> HtmlElement:
    """Return the largest element around *anchor* that holds this story alone and is no larger than a card."""
    card, above = anchor, anchor.getparent()
    while above is not None and owners.get(above) == key and above.tag not in ("body", "main", "html"):
        if outline.holds_body(above) or outline.length(above) > MAX_CARD or outline.prose_in(above) > 2:
            break
        if len(outline.anchors_in([above])) > len(outline.anchors_in([card])) + 2:
            break  # others than this story's: a teaser with its section and author at most
        card, above = above, above.getparent()
    return card


def _has_headline(outline: Outline, card: HtmlElement, anchors: list[HtmlElement]) -> bool:
    """Say whether one of the anchors is a headline that stands alone, and none is part of a sentence."""
    own = set(anchors)
    headline = False
    found, _ = lines([card], outline.lines)
    for line in found:
        for i, piece in enumerate(line.pieces):
            if piece.anchor is None:
                continue
            if line.embedded(i):
                return False
            text = piece.text
            wide = sum(letter > "\u2e7f" for letter in text)
            headline = headline or (
                piece.anchor in own and is_title(text) and (len(text.split()) >= _TITLE_WORDS or wide >= 8)
            )
    return headline


def _own_line(outline: Outline, anchor: HtmlElement) -> HtmlElement | None:
    """Return the paragraph in the body that consists of this link to a headline alone, if it does."""
    line: HtmlElement | None = anchor
    while line is not None and line.tag in _INLINE:
        line = line.getparent()
    if line is None or line.tag not in ("p", "div") or not outline.first < outline.order[line] < outline.last:
        return None
    alone = outline.length(line) == outline.length(anchor) > 0 and len("".join(line.itertext()).split()) > _TITLE_WORDS
    return line if alone and len(outline.anchors_in([line])) == 1 else None


def _is_rich(card: HtmlElement, anchors: list[HtmlElement]) -> bool:
    pictured = any(next(anchor.iter("img", "picture"), None) is not None for anchor in anchors)
    titled = any(
        next(anchor.iter("h2", "h3", "h4", "h5"), None) is not None
        or (anchor.getparent() is not None and anchor.getparent().tag in ("h2", "h3", "h4", "h5"))
        for anchor in anchors
    )
    return (
        pictured
        or (len(anchors) > 1 and card.tag not in ("td", "tr"))
        or (titled and card.tag not in ("h2", "h3", "h4", "h5"))
    )
