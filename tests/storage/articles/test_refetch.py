from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from storage.articles import articles
from storage.articles.refetch import PRIORITY, queue_due
from storage.database.store import Store
from storage.frontier import frontier
from storage.frontier.frontier import FrontierEntry
from storage.records import Article
from storage.write import withdrawal
from storage.write.finished_page import FinishedPage
from storage.write.store_pages import store_pages

H, D = timedelta(hours=1), timedelta(days=1)
STEPS = ((6 * H, H), (2 * D, 12 * H), (30 * D, 7 * D))
SITE = "https://vov.example"


@pytest.fixture
def now() -> datetime:
    """The moment at which the test begins: a suite runs for longer after it was read than these tests allow for."""
    return datetime.now(UTC)


def article(store: Store, name: str, published: datetime | None, portal: str = "vov") -> str:
    """Store an article, crawled just now; return its frontier entry."""
    url = f"{SITE}/{name}"
    frontier.add(store, [FrontierEntry(portal=portal, url=url)])
    (entry,) = frontier.lease(store, portal, "w", 1, 60)
    found = Article(id="", url=url, canonical_url=url, title=name, text=f"Bài {name}.", published=published)
    store_pages(store, [FinishedPage(entry=entry, outcome="article", article=found)], "r")
    return entry.id


def due(store: Store, moment: datetime) -> set[str]:
    """Queue what is due at *moment*, end it again without a page being seen, and return the names."""
    number = queue_due(store, "vov", STEPS, moment, "run")
    rows = list(store.db["frontier"].find({"state": "queued"}))
    assert len(rows) == number
    assert {row["priority"] for row in rows} <= {PRIORITY}
    store.db["frontier"].update_many({"state": "queued"}, {"$set": {"state": "done"}})
    return {row["url"].rpartition("/")[2] for row in rows}


def test_articles_are_due_by_their_age_and_when_they_were_last_seen(store: Store, now: datetime) -> None:
    article(store, "new", now)
    article(store, "day", now - D)
    article(store, "week", now - 7 * D)
    article(store, "year", now - 365 * D)
    article(store, "undated", None)
    article(store, "typo", now + 400 * D)
    assert due(store, now + 0.5 * H) == set()
    assert due(store, now + 1.1 * H) == {"new", "undated", "typo"}
    assert due(store, now + 7 * H) == set(), "older than 6 hours now: every 12 hours"
    assert due(store, now + 13 * H) == {"new", "day", "undated", "typo"}
    assert due(store, now + 8 * D) == {"new", "day", "week", "undated", "typo"}
    assert due(store, now + 28 * D) == {"new", "day", "undated", "typo"}, "the week-old one is 35 days old"
    assert due(store, now + 31 * D) == set()


def test_no_steps_and_other_portals_queue_nothing(store: Store, now: datetime) -> None:
    article(store, "theirs", now, portal="other")
    assert queue_due(store, "vov", STEPS, now + 2 * H) == 0
    assert queue_due(store, "other", (), now + 2 * H) == 0
    assert queue_due(store, "other", STEPS, now + 2 * H) == 1


def test_a_failure_waits_as_long_as_a_success_and_what_is_under_way_is_left_alone(store: Store, now: datetime) -> None:
    entry = article(store, "new", now)
    later = now + 1.1 * H
    store.db["frontier"].update_one({"_id": entry}, {"$set": {"finished": later, "state": "failed"}})
    assert queue_due(store, "vov", STEPS, later + 0.5 * H) == 0
    assert queue_due(store, "vov", STEPS, later + 1.1 * H) == 1
    assert queue_due(store, "vov", STEPS, later + 1.1 * H) == 0
    assert frontier.lease(store, "vov", "w", 1, 60)
    assert queue_due(store, "vov", STEPS, later + 3 * H) == 0


def test_what_was_withdrawn_by_hand_is_not_asked_for_and_what_is_gone_is(store: Store, now: datetime) -> None:
    article(store, "by-hand", now)
    entry = article(store, "gone", now)
    withdrawal.withdraw(store, f"{SITE}/by-hand", "by request")
    gone = articles.get(store, f"{SITE}/gone")
    assert gone
    withdrawal.gone(store, [(entry, gone.article.id)], "HTTP 410")
    assert due(store, now + 2 * H) == {"gone"}


@pytest.mark.parametrize("published", [True, False])
def test_what_is_due_is_found_in_an_index(store: Store, now: datetime, published: bool) -> None:
    for number in range(3):
        article(store, f"a{number}", now if published else None)
    wanted = {"portal": "vov", "published": {"$gt": now - D} if published else None, "last_seen": {"$lte": now - H}}
    plan = store.db["articles"].find(wanted).explain()["executionStats"]
    assert plan["totalDocsExamined"] == 0
    assert "portal_published" in str(plan)
