"""Crawling a portal again: what is unchanged costs a request, what has changed becomes a version, what is gone goes."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from crawler.article.dissect import dissect
from crawler.article.page.page import Page, as_page, raw_of
from crawler.crawl.options import CrawlOptions
from crawler.crawl.refetch import conditional_headers, scope
from crawler.portals.reader import parse_seed
from crawler.portals.refetch_steps import parse_steps
from crawler.portals.seed import GENERIC, Seed, SeedError
from storage.articles import articles, pages
from storage.articles.versions import versions
from storage.frontier import failures
from storage.frontier.entry import KnownPage

if TYPE_CHECKING:
    from storage.database.store import Store
    from tests.crawler.conftest import Command, NewsSite


def age(store: Store, hours: float) -> None:
    """Let everything in the database have happened *hours* earlier."""
    past = timedelta(hours=hours) / timedelta(milliseconds=1)
    for name, times in {"articles": ("first_seen", "last_seen", "published"), "frontier": ("finished",)}.items():
        earlier = {time: {"$subtract": [f"${time}", past]} for time in times}
        store.db[name].update_many({}, [{"$set": earlier}])


def with_header(site: NewsSite, path: str, **headers: str) -> str:
    status, others, body = site.pages[path]
    site.pages[path] = (status, {**others, **{name.replace("_", "-"): value for name, value in headers.items()}}, body)
    return path


def rewritten(site: NewsSite, path: str, old: str, new: str) -> None:
    status, headers, body = site.pages[path]
    assert old.encode() in body
    site.pages[path] = (status, headers, body.replace(old.encode(), new.encode()))


@pytest.fixture
def paper(command: Command, site: NewsSite, tmp_path: Path) -> Any:
    """A crawl of a portal with a front page and six stories, to be called again and again; returns the counts."""
    paths = [site.story(number) for number in range(1, 7)]
    site.front(*paths)
    with_header(site, "/", ETag='"front-1"')
    with_header(site, paths[0], ETag='W/"one"')
    with_header(site, paths[1], Last_Modified="Sun, 01 Mar 2026 05:00:00 GMT")
    folder = tmp_path / "seeds"
    folder.mkdir()
    (folder / "paper.toml").write_text(
        f"""title = "Paper"
start_urls = ["{site.url}/"]
allowed_domains = ["127.0.0.1"]
loopback = true
""",
        encoding="utf-8",
    )

    def crawl(*arguments: str, code: int = 0, **env: str) -> dict[str, Any]:
        site.asked.clear()
        site.unmodified.clear()
        done = command("crawl", "paper", "--seeds", str(folder), "--json", *arguments, **env)
        assert done.code == code, done.err
        counts: dict[str, Any] = json.loads(done.out)
        parts = ("articles", "listings", "not_articles", "failures", "unchanged_pages", "withdrawn")
        assert counts["fetched"] == sum(counts[name] for name in parts)
        return counts

    return crawl


def test_a_portal_is_followed_through_its_changes(paper: Any, site: NewsSite, store: Store) -> None:
    first = paper()
    assert (first["articles"], first["listings"]) == (6, 1)
    assert store.db["pages"].count_documents({}) == 7
    again = {raw.article: dissect(as_page(raw)).article for raw in pages.iterate(store) if raw.article}
    assert {key: one.text for key, one in again.items() if one} == {
        one.article.id: one.article.text for one in articles.iterate(store)
    }

    # At once again: the unchanged front page costs one request, and no article is due.
    at_once = paper()
    assert (at_once["fetched"], at_once["unchanged_pages"]) == (1, 1)
    assert site.asked == ["/robots.txt", "/"]
    assert site.unmodified == ["/"]

    # Three hours later all articles are due: one has another text, one is gone, one missing.
    age(store, 3)
    rewritten(site, site.story_path(3), "In part 2 of story 3", "After a long night, in part 2 of story 3")
    rewritten(site, site.story_path(5), "</article>", "<!-- 17 readers --></article>")
    site.pages[site.story_path(4)] = (410, {}, b"gone")
    lost = site.pages.pop(site.story_path(6))
    later = paper()
    assert sorted(site.unmodified) == sorted(["/", site.story_path(1), site.story_path(2)])
    assert (later["unchanged_pages"], later["withdrawn"], later["failures"], later["versions"]) == (3, 1, 1, 1)
    assert (later["articles"], later["fetched"]) == (2, 7)
    stored = {one.article.url.rpartition("-")[2][5:6]: one for one in articles.iterate(store)}
    assert [stored[number].version for number in "123456"] == [1, 1, 2, 1, 1, 1]
    (old,) = versions(store, stored["3"].article.id)
    assert old.changed == ("text",)
    assert "After a long night" not in old.article.text
    assert "After a long night" in stored["3"].article.text
    assert stored["4"].withdrawn
    assert (stored["4"].withdrawn.reason, stored["4"].withdrawn.by) == ("HTTP 410", "portal")
    assert stored["4"].article.text
    assert [(one.reason, one.status) for one in failures.iterate(store)] == [("HTTP 404", 404)]
    assert stored["6"].withdrawn is None
    # The response of the older text is kept beside the newest.
    bodies = [raw.body for raw in pages.iterate(store, older=True) if raw.article == stored["3"].article.id]
    assert sorted(b"After a long night" in body for body in bodies) == [False, True]

    # What is gone and what failed waits its turn like all the others; then both are back.
    site.pages[site.story_path(6)] = lost
    assert paper()["fetched"] == 1
    age(store, 2)
    site.story(4)
    back = paper()
    assert (back["unchanged_pages"], back["failures"], back["withdrawn"]) == (7, 0, 0)
    assert all(one.withdrawn is None for one in articles.iterate(store))
    assert list(failures.iterate(store)) == []


def test_old_articles_are_left_alone_and_young_ones_wait_their_turn(paper: Any, site: NewsSite, store: Store) -> None:
    paper()
    age(store, 0.5)
    assert paper()["fetched"] == 1
    age(store, 24 * 31)
    assert paper()["fetched"] == 1
    assert site.asked == ["/robots.txt", "/"]


def test_an_unchanged_page_is_read_anew_where_its_links_would_be_followed_further(
    paper: Any, site: NewsSite, store: Store
) -> None:
    shallow = paper("--depth", "0", code=3, STORYKIN_KEEP_PAGES_DAYS="0")
    assert (shallow["fetched"], shallow["queued"]) == (1, 0)
    assert store.db["pages"].count_documents({}) == 0
    assert paper()["articles"] == 6


def test_the_end_of_a_redirect_is_not_asked_for_again(paper: Any, site: NewsSite, store: Store) -> None:
    target = site.story(9)
    site.redirect("/short/the-ninth-story-of-all-900009.html", target)
    site.front("/short/the-ninth-story-of-all-900009.html")
    paper()
    asked = site.asked_for(target)
    site.front("/short/the-ninth-story-of-all-900009.html", target, site.story(10))
    counts = paper()
    assert (asked, site.asked_for(target)) == (1, 0)
    assert (counts["answered_before"], counts["articles"], counts["queued"]) == (1, 1, 0)
    ended = store.db["frontier"].find_one({"outcome": "alias"})
    assert ended
    assert ended["state"] == "done"
    found = articles.get(store, ended["article"])
    assert found
    assert found.article.url == site.url + target


def test_a_days_setting_that_is_no_number_is_refused(command: Command, site: NewsSite) -> None:
    site.front(site.story(1))
    done = command("crawl", site.url, STORYKIN_KEEP_PAGES_DAYS="soon")
    assert done.code == 2
    assert "STORYKIN_KEEP_PAGES_DAYS='soon'" in done.err
    assert "/" not in site.asked


@pytest.mark.parametrize(
    ("steps", "wrong"),
    [
        (["6h 1h"], "is no step"),
        (["6w: 1h"], "is no step"),
        (["0h: 1h"], "may be 0"),
        (["1d: 0m"], "may be 0"),
        (["2d: 1h", "6h: 2h"], "must grow"),
    ],
)
def test_steps_that_are_no_good_are_named(steps: list[str], wrong: str) -> None:
    with pytest.raises(ValueError, match=wrong):
        parse_steps(steps)
    text = (
        f'title = "P"\nstart_urls = ["https://p.example/"]\nallowed_domains = ["p.example"]\n[refetch]\nsteps = {steps}'
    )
    with pytest.raises(SeedError, match=r"'refetch\.steps'"):
        parse_seed(text, name="p", where="p.toml")


def test_the_scope_tells_what_leads_further() -> None:
    seed, options = GENERIC, CrawlOptions()
    same = scope(seed, options, "1")
    assert scope(seed, CrawlOptions(max_pages=3), "1") == same
    others = [
        scope(seed, CrawlOptions(depth=1), "1"),
        scope(seed, CrawlOptions(follow="articles"), "1"),
        scope(seed, options, "2"),
        scope(Seed(name="other"), options, "1"),
    ]
    assert len({same, *others}) == 5


def test_a_page_comes_back_from_its_raw_form() -> None:
    page = Page(
        url="https://p.example/b",
        body="Phà".encode("utf-16"),
        content_type="text/html; charset=utf-16",
        requested_url="https://p.example/a",
        redirects=("https://p.example/a",),
        fetched=datetime(2026, 3, 1, tzinfo=UTC),
    )
    assert as_page(raw_of(page, etag="x")) == page
    assert raw_of(page, etag="x", last_modified="y").etag == "x"


def test_conditions_are_what_the_server_gave() -> None:
    assert conditional_headers(None) == {}
    assert conditional_headers(KnownPage()) == {}
    assert conditional_headers(KnownPage(etag='W/"1"', last_modified="x")) == {
        "If-None-Match": b'W/"1"',
        "If-Modified-Since": b"x",
    }
