"""The language of a text: as the page declares it, unless the text is surely in another."""

from __future__ import annotations

import py3langid

SURE = 60.0
"""How much likelier, as a logarithm, another language must be than the declared one to be believed against it."""
LEAST = 300
"""Characters of a text that may contradict the page."""
_LONGEST = 2000
_KIN = (
    "no nb nn da sv",
    "hr sr bs sl",
    "id ms jv",
    "cs sk",
    "pt gl es ca an oc",
    "hi mr ne",
    "ru uk bg mk be",
    "af nl",
)
"""Languages that the detector takes for one another."""


def detect_language(text: str) -> str:
    """Return the ISO 639-1 code of *text*, an empty text if it is too short to tell (under 40 characters)."""
    return str(py3langid.classify(text[:_LONGEST])[0]) if len(text) >= 40 else ""


def page_language(declared: str, text: str) -> tuple[str, str, tuple[str, ...]]:
    """Return the language of *text*, whether it was ``declared`` or read from the ``text``, and the doubt if any."""
    if declared and len(text) < LEAST:
        return declared, "declared", ()
    found = detect_language(text)
    if not declared or found == declared:
        return declared or found, "declared" if declared else "text" if found else "", ()
    if any({found, declared} <= set(kin.split()) for kin in _KIN):
        return declared, "declared", ()
    scores = dict(py3langid.rank(text[:_LONGEST]))
    if scores[found] - scores.get(declared, float("-inf")) < SURE or declared not in scores:
        return declared, "declared", ()
    return found, "text", ("language disagrees",)
