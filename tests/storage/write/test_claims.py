"""Pages that claim another page's address: kept apart where their texts are of different stories."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import UTC, datetime
from itertools import permutations

import pytest

from storage.articles import articles
from storage.articles.claims import CONTRADICTED
from storage.articles.versions import versions
from storage.database.store import Store
from storage.duplicates import decide
from storage.frontier import frontier, related_links
from storage.frontier.frontier import FrontierEntry
from storage.records import Article, RawPage, RelatedStory, article_id
from storage.report.rows import portal_numbers
from storage.write.finished_page import FinishedPage
from storage.write.store_pages import store_pages

SITE = "https://bencang.example"
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def told(seed: int, count: int = 150) -> str:
    draw = random.Random(seed)
    return " ".join(f"từ{draw.randrange(5000)}" for _ in range(count))


def page_at(path: str, text: str, claims: str = "") -> Article:
    own = f"{SITE}/{path}"
    return Article(
        id="",
        url=own,
        canonical_url=f"{SITE}/{claims or path}",
        own_url=own if claims else "",
        aliases=(own,) if claims else (),
        portal="bencang",
        title=path,
        text=text,
        related=(RelatedStory(url=f"{SITE}/from-{path}", title="Phà"),),
        fetched=NOON,
    )


PAGES = (
    page_at("ferry", told(1)),
    page_at("m/bridge", told(2), claims="ferry"),
    page_at("z/harbour", told(3), claims="ferry"),
    page_at("amp/ferry", told(1, 120), claims="ferry"),
)


def crawl(store: Store, given: tuple[Article, ...], at_once: bool) -> None:
    frontier.add(store, [FrontierEntry(portal="bencang", url=one.url) for one in given])
    leased = {entry.url: entry for entry in frontier.lease(store, "bencang", "w", 99, 600)}
    done = [
        FinishedPage(
            entry=leased[one.url],
            outcome="article",
            article=one,
            raw=RawPage(url=one.url, body=b"<p>", entry=leased[one.url].id, fetched=NOON),
        )
        for one in given
    ]
    for batch in [done] if at_once else [[one] for one in done]:
        store_pages(store, batch, "run")


def stories(store: Store) -> dict[str, tuple[str, bool, list[str]]]:
    """Return by address what tells no other article's story: its text, whether its claim was refuted, its links."""
    return {
        one.article.url: (
            one.article.text,
            CONTRADICTED in one.article.quality,
            [edge.target for edge in related_links.iterate(store, source=one.article.id)],
        )
        for one in articles.iterate(store, distinct=True)
    }


@pytest.mark.parametrize("order", list(permutations(range(3))), ids=str)
@pytest.mark.parametrize("at_once", [False, True], ids=["one by one", "at once"])
def test_pages_of_other_stories_that_claim_an_address_are_kept_in_any_order(
    store: Store, order: tuple[int, ...], at_once: bool
) -> None:
    crawl(store, tuple(PAGES[at] for at in order), at_once)
    expected = {one.url: (one.text, bool(one.own_url), [article_id(f"{SITE}/from-{one.title}")]) for one in PAGES[:3]}
    assert stories(store) == expected
    assert all(articles.get(store, article_id(url)) for url in expected)
    assert all(versions(store, article_id(one.url)) == [] for one in PAGES[:3])
    entries = {row["url"]: row["article"] for row in store.db["frontier"].find({"state": "done"})}
    assert entries == {one.url: article_id(one.url) for one in PAGES[:3]}
    assert {row["article"] for row in store.db["pages"].find()} == set(entries.values())
    decide.redecide(store, list(entries.values()))
    assert stories(store) == expected
    (numbers,) = portal_numbers(store)
    assert numbers.contradicted == 2


@pytest.mark.parametrize("order", list(permutations(range(4))), ids=str)
def test_a_page_that_says_what_the_claimed_one_says_adds_no_story_in_any_order(
    store: Store, order: tuple[int, ...]
) -> None:
    crawl(store, tuple(PAGES[at] for at in order), at_once=False)
    assert stories(store).keys() == {one.url for one in PAGES[:3]}


def test_a_page_that_was_refuted_stays_so_when_it_is_fetched_again_with_another_text(store: Store) -> None:
    crawl(store, PAGES[:2], at_once=False)
    later = replace(PAGES[1], text=PAGES[0].text, fetched=NOON.replace(hour=13))
    (put,) = articles.put_many(store, [later], "run2", [frontier.entry_id("bencang", later.url)])
    assert (put.id, put.change) == (article_id(later.url), "version")
    assert articles.get(store, PAGES[0].url).article.text == PAGES[0].text  # type: ignore[union-attr]


def test_the_same_page_with_another_text_is_a_version_whatever_it_claims(store: Store) -> None:
    crawl(store, PAGES[1:2], at_once=False)
    later = replace(PAGES[1], text=told(9), fetched=NOON.replace(hour=13))
    (put,) = articles.put_many(store, [later], "run2", [frontier.entry_id("bencang", later.url)])
    assert (put.id, put.change) == (article_id(f"{SITE}/ferry"), "version")
    assert len(versions(store, put.id)) == 1


def test_too_short_a_text_contradicts_none(store: Store) -> None:
    crawl(store, (PAGES[0], page_at("video", told(5, 12), claims="ferry")), at_once=False)
    assert stories(store).keys() == {PAGES[0].url}
