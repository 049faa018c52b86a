"""The lead (sapo): put back in front of the body where the page sets it apart, never doubled."""

from __future__ import annotations

import re
from collections.abc import Sequence

from lxml.html import HtmlElement

from crawler.article.body.block import Block
from crawler.article.body.sources import Source, SourceMap, squeezed
from crawler.article.metadata.metadata import Metadata
from crawler.article.page.decode import nfc
from crawler.article.page.sentences import ends_sentence

_LEAD_MARK = re.compile(
    r"(?<![a-z])(?:sapo|lead|lede|stand-?first|dek|deck|intro|introduction|summary|chapo|chapeau|desc|description"
    r"|sub-?title|sub-?head(?:line|ing)?|sub-?line|sub-?deck|excerpt|vorspann|entradilla|bajada|sommario|occhiello|ingress|manchet"
    r"|teaser|strap-?line|kicker)(?![a-z])",
    re.IGNORECASE,
)
SHORTEST_LEAD = 30
"""Letters and digits; shorter standfirsts are labels."""
_BEGINNING = 100
"""Characters of a block within which the first :data:`SHORTEST_LEAD` letters nearly always lie."""
LONGEST_LEAD = 1000
"""Letters and digits; what is longer is a body."""


def restore_lead(blocks: Sequence[Block], candidates: Sequence[str]) -> tuple[list[Block], str]:
    """Return *blocks* with the page's lead first, and the lead's text; what has it already stays as it is.

    *candidates* come from :func:`lead_candidates`. What the body holds, or is made of, is never added.
    """
    kept = list(blocks)
    if not kept or not candidates:
        return kept, ""
    first = squeezed(kept[0].text).casefold()
    body = ""
    for text in candidates:
        key = squeezed(text).casefold()
        if key in first:
            return kept, kept[0].text
        body = body or squeezed(" ".join(block.text for block in kept)).casefold()
        if key in body:
            return kept, ""
        if key[:60] not in body and key[-60:] not in body:
            return [Block(text), *kept], text
    return kept, ""


def lead_candidates(sources: SourceMap, metadata: Metadata, named: Sequence[str] = ()) -> list[str]:
    """Return the visible texts of the page that may be its lead, most certain first.

    In order: what the seed's ``lead_css`` *named*; an element that says what the page's own summary says, all
    of it or its beginning where the summary is cut off; a sentence right behind the headline, in a heading of
    its own or in an element classed as a lead.
    """
    if any(named):
        return [text for text in map(nfc, named) if text]
    summaries = [_bare(summary) for summary in metadata.summaries if len(summary) >= SHORTEST_LEAD]
    title = _bare(metadata.title)
    same: list[str] = []
    behind_title: list[str] = []
    since_title = -1
    beginnings = {text[:SHORTEST_LEAD] for text in (title, *summaries)}
    initials = {text[:1] for text in beginnings}
    for source in sources.sources:
        if since_title >= 0:
            since_title += 1
        if len(source.text) > 2 * LONGEST_LEAD or len(source.text) < 10:
            continue
        standfirst = 0 < since_title <= REACH and not behind_title
        # Nearly every block is neither the title nor what a summary says, and there is no need to read all of it.
        if not standfirst and source.key[0].isalnum() and source.key[0].casefold()[0] not in initials:
            continue
        begins = "" if standfirst else _bare(source.text[:_BEGINNING])[:SHORTEST_LEAD]
        if len(begins) == SHORTEST_LEAD and begins not in beginnings:
            continue
        key = _bare(source.text)
        if key == title:
            since_title = 0 if source.element.tag in {"h1", "h2"} else since_title
        elif SHORTEST_LEAD <= len(key) <= LONGEST_LEAD:
            if any(_says(key, summary, source.element) for summary in summaries):
                same.append(nfc(source.text))
            elif standfirst and _is_standfirst(source):
                behind_title.append(nfc(source.text))
    return same + behind_title


REACH = 25
"""Blocks behind the headline within which a standfirst is looked for."""


def _is_standfirst(source: Source) -> bool:
    element = source.element
    if source.links > 0.5 or not (element.tag in {"h2", "h3"} or says_lead(element)):
        return False
    text = nfc(source.text)
    return len(text) >= 60 and ends_sentence(text)


def says_lead(element: HtmlElement) -> bool:
    """Say whether an element, or the one it stands in, is called a lead, a deck, a summary or the like."""
    above = element.getparent()
    marks = f"{_marks(element)} {_marks(above) if above is not None else ''}"
    return _LEAD_MARK.search(marks) is not None


def _marks(element: HtmlElement) -> str:
    return f"{element.get('class', '')} {element.get('id', '')} {element.get('itemprop', '')}"


def _says(key: str, summary: str, element: HtmlElement) -> bool:
    if key == summary or (len(summary) >= 60 and key.startswith(summary)):
        return True
    return (
        _LEAD_MARK.search(_marks(element)) is not None
        and len(key) >= 30
        and summary.startswith(key[: max(30, len(key) // 2)])
    )


_WORD = re.compile(r"\w+")


def _bare(text: str) -> str:
    """Return *text* for comparison: letters and digits only, without the mark of a cut-off end."""
    return "".join(_WORD.findall(text)).casefold()
