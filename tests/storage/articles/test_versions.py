from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from storage.articles import articles
from storage.articles.versions import versions
from storage.database.store import Store
from storage.records import Article, Paragraph, RelatedStory, article_id
from storage.write import withdrawal

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
URL = "https://vov.example/cau-moi"
FIRST = Article(
    id="",
    url=URL,
    canonical_url=URL,
    portal="vov",
    title="Cầu mới thông xe",
    text="Sáng nay, cầu mới thông xe.\n\nXe buýt đi trước.",
    paragraphs=(Paragraph(text="Sáng nay, cầu mới thông xe."),),
    authors=("Lan",),
    published=NOON - timedelta(hours=2),
    modified=NOON - timedelta(hours=1),
    related=(RelatedStory(url="https://vov.example/2", title="Phà"),),
    fetched=NOON,
)


def put(store: Store, minutes: int, **changes: object) -> articles.PutResult:
    page = replace(FIRST, fetched=NOON + timedelta(minutes=minutes), **changes)
    (done,) = articles.put_many(store, [page], f"run{minutes}", ["entry"])
    return done


def stored(store: Store) -> articles.StoredArticle:
    found = articles.get(store, URL)
    assert found
    return found


def test_each_version_says_what_the_next_one_changed_and_when(store: Store) -> None:
    put(store, 0)
    assert put(store, 1, title="Cầu mới đã thông xe").change == "version"
    assert put(store, 2, text=FIRST.text + "\n\nPhà ngừng.", modified=NOON).change == "version"
    assert put(store, 3, text=FIRST.text + "\n\nPhà ngừng.", published=NOON).change == "version"
    found = versions(store, article_id(URL))
    assert [one.version for one in found] == [1, 2, 3]
    assert [one.changed for one in found] == [("title",), ("title", "text", "modified"), ("published", "modified")]
    assert [one.article.title for one in found] == [FIRST.title, "Cầu mới đã thông xe", FIRST.title]
    assert found[0].article == replace(FIRST, id=article_id(URL))
    assert all(one.replaced for one in found)
    assert stored(store).version == 4


@pytest.mark.parametrize(
    "changes",
    [
        {"related": (RelatedStory(url="https://vov.example/3", title="Tàu"),)},
        {"text": FIRST.text.replace("\n\n", "\n ") + "  ", "title": FIRST.title + " "},
        {"paragraphs": (*FIRST.paragraphs, Paragraph(text="12 bình luận", verdict="promo", reason="comments"))},
        {"modified": NOON},
        {"authors": ("Lan", "Minh")},
    ],
)
def test_what_stands_around_the_text_makes_no_version_but_is_stored(store: Store, changes: dict[str, object]) -> None:
    put(store, 0)
    before = stored(store)
    for _ in range(2):
        assert put(store, 5, **changes).change == "unchanged"
    after = stored(store)
    assert versions(store, article_id(URL)) == []
    assert after.version == 1
    assert after.article == replace(before.article, fetched=NOON + timedelta(minutes=5), **changes)


def test_a_page_that_is_as_it_was_marks_no_change_for_those_who_pull(store: Store) -> None:
    put(store, 0)
    stamp = store.db["articles"].distinct("stamp")
    put(store, 5)
    assert store.db["articles"].distinct("stamp") == stamp
    put(store, 6, authors=("Minh",))
    assert store.db["articles"].distinct("stamp") != stamp


def test_an_article_withdrawn_by_hand_keeps_all_it_has_until_it_is_restored_by_hand(store: Store) -> None:
    put(store, 0)
    before = stored(store)
    taken = withdrawal.withdraw(store, URL, "the court says so")
    assert taken
    assert taken.withdrawn
    assert (taken.withdrawn.reason, taken.withdrawn.by) == ("the court says so", "hand")
    assert replace(taken, withdrawn=None, updated=before.updated) == before
    withdrawal.back(store, [taken.article.id])
    assert put(store, 1, title="Cầu mới").change == "version"
    again = withdrawal.withdraw(store, URL, "another reason")
    assert again
    assert again.withdrawn == taken.withdrawn
    restored = withdrawal.restore(store, taken.article.id)
    assert restored
    assert restored.withdrawn is None
    assert withdrawal.withdraw(store, "https://vov.example/none", "x") is None
    assert withdrawal.restore(store, "https://vov.example/none") is None


def test_the_hand_stands_above_the_portal(store: Store) -> None:
    key = put(store, 0).id
    assert withdrawal.gone(store, [("another entry", key)], "HTTP 410") == set()
    assert withdrawal.gone(store, [("entry", key), ("unknown", "")], "HTTP 410") == {key}
    assert stored(store).withdrawn.by == "portal"
    withdrawal.back(store, [key])
    assert stored(store).withdrawn is None
    withdrawal.gone(store, [("entry", key)], "HTTP 410")
    withdrawal.withdraw(store, URL, "by request")
    withdrawal.gone(store, [("entry", key)], "HTTP 410")
    withdrawal.back(store, [key])
    assert stored(store).withdrawn.reason == "by request"
