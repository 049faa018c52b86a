"""The lead (sapo): put back in front of the body where the page sets it apart, never doubled."""

from __future__ import annotations

import re
from collections.abc import Sequence

from lxml.html import HtmlElement

from crawler.article.body.block import Block
from crawler.article.body.sources import Source, SourceMap, squeezed
from crawler.article.metadata.metadata import Metadata
from crawler.article.page.decode import nfc
from crawler.article.page.sentences import ends_sentence, size

_LEAD_MARK = re.compile(
    r"(?<![a-z])(?:sapo|lead|lede|stand-?first|dek|deck|intro|introduction|summary|chapo|chapeau|desc|description"
    r"|sub-?title|sub-?head(?:line|ing)?|sub-?line|sub-?deck|excerpt|vorspann|entradilla|bajada|sommario|occhiello|ingress|manchet|perex|zajawka"
    r"|teaser|strap-?line|kicker)(?![a-z])",
    re.IGNORECASE,
)
SHORTEST_LEAD = 30
"""Letters and digits; shorter standfirsts are labels."""
_BEGINNING = 100
"""Characters of a block within which the first :data:`SHORTEST_LEAD` letters nearly always lie."""
LONGEST_LEAD = 1000
"""Letters and digits above which a text is a body and no lead."""


def restore_lead(blocks: Sequence[Block], candidates: Sequence[str]) -> tuple[list[Block], str]:
    """Return *blocks* with the page's lead first, and the text of the lead; empty text if no lead is known.

    A candidate that the blocks hold already is not added.

    :param candidates: what :func:`lead_candidates` returns
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


def lead_candidates(
    sources: SourceMap, metadata: Metadata, blocks: Sequence[Block], named: Sequence[str] = ()
) -> list[str]:
    """Return the visible texts of the page that may be its lead, most certain first.

    In order: what the seed's ``lead_css`` *named*; an element that says what the page's own summary says, all
    of it or its beginning where the summary is cut off; a sentence between the headline and the first of *blocks*,
    or in a heading or an element classed as a lead, that speaks of what the page's title, summary and text do.
    What was cut from the page since *sources* was made (captions, related stories, notices) is no lead.
    """
    if any(named):
        return [text for text in map(nfc, named) if text]
    summaries = [_bare(summary) for summary in metadata.summaries if len(summary) >= SHORTEST_LEAD]
    title = _bare(metadata.title)
    same: list[str] = []
    behind_title: list[str] = []
    since_title = -1
    first = sources.find(blocks[0].text) if blocks else None
    subject = Subject([metadata.title, *metadata.summaries, *(block.text for block in blocks)])
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
        elif not sources.holds(source):
            continue
        elif SHORTEST_LEAD <= len(key) <= LONGEST_LEAD:
            if any(_says(key, summary, source.element) for summary in summaries):
                same.append(nfc(source.text))
            elif standfirst and _is_standfirst(source, first, subject):
                behind_title.append(nfc(source.text))
    return same + behind_title


REACH = 25
"""Blocks behind the headline within which a standfirst is looked for."""


def _is_standfirst(source: Source, first: Source | None, subject: Subject) -> bool:
    element, above = source.element, first is not None and source.position < first.position
    called = element.tag in {"h2", "h3"} or says_lead(element)
    if source.links > 0.5 or not (above or called):
        return False
    text = nfc(source.text)
    least = SAME_SUBJECT_IF_CALLED if called else SAME_SUBJECT
    return len(text) >= 60 and ends_sentence(text) and subject.share(text) >= least


SAME_SUBJECT = 0.4
"""Share of a lead's words that the page's title, summary or text holds as well, where only its place tells it."""
SAME_SUBJECT_IF_CALLED = 0.15
"""The same where its tag or its class calls it a lead: enough to tell it from an advert or a player's text."""


class Subject:
    """The subject of a page: the longer words of its title, summaries and text."""

    def __init__(self, texts: Sequence[str]) -> None:
        self._texts = texts
        self._terms: frozenset[str] | None = None

    def share(self, text: str) -> float:
        """Return the share of the terms of *text* that the page has too."""
        if self._terms is None:
            self._terms = frozenset(term for known in self._texts for term in _terms(known))
        found = _terms(text)
        return sum(term in self._terms for term in found) / len(found) if found else 0.0


def _terms(text: str) -> list[str]:
    """Return the words of four letters and more; of scripts without blanks, every two characters."""
    words = _WORD.findall(text.casefold())
    if size(text) > 1.5 * len(text):
        return [word[at : at + 2] for word in words for at in range(len(word) - 1)]
    return [word for word in words if len(word) >= 4] or words


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
