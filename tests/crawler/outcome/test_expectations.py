"""What a seed expects of its portal's articles, held against runs."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from crawler.outcome import length_sketch
from crawler.outcome.expectations import missed
from crawler.portals.seed import ExpectRules
from storage.frontier.runs import Run

NOON = datetime(2026, 3, 9, 12, tzinfo=UTC)


def a_run(hours: float, *, new: int = 20, articles: int = 40, length: int = 2_000, dated: int = 40) -> Run:
    fields = {"date": dated, "author": articles // 2, "lead": articles, "related": articles}
    return Run(
        id=f"vov-{hours}",
        portal="vov",
        started=NOON - timedelta(hours=hours),
        counts={"articles": articles, "new": new},
        measures={"fields": fields, "lengths": {str(length_sketch.bucket(length)): articles}},
    )


@pytest.mark.parametrize(
    ("rules", "run", "said"),
    [
        (ExpectRules(), a_run(0, dated=0, length=1), ""),
        (ExpectRules(date=0.95), a_run(0, dated=38), ""),
        (ExpectRules(date=0.95), a_run(0, dated=33), ""),  # chance: four standard deviations are 14 of a hundred
        (ExpectRules(date=0.95), a_run(0, dated=30), "a date on 30 of 40 articles, 95 % expected"),
        (ExpectRules(date=1.0), a_run(0, dated=0, articles=1), "a date on 0 of 1 articles, 100 % expected"),
        (ExpectRules(author=0.9), a_run(0), "an author on 20 of 40 articles, 90 % expected"),
        (ExpectRules(characters=2_500), a_run(0), ""),
        (ExpectRules(characters=2_500), a_run(0, length=700), "bodies of 702 characters (median of 40), 2500 expected"),
    ],
)
def test_shares_and_lengths_are_judged_where_chance_does_not_explain_them(
    rules: ExpectRules, run: Run, said: str
) -> None:
    assert missed(run, rules, []) == ((said,) if said else ())


def test_new_stories_are_counted_over_a_day_of_runs() -> None:
    rules, day = ExpectRules(new_per_day=100), [a_run(hours, new=20) for hours in range(4, 24, 4)]
    before = a_run(30, new=500)
    assert missed(a_run(0), rules, [*day, before]) == ()  # six runs of 20
    assert missed(a_run(0, new=0), rules, [*day[1:], before]) == ("80 new stories in 24 hours, 100 expected",)
    assert missed(a_run(0, new=0), rules, day[1:]) == ()  # first crawled less than a day ago
    assert missed(replace(a_run(0, new=0), queued=7), rules, [before]) == ()  # some of the day's still wait
