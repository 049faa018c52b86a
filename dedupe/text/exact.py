"""The hash of a normalised text."""

from __future__ import annotations


def exact_hash(text: str) -> bytes:
    """Return 16 bytes that texts share if their normalised texts are equal.

    >>> exact_hash("A story.") == exact_hash("(AGENCY) - a  STORY")
    True
    """
    from dedupe.text.shingles import exact_keys, word_hashes  # which reads texts through this module

    return exact_keys(word_hashes([text])).astype("<u8").tobytes()
