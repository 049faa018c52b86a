"""The lead (sapo): put back in front of the body where the page sets it apart, never doubled."""

from __future__ import annotations

import re
from collections.abc import Sequence

from lxml.html import HtmlElement

from crawler.decode import nfc
from crawler.metadata import Metadata
from crawler.seeds import GENERIC, Seed
from crawler.verdicts import Block
from dedupe.entries import blurb_matches
from dedupe.text import normalise, words

_LEAD_MARK = re.compile(
    r"(?:^|[\s_-])(?:sapo|lead|lede|standfirst|stand-first|dek|deck|intro|introduction|summary|abstract|chapo|chapeau|"
    r"description|desc|subtitle|sub-title|subhead(?:line)?|sub-headline|excerpt|teaser-text|vorspann|entradilla|bajada|sommario|kicker-text)"
    r"(?:$|[\s_-])",
    re.IGNORECASE,
)
SHORTEST_LEAD = 40
"""Characters; shorter standfirsts are labels."""


def restore_lead(
    tree: HtmlElement, blocks: Sequence[Block], metadata: Metadata, seed: Seed = GENERIC
) -> tuple[list[Block], str]:
    """Return *blocks* with the page's lead first, and the lead's text; blocks that have it stay as they are.

    The lead is an element that the seed's ``lead_css`` names, or one marked as lead in *tree*, or a paragraph that
    is visible outside the body and equals the page's own summary. What the body already holds, or begins with,
    is never added.
    """
    kept = list(blocks)
    if not kept:
        return kept, ""
    for text in _candidates(tree, metadata, seed):
        position = _stands_in(text, kept)
        if position is None:
            return [Block(text), *kept], text
        if position == 0:
            return kept, kept[0].text
    return kept, ""


def _candidates(tree: HtmlElement, metadata: Metadata, seed: Seed) -> list[str]:
    """Return the visible texts that may be the lead, most certain first."""
    found = [nfc(element.text_content()) for css in seed.body.lead_css for element in tree.cssselect(css)]
    if found:
        return [text for text in found if text]
    summaries = [(normalise(summary), summary) for summary in metadata.summaries if len(summary) >= SHORTEST_LEAD]
    if not summaries:
        return []
    marked: list[str] = []
    for element in tree.iter("p", "h2", "h3", "div", "span", "strong"):
        if len(element) > 3:
            continue
        text = nfc(element.text_content())
        if len(text) < SHORTEST_LEAD or len(text) > 1200:
            continue
        key = normalise(text)
        if any(
            key == summary or (len(raw) > 80 and key.startswith(summary.rstrip("…. "))) for summary, raw in summaries
        ):
            marked.append(text)
            break
    return marked


def _stands_in(text: str, blocks: Sequence[Block]) -> int | None:
    """Return the index of the block that holds *text*, ``None`` if none does."""
    key = normalise(text)
    for index, block in enumerate(blocks):
        if key in normalise(block.text):
            return index
        if index < 6 and len(words(key)) >= 8 and blurb_matches(text, block.text) >= 0.8:
            return index
    return None
