"""Groups of story links: every link of a page that may be a story stands in a card, neighbouring cards in a group.

A card is the largest element that holds one story alone. Cards belong together until a heading, prose or another part
of the page stands between them; the heading before a group is its own.
"""

from __future__ import annotations

from collections.abc import Container, Mapping
from dataclasses import dataclass

from lxml.html import HtmlElement

from crawler.article.related.headings import MAX_HEADING, fold, heading_verdict
from crawler.article.related.link_text import is_button, is_date
from crawler.article.related.outline import PROSE, Marks, Outline, TextNode

HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
MAX_CARD = 900
"""Characters of a card, all copies of its blurb included; more is a part of the page."""
_ROOTS = frozenset({"body", "main", "html"})
_STEPS = 6
"""Levels between a card and what it shares with its neighbour; further apart they are in different parts."""
INLINE = frozenset({"a", "span", "b", "strong", "em", "i", "font", "u", "mark", "small"})
_HEADING_PARTS = INLINE | HEADINGS | {"p", "div", "label", "dt", "th", "legend"}
_HEADING_NAMES = ("title", "head", "label", "titre", "titel", "titul", "rubrik", "tieude")
_ADVERTS = frozenset(
    """
    advertisement advertisements ad reklam reklama anzeige werbung publicité pubblicità publicidad publicidade
    advertentie annons annonse mainos реклама 広告 광고 广告
    """.split()
)


@dataclass(slots=True)
class Card:
    """The links to one story in one place."""

    key: str
    element: HtmlElement
    anchors: list[HtmlElement]


@dataclass(slots=True)
class Group:
    """Cards that a reader sees as one list."""

    cards: list[Card]
    top: HtmlElement
    """The smallest element around all cards."""
    heading: str = ""
    heading_node: TextNode | None = None
    inherited: bool = False
    """Whether the heading stands over an earlier group that this one continues."""

    @property
    def keys(self) -> list[str]:
        """The stories, each once."""
        return list(dict.fromkeys(card.key for card in self.cards))


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


def find_groups(outline: Outline, stories: Mapping[HtmlElement, str]) -> list[Group]:
    """Return the groups of a page in its order.

    :param stories: anchor → identity, for the anchors that may lead to other stories
    """
    cards = _cards(outline, stories)
    covered = outline.marks()
    for card in cards:
        covered.add(card.element)
    groups: list[Group] = []
    last: HtmlElement | None = None
    for card in cards:
        between = _between(outline, last, card.element)
        heading = _heading(outline, between, covered)
        if heading is not None and not _governs(outline, heading, card.element):
            heading = None
        prose = any(len(node.text) >= PROSE and not node.linked for node in between)
        top = _shared(outline, last, card.element) if last is not None else card.element
        around = outline.holds_body(top)
        differ = last is not None and _lists_differ(last, card.element)
        near = last is not None and not differ and _is_near(last, card.element, top, between if around else None)
        if heading is None and near:
            groups[-1].cards.append(card)
            groups[-1].top = _shared(outline, groups[-1].top, card.element)
        else:
            group = Group([card], card.element)
            before = groups[-1] if groups and not prose and not around and not differ else None
            if heading is not None:
                group.heading, group.heading_node = heading_text(outline, heading), heading
            elif before is not None and before.heading:
                group.heading, group.heading_node, group.inherited = before.heading, before.heading_node, True
            groups.append(group)
        last = card.element if last is None or outline.end(card.element) >= outline.end(last) else last
    return groups


def _cards(outline: Outline, stories: Mapping[HtmlElement, str]) -> list[Card]:
    owners = owners_of(stories)
    found: dict[HtmlElement, Card] = {}
    for anchor, key in stories.items():
        element = _card(outline, anchor, owners, stories)
        found.setdefault(element, Card(key, element, [])).anchors.append(anchor)
    return sorted(found.values(), key=lambda card: outline.order[card.element])


def _card(
    outline: Outline, anchor: HtmlElement, owners: Mapping[HtmlElement, str], stories: Mapping[HtmlElement, str]
) -> HtmlElement:
    """Return the largest element around *anchor* that holds this story alone and is no larger than a card."""
    key, card, above = stories[anchor], anchor, anchor.getparent()
    while above is not None and owners.get(above) == key and above.tag not in _ROOTS:
        if outline.holds_body(above) or outline.length(above) > MAX_CARD or _adds_prose(outline, above, card):
            break
        others = (a for a in outline.anchors_in([above]) if a not in stories and outline.link_length(a) > 0)
        if sum(1 for _ in others) > 3 or _adds_heading(outline, above, card):
            break
        card, above = above, above.getparent()
    return card


def _adds_prose(outline: Outline, above: HtmlElement, card: HtmlElement) -> bool:
    """Say whether *above* has running text that is no blurb: too much, or beside a plain link or in a paragraph."""
    added = outline.prose_in(above) - outline.prose_in(card)
    if added == 0:
        return False
    if added > 2 or outline.prose_in(above) > 3:
        return True
    shown = next((e for e in above.iter("img", "picture", *HEADINGS) if e in outline.order), None) is not None
    return outline.inside(above, outline.body) and (above.tag == "p" or not shown)


def _adds_heading(outline: Outline, above: HtmlElement, card: HtmlElement) -> bool:
    """Say whether a heading of a list stands in *above* before the card."""
    if outline.order[card] - outline.order[above] > 30:
        return False
    before = outline.texts_between(outline.order[above] - 0.25, outline.order[card])
    return any(len(node.text) <= MAX_HEADING and heading_verdict(heading_text(outline, node)) != "" for node in before)


def _between(outline: Outline, last: HtmlElement | None, element: HtmlElement) -> list[TextNode]:
    start = outline.end(last) + 0.25 if last is not None else -1.0
    return outline.texts_between(start, outline.order[element])


def _heading(outline: Outline, between: list[TextNode], covered: Marks) -> TextNode | None:
    """Return the last text that is a heading and is not followed by prose of the body."""
    for node in reversed(between):
        if len(node.text) >= PROSE and not node.linked and outline.inside(node.parent, outline.body):
            return None
        if node.parent not in covered and _is_heading(node):
            found: TextNode = node
            return found
    return None


def _governs(outline: Outline, heading: TextNode, card: HtmlElement) -> bool:
    """Say whether a heading and the card behind it stand in one part of the page."""
    top = _shared(outline, heading.parent, card)
    if not outline.holds_body(top):
        return True
    return _steps(heading.parent, top) <= _STEPS / 2 and _steps(card, top) <= _STEPS and top.tag not in _ROOTS


def _is_heading(node: TextNode) -> bool:
    text = node.text
    if not 2 <= len(text) <= MAX_HEADING or is_date(text) or not any(map(str.isalpha, text)):
        return False
    tagged = is_tagged(node)
    if node.linked and not (tagged and len(text) < 45):
        return False
    if heading_verdict(text):
        return True
    if fold(text) in _ADVERTS or is_button(text):
        return False
    above = node.parent.getparent()
    names = " ".join(
        f"{e.get('class') or ''} {e.get('id') or ''}".lower() for e in (node.parent, above) if e is not None
    )
    return tagged or any(word in names for word in _HEADING_NAMES)


def is_tagged(node: TextNode) -> bool:
    """Say whether a text stands in a heading tag, perhaps within a link or a span."""
    element: HtmlElement | None = node.parent
    for _ in range(3):
        if element is None or element.tag in HEADINGS:
            return element is not None
        if element.tag not in INLINE:
            return False
        element = element.getparent()
    return False


def heading_text(outline: Outline, node: TextNode) -> str:
    """Return the whole heading that a text is part of: ``<h3>More <em>on this</em></h3>``."""
    best, element = node.text, node.parent
    for _ in range(4):
        if element is None or element not in outline.order or element.tag not in _HEADING_PARTS:
            break
        if outline.length(element) > MAX_HEADING or len(outline.anchors_in([element])) > 1:
            break
        best = " ".join("".join(element.itertext()).split())
        if element.tag in HEADINGS:
            break
        element = element.getparent()
    return best if len(best) <= MAX_HEADING else node.text


def _shared(outline: Outline, one: HtmlElement, other: HtmlElement) -> HtmlElement:
    return next((e for e in (one, *one.iterancestors()) if outline.inside(other, e)), outline.root)


def _is_near(last: HtmlElement, element: HtmlElement, top: HtmlElement, between: list[TextNode] | None) -> bool:
    """Say whether two cards are of one list; *between* is given where *top* holds the article's own paragraphs too."""
    steps, others = _steps(last, top), _steps(element, top)
    if between is None:
        return max(steps, others) <= _STEPS and abs(steps - others) <= 3
    short = sum(len(node.text) for node in between) < 200
    prose = any(len(node.text) >= PROSE and not node.linked for node in between)
    return max(steps, others) <= 1 and last.tag == element.tag and short and not prose


def _lists_differ(one: HtmlElement, other: HtmlElement) -> bool:
    """Say whether two cards stand in lists of their own and are made in different ways, with pictures and without."""
    lists = [next(card.iterancestors("ul", "ol"), None) for card in (one, other)]
    if None in lists or lists[0] is lists[1]:
        return False
    shown = [next(card.iter("img", "picture"), None) is not None for card in (one, other)]
    return shown[0] != shown[1]


def _steps(element: HtmlElement, above: HtmlElement) -> int:
    return 0 if element is above else 1 + next((i for i, e in enumerate(element.iterancestors()) if e is above), 99)


def elements_of(outline: Outline, group: Group, stories: Mapping[HtmlElement, str]) -> tuple[HtmlElement, bool]:
    """Return the element around all cards of *group*, with its heading where that adds nothing else.

    The second value says whether it holds nothing but the group: no body, no link to another story.
    """
    top, room, keys = group.top, len(group.heading) + 3, set(group.keys)
    alone = top.tag not in _ROOTS and not outline.holds_body(top) and not _holds_other(outline, top, stories, keys)
    while alone and (above := top.getparent()) is not None and above in outline.order and above.tag not in _ROOTS:
        more = outline.length(above) - outline.length(top)
        if more > room or outline.holds_body(above) or _holds_other(outline, above, stories, keys):
            break
        top, room = above, room - more
    return top, alone


def _holds_other(
    outline: Outline, element: HtmlElement, stories: Mapping[HtmlElement, str], keys: Container[str]
) -> bool:
    return any(stories.get(anchor, "") not in keys for anchor in outline.anchors_in([element]) if anchor in stories)


def heading_element(outline: Outline, group: Group) -> HtmlElement | None:
    """Return the element that holds the heading of *group* alone, where the heading announces a list of stories."""
    node = group.heading_node
    if node is None or group.inherited or node.is_tail or heading_verdict(group.heading) == "":
        return None
    element, limit = node.parent, len(group.heading) + 3
    if outline.length(element) > limit:
        return None
    while (above := element.getparent()) is not None and above in outline.order and outline.length(above) <= limit:
        element = above
    return element
