"""The lead (sapo): put back in front of the body where the page sets it apart, never doubled."""

from __future__ import annotations

import re
from collections.abc import Sequence

from lxml.html import HtmlElement

from crawler.decode import nfc
from crawler.metadata import Metadata
from crawler.seeds import GENERIC, Seed
from crawler.sentences import ends_sentence
from crawler.sources import BLOCK_TAGS, squeezed
from crawler.verdicts import Block

_LEAD_MARK = re.compile(
    r"(?<![a-z])(?:sapo|lead|lede|stand-?first|dek|deck|intro|introduction|summary|chapo|chapeau|desc|description"
    r"|sub-?title|sub-?head(?:line)?|sub-?deck|excerpt|vorspann|entradilla|bajada|sommario|occhiello|ingress|manchet"
    r"|teaser|strap-?line|kicker)(?![a-z])",
    re.IGNORECASE,
)
_BLOCKS = frozenset(BLOCK_TAGS)
SHORTEST_LEAD = 40
"""Characters; shorter standfirsts are labels."""
LONGEST_LEAD = 1200
"""Characters; what is longer is a body."""


def restore_lead(blocks: Sequence[Block], candidates: Sequence[str]) -> tuple[list[Block], str]:
    """Return *blocks* with the page's lead first, and the lead's text; what has it already stays as it is.

    *candidates* come from :func:`lead_candidates`. What the body holds, or is made of, is never added.
    """
    kept = list(blocks)
    body = squeezed(" ".join(block.text for block in kept)).casefold()
    for text in candidates if kept else ():
        key = squeezed(text).casefold()
        if key in body:
            first = next((block for block in kept if key in squeezed(block.text).casefold()), None)
            return kept, first.text if first is not None and first is kept[0] else ""
        if key[:60] not in body and key[-60:] not in body:
            return [Block(text), *kept], text
    return kept, ""


def lead_candidates(tree: HtmlElement, metadata: Metadata, seed: Seed = GENERIC) -> list[str]:
    """Return the visible texts of the page that may be its lead, most certain first.

    In order: what the seed's ``lead_css`` names; an element that says what the page's own summary says, all of
    it or its beginning where the summary is cut off; a sentence right behind the headline, in a heading of its
    own or in an element classed as a lead.
    """
    named = [nfc(element.text_content()) for css in seed.body.lead_css for element in tree.cssselect(css)]
    if any(named):
        return [text for text in named if text]
    summaries = [_bare(summary) for summary in metadata.summaries if len(summary) >= SHORTEST_LEAD]
    title = _bare(metadata.title)
    same: list[str] = []
    behind_title: list[str] = []
    since_title = -1
    for element in tree.iter("h1", "p", "h2", "h3", "div", "span", "strong", "b", "li", "em"):
        if since_title >= 0:
            since_title += 1
        if not (text := _leaf_text(element)):
            continue
        key = _bare(text)
        if key == title:
            since_title = 0 if element.tag in {"h1", "h2"} else since_title
        elif any(_says(key, summary, element) for summary in summaries):
            same.append(text)
        elif 0 < since_title <= REACH and not behind_title and _is_standfirst(element, text):
            behind_title.append(text)
    return same + behind_title


REACH = 40
"""Elements behind the headline within which a standfirst is looked for."""


def _is_standfirst(element: HtmlElement, text: str) -> bool:
    if not ends_sentence(text) or len(text) < 60:
        return False
    above = element.getparent()
    marks = f"{_marks(element)} {_marks(above) if above is not None else ''}"
    return element.tag in {"h2", "h3"} or _LEAD_MARK.search(marks) is not None


def _marks(element: HtmlElement) -> str:
    return f"{element.get('class', '')} {element.get('id', '')} {element.get('itemprop', '')}"


def _leaf_text(element: HtmlElement) -> str:
    """Return the element's text if it may be a lead by its size and holds no block, else an empty text."""
    if len(element) > 6 or any(child.tag in _BLOCKS for child in element):
        return ""
    text = "".join(element.itertext())
    if not SHORTEST_LEAD <= len(text) <= 2 * LONGEST_LEAD:
        return ""
    text = nfc(text)
    return text if SHORTEST_LEAD <= len(text) <= LONGEST_LEAD else ""


def _says(key: str, summary: str, element: HtmlElement) -> bool:
    if key == summary or (len(summary) >= 60 and key.startswith(summary)):
        return True
    return (
        _LEAD_MARK.search(_marks(element)) is not None
        and len(key) >= 30
        and summary.startswith(key[: max(30, len(key) // 2)])
    )


def _bare(text: str) -> str:
    """Return *text* for comparison: letters and digits only, without the mark of a cut-off end."""
    return re.sub(r"\W+", "", text).casefold()
