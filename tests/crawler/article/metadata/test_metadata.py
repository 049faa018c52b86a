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


PROSE = (
    "<p>" + "The boats left the quay before the bells of the old church had rung for the morning service. " * 2 + "</p>"
)


@pytest.mark.parametrize(
    ("head", "body", "day", "source"),
    [
        ("", '<span class="date">10 June 2024</span><h1>Ferry line opens</h1><p>3 May 2024</p>' + PROSE, 3, "text"),
        ("", f"<h1>Ferry line opens</h1><div>Jane Roe <b>May 3, 2024</b></div>{PROSE}", 3, "text"),
        ("", f'<h1>Ferry line opens</h1>{PROSE * 3}<aside class="latest"><time datetime="2024-06-10"></time></aside>'
             '<div>Published 3 May 2024</div>', 3, "text"),
        ('<meta name="pubdate" content="2024-05-03 06:44-500">', "<h1>Ferry line opens</h1>", 3, "meta"),
        (script({**ARTICLE, "datePublished": "2024-06-01", "dateModified": "2024-06-01"}),
         f"<h1>Ferry line opens</h1><time>3 May 2024</time>{PROSE}", 3, "text"),
        ("", "<h1>Ferry line opens</h1><div><svg><use/></svg> May 3, 2024</div>" + PROSE, 3, "text"),
        ("", "<h1>Ferry line opens</h1><div>Jane Roe<!-- --> May 3, 2024</div>" + PROSE, 3, "text"),
        ('<meta property="article:modified_time" content="2024-05-08T06:00:00Z">',
         f"<h1>Ferry line opens</h1><div>May 3, 2024. <i>Updated: May 8, 2024</i></div>{PROSE}", 3, "text"),
        ('<meta property="article:published_time" content="2024-05-09T06:00:00Z">'
         '<meta property="article:modified_time" content="2024-06-08T06:00:00Z">',
         f"<h1>Ferry line opens</h1><div>May 3, 2024</div>{PROSE}", 3, "text"),
        (script({"@type": "WebPage", "datePublished": "2024-05-03"}), "<h1>Ferry line opens</h1>", 3, "json-ld"),
        ('<meta name="published-time" content="2026-05-09"><meta name="published-date" content="2024-05-03">',
         "", 3, "meta"),
    ],
    ids=["not the masthead", "beside a name", "not a card", "odd offset", "not the time of an export",
         "behind a picture", "behind a comment", "before its update", "at the headline", "the page's own",
         "the earliest"],
)  # fmt: skip
def test_publication_is_what_stands_beside_the_headline(head: str, body: str, day: int, source: str) -> None:
    found = read(f"<title>Ferry line opens</title>{head}", body)
    assert found.published is not None
    assert (found.published.day, found.published.month, found.published_source) == (day, 5, source)


def test_the_time_of_the_last_entry_of_a_live_report_is_not_when_the_report_began() -> None:
    entry = '<h2>{} o\'clock</h2><time datetime="2024-05-03T{}:10:00Z">{}:10</time>' + PROSE
    entries = "".join(entry.format(hour, hour, hour) for hour in (17, 15, 12))
    head = '<meta property="article:published_time" content="2024-05-03T06:20:00Z">'
    found = read(head, f"<h1>The lock is opened: live</h1>{entries}")
    assert found.published == datetime(2024, 5, 3, 6, 20, tzinfo=UTC)
    assert found.published_source == "meta"


def test_two_ways_to_read_a_date_are_settled_by_another_source_or_told() -> None:
    shown = "<h1>Ferry line opens</h1><span>03/05/2024</span>"
    told = read("<html lang=en>", shown)
    settled = read('<meta name="dc.date" content="2024-05-03">', shown)
    assert "date ambiguous" in told.doubts
    assert "date ambiguous" not in settled.doubts
    assert settled.published == datetime(2024, 5, 3, tzinfo=UTC)


@pytest.mark.parametrize(
    ("path", "day"),
    [
        ("2005/US/09/22/storm.html", "2005-09-22"),
        ("2004/WORLD/europe/11/02/ferry/index.html", "2004-11-02"),
        ("2005/US/22/storm.html", ""),
        ("2005/a/b/c/09/22/storm.html", ""),
    ],
)
def test_day_in_an_address_with_a_section_behind_the_year(path: str, day: str) -> None:
    tree = document_fromstring("<html><body><h1>Ferry line opens</h1></body></html>")
    assert str(read_metadata(tree, f"https://news.example/{path}").published or "")[:10] == day


def test_address_and_update_are_told_as_such() -> None:
    tree = document_fromstring("<html><body><h1>Ferry line opens</h1></body></html>")
    found = read_metadata(tree, "https://news.example/2024/may/03/ferry-line-opens")
    updated = read("", "<h1>Ferry line opens</h1><p>Last updated: 3 May 2024</p>")
    assert (found.published, found.published_source) == (datetime(2024, 5, 3, tzinfo=UTC), "address")
    assert found.doubts == ("date from address",)
    assert "date of an update" in updated.doubts


@pytest.mark.parametrize(
    ("byline", "names", "agency"),
    [
        ("By Jane Roe, John Doe, and Ann Poe", ("Jane Roe", "John Doe", "Ann Poe"), ""),
        ("By Jane Roe, Associated Press", ("Jane Roe",), "Associated Press"),
        ("Jane Roe, MD<br>Example Health News", ("Jane Roe",), ""),
        ("Jane Roe in Cửa Lạch", ("Jane Roe",), ""),
        ("<span>Jane Roe</span><span>Harbour Correspondent</span>", ("Jane Roe",), ""),
        ("By Jane Roe. Edited by John Doe", ("Jane Roe",), ""),
        ("Saturday", (), ""),
        ("Reuters", (), "Reuters"),
        ("THE ASSOCIATED PRESS", (), "Associated Press"),
        ("Theo TTXVN", (), "Thông tấn xã Việt Nam"),
        ("Jane Roe / Agence-France Presse", ("Jane Roe",), "Agence France-Presse"),
        ("Harbour News Agency", (), "Harbour News Agency"),
        ("Jane Roe | AA | Text Size | Small | Medium | Large", ("Jane Roe",), ""),
        ("文｜余聪", ("余聪",), ""),
        ("<span>By </span><span>Jennifer\n      Van Grove</span>", ("Jennifer Van Grove",), ""),
        ("Jane Roe<br>John Doe", ("Jane Roe", "John Doe"), ""),
        ('{"name":"Ann Poe" }', (), ""),
        ('name":"Ann Poe', (), ""),
        ('Jane "Skipper" Roe', ('Jane "Skipper" Roe',), ""),
        ("Интерфакс", (), "Interfax"),
        ("PV", ("PV",), ""),
    ],
)
def test_byline_names_persons_and_the_agency_apart(byline: str, names: tuple[str, ...], agency: str) -> None:
    found = read("", f'<h1>Ferry line opens</h1><div class="byline">{byline}</div>{PROSE}')
    assert (found.authors, found.agency) == (names, agency)


@pytest.mark.parametrize(
    ("head", "body", "names"),
    [
        (
            '<meta name="twitter:label1" content="Written by"><meta name="twitter:data1" content="Jane Roe">',
            "",
            "Jane Roe",
        ),
        (
            '<meta name="twitter:label1" content="Reading time"><meta name="twitter:data1" content="Two Minutes">',
            "",
            "",
        ),
        ('<meta name="cXenseParse:author" content="Jane Roe">', "", "Jane Roe"),
        ('<meta name="article:author:url" content="Jane Roe">', "", ""),
        ("", '<p>By <a href="/people/jane-roe">Jane Roe</a> ⋅ Boats</p>', "Jane Roe"),
        ("", '<div><a href="/authors/jane-roe/">Jane Roe</a></div>', "Jane Roe"),
        ("", '<div>Reviewed by <a href="/authors/ann-poe/">Ann Poe</a></div>', ""),
        ("", '<div><a href="/authors/all-stories/">Jane Roe</a></div>', ""),
        ("", "<div><span>By </span><button>Jane Roe</button></div>", "Jane Roe"),
        ("", f"<div>{' ' * 40}by{' ' * 40}<span>JANE ROE</span> on <span>Jan 22, 2025</span></div>", "Jane Roe"),
        ("", "<div><time>3 May 2024</time> by Jane Roe, Warden of the Northern Harbours and Piers</div>", "Jane Roe"),
        ("", f"{PROSE * 4}<p>This post was written by <b>Jane Roe</b></p>", "Jane Roe"),
        (
            '<meta name="twitter:label1" content="Interview by"><meta name="twitter:data1" content="Jane Roe">',
            "",
            "Jane Roe",
        ),
        ("", f"{PROSE * 4}<p>Written by Jane Roe</p>", "Jane Roe"),
        ("", '<div class="byline">Jane Roe, Shipwright</div>', "Jane Roe"),
        ("", '<div class="byline">Jane Roe, Head Boatswain</div>', "Jane Roe"),
        ('<meta name="author" content="Harbour Desk">', '<div class="byline">By Jane Roe</div>', "Jane Roe"),
        (
            '<meta name="author" content="Ferryhouse"><meta property="og:site_name" content="Ferryhouse">',
            "",
            "Ferryhouse",
        ),
        (
            '<meta name="author" content="Ferryhouse"><meta property="og:site_name" content="Ferryhouse">',
            '<div class="byline">By Jane Roe</div>',
            "Jane Roe",
        ),
        ('<meta name="author" content="Harbour Correspondent">', "", "Harbour Correspondent"),
        ('<meta name="author" content="Harbour Correspondent">', '<div class="byline">By Jane Roe</div>', "Jane Roe"),
        (
            '<meta name="author" content="Ropes & Tar"><meta property="og:site_name" content="Ropes & Tar">'
            '<meta property="og:title" content="Ferry line opens | Ropes & Tar">',
            "",
            "Ropes & Tar",
        ),
        ("", "<div>03.05.2024 17:40 von Minna</div>", "Minna"),
        ("", "<div>2 von drei Booten</div>", ""),
        ("", '<div class="byline">9 hours ago</div>', ""),
        ("", '<div class="byline">Interview: Jane Roe</div>', "Jane Roe"),
        ("", '<div class="byline">Pictures: Jane Roe</div>', ""),
        ("", '<span class="byline-category">Boats</span>', ""),
        ("", '<div class="node--promoted"><div class="author">Jane Roe</div></div>', "Jane Roe"),
        ("", f'<div class="post-author"><h4>Jane Roe</h4>{PROSE}</div>', "Jane Roe"),
        ("", f'<div class="post-author"><h4>More from this pier</h4>{PROSE}</div>', ""),
        (
            script({**ARTICLE, "author": [{"@type": "Person", "name": name} for name in ("Jane Roe", "Bo Sea")]}),
            '<div class="author">Jane Roe</div><a rel="author">Jane Roe</a>',
            "Jane Roe, Bo Sea",
        ),
    ],
)  # fmt: skip
def test_authors_are_read_where_pages_state_them(head: str, body: str, names: str) -> None:
    found = read(head, f"<h1>Ferry line opens</h1>{body}{PROSE}")
    assert ", ".join(found.authors) == names


@pytest.mark.parametrize(
    ("head", "heading", "title"),
    [
        (
            '<meta property="og:title" content="Ferry line opens at dawn">',
            "Harbour: Ferry line opens at dawn",
            "Ferry line opens at dawn",
        ),
        (
            '<meta property="og:title" content="Harbour: Ferry line opens at dawn">',
            "Harbour: Ferry line opens at dawn",
            "Harbour: Ferry line opens at dawn",
        ),
        (
            '<meta property="og:title" content="Ferry line opens at dawnㅣBoats">'
            '<meta name="hdl" content="Ferry line opens at dawn">',
            "",
            "Ferry line opens at dawn",
        ),
        (
            '<meta property="og:title" content="Ferry line opens at dawn"><meta name="hdl" content="Ferry line opens">',
            "",
            "Ferry line opens at dawn",
        ),
    ],
)
def test_kicker_and_section_are_no_part_of_a_title_that_is_stated_without(head: str, heading: str, title: str) -> None:
    assert read(head, f"<h1>{heading}</h1>" if heading else "").title == title


@pytest.mark.parametrize(
    ("heading", "title"),
    [
        ("<span>Ferry line<i>:</i></span>\n<span>Boats leave at dawn</span>", "Ferry line: Boats leave at dawn"),
        ("<div>Harbour</div><b>Ferry <i>line</i> opens</b>", "Harbour Ferry line opens"),
        ("Ferry<br>line <!-- now -->opens", "Ferry line opens"),
    ],
)
def test_parts_of_a_headline_stay_in_their_order(heading: str, title: str) -> None:
    assert read("", f"<h1>{heading}</h1>{PROSE}").title == title


def test_quoted_persons_are_no_authors() -> None:
    quote = '<blockquote>I shall miss it.<p class="author">John Doe</p></blockquote>'
    assert read("", f"<h1>Ferry line opens</h1>{PROSE}{quote}").authors == ()


def test_jsonld_of_another_story_in_entities_or_with_loose_quotes() -> None:
    other = {**ARTICLE, "headline": "Bridge closed", "url": "https://news.example/b", "author": "X Y"}
    own = {"@type": "NewsArticle", "headline": "Ferry line opens", "url": URL, "author": {"@id": "#1"}}
    person = {"@type": "Person", "@id": "#1", "name": "Jane Roe"}
    quoted = json.dumps(ARTICLE).replace('"', "&quot;")
    loose = '{"@type": "NewsArticle", "headline": "The "Ferry" line opens", "datePublished": "2024-05-03"}'
    assert read(script([other, own, person])).authors == ("Jane Roe",)
    assert read(script(quoted)).title == "Ferry line opens"
    assert read(script(loose)).published == datetime(2024, 5, 3, tzinfo=UTC)


def test_brand_icon_and_commas_are_not_taken_for_facts() -> None:
    found = read(
        '<title>Ferry line opens</title><meta property="og:title" content="The Example"><meta name="author" '
        'content="The Example"><meta property="og:image" content="/favicon-32.png"><meta property="article:tag" '
        'content="Doe, John"><meta property="article:tag" content="ferries">',
        '<a href="/">The Example</a><article><img data-src="/f.jpg" width="900"></article>',
    )
    assert (found.title, found.title_source, found.authors) == ("Ferry line opens", "title", ())
    assert (found.image, found.tags) == ("https://news.example/f.jpg", ("Doe, John", "ferries"))
    assert (found.section, found.section_source) == ("politics", "address")


def test_who_a_sentence_speaks_of_is_no_author_and_who_is_linked_above_it_is() -> None:
    sung = (
        f'<p><a href="/people/lan/">Lan</a> sang in the harbour for the first time in nine years. {"And on. " * 20}</p>'
    )
    signed = '<p><a href="/people/lan-pham/">Lan Phạm</a></p>'
    assert read("", f"<h1>Ferry line opens</h1>{sung}{PROSE}").authors == ()
    assert read("", f"<h1>Ferry line opens</h1>{signed}{sung}{PROSE}").authors == ("Lan Phạm",)


@pytest.mark.parametrize(
    ("head", "tags"),
    [
        (script({**ARTICLE, "keywords": ["Ferry,Harbour,Cửa Lạch"]}), ("Ferry", "Harbour", "Cửa Lạch")),
        (script({**ARTICLE, "keywords": "Ferry, Harbour"}) + '<meta property="article:tag" content="Doe, John">',
         ("Ferry", "Harbour", "Doe", "John")),
        (script({**ARTICLE, "keywords": ["Doe, John", "Ferry"]}), ("Doe, John", "Ferry")),
        ('<meta name="keywords" content="phà biển,bến cảng,"><meta name="keywords" content="giá vé">',
         ("phà biển", "bến cảng", "giá vé")),
        ('<meta name="keywords" content="1,000 boats"><meta name="keywords" content="مصر, كورونا, ميناء">',
         ("1,000 boats", "مصر", "كورونا", "ميناء")),
        ('<meta name="keywords" content="港口、渡轮，码头">', ("港口", "渡轮", "码头")),
    ],
)  # fmt: skip
def test_tags_in_one_value_are_parted_and_a_name_with_a_comma_is_not(head: str, tags: tuple[str, ...]) -> None:
    assert read(head, PROSE).tags == tags


@pytest.mark.parametrize(
    ("path", "section"),
    [
        ("sections/harbour/2026/03/ferry-opens", "harbour"),
        ("videos/2026/ferry-opens", ""),
        ("wireStory/ferry-opens-4711", ""),
        ("Kinh-te/ferry-opens.html", "Kinh te"),
        ("topics/world-news/ferry-opens", "world news"),
    ],
)
def test_the_form_of_a_page_in_its_address_is_no_section(path: str, section: str) -> None:
    tree = document_fromstring("<html><body><h1>Ferry opens</h1></body></html>")
    assert read_metadata(tree, f"https://news.example/{path}").section == section


@pytest.mark.parametrize(
    ("stated", "section"),
    [
        (["Blog", "Boats & Piers"], "Boats & Piers"),
        ("Boats,Piers,Featured", "Boats"),
        ("Ropes, Tar and Sails", "Ropes, Tar and Sails"),
        ("Boats, Piers, Tides", "Boats"),
        ("/harbour/north_pier", "harbour"),
        ("Ferry line opens", "politics"),
        ("undefined", "politics"),
        ("News", "politics"),
    ],
)
def test_a_section_is_one_name_and_no_form_of_page(stated: object, section: str) -> None:
    assert read(script({**ARTICLE, "articleSection": stated})).section == section


def test_what_a_page_calls_news_is_its_section_where_nothing_says_more() -> None:
    tree = document_fromstring('<meta property="article:section" content="News"><h1>Ferry opens</h1>')
    assert read_metadata(tree, "https://news.example/ferry-opens.html").section == "News"


def test_the_path_of_links_to_a_page_goes_before_its_address() -> None:
    steps = [{"@type": "ListItem", "name": name} for name in ("Front", "News", "Boats & Piers", "Ferry line opens")]
    found = read(script({"@type": "BreadcrumbList", "itemListElement": steps}), "<h1>Ferry line opens</h1>")
    assert (found.section, found.section_source) == ("Boats & Piers", "json-ld")


def test_a_picture_that_stands_elsewhere_in_the_data_is_found_by_its_name() -> None:
    article = {**ARTICLE, "image": {"@id": f"{URL}#primaryimage"}}
    picture = {"@type": "ImageObject", "@id": f"{URL}#primaryimage", "url": "/img/pier.jpg"}
    assert read(script({"@graph": [article, picture]})).image == "https://news.example/img/pier.jpg"
    shown = '<meta property="og:image" content="/img/tide.jpg">'
    assert read(script(article) + shown).image == "https://news.example/img/tide.jpg"
    assert read(script(article)).image == ""
    assert read('<meta property="og:image" content="/img/site-default-og.png">').image == ""


def test_words_for_the_portals_software_its_name_and_the_title_are_no_tags() -> None:
    words = "ferries, #harbour, ads:sponsored, pool_42_north, 7700123, @desk, The Example, Ferry line opens, https://x.example/"
    found = read(f'<meta name="keywords" content="{words}"><meta property="og:site_name" content="The Example">',
                 "<h1>Ferry line opens</h1>")  # fmt: skip
    assert found.tags == ("ferries", "harbour")
    assert read('<meta name="keywords" content="Ferry, line, opens">', "<h1>Ferry line opens</h1>").tags == ()


def test_a_change_before_the_publication_is_none() -> None:
    assert read(script({**ARTICLE, "dateModified": "2024-04-30T20:00:00+07:00"})).modified is None


@pytest.mark.parametrize(
    ("stated", "address", "day", "moment"),
    [
        ("2024-05-01T23:30:00-04:00", "https://news.example/a.html", "2024-05-01", "2024-05-02T03:30:00+00:00"),
        ("2024-05-02T00:15:00+09:00", "https://news.example/a.html", "2024-05-02", "2024-05-01T15:15:00+00:00"),
        ("2024-05-01T22:15:00Z", "https://news.example/a.html", "2024-05-01", "2024-05-01T22:15:00+00:00"),
        ("2024-05-01T22:15:00Z", "https://bao.example.vn/a.html", "2024-05-02", "2024-05-01T22:15:00+00:00"),
        ("1714601700", "https://bao.example.vn/a.html", "2024-05-02", "2024-05-01T22:15:00+00:00"),
        ("2024-05-02 05:15", "https://bao.example.vn/a.html", "2024-05-02", "2024-05-01T22:15:00+00:00"),
        ("2024-05-01", "https://bao.example.vn/a.html", "2024-05-01", "2024-05-01T00:00:00+00:00"),
    ],
)
def test_the_day_is_the_portals_and_the_moment_is_in_utc(stated: str, address: str, day: str, moment: str) -> None:
    tree = document_fromstring(f'<meta property="article:published_time" content="{stated}"><h1>Ferry opens</h1>')
    found = read_metadata(tree, address)
    assert (found.published_day, found.published and found.published.isoformat()) == (day, moment)


def test_a_page_without_a_date_has_no_day() -> None:
    assert read("", "<h1>Ferry opens</h1>").published_day == ""
