"""Blocks of related stories: which elements of a page hold them, and what gave them away."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from cssselect import SelectorError
from lxml.cssselect import CSSSelector
from lxml.html import HtmlElement

from crawler.outline import Outline
from crawler.related_words import class_verdict, heading_verdict, lead_in
from crawler.seeds import Seed

MAX_LINKS = 30
"""More links than this are a menu, an archive or a whole listing."""

_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_NEVER = frozenset({"html", "body", "main", "head", "script", "style", "noscript", "template", "h1"})
_BLOCKS = frozenset(
    "p div li td th h1 h2 h3 h4 h5 h6 section article aside blockquote dd dt figure table ul ol dl tr center".split()  # noqa: SIM905
)


@dataclass(slots=True)
class Block:
    """Neighbouring elements that hold related stories, and the tier that found them."""

    elements: list[HtmlElement]
    found_by: str
    widget: bool = False
    """Advertising, most read and the like: cut, but no story comes from it."""
    links: list[HtmlElement] = field(default_factory=list)


def find_blocks(outline: Outline, seed: Seed) -> Iterator[Block]:
    """Yield candidate blocks, the surest tier first; the caller judges their links."""
    yield from _by_selector(outline, seed)
    named = list(_named(outline))
    yield from (Block([e], "related-class") for e, verdict in named if verdict == "related")
    yield from (Block([e], "class") for e, verdict in named if verdict == "weak")
    yield from _by_heading(outline)
    yield from _by_data(outline)
    yield from _by_lead_in(outline)


def select(outline: Outline, selectors: Iterable[str]) -> list[HtmlElement]:
    """Return the elements that CSS *selectors* match, in the order of the selectors.

    :raises ValueError: if a selector is not valid CSS, naming it
    """
    found: list[HtmlElement] = []
    for selector in selectors:
        try:
            found += CSSSelector(selector, translator="html")(outline.root)
        except SelectorError as problem:
            raise ValueError(f"not a CSS selector: {selector!r} ({problem})") from problem
    return found


def _by_selector(outline: Outline, seed: Seed) -> Iterator[Block]:
    for element in select(outline, seed.related.css):
        yield Block([element], "selector")


def _named(outline: Outline) -> Iterator[tuple[HtmlElement, str]]:
    known: dict[str, str] = {}
    for value in outline.root.xpath(".//@class | .//@id"):
        text = str(value)
        verdict = known.get(text)
        if verdict is None:
            verdict = known[text] = class_verdict(text)
        if verdict in ("related", "weak"):
            element = value.getparent()
            if element.tag not in _NEVER:
                yield element, verdict


_DATA = (
    ".//@*[starts-with(name(), 'data-') or name() = 'aria-label' or name() = 'type' or name() = 'name']"
    "[string-length(.) > 5 and string-length(.) < 50]"
)


def _by_data(outline: Outline) -> Iterator[Block]:
    known: dict[str, bool] = {}
    for value in outline.root.xpath(_DATA):
        text = str(value)
        if text not in known:
            known[text] = class_verdict(text) == "related" or heading_verdict(text) == "related"
        if known[text] and value.getparent().tag not in _NEVER:
            yield Block([value.getparent()], "data")


# ---- headings ------------------------------------------------------------------------------------------------
def _by_heading(outline: Outline) -> Iterator[Block]:
    for holder, text, is_tail in outline.texts:
        if len(text) > 90:
            continue
        verdict = heading_verdict(text)
        if not verdict:
            continue
        for elements in _below(outline, holder, text, is_tail):
            yield Block(elements, "heading", widget=verdict == "excluded")


def _below(outline: Outline, holder: HtmlElement, text: str, is_tail: bool) -> Iterator[list[HtmlElement]]:
    """Yield what a heading may govern, the nearest first: the siblings after it, or after its wrapper."""
    if is_tail:
        yield _run(outline, holder.getnext(), [], holder)
        return
    top = holder
    length = len(text)
    for _ in range(6):  # up to the topmost element that holds this text alone
        above = top.getparent()
        if above is None or above.tag in _NEVER or _text_length(above) > length + 3:
            break
        top = above
    if top is holder and _text_length(holder) > length + 3:  # "Related: <a>…</a>" in one element
        yield [holder]
        return
    for _ in range(4):
        after = _run(outline, top.getnext(), [top], top)
        if len(after) > 1:
            yield after
        above = top.getparent()
        if above is None or above.tag in _NEVER or outline.holds_body(above):
            return
        top = above


def _run(
    outline: Outline, start: HtmlElement | None, before: list[HtmlElement], heading: HtmlElement
) -> list[HtmlElement]:
    """Return *before* and the siblings from *start* on, up to where something else begins."""
    found, pending, alternating, links = list(before), [], 0, False
    level = heading.tag if heading.tag in _HEADINGS else None
    tail = (heading.tail or "").strip()
    if len(tail) > 120:
        return found
    element = start
    while element is not None and len(found) < 80:
        if isinstance(element.tag, str):
            if outline.holds_body(element) or _ends(element, level):
                break
            has_link = element.tag == "a" or element.find(".//a[@href]") is not None
            length = _text_length(element)
            if has_link:
                if length > 2500 and element.tag == "p":
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
    if pending and alternating >= 1:
        found += pending[:1]
    return found if links else list(before)


def _ends(element: HtmlElement, level: str | None) -> bool:
    if level is not None and element.tag in _HEADINGS and element.tag <= level and element.find(".//a") is None:
        return True
    text = _short_text(element)
    return bool(text) and heading_verdict(text) != ""


def _short_text(element: HtmlElement) -> str:
    if element.find(".//a[@href]") is not None and element.tag not in _HEADINGS:
        return ""
    text = "".join(element.itertext()).strip() if element.tag not in ("script", "style") else ""
    return text if len(text) <= 90 else ""


def _text_length(element: HtmlElement) -> int:
    return len(re.sub(r"\s+", " ", "".join(element.xpath(".//text()[not(parent::script or parent::style)]"))).strip())


# ---- paragraphs that open with "Read more:" ------------------------------------------------------------------
def _by_lead_in(outline: Outline) -> Iterator[Block]:
    for holder, text, is_tail in outline.texts:
        opening = lead_in(text + ("" if len(text) > 40 else " "))
        if not opening:
            continue
        block = holder.getparent() if is_tail else holder
        while block is not None and block.tag not in _BLOCKS:
            block = block.getparent()
        if block is None or block.tag in _NEVER or outline.holds_body(block):
            continue
        whole = " ".join("".join(block.itertext()).split())
        linked = sum(len(" ".join("".join(a.itertext()).split())) for a in block.iter("a"))
        if lead_in(whole) and linked and len(whole) - len(lead_in(whole)) - linked <= max(20, linked // 4):
            yield Block([block], "anchor")
