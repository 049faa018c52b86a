"""The vocabulary: class names, headings, and what the text of a link is."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.article.related.class_names import is_chrome_name, name_verdict, name_words, promising
from crawler.article.related.headings import expand, fold, heading_verdict, may_be_related
from crawler.article.related.link_text import clean, is_button, is_date, is_file_name, is_title, lead_in, may_lead_in

RELATED_NAMES = [
    "related",
    "relatedArticles",
    "RelatedArticleFeatureLinks",
    "related-inline-story",
    "relate-container",
    "cms-relate",
    "article__related",
    "field-related-article",
    "knc-relate-wrapper relationnews",
    "box-tinlienquanv2",
    "tin-lien-quan",
    "pnTlq",
    "explus_related_1404_tlq",
    "doc-them",
    "xemThem",
    "malay-related-articles",
    "more-on-topic",
    "relheadline",
    "rellinkitem",
    "see-also",
    "seeAlso",
    "story-alsos",
    "mehrZumThema",
    "zum-thema",
    "lire-aussi",
    "relacionadas",
    "leia-tambem",
    "correlati",
    "leggi-anche",
    "czytaj-tez",
    "lees-ook",
    "terkait",
    "baca-juga",
    "verwandteArtikel",
    "noticiasRelacionadas",
    "tRelated",
]
WEAK_NAMES = [
    "recirc",
    "recirculation-module",
    "recommended",
    "onward",
    "similar-posts",
    "more-from",
    "moreStories",
    "read-next",
    "readMore",
    "further-reading",
    "you-might-also-like",
    "teaser-list",
    "link_list",
    "tin-khac",
    "cung-chuyen-muc",
    "rich-link",
]
OTHER_NAMES = [
    "position-relative",
    "u-position-relative",
    "tw-relative",
    "public-relations",
    "unrelated",
    "has-related",
    "is-related",
    "no-related",
    "tag-related-companies",
    "category-more-news",
    "group-[related]",
    "spread",
    "thread-12",
    "breadcrumb",
    "content",
    "",
    "a",
    "relationship",
]
EXCLUDED_NAMES = [
    "related-topics",
    "related-tags",
    "related-searches",
    "most-read related",
    "taboola-related",
    "outbrain related",
    "related-newsletter",
    "related-comments",
    "sponsored-related",
    "author-related-bio",
]


@pytest.mark.parametrize(
    ("names", "verdict"),
    [(RELATED_NAMES, "related"), (WEAK_NAMES, "weak"), (OTHER_NAMES, ""), (EXCLUDED_NAMES, "excluded")],
)
def test_names(names: list[str], verdict: str) -> None:
    assert {name: name_verdict(name) for name in names} == dict.fromkeys(names, verdict)


def test_names_of_a_page_are_found_at_once_as_one_by_one() -> None:
    names = [*RELATED_NAMES, *OTHER_NAMES, *EXCLUDED_NAMES, *WEAK_NAMES]
    one_by_one = {name: name_verdict(name) for name in names}
    assert promising(names) == {name: verdict for name, verdict in one_by_one.items() if verdict in ("related", "weak")}


@given(st.lists(st.text(st.sampled_from("relatdmo-_ İẢß"), max_size=14), unique=True))
def test_search_in_all_names_misses_none(names: list[str]) -> None:
    found = promising(names)
    assert all(found.get(name, "") == name_verdict(name) for name in names if name_verdict(name) in ("related", "weak"))


def test_words_of_names() -> None:
    assert name_words("boxTinLiênQuan__item--large2") == "-box-tin-lien-quan-item-large-"
    assert name_words("XMLRelatedBox") == "-xml-related-box-"
    assert name_words("") == "--"


def test_chrome_names_and_the_related_ones_among_them() -> None:
    assert is_chrome_name("site-footer dark")
    assert is_chrome_name("OUTBRAIN")
    assert is_chrome_name("social-share")
    assert not is_chrome_name("no-comments")
    assert not is_chrome_name("ad-container")
    assert not is_chrome_name("related-nav-block related")


@pytest.mark.parametrize(
    "heading",
    [
        "Latest related coverage",
        "Related: floods",
        "More Stories",
        "Recommended reading",
        "Background",
        "In related news",
        "On this topic",
        "Tin cùng chuyên mục",
        "CÁC BÀI VIẾT KHÁC",
        "Mehr aus Hamburg",
        "Pour aller plus loin",
        "Más sobre el puerto",
        "Читайте также: погода",
        "  » Related »  ",
    ],
)
def test_related_headings(heading: str) -> None:
    assert heading_verdict(heading) == "related"
    assert may_be_related(heading)


@pytest.mark.parametrize(
    "heading",
    [
        "Most Read",
        "The most popular stories",
        "Trending",
        "Related topics",
        "Latest news",
        "Top stories",
        "Up next",
        "More Manitoba headlines",
        "More from the Times",
        "Newsletter",
        "Comments (12)",
        "Tin mới nhất",
        "Đọc nhiều",
        "Meistgelesen",
        "Les plus lus",
        "Lo más leído",
        "Самое читаемое",
        "热门新闻",
        "ランキング",
        "Around the Web",
        "Follow us",
    ],
)
def test_headings_of_other_lists(heading: str) -> None:
    assert heading_verdict(heading) == "excluded"


@pytest.mark.parametrize(
    "text",
    ["", "x", "Oil prices rise again", "Giá dầu tăng", "More than a hundred flee the flood", "أخبار العالم", "R" * 91],
)
def test_other_texts_are_no_headings(text: str) -> None:
    assert heading_verdict(text) == ""


@given(st.text(max_size=100))
def test_vocabulary_takes_any_text(text: str) -> None:
    heading_verdict(text)
    assert fold(fold(text)) == fold(text)
    assert lead_in(text) == "" or len(lead_in(text)) <= len(text)
    is_title(text)
    is_button(text)
    is_date(text)
    if text.strip():
        may_be_related(text)
        assert may_lead_in(text) or not lead_in(text.strip())


def test_tables_expand() -> None:
    assert expand("(các |)bài (khác|liên quan) * | xem thêm") == [
        "các bài khác *",
        "các bài liên quan *",
        "bài khác *",
        "bài liên quan *",
        "xem thêm",
    ]


@pytest.mark.parametrize(
    "text",
    [
        "January 12, 2008",
        "3 giờ trước",
        "12/01/2008",
        "2 hours ago",
        "Thứ Ba, 22:35, 26/08/2025",
        "Jan 12",
        "10:30 AM",
        "vor 3 Stunden",
        "il y a 2 heures",
        "2024年4月24日",
        "(December 2, 2007)",
        "26.08.2025 | 22:35",
    ],
)
def test_dates(text: str) -> None:
    assert is_date(text)
    assert not is_title(text)


@pytest.mark.parametrize("text", ["Oil up 5", "Room 101 reopens", "Tháng nào cũng mưa", "12 monkeys escape"])
def test_no_dates(text: str) -> None:
    assert not is_date(text)


def test_buttons_files_and_titles() -> None:
    assert all(
        map(
            is_button,
            ["Read more", "XEM THÊM", "Weiterlesen", "Lire la suite", "続きを読む", "12 comments", "(3)", "", "→"],
        )
    )
    assert not is_button("Read more books, says minister")
    assert all(map(is_file_name, ["IMG_2031.jpg", "anh-1.webp", "DSC 0031", "photo1"]))
    assert is_title("石油价格上涨")
    assert is_title("Đọc thêm: Giá dầu tăng phiên thứ ba")
    assert is_title("Read more books, says the minister")
    assert not is_title("Related articles")
    assert clean(" »  Giá\n dầu ▶ ") == "Giá dầu"
