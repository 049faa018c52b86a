"""Figures and proper names in a text: what tells two stories of one template apart."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from dedupe.text.codepoints import UNSPACED_RANGES

FIGURE = r"\d+(?:[.,/]\d+)*"
_UNSPACED = "".join(f"{chr(low)}-{chr(high)}" for low, high in UNSPACED_RANGES)
_TOKEN = re.compile(rf"{FIGURE}|[{_UNSPACED}]|[^\W_{_UNSPACED}]+")
_UNSPACED_LETTER = re.compile(f"[{_UNSPACED}]")
_SPACED_TOKEN = re.compile(rf"{FIGURE}|[^\W_]+")
_FIGURE = re.compile(FIGURE)
TIME_OF_DAY = re.compile(
    r"\d\s?[:：h]\s?\d\d"  # 14:30, 14h30
    r"|\dT\d\d"
    r"|\d\s?(?:[ap]\.?m\b|giờ|uhr|時|点)"
    r"|^\s*\d{9,}\s*$",  # seconds or milliseconds since 1970
    re.IGNORECASE,
)
_THOUSANDS = re.compile(r"\d{1,3}(?:([.,])\d{3})(?:\1\d{3})*\Z")
_SENTENCE_ENDS = frozenset('.!?:…"“”«»|•–—')
_OPENING, _CLOSING = "([{'‘", ")]}'’"


def canonical_figure(token: str) -> str:
    """Return one spelling for a figure: no thousands marks, a point as decimal mark, no leading zeros.

    >>> [canonical_figure(token) for token in ("1.250.000", "1,250,000", "68,5", "05/03/2026")]
    ['1250000', '1250000', '68.5', '5/3/2026']
    """
    if token.isdigit():
        return token.lstrip("0") or "0"
    if _THOUSANDS.match(token):
        token = token.replace(".", "").replace(",", "")
    parts = re.split(r"([.,/])", token)
    parts[0] = parts[0].lstrip("0") or "0"
    for i in range(2, len(parts), 2):
        if parts[i - 1] == "/":
            parts[i] = parts[i].lstrip("0") or "0"
    return "".join(parts).replace(",", ".")


def tokens(text: str) -> list[str]:
    """Return the words of a folded *text* in order, each figure as one token in its one spelling.

    >>> tokens("lên 68,5 triệu đồng ngày 05/03")
    ['lên', '68.5', 'triệu', 'đồng', 'ngày', '5/3']
    """
    spaced = text.isascii() or not _UNSPACED_LETTER.search(text)  # then the plain expression finds the same, sooner
    found = (_SPACED_TOKEN if spaced else _TOKEN).findall(text)
    return [canonical_figure(token) if token[0].isdigit() else token for token in found]


def figures(text: str) -> list[str]:
    """Return the figures of *text* in order, repeats included, in one spelling.

    >>> figures("68,5 triệu đồng, tăng 1.000 đồng")
    ['68.5', '1000']
    """
    return [canonical_figure(token) for token in _FIGURE.findall(text)]


def is_figure(token: str) -> bool:
    """Tell whether a member of :func:`tokens` is a figure."""
    return token[:1].isdigit()


@dataclass(frozen=True, slots=True)
class Capitals:
    """The words of a text that are names or may be."""

    inside: tuple[str, ...] = ()
    """Capitalised inside a sentence: names, in the scripts and languages that write them so."""
    first: tuple[str, ...] = ()
    """Capitalised at the start of a sentence: names or not."""
    telling: bool = False
    """Whether capitals say anything: not in a text in capitals, without any, or with one on most words."""


def capitals(text: str) -> Capitals:
    """Return the capitalised words of *text* by their place in the sentence, with the punctuation behind them.

    >>> capitals("Hôm nay tại Hà Nội, ông Nam nói.").inside
    ('Hà', 'Nội,', 'Nam')
    >>> capitals("PRICES RISE IN HANOI").telling
    False
    """
    inside: list[str] = []
    first: list[str] = []
    inner = 0
    for line in text.splitlines():
        begins = True
        for token in line.split():
            word = token.lstrip(_OPENING)
            if not word[:1].isalnum():
                begins = begins or token[-1] in _SENTENCE_ENDS
                continue
            begins = begins or token[0] in _SENTENCE_ENDS
            inner += not begins
            if word[0].isupper():
                (first if begins else inside).append(word)
            begins = token.rstrip(_CLOSING)[-1:] in _SENTENCE_ENDS
    telling = bool(inside or first) and len(inside) <= 0.6 * inner
    return Capitals(tuple(inside), tuple(first), telling) if telling else Capitals()


def abbreviates(a: Iterable[str], b: Iterable[str]) -> bool:
    """Tell whether one run of words may be the other's initials, such as ``us`` and ``united states``.

    >>> abbreviates(["us"], ["united", "states"]), abbreviates(["tp", "hcm"], ["hồ", "chí", "minh"])
    (True, True)
    """
    left, right = list(a), list(b)
    if len(left) > len(right):
        left, right = right, left
    initials = "".join(word[0] for word in right)
    return bool(left) and bool(initials) and len(right) > 1 and (left[-1] == initials or "".join(left) == initials)
