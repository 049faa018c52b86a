"""The lead (sapo): put back in front of the body where the page sets it apart, never doubled."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from lxml.html import HtmlElement

from crawler.decode import nfc
from crawler.metadata import Metadata
from crawler.seeds import GENERIC, Seed
from crawler.sources import BLOCK_TAGS, squeezed
from crawler.verdicts import Block

_LEAD_MARK = re.compile(
    r"(?<![a-z])(?:sapo|lead|lede|stand-?first|dek|deck|intro|introduction|summary|chapo|chapeau|desc|description"
    r"|sub-?title|sub-?head(?:line)?|sub-?deck|excerpt|vorspann|entradilla|bajada|sommario|occhiello|ingress|manchet"
    r"|teaser|strap-?line|kicker)(?![a-z])",
    re.IGNORECASE,
)
SHORTEST_LEAD = 40
"""Characters; shorter standfirsts are labels."""
LONGEST_LEAD = 1200
"""Characters; what is longer is a body."""


def restore_lead(
    tree: HtmlElement, blocks: Sequence[Block], metadata: Metadata, seed: Seed = GENERIC
) -> tuple[list[Block], str]:
    """Return *blocks* with the page's lead first, and the lead's text; what has it already stays as it is.

    The lead is an element that the seed's ``lead_css`` names, or a visible element that says what the page's own
    summary says: all of it, or its beginning where the summary is cut off; an element that is classed as a lead
    counts where the summary begins like it. What the body holds, or is made of, is never added.
    """
    kept = list(blocks)
    if not kept:
        return kept, ""
    body = squeezed(" ".join(block.text for block in kept)).casefold()
    for text in _candidates(tree, metadata, seed):
        key = squeezed(text).casefold()
        if key in body:
            first = next((block for block in kept if key in squeezed(block.text).casefold()), None)
            return kept, first.text if first is not None and first is kept[0] else ""
        if key[:60] not in body and key[-60:] not in body:
            return [Block(text), *kept], text
    return kept, ""


def _candidates(tree: HtmlElement, metadata: Metadata, seed: Seed) -> Iterator[str]:
    """Yield the visible texts that may be the lead, most certain first."""
    named = [nfc(element.text_content()) for css in seed.body.lead_css for element in tree.cssselect(css)]
    if any(named):
        yield from filter(None, named)
        return
    summaries = [_bare(summary) for summary in metadata.summaries if len(summary) >= SHORTEST_LEAD]
    if not summaries:
        return
    title = _bare(metadata.title)
    for element in tree.iter("p", "h2", "h3", "div", "span", "strong", "b", "li", "em"):
        text = _leaf_text(element)
        if not text:
            continue
        key = _bare(text)
        if key != title and any(_says(key, summary, element) for summary in summaries):
            yield text


def _leaf_text(element: HtmlElement) -> str:
    """Return the element's text if it may be a lead by its size and holds no block, else an empty text."""
    if len(element) > 6 or any(child.tag in BLOCK_TAGS for child in element):
        return ""
    text = "".join(element.itertext())
    if not SHORTEST_LEAD <= len(text) <= 2 * LONGEST_LEAD:
        return ""
    text = nfc(text)
    return text if SHORTEST_LEAD <= len(text) <= LONGEST_LEAD else ""


def _says(key: str, summary: str, element: HtmlElement) -> bool:
    if key == summary or (len(summary) >= 60 and key.startswith(summary)):
        return True
    marked = _LEAD_MARK.search(f"{element.get('class', '')} {element.get('id', '')} {element.get('itemprop', '')}")
    return bool(marked) and len(key) >= 30 and summary.startswith(key[: max(30, len(key) // 2)])


def _bare(text: str) -> str:
    """Return *text* for comparison: letters and digits only, without the mark of a cut-off end."""
    return re.sub(r"\W+", "", text).casefold()
