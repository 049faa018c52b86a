"""What is read of a store for the status of portals, beside the same worked out from every document of it."""

from __future__ import annotations

import random
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from crawler.health.check import recent, sources
from crawler.health.sources import ledger
from crawler.health.status import status
from storage.database.store import Store
from storage.frontier import runs
from storage.frontier.runs import Run

NOW = datetime(2026, 3, 14, 9, 30, tzinfo=UTC)
PORTALS = ("bay", "cove", "dune", "empty")
CODES = (0, 0, 0, 0, 0, 0, 3, 4, 130, None)
RANK = {0: "ok", 3: "worse", 130: "interrupted"}


def a_run(draw: random.Random, portal: str, back: int) -> Mapping[str, Any]:
    """A run of 25 minutes past *back* hours ago with figures by chance; sources fall silent in the last days."""
    pages = [f"https://{portal}%2Eexample/{name}" for name in ("", "rss%2Exml", "sport/", "map%2Exml")]
    silent = draw.choice(pages) if back < 50 else pages[back % 4]
    read = {page: 1 for page in pages if draw.random() < 0.9}
    return {
        "_id": f"{portal}-{back}",
        "portal": portal,
        "started": NOW - timedelta(hours=back, minutes=25),
        "exit_code": draw.choice(CODES),
        "accepted": draw.random() < 0.01,
        "verdict": f"verdict {back}",
        "counts": {"fetched": back},
        "arguments": {"start_urls": [f"https://{portal}.example/"], "depth": draw.choice((None, None, 2))},
        "measures": {
            "source read": read,
            "source failed": dict.fromkeys(pages[:1] if draw.random() < 0.2 else [], 1),
            "source links": {page: draw.randint(0 if back < 3 else 20, 30) for page in read},
            "source new": {page: draw.randint(1, 3) for page in pages if back > 60 or page == silent == pages[0]},
            "source named": {pages[3]: 40},
            "source stored": {pages[3]: 5 if back < 2 else 39},
            "source unread": {pages[3]: 30 if back < 2 else 1},
        },
    }


@pytest.fixture
def whole(store: Store) -> dict[str, list[Run]]:
    """Every run that is stored, by portal, the newest first: more than are looked at."""
    draw = random.Random(5)
    rows = [dict(a_run(draw, portal, back)) for portal in PORTALS[:3] for back in range(1, 260)]
    draw.shuffle(rows)
    store.db["runs"].insert_many(rows)
    found = [Run.from_json({**row, "id": row["_id"]}) for row in rows]
    found.sort(key=lambda run: -run.read_at.timestamp())
    return {portal: [run for run in found if run.portal == portal] for portal in PORTALS}


def test_sources_are_judged_as_by_all_measures_of_all_runs(store: Store, whole: dict[str, list[Run]]) -> None:
    problems = ""
    for name, history in whole.items():
        for newest in range(0, 40, 3):  # also as it was some runs ago
            store.db["runs"].delete_many({"portal": name, "_id": {"$in": [run.id for run in history[:newest]]}})
            ended = [run for run in history[newest : newest + 200] if run.exit_code is not None]
            last = next((place for place, run in enumerate(ended) if run.exit_code in {0, 3}), None)
            expected = [] if last is None else ledger(ended[last], ended[last + 1 :])
            assert sources(store, recent(store, name)) == expected
            problems += "\n".join(one.problem for one in expected)
    for kind in ("could not be read", "links, usually", "it names are stored", "still come by the front page"):
        assert kind in problems


def test_portals_stand_as_every_document_says(store: Store, whole: dict[str, list[Run]]) -> None:
    waiting = {"bay": 3, "other": 5}
    entries = [
        {"_id": f"{portal}{number}", "portal": portal, "state": "queued" if number < waiting.get(portal, 0) else "done"}
        for portal in ("bay", "cove", "other")
        for number in range(9)
    ]
    store.db["frontier"].insert_many(entries)
    found = status(store, dict.fromkeys(PORTALS), NOW, days=9)
    assert [one.portal for one in found] == sorted(PORTALS)
    for one in found:
        ended = [run for run in whole[one.portal][:200] if run.exit_code is not None]
        assert one.queued == waiting.get(one.portal, 0)
        assert one.verdict == (ended[0].verdict if ended else "")
        for day, sign in one.days.items():
            codes = {run.exit_code for run in ended if f"{run.started:%Y-%m-%d}" == day}
            signs = {RANK.get(code or 0, "failed") for code in codes}
            assert sign == next((worst for worst in ("failed", "worse", "interrupted", "ok") if worst in signs), "")
        assert one.silent == tuple(
            source.problem for source in sources(store, recent(store, one.portal)) if source.problem
        )


def test_the_last_runs_of_all_portals_are_read_without_their_measures(
    store: Store, whole: dict[str, list[Run]]
) -> None:
    everything = sorted(
        (run for one in whole.values() for run in one), key=lambda run: (-run.read_at.timestamp(), run.id)
    )
    shown = runs.history(store, limit=20, measures=())
    assert [run.id for run in shown] == [run.id for run in everything[:20]]
    assert all(run.counts and not run.measures for run in shown)
    assert runs.whole(store, shown) == everything[:20]
