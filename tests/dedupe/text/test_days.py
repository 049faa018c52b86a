"""A day without a clock is not first over a known hour of that day."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from dedupe.corpus.documents import documents_of
from dedupe.corpus.in_memory import cluster_documents
from dedupe.text.days import end_of_day, known_by, written

TEXT = " ".join(f"word{n}" for n in range(60))


@pytest.mark.parametrize("day", ["2026-03-14", date(2026, 3, 14)], ids=["text", "date"])
def test_a_known_hour_of_the_day_is_the_original(day: object) -> None:
    rows = [(1, {"id": "a", "text": TEXT, "date": day}), (2, {"id": "b", "text": TEXT, "date": "2026-03-14T18:00Z"})]
    assert {row.original for row in cluster_documents(documents_of(rows))} == {"b"}
    rows[1][1]["date"] = "2026-03-15T00:00Z"
    assert {row.original for row in cluster_documents(documents_of(rows))} == {"a"}


def test_the_last_day_that_there_is() -> None:
    last = datetime(9999, 12, 31, tzinfo=UTC)
    assert end_of_day(last) == last


def test_known_by_reads_what_the_page_wrote() -> None:
    day = datetime(2026, 3, 14, tzinfo=UTC)
    assert known_by(day, "14/03/2026") == end_of_day(day)
    assert known_by(day, "14/03/2026 00:00") == day
    assert known_by(None, "14/03/2026") is None
    assert written(day) == "2026-03-14T00:00:00+00:00"
