"""One table over all code points: how a character folds, and whether it belongs to a word.

The batch kernels read whole corpora through it; ``dedupe.text.normalise`` reads single texts through it, so that both
see the same words. An entry is the folded code point, with the character's class and flags in the high bits.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache

import numpy as np
from numpy.typing import NDArray

from dedupe.intake.marks import few_marks

CODE_MASK = np.uint32(0x1FFFFF)
SEPARATOR = np.uint32(0)
WORD = np.uint32(1 << 24)
UNSPACED = np.uint32(2 << 24)
"""A character that is a word of its own."""
INVISIBLE = np.uint32(3 << 24)
"""Stands inside words without being part of them."""
CLASS_MASK = np.uint32(3 << 24)
HARD = np.uint32(1 << 26)
"""Folding it is not a matter of one character: the text goes through :func:`full_fold`."""
TONED = np.uint32(1 << 27)
"""A vowel whose Vietnamese tone mark moves to an ``o`` or ``u`` before it."""

# Scripts written without blanks between words: Thai to Lao, Burmese, Khmer, kana and the Chinese ideographs.
# A whole sentence would be one "word" there.
UNSPACED_RANGES = (
    (0x0E00, 0x0EFF),
    (0x1000, 0x109F),
    (0x1780, 0x17FF),
    (0x3040, 0x30FF),
    (0x3400, 0x4DBF),
    (0x4E00, 0x9FFF),
    (0xF900, 0xFAFF),
    (0x20000, 0x323AF),
)
# Soft hyphen, zero-width characters, joiners, direction marks and variation selectors; of Arabic the vowel signs, which
# most texts leave out, and the tatweel, which stretches a word.
INVISIBLE_RANGES = (
    (0x00AD, 0x00AD),
    (0x034F, 0x034F),
    (0x061C, 0x061C),
    (0x0640, 0x0640),
    (0x064B, 0x0652),
    (0x0670, 0x0670),
    (0x06D6, 0x06DC),
    (0x180B, 0x180F),
    (0x200B, 0x200F),
    (0x202A, 0x202E),
    (0x2060, 0x206F),
    (0xFE00, 0xFE0F),
    (0xFEFF, 0xFEFF),
    (0xFFF9, 0xFFFB),
    (0xE0000, 0xE0FFF),
)
INVISIBLE_PATTERN = re.compile(f"[{''.join(f'{chr(low)}-{chr(high)}' for low, high in INVISIBLE_RANGES)}]+")

ARABIC_SPELLINGS = {
    **dict.fromkeys("أإآٱ", "ا"),  # alef with and without its hamza or madda
    **dict.fromkeys("ىیې", "ي"),  # final ya without dots; the Persian one
    **dict.fromkeys("ةہۂەۀ", "ه"),  # ta marbuta; the Urdu and the Kurdish he
    "ک": "ك",
}
"""Letters that writers of Arabic, Persian and Urdu put for each other in one word."""
_ARABIC = str.maketrans(ARABIC_SPELLINGS)

# Both spellings of a Vietnamese syllable's tone mark are in use: hoà and hòa, khoẻ and khỏe, thuỷ and thủy.
# The second vowel's mark moves to the first. The rule holds without regard to what follows, so that a
# misplaced "tòan" equals "toàn" as well.
TONE_MOVES: dict[str, str] = {
    plain + toned: moved + base
    for plain, base, marks, moved_marks in (
        ("o", "a", "àáảãạ", "òóỏõọ"),
        ("o", "e", "èéẻẽẹ", "òóỏõọ"),
        ("u", "y", "ỳýỷỹỵ", "ùúủũụ"),
    )
    for toned, moved in zip(marks, moved_marks, strict=True)
}
_DOTTED = "İ", "i"  # Turkish; str.casefold leaves a combining dot behind, which would make another word of it
_TONE_PATTERN = re.compile("o[àáảãạèéẻẽẹ]|u[ỳýỷỹỵ]")

_SCANNED = (*range(0x3400), *range(0xA000, 0xAC00), *range(0xF900, 0x20000), *range(0x2F800, 0x2FA20))
"""What is looked at one by one; the rest are ideographs and Hangul, which fold to themselves, or no letters."""
_LETTERS = ((0x3400, 0x9FFF), (0xAC00, 0xD7A3), (0x20000, 0x323AF))


@cache
def fold_table() -> NDArray[np.uint32]:
    """Return the table of comparison, of 0x110000 entries: NFKC, case-folded, invisible ones and tone marks known."""
    table = np.arange(0x110000, dtype=np.uint32)
    for low, high in _LETTERS:
        table[low : high + 1] |= WORD
    composing = _composing()
    for code in _SCANNED:
        table[code] = _entry(code, composing)
    codes = table & CODE_MASK
    for low, high in UNSPACED_RANGES:
        letters = (codes >= low) & (codes <= high) & ((table & CLASS_MASK) == WORD)
        table[letters] = codes[letters] | (table[letters] & HARD) | UNSPACED
    for letter, plain in ARABIC_SPELLINGS.items():
        table[ord(letter)] = ord(plain) | (table[ord(letter)] & HARD) | WORD
    for low, high in INVISIBLE_RANGES:
        table[low : high + 1] = np.arange(low, high + 1, dtype=np.uint32) | INVISIBLE
    for pair in TONE_MOVES:
        table[codes == ord(pair[1])] |= TONED
    table.flags.writeable = False
    return table


def _entry(code: int, composing: set[int]) -> int:
    character = chr(code)
    folded = _folded(character)
    inside = [letter.isalnum() or unicodedata.category(letter) in ("Mn", "Mc") for letter in folded]
    if not any(inside):  # "…" is three points; all of them only part words
        return ord(folded) if len(folded) == 1 else ord(" ")
    if len(folded) > 1 or ord(folded) in composing or code in composing or unicodedata.combining(folded):
        return code | int(WORD) | int(HARD)
    return ord(folded) | int(WORD)


def _folded(text: str) -> str:
    if text.casefold() == text and unicodedata.is_normalized("NFKC", text):
        return text
    text = text.replace(*_DOTTED)
    while (folded := unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())) != text:
        text = folded
    return text


def _composing() -> set[int]:
    """Characters that may melt into the one before them."""
    second = set(range(0x300, 0x370)) | set(range(0x1161, 0x1176)) | set(range(0x11A8, 0x11C3))
    for code in _SCANNED:
        parts = unicodedata.decomposition(chr(code)).split()
        if len(parts) == 2 and not parts[0].startswith("<"):
            second.add(int(parts[1], 16))
    return second


@cache
def plain_table() -> NDArray[np.uint32]:
    r"""Return the table in which words are ``\w+`` and nothing else is known; for lower-cased text."""
    table = np.arange(0x110000, dtype=np.uint32)
    for code in range(0x32400):  # no letters beyond
        if chr(code).isalnum():
            table[code] |= WORD
    table[ord("_")] |= WORD
    table.flags.writeable = False
    return table


def full_fold(text: str) -> str:
    """Fold *text* by the string functions of Unicode, for texts with HARD characters; a fixed point."""
    while True:
        composed = unicodedata.normalize("NFKC", few_marks(INVISIBLE_PATTERN.sub("", text)))
        folded = unicodedata.normalize("NFKC", composed.replace(*_DOTTED).casefold()).translate(_ARABIC)
        folded = _TONE_PATTERN.sub(lambda match: TONE_MOVES[match[0]], folded)
        if folded == text:
            return text
        text = folded


_QUICK_LENGTH = 800
"""Characters beyond ASCII up to which the string functions are quicker than the table's fixed 15 µs."""
_QUICK_RANGES = ((0, 0x250), (0x400, 0x530), (0x1E00, 0x1F00), (0x2010, 0x2060), (0x20AC, 0x20AD))
"""Latin, Cyrillic, Vietnamese and the punctuation of their texts."""


@cache
def _not_quick() -> re.Pattern[str]:
    """Return the search for a character that the table folds or classes otherwise than lower case and ``isalnum``."""
    table = fold_table()
    quick = []
    for character in (chr(code) for low, high in _QUICK_RANGES for code in range(low, high)):
        lower = character.lower()
        entry = ord(lower[0]) | (int(WORD) if lower.isalnum() else int(SEPARATOR))
        if len(lower) == 1 and int(table[ord(character)] & ~TONED) == entry:
            quick.append(re.escape(character))
    return re.compile(f"[^{''.join(quick)}]")


def quick_fold(text: str) -> str | None:
    """Return ``decode(fold_codes(text) & CODE_MASK)`` without the table, where it is quick and sure to be the same.

    The words of what is returned are its runs of ``isalnum`` characters. ``None``: read the table.
    """
    if text.isascii():
        return text.lower()
    if len(text) > _QUICK_LENGTH:
        return None
    text = text.replace("…", " ").replace("\u00a0", " ")
    if _not_quick().search(text):
        return None
    return _TONE_PATTERN.sub(lambda match: TONE_MOVES[match[0]], text.lower())


def encode(text: str) -> NDArray[np.uint32]:
    """Return the code points of *text*; a lone surrogate stays one."""
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype="<u4")


def decode(codes: NDArray[np.uint32]) -> str:
    """Return the text of code points."""
    return codes.astype("<u4", copy=False).tobytes().decode("utf-32-le", "surrogatepass")


def fold_codes(text: str) -> NDArray[np.uint32]:
    """Return one table entry a character of *text*, folded, tone marks moved, invisible ones out."""
    entries = fold_table()[encode(text)]
    if (entries & HARD).any():
        entries = fold_table()[encode(full_fold(text))]
    return move_tones(without_invisible(entries))


def without_invisible(entries: NDArray[np.uint32]) -> NDArray[np.uint32]:
    """Return *entries* without the invisible characters."""
    visible = (entries & CLASS_MASK) != INVISIBLE
    return entries if visible.all() else entries[visible]


@cache
def tone_tables() -> tuple[NDArray[np.uint32], NDArray[np.uint32], NDArray[np.uint32]]:
    """Return three tables by toned code point: the vowel wanted before it, that vowel toned, its own base."""
    before, moved, base = (np.zeros(0x2000, dtype=np.uint32) for _ in range(3))
    for pair, replacement in TONE_MOVES.items():
        toned = ord(pair[1])
        before[toned], moved[toned], base[toned] = ord(pair[0]), ord(replacement[0]), ord(replacement[1])
    return before, moved, base


def move_tones(entries: NDArray[np.uint32]) -> NDArray[np.uint32]:
    """Return *entries* with each tone mark on the first of its two vowels."""
    toned = np.flatnonzero(entries >= TONED)  # the highest flag
    if not toned.size:
        return entries
    before, moved, base = tone_tables()
    toned = toned[toned > 0]
    codes = entries[toned] & CODE_MASK
    pairs = (entries[toned - 1] & CODE_MASK) == before[codes]
    toned, codes = toned[pairs], codes[pairs]
    entries = entries.copy()
    entries[toned - 1] = moved[codes] | WORD
    entries[toned] = base[codes] | WORD
    return entries
