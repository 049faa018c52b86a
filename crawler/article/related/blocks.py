"""Blocks of related stories: which elements of a page hold them, and what gave them away."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain

from cssselect import SelectorError
from lxml.html import HtmlElement

from crawler.article.related.class_names import SILENT, promising
from crawler.article.related.headings import MAX_HEADING, heading_verdict, may_be_related
from crawler.article.related.lines import has_prose
from crawler.article.related.link_text import lead_in, may_lead_in
from crawler.article.related.outline import PROSE, Outline
from crawler.portals.seed import Seed
from dedupe.errors import InputError

HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_NEVER = frozenset({"html", "body", "main", "head", "h1"}) | SILENT
_BLOCKS = frozenset(
    [
        "p",
        "div",
        "li",
        "td",
        "th",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "section",
        "article",
        "aside",
        "blockquote",
        "dd",
        "dt",
        "figure",
        "center",
    ]
)
_DATA = frozenset({"aria-label", "type", "name"})


@dataclass(frozen=True, slots=True)
class Block:
    """Neighbouring elements that may hold related stories, and the tier that found them."""

    elements: list[HtmlElement]
    found_by: str


def find_blocks(outline: Outline, seed: Seed) -> Iterator[Block]:
    """Yield candidate blocks, the surest tier first; the caller judges their links.

    :raises InputError: if a selector of *seed* is not valid CSS
    """
    for element in select(outline, seed.related.css, seed):
        yield Block([element], "selector")
    names, data = _marked(outline)
    yield from (Block([element], "related-class") for element, verdict in names if verdict == "related")
    yield from _by_heading(outline)
    yield from (Block([element], "class") for element, verdict in names if verdict == "weak")
    yield from (Block([element], "data") for element in data)
    yield from _by_lead_in(outline)


def select(outline: Outline, selectors: Iterable[str], seed: Seed) -> list[HtmlElement]:
    """Return the elements that the CSS *selectors* match, in the order of the selectors.

    :raises InputError: if a selector is not valid CSS, naming it and the seed
    """
    found: list[HtmlElement] = []
    for selector in selectors:
        try:
            found += outline.root.cssselect(selector, translator="html")
        except SelectorError as problem:
            raise InputError(f"portal {seed.name}: {selector!r} is not a CSS selector: {problem}") from problem
    return found


def _marked(outline: Outline) -> tuple[list[tuple[HtmlElement, str]], list[HtmlElement]]:
    """Return the elements whose class or id, and those whose data attributes, speak of related stories."""
    told = [(element, values) for element in outline.order if (values := element.values())]
    values = set(chain.from_iterable(values for _, values in told))
    found = promising(value for value in values if len(value) < 200 and "://" not in value and value[:1] not in "/#")
    names: list[tuple[HtmlElement, str]] = []
    data: list[HtmlElement] = []
    for element, own in told:
        if found.keys().isdisjoint(own) or element.tag in _NEVER:
            continue
        for name, value in element.items():
            verdict = found.get(value, "")
            if verdict and name in ("class", "id"):
                names.append((element, verdict))
            elif not (name in _DATA or name.startswith("data-")) or len(value) >= 60:
                continue
            # Of the weaker words only on an element that a script defines: <gu-island name="OnwardsUpper">
            elif verdict == "related" or (verdict and "-" in element.tag):
                data.append(element)
    return names, data


# ---- headings ------------------------------------------------------------------------------------------------
def _by_heading(outline: Outline) -> Iterator[Block]:
    for node in outline.texts:
        if len(node.text) > MAX_HEADING or not may_be_related(node.text):
            continue
        if heading_verdict(node.text) == "related" or _continues(outline, node.parent, node.text):
            for elements in _below(outline, node.holder, node.text, node.is_tail):
                yield Block(elements, "heading")


def _continues(outline: Outline, parent: HtmlElement, text: str) -> bool:
    """Say whether a heading tag as a whole is one, where its text is parted: ``<h3>More <em>on this</em></h3>``."""
    if parent.tag not in HEADINGS or outline.length(parent) <= len(text):
        return False
    return heading_verdict("".join(parent.itertext())) == "related"


def _below(outline: Outline, holder: HtmlElement, text: str, is_tail: bool) -> Iterator[list[HtmlElement]]:
    """Yield what a heading may govern, the nearest first: the siblings after it, or after its wrapper."""
    if is_tail:
        yield following(outline, holder, [])
        return
    top = holder
    if top.tag not in HEADINGS and outline.length(top) > len(text) + 3:
        whole = "".join(top.itertext())
        opens = len(outline.anchors_in([top])) == 1 and lead_in(whole) != ""  # a line, not a list
        if not opens and outline.prose_in(top) == 0 and not outline.holds_body(top) and top.tag not in _NEVER:
            yield [top]  # "Related: <a>…</a> <a>…</a>" in one element
        return
    for _ in range(8):  # up to the topmost element that holds this text alone
        above = top.getparent()
        if above is None or above.tag in _NEVER or outline.length(above) > outline.length(top) + 3:
            break
        top = above
    for _ in range(3):
        after = following(outline, top, [top])
        if len(after) > 1:
            yield after
            return
        above = top.getparent()
        if above is None or above.tag in _NEVER or outline.holds_body(above):
            return
        if outline.length(above) > outline.length(top) + 60:
            return  # something else stands here, and it is not what the heading announces
        top = above


def following(outline: Outline, heading: HtmlElement, before: list[HtmlElement]) -> list[HtmlElement]:
    """Return *before* and the siblings after *heading*, up to where something else than links begins."""
    found, alternating, links = list(before), 0, False
    pending: list[HtmlElement] = []
    """Text without a link: a blurb, if another link follows."""
    level = heading.tag if heading.tag in HEADINGS else ""
    element = heading.getnext() if len((heading.tail or "").strip()) < PROSE else None
    while element is not None and len(found) < 100:
        if isinstance(element.tag, str) and element.tag not in SILENT:
            if outline.holds_body(element) or _ends(outline, element, level):
                break
            length = outline.length(element)
            if outline.anchors_in([element]):
                if has_prose(element, outline.lines):
                    break
                alternating += bool(pending)
                found += [*pending, element]
                pending, links = [], True
            elif length > 400 or (pending and length > 40):
                break
            else:
                (pending if length > 40 else found).append(element)
        if len((element.tail or "").strip()) > 400:
            break
        element = element.getnext()
    if pending and alternating:
        found += pending[:1]
    return found if links else list(before)


def _ends(outline: Outline, element: HtmlElement, level: str) -> bool:
    """Say whether another part begins here: a heading of the same rank, or one that announces a list."""
    anchors = outline.anchors_in([element])
    if level and element.tag in HEADINGS and element.tag <= level and not anchors:
        return True
    if outline.length(element) > MAX_HEADING or (anchors and element.tag not in HEADINGS):
        return False
    return heading_verdict("".join(element.itertext())) != ""


# ---- paragraphs that open with "Read more:" ------------------------------------------------------------------
def _by_lead_in(outline: Outline) -> Iterator[Block]:
    for node in outline.texts_around(outline.column):
        if not may_lead_in(node.text):
            continue
        block: HtmlElement | None = node.parent
        while block is not None and block.tag not in _BLOCKS:
            block = block.getparent()
        if block is None or not outline.inside(block, outline.column) or outline.holds_body(block):
            continue  # elsewhere on a page ">>" is but the mark of a list
        whole = " ".join("".join(block.itertext()).split())
        opening = lead_in(whole)
        rest = len(whole) - len(opening)
        linked = min(outline.link_length(block), rest)
        if opening and linked >= 8 and rest - linked <= max(20, linked // 4):
            yield Block([block], "anchor")
