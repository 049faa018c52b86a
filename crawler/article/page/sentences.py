"""Recognises sentences by their marks, in Latin, CJK, Arabic, Indic, Khmer, Thai and other scripts."""

from __future__ import annotations

import re

_END = r"[.!?…;。！？｡．।॥؟۔։።៕]"
_CLOSING = r"[\]\[)('\"”“’‘»›」』】）〉》]*"
_ENDS = re.compile(rf"{_END}\s*{_CLOSING}\s*(?:[¹²³⁰-⁹]|\[\d+\])?$")
_WITHIN = re.compile(rf"[^\W\d_]{{2}}{_CLOSING}(?:[.!?…]{_CLOSING}\s+(?=[^\W\d_a-z]|[\"“‘«])|[。！？।۔؟])")
_NO_BLANKS = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]")

_UNMARKED = re.compile("[\u0e00-\u0eff]")
_LONGER_THAN_TITLES = 120
"""Characters above which a Thai or Lao text is seldom a headline."""

_REACH = 20
"""Characters that hold the end of nearly every sentence, marks behind it and all."""

_DENSITY = 2.5
"""Letters of an alphabet that one character of a script without blanks stands for, roughly."""


def ends_sentence(text: str) -> bool:
    """Tell whether *text* ends like a sentence, closing quotes and brackets aside.

    >>> ends_sentence("He said: “No.”"), ends_sentence("By Jane Roe"), ends_sentence("地震がありました。")
    (True, False, True)
    """
    if len(text) <= _REACH:
        return _ENDS.search(text) is not None
    end = text[-_REACH:]
    if _ENDS.search(end) is not None:
        return True
    return not any(map(str.isalpha, end)) and _ENDS.search(text) is not None  # more marks than usual


def is_unmarked_prose(text: str) -> bool:
    """Tell whether *text* is prose of a script that marks no end of a sentence, Thai or Lao: by its length alone.

    >>> is_unmarked_prose("ข่าว" * 40), is_unmarked_prose("ข่าว" * 5), is_unmarked_prose("news " * 40)
    (True, False, False)
    """
    return len(text) >= _LONGER_THAN_TITLES and 2 * len(_UNMARKED.findall(text)) > len(text)


def holds_sentence(text: str) -> bool:
    """Tell whether *text* ends like a sentence or holds the end of one and more after it."""
    return ends_sentence(text) or (size(text) >= 60 and _WITHIN.search(text) is not None)


def size(text: str) -> float:
    """Return the length of *text* in letters of an alphabet; a character of a script without blanks counts 2.5.

    >>> size("Lào Cai"), size("地震")
    (7.0, 5.0)
    """
    return len(text) + (_DENSITY - 1) * len(_NO_BLANKS.findall(text)) if not text.isascii() else float(len(text))
