"""What a dropped text may say that no kept one says."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from dedupe.clusters.kept import is_safe_to_drop, lost, missing_runs
from dedupe.compare.prepared import prepare, prepare_all
from dedupe.corpus.documents import Document
from dedupe.corpus.in_memory import cluster_documents

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


@pytest.mark.parametrize("credit", ["(AFP)", "Reporting by Jane Doe; editing by John Roe", "Nguồn: TTXVN"])
def test_a_credit_makes_no_text_the_longer_one(credit: str) -> None:
    own = Document("portal", STORY, source="portal", date=datetime(2026, 3, 14, 9, tzinfo=UTC))
    agency = Document("agency", f"{STORY}\n\n{credit}", source="agency", date=datetime(2026, 3, 14, 11, tzinfo=UTC))
    assert {row.cluster for row in cluster_documents([own, agency])} == {"portal"}
    longer = replace(agency, text=f"{STORY}{SENTENCE}\n\n{credit}")
    assert {row.cluster for row in cluster_documents([own, longer])} == {"agency"}


def test_compiled_and_plain_code_find_the_same_words_missing() -> None:
    pytest.importorskip("numba")
    texts = [
        STORY,
        STORY + SENTENCE,
        SENTENCE + STORY,
        STORY.replace("Monday", "Tuesday"),
        SENTENCE,
        "ice",
        "of it",
        "",
    ]
    texts += [STORY.replace("ferry", "boat").replace("soup", "warm soup"), STORY[60:], STORY[:-60]]
    compiled = prepare_all([*texts, *[f"filler {n} to fill the batch" for n in range(64)]])[: len(texts)]
    assert all(text.telling is not None for text in compiled)
    for one in compiled:
        for other in compiled:
            assert missing_runs(one, other) == missing_runs(replace(one, telling=None), other)
