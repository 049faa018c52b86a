"""The counts of a crawl of millions of pages stay few."""

from __future__ import annotations

from crawler.outcome.counts import MAX_REASONS, OTHER_REASONS, Counts
from storage.frontier.frontier import FrontierEntry
from storage.write.finished_page import FinishedPage, Stored

ENTRY = FrontierEntry(portal="p", url="https://harbour.example/news/1")


def counted(reasons: list[str]) -> Counts:
    counts = Counts()
    for reason in reasons:
        page = FinishedPage(entry=ENTRY, outcome="failure", reason=reason, stage="fetch")
        counts.add(page, Stored(entry=ENTRY.id, outcome="failure", reason=reason))
    return counts


def test_reasons_that_name_the_address_count_together_from_some_number_on() -> None:
    many = [f"no address that can be asked for: 'https://{number}'" for number in range(3 * MAX_REASONS)]
    counts = counted(["HTTP 404", *many, "HTTP 404", "HTTP 500"])
    assert counts.reasons["HTTP 404"] == 2
    assert counts.reasons["HTTP 500"] == 1
    assert counts.reasons["no address that can be asked for: '…'"] == 2 * MAX_REASONS + 1
    assert counts.reasons.total() == counts.outcomes["failure"] == 3 * MAX_REASONS + 3
    assert len(counts.reasons) == MAX_REASONS + 2


def test_reasons_of_endless_shapes_count_as_others() -> None:
    words = [f"it ended with {'so ' * number}much" for number in range(3 * MAX_REASONS)]
    counts = counted(words)
    assert counts.reasons[OTHER_REASONS] == MAX_REASONS
    assert len(counts.reasons) == 2 * MAX_REASONS + 1
