"""Annotations that other pages teach: teasers in texts, articles behind edges."""

from __future__ import annotations

import random
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from storage.articles import articles
from storage.database.store import Store
from storage.duplicates import decide
from storage.frontier import related_links
from storage.maintenance.repair import repair
from storage.records import Article, Paragraph, RelatedStory, article_id
from storage.teasers import known_stories, link_targets, teasers

VOCABULARY = [f"chữ{n}" for n in range(3000)]


def sentence(seed: object, count: int = 30) -> str:
    draw = random.Random(str(seed))
    return " ".join(draw.choice(VOCABULARY) for _ in range(count))


def title_of(name: str) -> str:
    return f"Tiêu đề của bài viết {name}: {sentence(('title', name), 5)}"


def lead_of(name: str) -> str:
    return sentence(("lead", name), 25)


def article(name: str, *more: str, portal: str = "vov", **fields: Any) -> Article:
    """Return an article of a lead, the paragraphs *more* and two paragraphs of its own."""
    url = f"https://{portal}.example/{name}"
    own = [lead_of(name), *more, sentence((name, 1)), sentence((name, 2), 60)]
    values: dict[str, Any] = {
        "id": article_id(url),
        "url": url,
        "canonical_url": url,
        "portal": portal,
        "title": title_of(name),
        "lead": own[0],
        "text": "\n\n".join(own),
        "paragraphs": tuple(Paragraph(text=text, verdict="body" if n else "lead") for n, text in enumerate(own)),
    }
    return Article(**(values | fields))


def crawl(store: Store, *given: Article) -> None:
    for one in given:
        decide.decide(store, [put.id for put in articles.put_many(store, [one], "r")])
        related_links.put_many(store, [one], "r")


def empty(store: Store) -> None:
    for name in ("articles", "fingerprints", "exact", "versions", "edges"):
        store.db[name].delete_many({})


def marked(store: Store) -> dict[str, list[tuple[int, str, str]]]:
    names = {one.article.id: one.article.url.rpartition("/")[2] for one in articles.iterate(store)}
    return {
        names[one.article.id]: [(teaser.paragraph, names[teaser.of], teaser.part) for teaser in one.teasers]
        for one in articles.iterate(store)
        if one.teasers
    }


def linked(store: Store) -> dict[str, tuple[str, str]]:
    names = {one.article.id: one.article.url.rpartition("/")[2] for one in articles.iterate(store)}
    return {
        edge.story.url.rpartition("/")[2]: (names[edge.to_article], edge.linked_by)
        for edge in related_links.iterate(store)
        if edge.to_article
    }


def test_title_and_lead_of_another_story_are_marked_and_text_stays(store: Store) -> None:
    page = article("a", title_of("b"), lead_of("c")[:120] + "…")
    crawl(store, page, article("b"), article("c"))
    summary = repair(store)
    assert marked(store) == {"a": [(1, "b", "title"), (2, "c", "lead")]}
    assert summary.teasers == 2
    stored = articles.get(store, page.url)
    assert stored
    assert (stored.article.text, stored.article.paragraphs) == (page.text, page.paragraphs)
    assert {teaser.score for teaser in stored.teasers} > {1.0}


def test_own_lead_dropped_paragraphs_and_copies_of_the_story_are_not_marked(store: Store) -> None:
    dropped = Paragraph(text=title_of("b"), verdict="related", reason="is the title of a related story")
    page = article("a")
    page = replace(page, paragraphs=(*page.paragraphs, dropped))
    copy = article("a-copy", portal="ap", title=page.title, text=page.text, lead=page.lead)
    moved = Paragraph(text=page.lead)
    copy = replace(copy, paragraphs=(Paragraph(text=page.paragraphs[1].text, verdict="lead"), moved))
    crawl(store, page, article("b"), copy)
    assert repair(store).teasers == 0
    assert marked(store) == {}


def test_background_told_in_the_words_of_an_earlier_lead_is_not_marked(store: Store) -> None:
    background = f"{lead_of('b')} {sentence('more', 8)}"
    crawl(store, article("a", background), article("b"))
    assert repair(store).teasers == 0


def test_again_changes_nothing_and_a_new_text_starts_without_marks(store: Store) -> None:
    crawl(store, article("a", title_of("b")), article("b"))
    repair(store)
    before = list(store.db["articles"].find().sort("_id", 1))
    assert teasers.annotate(store) == (1, 0)
    repair(store)
    assert list(store.db["articles"].find().sort("_id", 1)) == before
    crawl(store, article("a"))
    assert marked(store) == {}
    (older,) = store.db["versions"].find()
    assert "teasers" not in older
    assert teasers.annotate(store) == (0, 0)


def test_a_mark_goes_with_the_story_that_it_names(store: Store) -> None:
    crawl(store, article("a", title_of("b")), article("b"))
    repair(store)
    crawl(store, article("b", title="Một tiêu đề khác hẳn cho bài viết này"))
    assert teasers.annotate(store) == (0, 1)
    assert marked(store) == {}


NAMES = ("a", "b", "c", "d")


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(st.tuples(st.sampled_from(NAMES), st.sampled_from(NAMES), st.booleans()), max_size=5),
    st.permutations(NAMES),
    st.integers(1, 5),
)
def test_order_of_arrival_and_block_size_do_not_matter(
    store: Store, shown: list[tuple[str, str, bool]], order: list[str], block: int
) -> None:
    def page(name: str) -> Article:
        lines = [lead_of(to) if by_lead else title_of(to) for at, to, by_lead in shown if at == name]
        related = tuple(
            RelatedStory(url=f"https://other.example/{name}{to}", title=title_of(to), position=n)
            for n, (at, to, _) in enumerate(shown)
            if at == name
        )
        return article(name, *lines, related=related)

    results = []
    for names, size in ((NAMES, known_stories.BLOCK), (order, block)):
        empty(store)
        crawl(store, *map(page, names))
        teasers.annotate(store, size)
        link_targets.link(store, size)
        results.append((marked(store), linked(store)))
    assert results[0] == results[1]
    assert {at for at, to, _ in shown if at != to} == set(results[0][0])


def test_edges_lead_to_articles_by_address_title_and_blurb(store: Store) -> None:
    stories = (
        RelatedStory(url="https://vov.example/b", title="Xem tiếp", position=0),
        RelatedStory(url="https://m.vov.example/c-old", title="Bài cũ", position=1),
        RelatedStory(url="https://feed.example/d-title", title=title_of("d"), position=2),
        RelatedStory(url="https://feed.example/e-blurb", title="Đọc", blurb=lead_of("e")[:110] + "…", position=3),
        RelatedStory(url="https://feed.example/nowhere", title="Bài này chưa có ai tải về", position=4),
    )
    page = article("a", related=stories)
    crawl(store, page)
    assert repair(store).linked == 0
    crawl(store, article("b"), article("c", aliases=("https://m.vov.example/c-old",)), article("d"), article("e"))
    assert linked(store) == {}, "until repair"
    assert repair(store).linked == 4
    assert linked(store) == {
        "b": ("b", "address"),
        "c-old": ("c", "address"),
        "d-title": ("d", "title"),
        "e-blurb": ("e", "blurb"),
    }
    before = list(store.db["edges"].find().sort("_id", 1))
    assert link_targets.link(store) == (4, 0)
    crawl(store, page)
    assert link_targets.link(store) == (4, 0)
    assert [edge["to_article"] for edge in before if edge.get("to_article")]
    store.db["articles"].delete_one({"_id": article_id("https://vov.example/b")})
    assert link_targets.link(store) == (3, 1)


def test_words_of_two_stories_link_to_none(store: Store) -> None:
    stories = (
        RelatedStory(url="https://feed.example/mixed", title=title_of("b"), blurb=lead_of("c"), position=0),
        RelatedStory(url="https://feed.example/next", title="Một bài khác hẳn", blurb=title_of("b"), position=1),
    )
    crawl(store, article("a", related=stories), article("b"), article("c"))
    assert link_targets.link(store) == (0, 0)


@pytest.mark.parametrize(("portal", "expected"), [("ap", {}), ("vov", {"x": ("b", "title")})])
def test_a_title_of_two_stories_decides_only_on_its_own_portal(
    store: Store, portal: str, expected: dict[str, tuple[str, str]]
) -> None:
    story = RelatedStory(url="https://feed.example/x", title=title_of("b"))
    other = article("other", portal="tass", title=title_of("b"))
    crawl(store, article("a", portal=portal, related=(story,)), article("b"), other)
    link_targets.link(store)
    assert linked(store) == expected
