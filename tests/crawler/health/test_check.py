"""``storykin check`` and ``status`` over a store."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from crawler.cli.main import run
from storage.articles import articles
from storage.database.store import Store
from storage.frontier import hosts, pauses, runs
from storage.records import Article

NOW = datetime.now(UTC)


def ended(store: Store, days_ago: int, *, links: int = 20, code: int = 0, verdict: str = "finished, as usual") -> None:
    """A run of the portal bay with one source."""
    started = NOW - timedelta(days=days_ago, hours=1)
    source = "https://bay%2Eexample/"
    store.db["runs"].insert_one(
        {
            "_id": f"bay-{days_ago}", "portal": "bay", "started": started, "finished": started, "exit_code": code,
            "verdict": verdict, "counts": {"fetched": 9, "articles": 8, "new": 8}, "worker": "host:1:1",
            "arguments": {"start_urls": ["https://bay.example/"]},
            "measures": {
                "source read": {source: 1}, "source links": {source: links}, "listings": {"pages": 1, "links": links},
            },
        }
    )  # fmt: skip


def stored(store: Store, number: int, **fields: object) -> None:
    text = f"The council of ward {number} spoke for {number} hours about bridge {number * 7} and its market."
    values = {"title": f"Ward {number}", "lead": text, "text": text, "published": NOW, "fetched": NOW} | fields
    article = Article(id=f"a{number}", url=f"https://bay.example/{number}.html", portal="bay", **values)
    articles.put_many(store, [article])


def test_a_portal_as_it_should_be_is_ok(store: Store, capsys: pytest.CaptureFixture[str]) -> None:
    for day in range(5):
        ended(store, day)
    for number in range(30):
        stored(store, number)
    assert run(["check"]) == 0
    assert capsys.readouterr().out == "bay: ok\n"


def test_a_fallen_source_and_articles_that_break_invariants_are_named(
    store: Store, capsys: pytest.CaptureFixture[str]
) -> None:
    for day in range(1, 6):
        ended(store, day)
    ended(store, 0, links=0, code=3, verdict="front page: 0 links, usually 20; 2 articles, usually 8")
    for number in range(30):
        notice = {"text": "This page is for subscribers. Please log in."} if number % 5 == 0 else {}
        lead = {"lead": "Subscribe to our letter."} if number % 3 == 1 else {}
        stored(store, number, **notice, **lead, published=None if number % 2 else NOW)
    assert run(["check", "bay"]) == 3
    told = capsys.readouterr().out
    assert "bay: 2 articles, usually 8\n" in told
    assert "bay: front page: 0 links, usually 20\n" in told
    assert "bay: 15 of 30 articles of the last 7 days have no time of publication" in told
    assert "bay: 10 of 30 articles of the last 7 days begin with a lead that stands over another text as well" in told
    assert "bay: 6 of 30 articles of the last 7 days have a text that stands under 3 or more titles" in told
    assert run(["check", "--json"]) == 3
    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [row["subject"] for row in rows] == ["run", "source", "articles", "articles", "articles"]


def test_an_author_of_more_than_a_person_writes_is_named(store: Store, capsys: pytest.CaptureFixture[str]) -> None:
    ended(store, 0)
    for number in range(80):
        stored(store, number, authors=("Ban Thời sự", "Lê Lan") if number < 71 else ("Lê Lan",) if number > 77 else ())
    assert run(["check"]) == 3
    assert capsys.readouterr().out == (
        "bay: 73 of 80 articles of the last 7 days have 'Lê Lan' as an author, more than one person writes\n"
    )


def test_a_portal_that_there_is_not_is_refused(store: Store, capsys: pytest.CaptureFixture[str]) -> None:
    for command in ("check", "status"):
        assert run([command, "voov"]) == 2
        assert "did you mean vov" in capsys.readouterr().err


def test_status_tells_days_waits_and_what_runs(
    store: Store, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    (tmp_path / "bay.toml").write_text(
        'title = "Bay"\nstart_urls = ["https://bay.example/"]\nallowed_domains = ["bay.example"]\n'
        '[schedule]\nevery = "7d"\n'
    )
    for day in range(1, 5):
        ended(store, day)
    ended(store, 5, code=3, verdict="2 articles, usually 8")
    begun = runs.begin(store, "bay")
    runs.heartbeat(store, begun, live={"fetched": 40, "articles": 30, "new": 30, "failures": 0})
    hosts.rest(store, "www.bay.example", first=600, why="429")
    pauses.pause(store, "cove", reason="asked to")
    assert run(["status", "--seeds", str(tmp_path), "--json"]) == 0
    told = {row["portal"]: row for row in map(json.loads, capsys.readouterr().out.splitlines())}
    bay = told["bay"]
    assert list(bay["days"].values()) == ["", "worse", "ok", "ok", "ok", "ok", ""]
    assert (bay["running"], bay["fetched"]) == (True, 40)
    assert bay["waits"].startswith("www.bay.example answered 429; rests until ")
    assert run(["status", "bay", "--seeds", str(tmp_path)]) == 0
    shown = capsys.readouterr().out
    assert "·▲●●●●·" in shown
    assert "40 pages" in shown
    assert run(["status", "--seeds", str(tmp_path), "--html", str(tmp_path / "status.html")]) == 0
    page = (tmp_path / "status.html").read_text(encoding="utf-8")
    assert [page.count(words) for words in ('scope="row">bay<', ">▲</span>", "40 pages")] == [1, 1, 1]
    assert run(["runs", "--portal", "bay", "--last", "1"]) == 0
    assert " 40 " in capsys.readouterr().out, "a run under way has counts"


def test_a_source_that_went_silent_is_named_once(store: Store, capsys: pytest.CaptureFixture[str]) -> None:
    """Its problem holds a semicolon, which parts the reasons of a verdict."""
    feed, front = "https://bay%2Eexample/rss", "https://bay%2Eexample/"
    for day in range(9):
        ended(store, day)
        brought = {feed: 15, front: 5} if day > 1 else {front: 5}
        counted = {"source new": brought, "source read": {feed: 1, front: 1}, "source links": {feed: 20, front: 20}}
        store.db["runs"].update_one(
            {"_id": f"bay-{day}"}, [{"$set": {"measures": {"$mergeObjects": ["$measures", {"$literal": counted}]}}}]
        )
    silent = "rss: brought nothing for 2 days, usually 15 a day; its portal's stories still come by the front page"
    store.db["runs"].update_one(
        {"_id": "bay-0"}, {"$set": {"exit_code": 3, "verdict": f"{silent}; 2 articles, usually 8"}}
    )
    assert run(["check"]) == 3
    assert capsys.readouterr().out.splitlines() == ["bay: 2 articles, usually 8", f"bay: {silent}"]
