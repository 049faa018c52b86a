"""Captions of images: taken out of the tree before the body is extracted, and kept apart."""

from __future__ import annotations

import re
from collections.abc import Iterator

from lxml.html import HtmlElement

from crawler.decode import nfc

_CAPTION_WORD = re.compile(
    r"(?:^|[\s_-])(?:wp-caption-text|(?:image|img|photo|picture|media|figure|foto|bild|gallery|slide|inline|main|lead|hero|article)?"
    r"[_-]{0,2}(?:caption|cutline|legend|bildunterschrift|didascalia|legende|chu-?thich)(?:[_-]{0,2}(?:text|content|body|inner|wrapper|container))?)"
    r"(?:$|[\s_-])",
    re.IGNORECASE,
)
LONGEST_CAPTION = 600
"""Characters; what is longer and only classed as a caption is taken for text of the article."""


def take_captions(tree: HtmlElement) -> tuple[str, ...]:
    """Remove the captions of images from *tree* and return their texts, each once, in page order."""
    texts: dict[str, None] = {}
    for element in list(_caption_elements(tree)):
        parent = element.getparent()
        if parent is None or not element.xpath("boolean(ancestor::body)"):
            continue
        text = nfc(element.text_content())
        if element.tag != "figcaption" and len(text) > LONGEST_CAPTION:
            continue
        if text:
            texts.setdefault(text)
        element.drop_tree()
    return tuple(texts)


def _caption_elements(tree: HtmlElement) -> Iterator[HtmlElement]:
    for element in tree.iter("figcaption", "p", "div", "span", "td", "small", "em", "dd"):
        if element.tag == "figcaption" or (
            (marks := element.get("class")) and _CAPTION_WORD.search(marks) and len(element) < 12
        ):
            yield element
