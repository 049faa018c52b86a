"""The ledger of sources, over months of runs made here: what is noticed, on which day, and no false alarm."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from crawler.health.judge import judge
from crawler.health.sources import ledger
from crawler.outcome.source_counts import figures_of
from storage.frontier.runs import Run

BEGIN = datetime(2026, 3, 2, 6, tzinfo=UTC)
FRONT, ECONOMY, SPORT, NEWS = (
    f"https://bay.example/{path}" for path in ("", "rss/kinh-te.rss", "rss/sport.rss?all=1", "sitemap-news.xml")
)
LINKS = {FRONT: 14, ECONOMY: 30, SPORT: 25, NEWS: 200}
NEW = {FRONT: 5, ECONOMY: 3, SPORT: 2, NEWS: 1}
"""Stories that each brings in one run."""
ASKED = {"start_urls": [FRONT], "max_pages": None, "follow": "related", "depth": None, "replay": ""}
Figures = dict[str, dict[str, int]]


def month(days: int, change: Callable[[int, Figures], None] = lambda day, figures: None) -> list[Run]:
    """Runs every six hours with the figures of an ordinary portal; *change* alters those of one day. Newest first."""
    draw = random.Random(7)
    found = []
    for number in range(4 * days):
        figures: Figures = {
            "read": dict.fromkeys(LINKS, 1),
            "links": {url: round(draw.gauss(links, links / 10)) for url, links in LINKS.items()},
            # A binomial count of twice as many chances.
            "new": {url: sum(draw.random() < 0.5 for _ in range(2 * new)) for url, new in NEW.items()},
            "unchanged": {},
            "failed": {},
        }
        change(number // 4, figures)
        found.append(run(number, figures))
    return found[::-1]


def run(number: int, figures: Mapping[str, Mapping[str, int]]) -> Run:
    articles = sum(figures["new"].values())
    measures: dict[str, Any] = {
        f"source {name}": {url.replace(".", "%2E"): count for url, count in counted.items()}
        for name, counted in figures.items()
    }
    return Run(
        id=f"bay-{number}", portal="bay", arguments=ASKED, started=BEGIN + timedelta(hours=6 * number), exit_code=0,
        counts={"fetched": articles + 4, "articles": articles, "new": articles},
        measures={
            **measures,
            "listings": {"pages": sum(figures["read"].values()), "links": sum(figures["links"].values())},
        },
    )  # fmt: skip


def noticed(history: list[Run]) -> dict[int, set[str]]:
    """What is said of the runs of each day, of which anything is said."""
    found: dict[int, set[str]] = {}
    for place, one in enumerate(history):
        for reason in judge(one, history[place + 1 :]) or ():
            found.setdefault((len(history) - 1 - place) // 4, set()).add(reason)
    return found


def test_an_ordinary_month_raises_no_alarm() -> None:
    assert noticed(month(31)) == {}


def test_a_front_page_that_becomes_a_shell_is_named_in_the_same_run() -> None:
    def shell(day: int, figures: Figures) -> None:
        if day == 20:
            figures["links"][FRONT] = 0

    found = noticed(month(22, shell))
    assert set(found) == {20}
    assert all(reason.startswith("front page: 0 links, usually 1") for reason in found[20])


def test_a_feed_without_new_stories_is_named_with_where_they_come_from_now() -> None:
    def silent(day: int, figures: Figures) -> None:
        if day >= 20:
            figures["new"].pop(ECONOMY)

    found = noticed(month(24, silent))
    assert min(found) in (20, 21)
    last = max(found[23], key=len)
    assert last.startswith("rss/kinh-te.rss: brought nothing for ")
    assert last.endswith("usually 12 a day; its portal's stories still come by the front page")


def test_a_dead_feed_is_named_on_its_day() -> None:
    def dead(day: int, figures: Figures) -> None:
        if day >= 20:
            figures["read"].pop(SPORT)
            figures["links"][SPORT] = figures["new"][SPORT] = 0
            figures["failed"][SPORT] = 1

    found = noticed(month(21, dead))
    assert set(found) == {20}
    assert all(reason.startswith("rss/sport.rss?all=1: could not be read, usually 2") for reason in found[20])


def test_a_feed_whose_stories_are_not_stored_is_named_with_the_reason() -> None:
    def named(day: int, figures: Figures) -> None:
        figures["named"], figures["stored"] = {ECONOMY: 30, SPORT: 25}, {ECONOMY: 30, SPORT: 24}
        if day == 20:
            figures["stored"][ECONOMY], figures["no article"], figures["unread"] = 6, {ECONOMY: 20}, {ECONOMY: 4}

    found = noticed(month(21, named))
    said = "6 of 30 stories it names are stored, usually 100 %, 4 failed, 20 were judged to be no article"
    assert found == {20: {f"rss/kinh-te.rss: {said}"}}


def test_pages_as_they_were_are_no_fall() -> None:
    def quiet(day: int, figures: Figures) -> None:
        if day == 20:
            for name in ("read", "links", "new"):
                figures[name].clear()
            figures["unchanged"] = dict.fromkeys(LINKS, 1)

    history = month(22, quiet)
    first_quiet = next(place for place, one in enumerate(history) if one.started == BEGIN + timedelta(days=20))
    assert judge(history[first_quiet], history[first_quiet + 1 :]) == ()
    assert all("brought nothing for 1 day" in reason for reason in noticed(history)[20]), "a whole day is too long"


@pytest.mark.parametrize("days", [0, 1])
def test_a_new_portal_and_a_source_that_never_brought_much_are_left_in_peace(days: int) -> None:
    history = month(30, lambda day, figures: figures["new"].pop(NEWS) and None if day >= 28 else None)
    assert noticed(history) == {}, "four stories a day, missed for two days, may be chance"
    assert all(not source.problem for source in ledger(history[-1 - days], history[len(history) - days :]))


def test_names_with_dots_come_back_from_the_measures() -> None:
    measures = run(0, {"new": {ECONOMY: 3}, "links": {}, "read": {}}).measures
    assert figures_of(measures)["new"] == {ECONOMY: 3}
