"""Lines around and between an article's sentences that are no text of it: labels, bylines, lists of links.

What a line is follows from where it stands (before the first prose, behind the last, outside the element that
holds the prose), from whether it is a sentence, and from how much of it is links. The bounds were fitted on
every other page of the measuring sets and checked on the rest; see ``benchmarks/quality_extraction.py``.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

from lxml.html import HtmlElement

from crawler.article.body.block import Block
from crawler.article.body.leads import says_lead
from crawler.article.body.sources import Source
from crawler.article.page.sentences import ends_sentence, holds_sentence, size

PROSE = 100
"""A paragraph of this size (letters) that is a sentence marks the span of the text."""
LABEL = 140
"""A line below this size that is no sentence may be a label; above it, it is text whatever its end."""
HOME_SHARE = 0.85
"""Share of the prose that the innermost element called its home must hold."""
STANDFIRST = 60
"""A line of this size right above the text that is no byline and no date is its standfirst, full stop or not."""
PEER = 60
"""A line of this size among the text's own paragraphs is text, full stop or not: results, sources, a motto."""
POINT = 25
"""The same for the entry of a list without links, wherever it stands: points above the text, ingredients."""

_BYLINE = re.compile(r"(?i:^\W*(?:by|von|par|por|oleh|bởi)\s)|\d{1,2}[:h]\d{2}|(?<!\d)(?:19|20)\d{2}(?!\d)|©")
"""A name behind "by", a time, a year."""


@dataclass(frozen=True, slots=True)
class _Line:
    text: str
    kind: str
    size: float
    sentence: bool
    links: float
    home: bool | None
    """Whether it stands in the element that holds the prose; ``None`` where its element is not known."""
    source: Source | None

    @property
    def prose(self) -> bool:
        return self.sentence and self.links < 0.5 and self.kind not in {"heading", "table", "code"}


def furniture(blocks: Sequence[Block], sources: Sequence[Source | None]) -> list[str]:
    """Return for every block why it is no text of the article, an empty text where it is.

    Pages whose long paragraphs do not end like sentences (scripts without full stops, verse) are left alone.
    """
    lines = _lines(blocks, sources)
    spans = [index for index, line in enumerate(lines) if line.prose and line.home is not False and line.size >= PROSE]
    long = [line for line in lines if line.size >= LABEL]
    if not spans or sum(not line.sentence for line in long) > 0.4 * len(long):
        return [""] * len(blocks)
    first, last = spans[0], spans[-1]
    peers = {_stands(line.source) for line in (lines[index] for index in spans) if line.source is not None}
    reasons = [_reason(line, index < first, index > last) for index, line in enumerate(lines)]
    for index, line in enumerate(lines):
        near = first - 2 <= index < first
        if reasons[index] and ((near and _is_standfirst(line)) or (index > first and _is_peer(line, peers))):
            reasons[index] = ""
    return reasons


def _stands(source: Source) -> tuple[HtmlElement | None, object]:
    """Return where an element stands and its tag: equal for the paragraphs of one text."""
    return source.element.getparent(), source.element.tag


def _is_peer(line: _Line, peers: Collection[tuple[HtmlElement | None, object]]) -> bool:
    return line.size >= PEER and line.links < 0.3 and line.source is not None and _stands(line.source) in peers


def _is_standfirst(line: _Line) -> bool:
    """Tell a standfirst, which often has no full stop, from the headline, bylines and dates around it."""
    if line.size < STANDFIRST or line.links > 0.3 or line.source is None or _BYLINE.search(line.text):
        return False
    element = line.source.element
    return element.tag == "p" or (element.tag != "h1" and says_lead(element))


def _reason(line: _Line, before: bool, behind: bool) -> str:
    around = "above the text" if before else "below the text" if behind else ""
    if line.kind == "heading" and not ends_sentence(line.text):
        return f"heading {around}" if around else ""
    if line.kind == "table" and not (line.sentence and line.size >= PROSE):
        return f"table {around or 'outside the text'}" if around or line.home is False else ""
    if not line.sentence and line.size < LABEL and not _is_point(line, before):
        if around:
            return f"label {around}: no sentence"
        if line.home is False:
            return "label outside the text: no sentence"
    if line.links > 0.8 and line.size < 250 and (around or line.home is False):
        return "nothing but a link"
    return ""


def _is_point(line: _Line, before: bool) -> bool:
    """Tell an entry of the article's own list ("story highlights", an ingredient) from a menu's."""
    in_list = line.kind == "list" or (line.source is not None and line.source.element.tag == "li")
    if not in_list or line.links > 0.3 or line.size < POINT or (line.size < PEER and _BYLINE.search(line.text)):
        return False
    return before or line.home is not False or line.size >= PEER


def _lines(blocks: Sequence[Block], sources: Sequence[Source | None]) -> list[_Line]:
    home = home_of_prose(blocks, sources)
    lines = []
    for block, source in zip(blocks, sources, strict=True):
        inside = None if source is None or home is None else home(source.element)
        lines.append(
            _Line(
                text=block.text,
                kind=block.kind,
                size=size(block.text),
                sentence=holds_sentence(block.text),
                links=source.links if source else 0.0,
                home=inside,
                source=source,
            )
        )
    return lines


def home_of_prose(blocks: Sequence[Block], sources: Sequence[Source | None]) -> Callable[[HtmlElement], bool] | None:
    """Return a test for standing inside the innermost element with :data:`HOME_SHARE` of the prose."""
    mass: Counter[HtmlElement] = Counter()
    total = 0
    for block, source in zip(blocks, sources, strict=True):
        if source is None or source.links >= 0.5 or size(block.text) < 60 or not holds_sentence(block.text):
            continue
        total += len(block.text)
        element: HtmlElement | None = source.element
        while element is not None:
            mass[element] += len(block.text)
            element = element.getparent()
    holders = {element for element, share in mass.items() if share >= HOME_SHARE * total}
    innermost = next((e for e in holders if not any(child in holders for child in e)), None) if holders else None
    if innermost is None:
        return None
    return lambda element: element is innermost or any(above is innermost for above in element.iterancestors())
