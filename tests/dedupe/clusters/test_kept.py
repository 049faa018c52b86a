"""What a dropped text may say that no kept one says."""

from __future__ import annotations

import pytest

from dedupe.clusters.kept import is_safe_to_drop, lost
from dedupe.compare.prepared import prepare

STORY = (
    "The ferry to the island was cancelled on Monday after the crew had found ice in its engine. "
    "The harbour master said that the boat would stay at the quay until a diver had looked at it. "
    "Some four hundred people waited in the old customs house, where the town gave out soup and blankets."
)
SENTENCE = " Shopkeepers on the island fear for the Easter season."


@pytest.mark.parametrize(
    ("reprint", "cause", "words"),
    [
        (f"{STORY}\n\n(AFP)", "credit", 1),
        (f"{STORY}\n\nReporting by Jane Doe; editing by John Roe", "credit", 8),
        (f"{STORY}\n\nNguồn: TTXVN", "credit", 2),
        (f"WESTHAVEN (AFP) - {STORY}", "dateline", 0),
        (f"WESTHAVEN (AFP) - {STORY}{SENTENCE}", "text", 9),
        (f"{STORY}{SENTENCE}\n\n(AFP)", "text", 10),
        (f"{STORY}{SENTENCE}", "text", 9),
    ],
)
def test_only_the_credit_itself_is_a_credit(reprint: str, cause: str, words: int) -> None:
    story, copy = prepare(STORY), prepare(reprint)
    found = lost(copy, story)
    assert getattr(found, cause) == words
    assert is_safe_to_drop(copy, story, found) is (cause != "text")
