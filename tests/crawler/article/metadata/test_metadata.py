"""What a page says about itself: JSON-LD in every shape, meta tags, microdata, visible text."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml.html import document_fromstring

from crawler.article.metadata.bylines import split_authors
from crawler.article.metadata.jsonld import loads_leniently
from crawler.article.metadata.metadata import Metadata, declared_url, read_metadata
from crawler.article.metadata.titles import without_site
from crawler.portals.seed import BodyRules, Seed

URL = "https://news.example/politics/ferry-line-opens-123456.html"
ARTICLE = {
    "@context": "https://schema.org",
    "@type": "NewsArticle",
    "headline": "Ferry line opens",
    "description": "The first boats left at dawn.",
    "datePublished": "2024-05-01T06:00:00+07:00",
    "dateModified": "2024-05-01T08:30:00+07:00",
    "author": [{"@type": "Person", "name": "Lan Phạm"}, {"@type": "Person", "name": "John Doe"}],
    "articleSection": "Politics",
    "keywords": ["ferries", "Cửa Lạch"],
    "image": {"@type": "ImageObject", "url": "/img/ferry.jpg"},
    "isAccessibleForFree": "False",
    "inLanguage": "en-GB",
}


def read(head: str = "", body: str = "", seed: Seed | None = None) -> Metadata:
    tree = document_fromstring(f"<html><head>{head}</head><body>{body}</body></html>")
    return read_metadata(tree, URL, seed) if seed else read_metadata(tree, URL)


def script(value: object) -> str:
    text = value if isinstance(value, str) else json.dumps(value)
    return f'<script type="application/ld+json">{text}</script>'


@pytest.mark.parametrize(
    "shape",
    [
        ARTICLE,
        [ARTICLE],
        {"@graph": [{"@type": "WebSite", "name": "The Example"}, ARTICLE]},
        {"@type": "WebPage", "mainEntity": ARTICLE},
        [[{"@type": "BreadcrumbList", "itemListElement": []}], {"@graph": [[ARTICLE]]}],
        {**ARTICLE, "@type": ["NewsArticle", "ReportageNewsArticle"]},
    ],
    ids=["object", "list", "graph", "main entity", "nested lists", "two types"],
)
def test_jsonld_is_read_in_every_shape(shape: object) -> None:
    found = read(script(shape))
    assert found.title == "Ferry line opens"
    assert found.published == datetime(2024, 4, 30, 23, tzinfo=UTC)
    assert found.published_raw == "2024-05-01T06:00:00+07:00"
    assert found.modified == datetime(2024, 5, 1, 1, 30, tzinfo=UTC)
    assert found.authors == ("Lan Phạm", "John Doe")
    assert (found.section, found.tags, found.language) == ("Politics", ("ferries", "Cửa Lạch"), "en")
    assert found.image == "https://news.example/img/ferry.jpg"
    assert found.free_access is False


@pytest.mark.parametrize(
    "broken",
    [
        '{"@type": "NewsArticle", "headline": "Ferry line opens",}',
        '<!-- {"@type": "NewsArticle", "headline": "Ferry line opens"} -->',
        '{"@type": "NewsArticle", "headline": "Ferry line opens", "description": "two\nlines"};',
        '{"@type": "NewsArticle", "headline": "Ferry line opens"} {"@type": "Person"}',
        '{"@type": "NewsArticle"\n"headline": "Ferry line opens"}',
        '{"@type": "NewsArticle", "headline": "Ferry line opens", "articleBody": "It was da',
    ],
    ids=["comma", "comment", "line break", "two values", "missing comma", "cut off"],
)
def test_broken_jsonld_still_gives_its_headline(broken: str) -> None:
    assert read(script(broken)).title == "Ferry line opens"


KEYS = st.sampled_from(
    ["@type", "@graph", "author", "headline", "image", "datePublished", "keywords", "mainEntity", "articleBody", "x"]
)
VALUES = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(max_size=12) | st.just("NewsArticle"),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=5),
)


@given(VALUES)
def test_any_jsonld_is_read_or_ignored(value: object) -> None:
    assert isinstance(read(script(value)), Metadata)


@given(st.text(alphabet='{}[]",:\\ab\n<', max_size=60))
def test_any_text_for_json_gives_values_or_nothing(text: str) -> None:
    assert isinstance(loads_leniently(text), list)


def test_meta_tags_stand_in_for_jsonld() -> None:
    found = read(
        '<meta property="og:title" content="Ferry line opens | The Example">'
        '<meta property="og:site_name" content="The Example">'
        '<meta property="article:published_time" content="2024-05-01T06:00:00Z">'
        '<meta name="author" content="By Jane Roe">'
        '<meta property="article:section" content="Politics"><meta property="article:tag" content="ferries">'
        '<meta property="og:image" content="https://news.example/f.jpg"><meta property="og:locale" content="de_CH">'
        '<meta name="description" content="The first boats left."><link rel="canonical" href="/politics/ferry">'
    )
    assert (found.title, found.authors, found.language) == ("Ferry line opens", ("Jane Roe",), "de")
    assert found.published == datetime(2024, 5, 1, 6, tzinfo=UTC)
    assert (found.section, found.tags, found.description) == ("Politics", ("ferries",), "The first boats left.")
    assert found.canonical == "https://news.example/politics/ferry"


def test_microdata_and_visible_text_are_the_last_sources() -> None:
    found = read(
        "<title>Cầu treo mở lại - Báo Sông Hiến</title>",
        '<h1>Cầu treo mở lại</h1><span class="date">Thứ Ba, 22:35, 26/08/2025 |</span>'
        '<p class="author">Lan Phạm/BSH.EXAMPLE</p>'
        '<time itemprop="dateModified" datetime="2025-08-27T01:00:00Z"></time>',
    )
    assert found.title == "Cầu treo mở lại"
    assert found.published == datetime(2025, 8, 26, 15, 35, tzinfo=UTC)
    assert found.modified == datetime(2025, 8, 27, 1, tzinfo=UTC)
    assert found.authors == ("Lan Phạm",)


def test_seed_selectors_come_first() -> None:
    seed = Seed(name="x", body=BodyRules(title_css=(".t",), author_css=(".by",), date_css=(".d",)))
    found = read(
        "", '<h1>Section</h1><div class="t">Real title</div><i class="by">Jane Roe</i><b class="d">3 May 2024</b>', seed
    )
    assert (found.title, found.authors) == ("Real title", ("Jane Roe",))
    assert found.published == datetime(2024, 5, 3, tzinfo=UTC)


def test_visible_headline_wins_over_a_shortened_claim() -> None:
    found = read('<meta property="og:title" content="Ferry line opens after three years">', "<h1>The Example</h1>"
                 '<h1 class="headline">Ferry line opens after three years of dispute</h1>')  # fmt: skip
    assert found.title == "Ferry line opens after three years of dispute"


@pytest.mark.parametrize(
    ("title", "site", "bare"),
    [
        ("Flood in Lào Cai | The Example", "The Example", "Flood in Lào Cai"),
        ("The Example: Flood in Lào Cai kills two", "", "The Example: Flood in Lào Cai kills two"),
        ("Flood in Lào Cai kills two - Politics - The Example Times", "", "Flood in Lào Cai kills two"),
        ("Flood", "The Example", "Flood"),
    ],
)
def test_site_is_taken_off_the_title(title: str, site: str, bare: str) -> None:
    assert without_site(title, site) == bare


@pytest.mark.parametrize(
    ("values", "names"),
    [
        (["By Jane Roe and John Doe, Staff Writer"], ("Jane Roe", "John Doe")),
        (["https://news.example/jane"], ()),
        (["Lan Phạm/VOV.VN"], ("Lan Phạm",)),
        (["Jane Roe", "jane roe"], ("Jane Roe",)),
        (["The Example"], ()),
        (["Von Karl Muster"], ("Karl Muster",)),
        (["JANE ROE"], ("Jane Roe",)),
    ],
)
def test_authors_are_split(values: list[str], names: tuple[str, ...]) -> None:
    assert split_authors(values, "The Example") == names


def test_declared_url_needs_a_whole_address() -> None:
    whole = document_fromstring('<html><head><link rel="canonical" href="https://a.example/b"></head><body/></html>')
    part = document_fromstring('<html><head><link rel="canonical" href="/b"></head><body/></html>')
    assert (declared_url(whole), declared_url(part)) == ("https://a.example/b", "")
