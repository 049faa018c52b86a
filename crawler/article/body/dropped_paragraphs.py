"""Paragraphs of the article that trafilatura left out: put back where their neighbours were taken.

A paragraph that stands between two paragraphs of the text, in the same element as paragraphs of the text, is text:
trafilatura drops some for their class, for a link in them, or because it takes a list for a menu. Text is also what
stands in an element marked up like those that hold the text.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Container, Sequence

from lxml.html import HtmlElement

from crawler.article.body.block import Block
from crawler.article.body.labels import home_of_prose
from crawler.article.body.sources import Source, SourceMap, squeezed
from crawler.article.body.trafilatura import kind_of
from crawler.article.page.decode import nfc
from crawler.article.page.sentences import ends_sentence, holds_sentence, size
from storage.records import Paragraph

SHORTEST = 80
"""Letters below which a paragraph must end like a sentence: shorter ones are as often captions, credits or buttons."""
SHORTEST_SENTENCE = 20
"""Characters without blanks."""
MOST_LINKS = 0.3
"""Share of a paragraph's characters in links, up to which it is prose."""
PROSE = 60
"""Letters of a sentence that shows where the text stands."""
_LISTS = frozenset({"li", "ul", "ol", "dl", "dd", "dt"})
_ENTRIES = frozenset({"li", "dd", "dt", "pre", "h2", "h3", "h4", "h5", "h6"})


def fill_gaps(blocks: Sequence[Block], sources: SourceMap, tree: HtmlElement) -> list[Block]:
    """Return *blocks* with the paragraphs of the text that *tree* still holds, in the order of the page."""
    found = sources.find_all([block.text for block in blocks])
    prose = [s for b, s in zip(blocks, found, strict=True) if s is not None and _is_prose(b, s)]
    if len(prose) < 2:
        return list(blocks)
    first, last = min(source.position for source in prose), max(source.position for source in prose)
    kin = _Kin(prose)
    inside = home_of_prose(blocks, found)
    body = "".join(sources.key(block.text) for block in blocks)
    taken = {source.position for source in found if source is not None}
    shares = _LinkShares(sources)

    def is_missing(source: Source) -> bool:
        between = first < source.position < last
        if between and _is_text(source, kin.homes, shares):
            return True
        if not kin.holds(source) or inside is None or not inside(source.element):
            return False
        return between or kin.goes_on(source)

    missing = [
        source
        for source in sources.sources
        if source.position not in taken
        and is_missing(source)
        and not _stands_in(body, source.plain_key)
        and sources.holds(source)
    ]
    return _merged(blocks, found, missing) if missing else list(blocks)


class _LinkShares:
    """The share of linked characters in the text of each element."""

    def __init__(self, sources: SourceMap) -> None:
        self._letters: Counter[HtmlElement | None] = Counter()
        self._linked: Counter[HtmlElement | None] = Counter()
        for source in sources.sources:
            self._letters[source.home] += len(source.key)
            self._linked[source.home] += int(source.links * len(source.key))

    def of(self, home: HtmlElement | None) -> float:
        return self._linked[home] / self._letters[home]


class _Kin:
    """What stands among the paragraphs of the text or is marked up like them: entries, subheadings, more text."""

    def __init__(self, prose: Sequence[Source]) -> None:
        self.homes = {_home(source) for source in prose}
        self._marks = {_marks(source.element) for source in prose}
        self._home_marks = {_marks(home) for home in self.homes if home is not None}

    def holds(self, source: Source) -> bool:
        """Tell whether a run is of the text. A subheading or an entry may be of any form, other text is a sentence."""
        if source.links > MOST_LINKS or not (source.element.tag in _ENTRIES or ends_sentence(nfc(source.text))):
            return False
        home, marks = _home(source), _marks(source.element)
        if home in self.homes or (marks[1] and marks in self._marks):
            return True
        return home is not None and bool(home.get("class")) and _marks(home) in self._home_marks

    def goes_on(self, source: Source) -> bool:
        """Tell whether a run of :meth:`holds` before or behind all other paragraphs is one: long, and marked up so."""
        text = nfc(source.text)
        return _marks(source.element) in self._marks and size(text) >= SHORTEST and ends_sentence(text)


def _marks(element: HtmlElement) -> tuple[str, str]:
    return str(element.tag), element.get("class", "")


def _is_text(source: Source, homes: Container[HtmlElement | None], shares: _LinkShares) -> bool:
    """Tell a paragraph by its length; a shorter one by its full stop, if the element around it is no menu."""
    if _home(source) in homes:
        if source.links <= MOST_LINKS and size(nfc(source.text)) >= SHORTEST:
            return True
    elif source.home is None or source.home.getparent() not in homes:
        return False
    return (
        len(source.key) >= SHORTEST_SENTENCE
        and ends_sentence(nfc(source.text))
        and shares.of(source.home) <= MOST_LINKS
    )


def left_out(sources: SourceMap, told: Sequence[str]) -> list[Paragraph]:
    """Return the prose of the page that is in none of the texts *told*, in page order, as paragraphs ``left out``."""
    everything = "\n".join(map(squeezed, told))
    missed = [
        text
        for source in sources.sources
        if source.links < 0.5
        and len(source.key) >= SHORTEST_LEFT_OUT
        and not _stands_in(everything, source.plain_key)
        and (holds_sentence(text := nfc(source.text)) or size(text) >= PROSE)
    ]
    return [Paragraph(text=text, verdict="left out", reason=NOBODY) for text in dict.fromkeys(missed)]


NOBODY = "no part of the main text as any extractor found it"
SHORTEST_LEFT_OUT = 20
"""Characters without blanks; what is shorter is a label."""


def _is_prose(block: Block, source: Source) -> bool:
    return source.links < 0.5 and size(block.text) >= PROSE and holds_sentence(block.text)


def _home(source: Source) -> HtmlElement | None:
    """Return the element whose text a paragraph, or an entry of a list, is part of."""
    above = source.home
    while above is not None and above.tag in _LISTS:
        above = above.getparent()
    return above


def _stands_in(body: str, key: str) -> bool:
    """Say whether the text, its beginning or its end was taken already, perhaps parted in another way."""
    return key[:40] in body or key[-40:] in body


def _merged(blocks: Sequence[Block], found: Sequence[Source | None], missing: Sequence[Source]) -> list[Block]:
    merged: list[Block] = []
    waiting = deque(missing)
    for block, source in zip(blocks, found, strict=True):
        while waiting and source is not None and waiting[0].position < source.position:
            merged.append(block_of(waiting.popleft()))
        merged.append(block)
    return [*merged, *map(block_of, waiting)]


def block_of(source: Source) -> Block:
    """Return a paragraph of the page as a block of the text."""
    return Block(nfc(source.text), kind_of(source.element))
