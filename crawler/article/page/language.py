"""The language of a text, where the page does not say."""

from __future__ import annotations

import py3langid


def detect_language(text: str) -> str:
    """Return the ISO 639-1 code of *text*, an empty text if it is too short to tell (under 40 characters)."""
    if len(text) < 40:
        return ""
    return str(py3langid.classify(text[:2000])[0])
