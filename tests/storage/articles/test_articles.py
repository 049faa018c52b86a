from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from storage.articles import articles
from storage.articles.versions import versions
from storage.database.store import Store
from storage.records import Article, Paragraph, RelatedStory, article_id

MORNING = datetime(2026, 3, 1, 6, 30, tzinfo=UTC)
URL = "https://vov.example/cau-moi-post1"

FULL = Article(
    id="ignored",
    url=URL,
    canonical_url=URL,
    portal="vov",
    title="Cầu mới thông xe",
    lead="Sáng nay, cầu mới thông xe.",
    text="Sáng nay, cầu mới thông xe.\n\nXe buýt đi trước.",
    paragraphs=(
        Paragraph(text="Sáng nay, cầu mới thông xe.", verdict="lead"),
        Paragraph(text="Đọc thêm", verdict="promo", reason="promo line"),
    ),
    authors=("Lan",),
    published=MORNING,
    published_raw="01/03/2026 13:30",
    language="vi",
    free_access=True,
    related=(RelatedStory(url="https://vov.example/2", title="Phà", published=MORNING, title_copies=2),),
    related_status="found",
    fetched=MORNING,
    extractor="storykin test",
)


def test_an_article_comes_back_as_it_was_put(store: Store) -> None:
    (put,) = articles.put_many(store, [FULL], "run1", ["entry1"])
    assert (put.id, put.change) == (article_id(URL), "new")
    stored = articles.get(store, URL)
    assert stored
    assert stored.article == replace(FULL, id=put.id)
    assert stored.version == 1
    assert stored.duplicate is None
    assert articles.get(store, put.id) == stored
    assert isinstance(store.db["articles"].find_one()["related"][0]["published"], datetime)


def test_putting_the_same_page_again_changes_only_when_it_was_seen(store: Store) -> None:
    articles.put_many(store, [FULL], "run1", ["entry1"])
    before = articles.get(store, URL)
    (put,) = articles.put_many(store, [FULL], "run2", ["entry1"])
    after = articles.get(store, URL)
    assert put.change == "unchanged"
    assert before
    assert after
    assert replace(after, last_seen=before.last_seen) == before
    assert versions(store, put.id) == []


def test_a_changed_text_is_a_version_and_the_older_one_is_kept(store: Store) -> None:
    articles.put_many(store, [FULL], "run1", ["entry1"])
    later = replace(FULL, text=FULL.text + "\n\nPhà ngừng.", fetched=MORNING + timedelta(hours=1))
    for _ in range(2):  # the second time it is unchanged
        (put,) = articles.put_many(store, [later], "run2", ["entry1"])
    stored = articles.get(store, URL)
    assert stored
    assert stored.article.text == later.text
    assert stored.version == 2
    assert [one.article.text for one in versions(store, put.id)] == [FULL.text]


def test_an_older_page_that_comes_late_is_kept_as_a_version(store: Store) -> None:
    newer = replace(FULL, title="Mới", fetched=MORNING + timedelta(hours=1))
    articles.put_many(store, [newer], "run1", ["entry1"])
    (put,) = articles.put_many(store, [FULL], "run1", ["entry1"])
    stored = articles.get(store, URL)
    assert stored
    assert stored.article.title == "Mới"
    assert [one.article.title for one in versions(store, put.id)] == [FULL.title]


def test_two_addresses_of_one_article_are_one_article_and_an_alias(store: Store) -> None:
    other = replace(FULL, url="https://m.vov.example/post1?utm=x")
    puts = articles.put_many(store, [other, FULL], "run1", ["mobile", "desktop"])
    assert [put.change for put in puts] == ["new", "alias"]
    stored = articles.get(store, "https://m.vov.example/post1?utm=x")
    assert stored
    assert stored.article.url == URL, "the canonical address once it answered"
    assert stored.article.aliases == ("https://m.vov.example/post1?utm=x",)
    assert store.db["articles"].count_documents({}) == 1
    again = articles.put_many(store, [other, FULL], "run2", ["mobile", "desktop"])
    assert [put.change for put in again] == ["alias", "unchanged"], "the article is its canonical address's now"
    assert store.db["articles"].distinct("entry") == ["desktop"]


def test_canonical_page_goes_before_another_address_whatever_comes_first(store: Store) -> None:
    mobile = replace(FULL, url="https://m.vov.example/1", text="Ngắn.", fetched=MORNING + timedelta(hours=1))
    for order in ([mobile, FULL], [FULL, mobile]):
        store.db["articles"].delete_many({})
        store.db["versions"].delete_many({})
        for page in order:
            articles.put_many(store, [page], "r", [page.url])
        stored = articles.get(store, URL)
        assert stored
        assert (stored.article.url, stored.article.text) == (URL, FULL.text)
        assert [one.article.text for one in versions(store, stored.article.id)] == ["Ngắn."]


def test_address_that_becomes_the_main_one_is_no_alias_any_more(store: Store) -> None:
    mobile = replace(FULL, url="https://m.vov.example/1", aliases=(URL,))
    articles.put_many(store, [mobile, FULL], "r", ["mobile", "desktop"])
    stored = articles.get(store, URL)
    assert stored
    assert (stored.article.url, stored.article.aliases) == (URL, (mobile.url,))


def test_text_that_utf8_cannot_hold_is_stored_with_a_mark(store: Store) -> None:
    articles.put_many(store, [replace(FULL, title="bad \ud800 end")])
    stored = articles.get(store, URL)
    assert stored
    assert stored.article.title == "bad ? end"


def test_iterate_filters_and_known_names_the_stored_ones(store: Store) -> None:
    english = replace(FULL, url="https://e.example/1", canonical_url="https://e.example/1", language="en", portal="e")
    articles.put_many(store, [FULL, english])
    assert {one.article.portal for one in articles.iterate(store)} == {"vov", "e"}
    assert [one.article.portal for one in articles.iterate(store, portal="e")] == ["e"]
    assert [one.article.portal for one in articles.iterate(store, language="vi")] == ["vov"]
    assert list(articles.iterate(store, since=datetime.now(UTC) + timedelta(hours=1))) == []
    duplicate = {"of": "x", "relation": "near", "score": 0.9}
    store.db["articles"].update_one({"portal": "e"}, {"$set": {"duplicate": duplicate}})
    assert [one.article.portal for one in articles.iterate(store, distinct=True)] == ["vov"]
    assert articles.known(store, [URL, "https://e.example/2", "https://e.example/1"]) == {URL, "https://e.example/1"}
    assert articles.known(store, []) == set()
    assert articles.put_many(store, []) == []
