"""Elements whose names speak of related stories, and whether a script is yet to fill them."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import chain
from typing import NamedTuple

from cssselect import SelectorError
from lxml.html import HtmlElement

from crawler.article.related.class_names import SILENT, foreign, promising
from crawler.article.related.groups import HEADINGS
from crawler.article.related.headings import MAX_HEADING, heading_verdict, may_be_related
from crawler.article.related.outline import Outline
from crawler.portals.seed import Seed
from dedupe.errors import InputError

_NEVER = frozenset({"html", "body", "main", "head", "h1"}) | SILENT
_CONTAINERS = frozenset({"div", "section", "aside", "ul", "ol", "article", "table", "iframe", "template"})
_DATA = frozenset({"aria-label", "type", "name"})


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


_LONGEST = 2000
"""Characters; a longer value is data, no name."""


class Attributes(NamedTuple):
    """The attributes of a page's elements, for :func:`named_related` and :func:`foreign_elements`."""

    values: list[tuple[HtmlElement, list[str]]]
    """Elements in page order, each with the values of its attributes; those that have none left out."""
    names: set[str]
    """All classes and ids."""


def attributes(outline: Outline) -> Attributes:
    """Return the attributes of a page's elements."""
    values = [(element, values) for element in outline.order if (values := element.values())]
    names = {name for element, _ in values for name in (element.get("class"), element.get("id")) if name}
    return Attributes(values, names)


def named_related(outline: Outline, told: Attributes) -> list[HtmlElement]:
    """Return the elements whose class, id or data attributes speak of related stories, none around the body."""
    values, names = set(chain.from_iterable(own for _, own in told.values)), told.names
    found = promising(
        value  # of attributes other than classes and ids only the short ones say anything
        for value in values
        if (len(value) < 60 or (len(value) < 200 and value in names)) and value[:1] not in "/#" and "://" not in value
    )
    if not found:
        return []
    return [
        element
        for element, own in told.values
        if not found.keys().isdisjoint(own)
        and element.tag not in _NEVER
        and not outline.holds_body(element)
        and any(_speaks(element, name, value, found.get(value, "")) for name, value in element.items())
    ]


def foreign_elements(outline: Outline, told: Attributes) -> list[HtmlElement]:
    """Return the elements whose class or id names advertising, comments or the like, none around the body."""
    found = foreign(name for name in told.names if len(name) < _LONGEST and "://" not in name)
    if not found:
        return []
    return [
        element
        for element, own in told.values
        if not found.isdisjoint(own)
        and not outline.holds_body(element)
        and (element.get("class") in found or element.get("id") in found)
    ]


def _speaks(element: HtmlElement, name: str, value: str, verdict: str) -> bool:
    if name in ("class", "id"):
        return verdict == "related"
    if not (name in _DATA or name.startswith("data-")) or len(value) >= 60:
        return False
    # Of the weaker words only on an element that a script defines: <gu-island name="OnwardsUpper">
    return verdict == "related" or (verdict == "weak" and "-" in element.tag)


def is_loaded_by_script(outline: Outline, named: Iterable[HtmlElement], seed: Seed) -> bool:
    """Say whether related stories are to come from a script: a named or announced element stands empty.

    :raises InputError: if a selector of *seed* is not valid CSS
    """
    if any(_is_shell(outline, element) for element in named):
        return True
    if select(outline, seed.related.script_css, seed):
        return True
    return any(
        _is_shell(outline, following)
        for node in outline.texts
        if len(node.text) <= MAX_HEADING and may_be_related(node.text) and heading_verdict(node.text) == "related"
        if (following := _after(outline, node.parent, len(node.text))) is not None
    )


def _is_shell(outline: Outline, element: HtmlElement) -> bool:
    """Say whether *element* is a container without links and without text worth the name; no icon, no button."""
    if element.tag not in _CONTAINERS and "-" not in element.tag:
        return False
    return element in outline.order and outline.length(element) < 40 and not outline.anchors_in([element])


def _after(outline: Outline, element: HtmlElement, length: int) -> HtmlElement | None:
    """Return what stands right behind the heading that *element* is, or is all of."""
    while (above := element.getparent()) is not None and outline.length(above) <= length + 3 and above.tag != "body":
        if element.getnext() is not None:
            break
        element = above
    after = element.getnext()
    heads = element.tag in HEADINGS or outline.length(element) <= length + 3
    return after if heads and after is not None and not (element.tail or "").strip() else None
