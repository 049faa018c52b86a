"""Blurbs that stand as plain paragraphs behind a "Read more:" line, recognised by their second copy.

A single such paragraph may be text of the article. If the same link stands twice on the page, each time followed by
nearly the same paragraph, the paragraph is the blurb of the link.
"""

from __future__ import annotations

from collections.abc import Iterable

from lxml.html import HtmlElement

from crawler.article.related.class_names import SILENT
from crawler.article.related.outline import PROSE, Outline
from dedupe.entries.repeats import same_entry

MAX_BLURB = 600
"""Characters; longer paragraphs are compared with nothing."""


def twin_blurbs(outline: Outline, leads: Iterable[tuple[str, HtmlElement]]) -> list[tuple[str, HtmlElement]]:
    """Return (identity of the story, paragraph) for the paragraphs that follow each of its links alike.

    :param leads: (identity, element with the one link to it), in any order
    """
    followers: dict[str, list[HtmlElement]] = {}
    for key, element in leads:
        paragraph = _paragraph_after(outline, element)
        if paragraph is not None:
            followers.setdefault(key, []).append(paragraph)
    found = []
    for key, paragraphs in followers.items():
        texts = [" ".join("".join(paragraph.itertext()).split()) for paragraph in paragraphs]
        for i, text in enumerate(texts):
            if any(same_entry(text, other) for j, other in enumerate(texts) if j != i):
                found.append((key, paragraphs[i]))
    return found


def _paragraph_after(outline: Outline, element: HtmlElement) -> HtmlElement | None:
    """Return the paragraph right behind *element*, if it has the size of a blurb and no links."""
    if (element.tail or "").strip():
        return None
    after = element.getnext()
    while after is not None and (not isinstance(after.tag, str) or after.tag in SILENT):
        after = after.getnext()
    if after is None or after not in outline.order or outline.anchors_in([after]):
        return None
    return after if PROSE / 2 <= outline.length(after) <= MAX_BLURB else None
