"""The text of an element with marks where the elements inside it begin and end."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from lxml.html import HtmlElement


def bordered_text(
    element: HtmlElement, border: Callable[[HtmlElement], str], read: Callable[[str], str] = str
) -> Iterator[str]:
    """Yield the pieces of text of *element* in the order of the page, those of comments left out.

    :param border: returns what stands before and behind an inner element, comments included
    :param read: applied to the text with which an element begins
    """
    if not isinstance(element.tag, str):
        return
    yield read(element.text or "")
    for inner in element:
        mark = border(inner)
        yield mark
        yield from bordered_text(inner, border, read)
        yield mark
        yield inner.tail or ""
