"""The counts of a crawl of millions of pages stay few."""

from __future__ import annotations

from crawler.outcome.counts import MAX_REASONS, OTHER_REASONS, Tally
from storage.frontier.frontier import FrontierEntry
from storage.write.finished_page import FinishedPage, Stored

ENTRY = FrontierEntry(portal="p", url="https://harbour.example/news/1")


def counted(reasons: list[str]) -> Tally:
    tally = Tally()
    for reason in reasons:
        page = FinishedPage(entry=ENTRY, outcome="failure", reason=reason, stage="fetch")
        tally.add(page, Stored(entry=ENTRY.id, outcome="failure", reason=reason))
    return tally


def test_reasons_that_name_the_address_count_together_from_some_number_on() -> None:
    many = [f"no address that can be asked for: 'https://{number}'" for number in range(3 * MAX_REASONS)]
    tally = counted(["HTTP 404", *many, "HTTP 404", "HTTP 500"])
    assert tally.reasons["HTTP 404"] == 2
    assert tally.reasons["HTTP 500"] == 1
    assert tally.reasons["no address that can be asked for: '…'"] == 2 * MAX_REASONS + 1
    assert tally.reasons.total() == tally.outcomes["failure"] == 3 * MAX_REASONS + 3
    assert len(tally.reasons) == MAX_REASONS + 2


def test_reasons_of_endless_shapes_count_as_others() -> None:
    words = [f"it ended with {'so ' * number}much" for number in range(3 * MAX_REASONS)]
    tally = counted(words)
    assert tally.reasons[OTHER_REASONS] == MAX_REASONS
    assert len(tally.reasons) == 2 * MAX_REASONS + 1
