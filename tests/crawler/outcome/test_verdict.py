from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.outcome import length_sketch
from crawler.outcome.verdict import compared, judge_against
from storage.frontier.runs import Run

MORNING = datetime(2026, 3, 2, 6, tzinfo=UTC)
ASKED = {"start_urls": ["https://vov.example/"], "max_pages": None, "follow": "related", "depth": None, "replay": ""}


def a_run(day: float, articles: int = 80, **more: Any) -> Run:
    """A run of an ordinary day: every figure follows from the number of articles unless *more* says otherwise."""
    length, missing = more.pop("length", 2_000), more.pop("missing", {})
    refused, not_articles = more.pop("refused", 0), more.pop("not_articles", 0)
    fields = {name: articles - missing.get(name, 0) for name in ("title", "date", "author", "lead", "related")}
    fetched = articles + refused + not_articles + 2
    values = {
        "id": f"vov-{day}",
        "portal": "vov",
        "arguments": ASKED,
        "started": MORNING + timedelta(days=day),
        "exit_code": 0,
        "counts": {"fetched": fetched, "articles": articles, "new": articles, "failures": refused},
        "measures": {
            "statuses": {"200": fetched - refused, "403": refused},
            "candidates": {"article": articles, "not article": not_articles, "failure": refused},
            "fields": fields,
            "lengths": {str(length_sketch.bucket(length)): articles},
            "listings": {"pages": 2, "links": more.pop("links", 120)},
        },
    }
    return Run(**(values | more))


WEEK = [a_run(day, articles) for day, articles in ((6, 81), (5, 78), (4, 90), (3, 74), (2, 80), (1, 85), (0, 2_000))]


def test_an_ordinary_run_is_as_usual() -> None:
    assert judge_against(a_run(7, 77), WEEK) == ()


def test_a_first_run_and_one_with_few_before_it_have_no_verdict() -> None:
    assert judge_against(a_run(7, 0), []) is None
    assert judge_against(a_run(7, 0), WEEK[:2]) is None


@pytest.mark.parametrize(
    ("worse", "reason"),
    [
        (a_run(7, 12), "12 articles, usually 81"),
        (
            replace(a_run(7), counts={"fetched": 82, "articles": 80, "new": 3, "failures": 0}),
            "3 new articles, usually 81",
        ),
        (a_run(7, missing={"date": 70}), "a date on 12 % of the articles, usually 100 %"),
        (a_run(7, missing={"title": 80}), "a title on 0 % of the articles, usually 100 %"),
        (a_run(7, missing={"author": 60}), "an author on 25 % of the articles, usually 100 %"),
        (a_run(7, missing={"lead": 80}), "a lead on 0 % of the articles, usually 100 %"),
        (a_run(7, missing={"related": 40}), "related stories on 50 % of the articles, usually 100 %"),
        (a_run(7, length=700), "bodies of 702 characters (median), usually 1910"),
        (a_run(7, not_articles=70), "an article on 53 % of the pages that should be one, usually 100 %"),
        (a_run(7, links=6), "3 links on a start page or listing, usually 60"),
        (
            replace(a_run(7), measures={**a_run(7).measures, "relations": {"exact": 38, "same url": 2}}),
            "40 of 80 pages repeat another article (50 %), usually 0 %",
        ),
    ],
)
def test_what_is_worse_is_said_in_words_and_numbers(worse: Run, reason: str) -> None:
    assert judge_against(worse, WEEK) == (reason,)


def test_twice_as_many_articles_are_told_unless_they_had_twice_the_time() -> None:
    days = [a_run(day, 80 + day) for day in range(12, 0, -1)]
    assert judge_against(a_run(13, 180), days) == ("180 articles, usually 88",)
    assert judge_against(a_run(13, 150), days) == (), "a day with much news"
    assert judge_against(a_run(14, 180), days) == (), "a day was left out"
    assert judge_against(a_run(13, 12), [a_run(day, 2) for day in range(12, 0, -1)]) == ("12 articles, usually 2",)
    assert judge_against(a_run(13, 9), [a_run(day, 2) for day in range(12, 0, -1)]) == (), "few come in bursts"


def test_half_of_the_articles_is_too_few_where_a_week_is_known() -> None:
    week = [a_run(day, 60 if day in (5, 6) else 90) for day in range(8, -1, -1)]
    assert judge_against(a_run(9, 45), week) == ("45 articles, usually 90",)
    assert judge_against(a_run(5, 45), week[4:]) == (), "its first Saturday"


def test_refusals_are_counted_as_failures_and_as_refusals() -> None:
    reasons = judge_against(a_run(7, refused=30), WEEK)
    assert reasons == (
        "30 of 112 pages failed (27 %), usually 0 %",
        "30 of 112 pages answered 403 or 429 (27 %), usually 0 %",
    )


def test_a_second_look_minutes_later_is_not_blamed_for_finding_nothing_new() -> None:
    assert judge_against(a_run(6.004, 0), WEEK) == ()


def test_an_hourly_run_at_night_is_compared_with_nights() -> None:
    nights = {0, 1, 2, 3, 4, 5}
    hourly = [a_run(hour / 24, 2 if (hour + 6) % 24 in nights else 60) for hour in reversed(range(24 * 4))]
    at_three = a_run(4 - 3 / 24, 1)
    before = [run for run in hourly if run.started and at_three.started and run.started < at_three.started]
    assert judge_against(at_three, before) == ()
    at_noon = a_run(4 + 6 / 24, 1)
    assert judge_against(at_noon, hourly) == ("1 article, usually 60",)


def test_a_backlog_that_is_used_up_is_no_fall() -> None:
    limited = [replace(a_run(day), queued=500 - 80 * day) for day in (3, 2, 1, 0)]
    assert judge_against(a_run(4, 20), limited) == ()
    assert judge_against(replace(a_run(4, 80), queued=10), WEEK) == ()


def test_unchanged_listings_promise_no_new_article() -> None:
    quiet = a_run(7, 0)
    quiet = replace(quiet, measures={**quiet.measures, "listings": {}})
    assert judge_against(quiet, WEEK) == ()


def test_a_run_with_helpers_is_not_judged_by_its_own_share_of_the_articles() -> None:
    assert judge_against(replace(a_run(7, 12), helpers=("h:1:2",)), WEEK) == ()


def test_only_runs_of_the_same_kind_that_ended_well_are_compared() -> None:
    run = a_run(7)
    other = [replace(one, arguments={**ASKED, "max_pages": 10}) for one in WEEK]
    assert compared(run, other) == []
    assert compared(run, [replace(one, exit_code=code) for one in WEEK for code in (1, 3, 4, 5, 130, None)]) == []
    start = {**ASKED, "start_urls": ["https://vov.example/sport"]}
    assert compared(run, [replace(one, arguments=start) for one in WEEK]) == []
    recorded = [replace(one, arguments={**ASKED, "record": "a.warc.gz"}) for one in WEEK]
    assert compared(run, recorded) == recorded


def test_an_accepted_run_is_the_new_usual() -> None:
    fewer = [replace(a_run(7 + day, 12), exit_code=3) for day in (2, 1, 0)]
    assert judge_against(a_run(10, 12), [*fewer, *WEEK]) == ("12 articles, usually 81",)
    fewer[-1] = replace(fewer[-1], accepted=True)
    assert compared(a_run(10, 12), [*fewer, *WEEK]) == [fewer[-1]]
    assert judge_against(a_run(10, 12), [*fewer, *WEEK]) is None


@given(st.lists(st.integers(0, 400), min_size=3, max_size=12), st.integers(0, 400))
def test_a_number_of_articles_as_in_earlier_runs_is_never_told_of(before: list[int], now: int) -> None:
    earlier = [a_run(day, articles) for day, articles in reversed(list(enumerate(before)))]
    reasons = judge_against(a_run(len(before), now), earlier)
    assert reasons is not None
    if min(before[-10:]) <= now <= max(before[-10:]):
        assert reasons == ()


@given(st.lists(st.integers(0, 200_000), min_size=1, max_size=200), st.integers(0, 200))
def test_the_median_of_merged_sketches_is_that_of_all_lengths(lengths: list[int], cut: int) -> None:
    parts = [Counter(map(length_sketch.bucket, part)) for part in (lengths[:cut], lengths[cut:])]
    merged = parts[0] + parts[1]
    true = sorted(lengths)[(len(lengths) - 1) // 2]
    assert length_sketch.median(merged) == pytest.approx(max(1, true), rel=length_sketch.RELATIVE_ERROR + 1e-9)
    assert length_sketch.median({str(key): number for key, number in merged.items()}) == length_sketch.median(merged)


def test_no_length_has_no_median() -> None:
    assert length_sketch.median({}) == 0
