"""Captions of images: taken out of the tree before the body is extracted, and kept apart."""

from __future__ import annotations

import re
from collections.abc import Iterator

from lxml.html import HtmlElement

from crawler.article.page.decode import nfc

_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")
_CAPTION = frozenset(
    {"caption", "cutline", "imgcaption", "photocaption", "bildunterschrift", "didascalia", "legende", "chuthich"}
)
_BESIDE = frozenset({"has", "with", "no", "without", "is", "hide"})
"""First words of a class that does not name a caption: ``has-caption`` is the class of what stands around one."""
_CREDIT = re.compile(
    r"\W{0,3}(?:photos?|images?|pictures?|fotos?|bild(?:er|quelle|nachweis)?|ảnh|crédits?(?: photo)?|credits?|"
    r"(?:photo|image|picture) (?:credits?|by|courtesy))\s*[:：]\s*.{2,80}|.{2,120}\s©\s?.{2,60}",
    re.IGNORECASE,
)
LONGEST_CAPTION = 600
"""Characters above which an element that only its class calls a caption is text of the article."""


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


def is_credit(text: str) -> bool:
    """Say whether a whole line is the credit of a picture, or a caption that ends in one.

    >>> is_credit("(Ảnh: Minh Anh)"), is_credit("The pier at noon. © Harbour Paper"), is_credit("The photo is old.")
    (True, True, False)
    """
    return len(text) <= 200 and _CREDIT.fullmatch(text) is not None


def _caption_elements(tree: HtmlElement) -> Iterator[HtmlElement]:
    known: dict[str, bool] = {"": False}
    for element in tree.iter("figcaption", "p", "div", "span", "td", "small", "em", "dd"):
        marks = element.get("class", "")
        if marks not in known:
            known[marks] = any(map(_is_caption, marks.split()))
        if element.tag == "figcaption" or (known[marks] and len(element) < 12):
            yield element


def _is_caption(mark: str) -> bool:
    found = [word.lower() for word in _WORD.findall(mark)]
    return not _CAPTION.isdisjoint(found) and found[0] not in _BESIDE
