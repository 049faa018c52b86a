"""Articles that stand only in the data for a page's scripts. Read where the markup holds no text."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator

from lxml.html import HtmlElement, fromstring

from crawler.article.body.block import Block
from crawler.article.body.captions import take_captions
from crawler.article.body.sources import text_runs
from crawler.article.body.trafilatura import kind_of
from crawler.article.metadata.metadata import Metadata
from crawler.article.page.decode import CONTROLS, nfc, whole
from crawler.article.page.sentences import size

SHORTEST_BODY = 400
"""Letters of text from which script data count as an article."""
_STRING = re.compile(r'"((?:[^"\\]|\\.)*+)', re.DOTALL)
_SHORTEST_LITERAL = 300
_PARAGRAPH = re.compile(r"<p[\s>]", re.IGNORECASE)
_MARKUP = re.compile(r"<(?:p|br|div)\b", re.IGNORECASE)
_MOST_SCRIPT = 5_000_000
_DEPTH = 3
"""JSON in JSON in JSON is the deepest nesting seen (streamed React pages)."""


def script_texts(scripts: Iterable[HtmlElement]) -> list[str]:
    """Return the texts of the page's *scripts* that may hold an article: long ones with markup, JSON-LD left out."""
    return [
        text
        for script in scripts
        if (text := script.text)
        and SHORTEST_BODY < len(text) < _MOST_SCRIPT
        and "ld+json" not in (script.get("type") or "")
        and ("<p" in text or "u003cp" in text.lower())
    ]


def blocks_from_data(scripts: list[str], metadata: Metadata) -> list[Block]:
    """Return the paragraphs of the longest article in the script data or in JSON-LD; none if there is no article.

    :param scripts: what :func:`script_texts` returns
    :param metadata: of the page; holds ``articleBody`` of JSON-LD
    """
    found = [markup for script in scripts for markup in _markup(script, 0)]
    if metadata.body:
        found.append(metadata.body)
    best: list[Block] = []
    for markup in found:
        blocks = _blocks(markup)
        if _letters(blocks) > max(_letters(best), SHORTEST_BODY):
            best = blocks
    return best


def _letters(blocks: list[Block]) -> float:
    return sum(size(block.text) for block in blocks)


def _markup(text: str, depth: int) -> Iterator[str]:
    """Yield the strings in *text* that are HTML with paragraphs, however often they are escaped."""
    for literal in _literals(text):
        try:
            value = str(json.loads(f'"{literal}"', strict=False))
        except ValueError:
            continue
        if len(_PARAGRAPH.findall(value)) >= 3 and '":"' not in value:
            yield value
        elif depth < _DEPTH and ("u003c" in value.lower() or _PARAGRAPH.search(value)):
            if "\\u003cp" in value.lower() and '"' not in value:
                value = f'"{value}"'
            yield from _markup(value, depth + 1)


def _literals(text: str) -> Iterator[str]:
    """Yield what stands between two quotation marks that are not escaped, where it is long; each is looked at once."""
    at = text.find('"')
    while (found := _STRING.match(text, at) if at >= 0 else None) and text.startswith('"', found.end()):
        at = found.end()
        if len(found[1]) >= _SHORTEST_LITERAL:
            yield found[1]
            at = text.find('"', at + 1)


def _blocks(text: str) -> list[Block]:
    text = CONTROLS.sub("", whole(text))
    if not _MARKUP.search(text):
        return [Block(line) for raw in re.split(r"\n+", text) if (line := nfc(raw))]
    tree = fromstring(f"<html><body><div>{text}</div></body></html>")
    take_captions(tree)
    return [Block(line, kind_of(element)) for element, run, *_ in text_runs(tree) if (line := nfc(run))]
