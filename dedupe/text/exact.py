"""Which texts have the same words, and what more it takes of short ones.

Below ``FEW_WORDS`` equal words prove nothing: an error page, a paywall note or a caption stands under a hundred
headlines. There, the titles have to agree as well.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from dedupe.text.normalise import normalise, words

if TYPE_CHECKING:
    from numpy.typing import NDArray

FEW_WORDS = 30
MANY_TITLES = 3
"""From so many titles on a short text counts as furniture: one story has two headlines, hardly three."""
MOST_CHARACTERS = 600
"""Characters above which a text is not short: thirty words have some two hundred."""
_ADDED = 5  # words that a portal puts before or behind a title


def exact_hash(text: str, title: str = "") -> bytes:
    """Return 16 bytes that texts share if their normalised texts are equal, and their titles where these are short.

    >>> exact_hash("A story.") == exact_hash("(AGENCY) - a  STORY")
    True
    >>> exact_hash("Please sign in to read on.", "Ferry") == exact_hash("Please sign in to read on.", "Snow")
    False
    """
    from dedupe.text.shingles import exact_keys, word_hashes  # which reads texts through this module

    hashes = word_hashes([text])
    return titled_keys(exact_keys(hashes), np.diff(hashes.offsets), [title]).astype("<u8").tobytes()


def titled_keys(keys: NDArray[np.uint64], counts: NDArray[np.int64], titles: Sequence[str]) -> NDArray[np.uint64]:
    """Return the exact keys of texts, those of short ones changed by their titles.

    :param keys: of :func:`dedupe.text.shingles.exact_keys`
    :param counts: words of each text
    """
    from dedupe.text.shingles import exact_keys, word_hashes  # as above

    short = [place for place in np.flatnonzero((counts > 0) & (counts < FEW_WORDS)).tolist() if titles[place]]
    if not short:
        return keys
    changed = keys.copy()
    changed[short] ^= exact_keys(word_hashes([titles[place] for place in short]))
    return changed


def notices(plain: NDArray[np.uint64], titled: NDArray[np.uint64]) -> list[str]:
    """Return what short texts of equal words share whatever their titles; empty for other texts.

    :param plain: exact keys of the texts
    :param titled: the same by :func:`titled_keys`
    """
    short = (plain != titled).any(axis=1).tolist()
    return [row.tobytes().hex() if changed else "" for row, changed in zip(plain, short, strict=True)]


class Notices:
    """Short texts by the titles that they stand under, as documents are read one by one."""

    def __init__(self) -> None:
        self._found: dict[bytes, tuple[set[str], Counter[str]]] = {}

    def add(self, text: str, title: str, source: str) -> None:
        """Take in one document; only short texts are remembered."""
        if len(text) > MOST_CHARACTERS or not 0 < len(words(normalise(text))) < FEW_WORDS:
            return
        titles, sources = self._found.setdefault(exact_hash(text), (set(), Counter()))
        titles.add(normalise(title))
        sources[source] += 1

    def by_source(self) -> Counter[str]:
        """Return how many documents of each source hold a text that stands under :data:`MANY_TITLES` titles."""
        many = (sources for titles, sources in self._found.values() if len(titles) >= MANY_TITLES)
        return sum(many, Counter[str]())


def titles_agree(one: str, other: str) -> bool:
    """Tell whether two titles are one, but for a few words that a portal put before or behind it.

    >>> titles_agree("Ferry stays in port", "Ferry stays in port | The Harbour Post"), titles_agree("Ferry", "Snow")
    (True, False)
    """
    shorter, longer = sorted((words(normalise(one)), words(normalise(other))), key=len)
    if len(longer) - len(shorter) > _ADDED or not shorter:
        return shorter == longer
    return longer[: len(shorter)] == shorter or longer[-len(shorter) :] == shorter
