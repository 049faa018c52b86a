"""Paragraphs of the article that trafilatura left out: put back where their neighbours were taken.

A paragraph that stands between two paragraphs of the text, in the same element as paragraphs of the text, is text:
trafilatura drops some for their class, for a link in them, or because it takes a list for a menu.
"""

from __future__ import annotations

from collections.abc import Sequence

from lxml.html import HtmlElement

from crawler.article.body.block import Block
from crawler.article.body.sources import Source, SourceMap, squeezed
from crawler.article.body.trafilatura import kind_of
from crawler.article.page.decode import nfc
from crawler.article.page.sentences import holds_sentence, size

SHORTEST = 80
"""Letters; what is shorter is as often a caption, a credit or a button."""
MOST_LINKS = 0.3
"""Share of a paragraph's characters in links, up to which it is prose."""
PROSE = 60
"""Letters of a sentence that shows where the text stands."""
_LISTS = frozenset({"li", "ul", "ol", "dl", "dd", "dt"})


def fill_gaps(blocks: Sequence[Block], sources: SourceMap, tree: HtmlElement) -> list[Block]:
    """Return *blocks* with the paragraphs that *tree* still holds between them, in the order of the page."""
    found = sources.find_all([block.text for block in blocks])
    prose = [s for b, s in zip(blocks, found, strict=True) if s is not None and _is_prose(b, s)]
    if len(prose) < 2:
        return list(blocks)
    first, last = min(source.position for source in prose), max(source.position for source in prose)
    homes = {_home(source) for source in prose}
    body = "".join(sources.key(block.text) for block in blocks)
    taken = {source.position for source in found if source is not None}
    missing = [
        source
        for source in sources.sources
        if first < source.position < last
        and source.position not in taken
        and source.links <= MOST_LINKS
        and len(source.text) >= SHORTEST
        and _home(source) in homes
        and not _stands_in(body, squeezed(nfc(source.text)))
        and size(nfc(source.text)) >= SHORTEST
        and source.element.getroottree().getroot() is tree
    ]
    return _merged(blocks, found, missing) if missing else list(blocks)


def _is_prose(block: Block, source: Source) -> bool:
    return source.links < 0.5 and size(block.text) >= PROSE and holds_sentence(block.text)


def _home(source: Source) -> HtmlElement | None:
    """Return the element whose text a paragraph, or an entry of a list, is part of."""
    above = source.element.getparent()
    while above is not None and above.tag in _LISTS:
        above = above.getparent()
    return above


def _stands_in(body: str, key: str) -> bool:
    """Say whether the text, its beginning or its end was taken already, perhaps parted in another way."""
    return key[:40] in body or key[-40:] in body


def _merged(blocks: Sequence[Block], found: Sequence[Source | None], missing: Sequence[Source]) -> list[Block]:
    merged: list[Block] = []
    waiting = list(reversed(missing))
    for block, source in zip(blocks, found, strict=True):
        while waiting and source is not None and waiting[-1].position < source.position:
            gap = waiting.pop()
            merged.append(Block(nfc(gap.text), kind_of(gap.element)))
        merged.append(block)
    return merged
