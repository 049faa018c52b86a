"""Long runs of combining marks, which Unicode's normalisation takes quadratic time for."""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from itertools import pairwise

MOST = 30
"""Marks in a row; no text needs more of them (Unicode Standard Annex 15, "Stream-Safe Text Format")."""
_MARKLIKE = re.compile(r"[^\x00-\u02ff\u0400-\u0482\u1e00-\u20cf\u3400-\ua66e\uac00-\ud7ff]")
"""All combining marks; letters of Latin, Cyrillic, Chinese and Korean, and punctuation, which are none, left out."""
_PERHAPS = re.compile(rf"{_MARKLIKE.pattern}{{{MOST + 1}}}")


def few_marks(text: str) -> str:
    r"""Return *text* with the first :data:`MOST` of every run of combining marks: to be called before normalising.

    Invisible characters between marks are to be taken out before.

    >>> few_marks("a" + 90 * "\u0301" + "b") == "a" + 30 * "\u0301" + "b"
    True
    """
    if text.isascii() or not _may_hold_run(text):
        return text
    return _runs().sub(r"\1", text)


def _may_hold_run(text: str) -> bool:
    """Look at every 31st character, one of which each run that is too long covers, and at what is around those."""
    stride = MOST + 1
    for found in _MARKLIKE.finditer(text[MOST::stride]):
        at = MOST + found.start() * stride
        if _PERHAPS.search(text, at - MOST, at + stride):
            return True
    return False


@cache
def _runs() -> re.Pattern[str]:
    """Return the search for a run that is too long."""
    codes = [code for code in range(0x300, 0x1E950) if unicodedata.combining(chr(code))]
    first = [codes[0], *(code for before, code in pairwise(codes) if code != before + 1)]
    last = [*(before for before, code in pairwise(codes) if code != before + 1), codes[-1]]
    marks = "".join(f"{chr(start)}-{chr(end)}" for start, end in zip(first, last, strict=True))
    return re.compile(f"([{marks}]{{{MOST}}})[{marks}]+")
