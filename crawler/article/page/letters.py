"""Texts reduced to their letters, to be compared with names and addresses that spell them differently."""

from __future__ import annotations

import re
import unicodedata


def letters_of(text: str) -> str:
    """Return the letters and digits of *text*, case folded.

    >>> letters_of("The Daily-News 24")
    'thedailynews24'
    """
    return re.sub(r"\W+", "", text).casefold()


def without_marks(text: str) -> str:
    """Return *text*, in small letters, without marks on letters, as addresses spell it.

    >>> without_marks("đường phố"), without_marks("año")
    ('duong pho', 'ano')
    """
    if text.isascii():
        return text
    parted = unicodedata.normalize("NFD", text.replace("đ", "d"))
    return "".join(letter for letter in parted if not unicodedata.combining(letter))
