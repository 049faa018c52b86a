"""A trap that breeds addresses ends, and whatever leads somewhere is followed, in any order of reading."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from storage.articles import articles
from storage.frontier import frontier
from storage.frontier.frontier import FrontierEntry
from storage.records import Article
from storage.write.finished_page import FinishedPage
from storage.write.store_pages import store_pages

if TYPE_CHECKING:
    from collections.abc import Sequence

    from storage.database.store import Store

PORTAL = "vov"
SITE = "https://vov.example"
LIMIT = 9
TEXT = " ".join(f"từ{random.Random(1).randrange(5000) + number}" for number in range(80))


def entry(path: str, depth: int = 0) -> FrontierEntry:
    return FrontierEntry(portal=PORTAL, url=f"{SITE}/{path}", key=f"{SITE}/{path}", depth=depth, kind="related")


def page(
    one: FrontierEntry, links: Sequence[str] = (), *, canonical: str = "", at: str = "", limit: int = LIMIT
) -> FinishedPage:
    """What an address with the text that all have comes to; *at*: it redirected to there."""
    url = f"{SITE}/{at}" if at else one.url
    article = Article(id="", url=url, canonical_url=canonical or url, portal=PORTAL, title="Phà", text=TEXT)
    cut = one.depth >= limit
    onward = () if cut else tuple(entry(link, one.depth + 1) for link in links)
    return FinishedPage(
        entry=one, outcome="article", article=article, outlinks=onward, cut=cut, final_url=url, status=200
    )


def leased(store: Store, *paths: str) -> list[FrontierEntry]:
    """Lease exactly the entries of *paths*, in that order."""
    taken = {one.url: one for one in frontier.lease(store, PORTAL, "w", 999, 600)}
    chosen = [taken.pop(f"{SITE}/{path}") for path in paths]
    frontier.release(store, taken.values())
    return chosen


def waiting(store: Store) -> set[str]:
    return {row["url"].removeprefix(f"{SITE}/") for row in store.db["frontier"].find({"state": "queued"})}


def visit(number: int) -> str:
    return f"story-1.html?visit={number}"


def trapped(store: Store, draw: random.Random) -> Counter[int]:
    """Crawl a trap whose every page leads to two more; return how often each was read."""
    read: Counter[int] = Counter()
    held: list[FrontierEntry] = []
    while held or not frontier.is_idle(store, PORTAL):
        held += frontier.lease(store, PORTAL, "w", draw.randrange(1, 4), 600)
        draw.shuffle(held)
        ending, held = held[:2], held[2:]
        numbers = [int(one.url.rpartition("=")[2]) for one in ending]
        pages = [
            page(one, (visit(2 * number), visit(2 * number + 1))) for one, number in zip(ending, numbers, strict=True)
        ]
        store_pages(store, pages, "r")
        read.update(numbers)
        assert read.total() < 50
    return read


@pytest.mark.parametrize("seed", range(3))
def test_a_trap_ends_in_every_run(store: Store, seed: int) -> None:
    draw = random.Random(seed)
    frontier.add(store, [entry(visit(1))])
    once = Counter([1, 2, 3])
    assert trapped(store, draw) == once
    for _ in range(2):  # all are due again; the first of them may be the last to be read
        frontier.requeue(store, PORTAL, states=("done",))
        assert trapped(store, draw) == once


def test_a_trap_whose_first_page_is_gone_ends(store: Store) -> None:
    frontier.add(store, [entry(visit(1))])
    trapped(store, random.Random(1))
    frontier.requeue(store, PORTAL, states=("done",))
    [first] = leased(store, visit(1))
    store_pages(store, [FinishedPage(entry=first, outcome="failure", reason="HTTP 404", status=404)], "r2")
    assert max(trapped(store, random.Random(1))) <= 7, "its copies lead on once, and theirs are known"


def test_links_of_a_copy_are_followed_until_the_first_page_is_done(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    frontier.add(store, [entry("a/story-1.html"), entry("b/story-1.html")])
    first, copy = leased(store, "a/story-1.html", "b/story-1.html")
    with monkeypatch.context() as killed:
        killed.setattr("storage.frontier.frontier.add", lambda *_, **__: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            store_pages(store, [page(first, ["onward"])], "r")
    store_pages(store, [page(copy, ["onward"])], "r")
    assert waiting(store) == {"onward"}


@pytest.mark.parametrize("first_depth", [LIMIT, 5])
def test_links_of_a_copy_that_is_nearer_are_followed(store: Store, first_depth: int) -> None:
    """The first page was read at the limit of depth, or so deep that the limit comes soon behind it."""
    frontier.add(store, [entry("a/story-1.html", first_depth), entry("b/story-1.html", 2)])
    first, copy = leased(store, "a/story-1.html", "b/story-1.html")
    store_pages(store, [page(first, ["onward"])], "r")
    store_pages(store, [page(copy, ["onward"])], "r")
    assert store.db["frontier"].find_one({"url": f"{SITE}/onward"}, {"_id": 0, "depth": 1}) == {"depth": 3}


def test_links_of_a_copy_that_is_as_deep_are_not_followed(store: Store) -> None:
    frontier.add(store, [entry("a/story-1.html", 2), entry("b/story-1.html", 2), entry("c/story-2.html", 2)])
    first, copy, other = leased(store, "a/story-1.html", "b/story-1.html", "c/story-2.html")
    store_pages(store, [page(first, ["first"])], "r")
    store_pages(store, [page(copy, ["second"]), page(other, ["third"])], "r")
    assert waiting(store) == {"first", "third"}, "another name is another page"


@pytest.mark.parametrize(
    ("owner_depth", "wanted_depth", "is_answered"), [(2, 2, True), (2, 3, True), (5, 2, False), (LIMIT, 2, False)]
)
def test_an_address_that_answered_is_asked_for_where_it_is_nearer(
    store: Store, owner_depth: int, wanted_depth: int, is_answered: bool
) -> None:
    """Its links would end nearer, or were never followed."""
    frontier.add(store, [entry("short/1", owner_depth)])
    [owner] = leased(store, "short/1")
    store_pages(store, [page(owner, ["onward"], at="story-1.html")], "r")
    frontier.add(store, [entry("story-1.html", wanted_depth)])
    [wanted] = leased(store, "story-1.html")
    found = articles.answered(store, [wanted])
    assert bool(found) == is_answered
    if not is_answered:
        store_pages(store, [page(wanted, ["onward"])], "r")
        row = store.db["frontier"].find_one({"url": f"{SITE}/onward"})
        assert row is not None
        assert row["depth"] == wanted_depth + 1


def test_an_address_that_answered_is_asked_for_until_that_page_is_done(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    frontier.add(store, [entry("short/1"), entry("story-1.html")])
    owner, wanted = leased(store, "short/1", "story-1.html")
    ending = page(owner, ["onward"], at="story-1.html")
    with monkeypatch.context() as killed:
        killed.setattr("storage.frontier.frontier.add", lambda *_, **__: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            store_pages(store, [ending], "r")
    assert articles.answered(store, [wanted]) == {}
    store_pages(store, [ending], "r")
    assert len(articles.answered(store, [wanted])) == 1
    assert articles.answered(store, [replace(wanted, key=f"{SITE}/other", url=f"{SITE}/other")]) == {}
