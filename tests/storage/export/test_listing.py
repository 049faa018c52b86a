"""The list of articles: every one once over all pages, in order, whatever the windows, the words and the time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from dedupe.errors import InputError
from storage.articles.articles import put_many
from storage.export import listing as listings
from storage.export.listing import listing
from storage.export.selection import Selection, selection_of
from storage.records import Article

if TYPE_CHECKING:
    from storage.database.store import Store

BEGIN = datetime(2026, 3, 14, tzinfo=UTC)
TITLES = ("Hồ Tây cạn nước", "The ferry retires", "ĐÓNG CỬA BÃI HÀU", "Hợp tác xã lo mất trắng (1+1)", "Hò kéo lưới")


def article(number: int) -> Article:
    """Return an invented article: five at a time of one moment, each seventh without one."""
    url = f"https://portal{number % 3}.example/{number}"
    return Article(
        id="",
        url=url,
        canonical_url=url,
        portal=f"portal{number % 3}",
        title=f"{TITLES[number % 5]} {number}",
        text=f"Số {number}: chợ Bến Cảng.",
        language=("vi", "en")[number % 2],
        published=None if number % 7 == 0 else BEGIN - timedelta(hours=number // 5),
    )


ARTICLES = [article(number) for number in range(60)]


@pytest.fixture
def filled(store: Store, monkeypatch: pytest.MonkeyPatch) -> Store:
    """Sixty articles, looked through in windows of four and of seven."""
    put_many(store, ARTICLES)
    monkeypatch.setattr(listings, "_FIRST", 4)
    monkeypatch.setattr(listings, "_LARGEST", 7)
    return store


def all_pages(store: Store, selection: Selection, *words: str, **how: Any) -> list[str]:
    """Return the titles of all pages, each page of the list asked for after the other."""
    titles, after = [], ""
    while True:
        found = listing(store, selection, words, after=after, **how)
        titles += [one.title for one in found.articles]
        after = found.next
        if not after:
            return titles


@pytest.mark.parametrize("seconds", [0.0, 60.0], ids=["a window a page", "all the time"])
@pytest.mark.parametrize("most", [3, 50])
@pytest.mark.parametrize(
    "conditions",
    [
        {},
        {"portal": "portal1"},
        {"portal": ["portal1", "portal2"], "language": "vi"},
        {"published_from": BEGIN - timedelta(hours=8), "published_before": BEGIN - timedelta(hours=2)},
    ],
    ids=["all", "portal", "several", "time"],
)
def test_every_article_stands_on_one_page(filled: Store, conditions: Any, most: int, seconds: float) -> None:
    selection = selection_of(all_copies=True, **conditions)
    titles = all_pages(filled, selection, most=most, seconds=seconds)
    early, late = selection.published_from, selection.published_before
    expected = [
        one
        for one in ARTICLES
        if (not selection.portals or one.portal in selection.portals)
        and (not selection.languages or one.language in selection.languages)
        and (early is None or late is None or (one.published is not None and early <= one.published < late))
    ]
    assert sorted(titles) == sorted(one.title for one in expected)
    times = {one.title: one.published for one in ARTICLES}
    dated = [moment for title in titles if (moment := times[title])]
    assert dated == sorted(dated, reverse=True)
    assert all(times[title] is None for title in titles[len(dated) :]), "those without a time come last"


@pytest.mark.parametrize(
    ("words", "in_text", "found"),
    [
        (("ho",), False, {0, 4, 3}),  # Hồ, Hò, Hợp
        (("HO", "nuoc"), False, {0}),
        (("hồ",), False, {0}),
        (("hò",), False, {4}),
        (("dong",), False, {2}),
        (("đóng", "hàu"), False, {2}),
        (("(1+1)",), False, {3}),
        ((".*",), False, set()),
        (("[a-z]",), False, set()),
        (("bến",), False, set()),
        (("bến",), True, {0, 1, 2, 3, 4}),
        (("bến", "ferry"), True, {1}),
        (("ben",), True, set()),  # in a text with its marks
    ],
)
def test_words_of_titles_are_found_with_and_without_marks(
    filled: Store, words: tuple[str, ...], in_text: bool, found: set[int]
) -> None:
    titles = all_pages(filled, selection_of(all_copies=True), *words, in_text=in_text)
    assert sorted(titles) == sorted(one.title for number, one in enumerate(ARTICLES) if number % 5 in found)


def test_a_search_that_finds_nothing_ends_in_time_and_goes_on_where_it_was(filled: Store) -> None:
    first = listing(filled, Selection(), ["nowhere"], seconds=0)
    assert not first.articles
    assert first.next
    second = listing(filled, Selection(), ["nowhere"], after=first.next, seconds=0)
    assert second.next not in ("", first.next)


@pytest.mark.parametrize("after", ["yesterday", "9" * 40, "2026-13-01T00:00:00+00:00 x", "\x00"])
def test_a_position_that_there_is_not_is_a_sentence(store: Store, after: str) -> None:
    with pytest.raises(InputError, match="is no position in the list of articles"):
        listing(store, Selection(), after=after)
