"""Whole pages: what becomes of each part of them."""

from __future__ import annotations

import json
import pickle
import random
import subprocess
import sys
import unicodedata
from contextlib import suppress
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crawler.article.dissect import ExtractError, PageAnatomy, anatomy, dissect
from crawler.article.page.page import Page
from crawler.portals.seed import GENERIC, BodyRules, RelatedRules, Seed
from crawler.workers.tasks import dissect_page, dissect_story
from storage.records import Article, Paragraph
from tests.support.leak_pages import measure, pages

URL = "https://www.harbour.example/islands/ferry-line-opens-123456.html"
LEAD = "Three years after the storm, boats again cross the strait between Bình Sơn and the islands."
PROSE = [
    "The ferry left at dawn with ninety people aboard, and the whole village stood on the new pier to see it go.",
    "“We counted the days,” said the captain, who had painted the hull himself during the long winter of repairs.",
    "The province paid for the landing stage, while the fishing cooperative bought the engine from a shipyard upriver.",
    "By noon every seat of the afternoon crossing had been sold, and a second boat was called from the port.",
    "Fares stay as they were before the storm, and pupils of the island school travel free all year.",
    "The next boats leave on Monday at six, at nine and at noon, weather permitting, the harbour master said.",
]


def html(body: str = "", head: str = "", title: str = "Ferry line opens") -> bytes:
    text = (
        '<!DOCTYPE html><html lang="en"><head><meta charset="utf-8">'
        f"<title>{title} | Harbour Paper</title>{head}</head>"
        f"<body><nav><a href='/'>Home</a><a href='/islands'>Islands</a></nav><main><h1>{title}</h1>{body}</main>"
        "<footer>Harbour Paper, pier 4</footer></body></html>"
    )
    return text.encode()


def paragraphs(texts: list[str] = PROSE) -> str:
    return "".join(f"<p>{text}</p>" for text in texts)


def page(body: bytes, url: str = URL, **more: str) -> Page:
    return Page(url=url, body=body, content_type="text/html; charset=utf-8", **more)


def texts(article: Article, *verdicts: str) -> list[str]:
    return [p.text for p in article.paragraphs if p.verdict in verdicts]


def test_text_is_the_articles_own_words_in_order() -> None:
    article = anatomy(page(html(f"<article>{paragraphs()}</article>")))
    assert article.text == "\n\n".join(PROSE)
    assert (article.title, article.lead, article.language, article.quality) == ("Ferry line opens", PROSE[0], "en", ())


@pytest.mark.parametrize(
    "beside",
    [
        f'<div class="standfirst">{LEAD}</div><article>{paragraphs()}</article>',
        f"<h2>{LEAD}</h2><article>{paragraphs()}</article>",
        f'<div class="article__sapo">{LEAD}</div><div class="body">{paragraphs()}</div>',
        f"<article><p><b>{LEAD}</b></p>{paragraphs()}</article>",
    ],
    ids=["standfirst", "heading", "sapo", "inside"],
)
@pytest.mark.parametrize("declared", [True, False])
def test_lead_comes_first_and_once(beside: str, declared: bool) -> None:
    head = f'<meta name="description" content="{LEAD}">' if declared else ""
    article = anatomy(page(html(beside, head)))
    assert article.lead == LEAD
    assert article.text == "\n\n".join([LEAD, *PROSE])


def test_summary_that_stands_nowhere_is_no_lead() -> None:
    head = '<meta name="description" content="All about boats, islands and the sea, every day and for everybody.">'
    assert anatomy(page(html(paragraphs(), head))).text == "\n\n".join(PROSE)


def test_summary_that_begins_the_body_is_not_doubled() -> None:
    head = f'<meta name="description" content="{PROSE[0][:70]}…">'
    assert anatomy(page(html(f'<div class="intro">{PROSE[0]}</div>{paragraphs()}', head))).text.count(PROSE[0]) == 1


def test_headings_stay_captions_go_apart() -> None:
    body = (
        paragraphs(PROSE[:3])
        + "<figure><img src='/f.jpg'><figcaption>The first boat, on Monday</figcaption></figure>"
        + "<div class='imgCaption'>The new landing stage. Photo: Lan Phạm</div>"
        + "<h2>A second boat</h2>"
        + paragraphs(PROSE[3:])
    )
    article = anatomy(page(html(f"<article>{body}</article>")))
    assert article.text == "\n\n".join([*PROSE[:3], "A second boat", *PROSE[3:]])
    assert article.captions == ("The first boat, on Monday", "The new landing stage. Photo: Lan Phạm")
    assert texts(article, "heading") == ["A second boat"]


def test_bylines_labels_promo_and_boxes_are_dropped_with_a_reason() -> None:
    body = (
        "<div class='x'><p>By Jane Roe</p><p>3 May 2024</p></div>"
        + paragraphs(PROSE[:4])
        + "<p>Sign up for our daily newsletter</p>"
        + "<div class='newsletter-box'><p>Read the Harbour Paper every morning in your mailbox.</p></div>"
        + paragraphs(PROSE[4:])
        + "<p>© 2024 Harbour Paper. All rights reserved.</p>"
    )
    article = anatomy(page(html(f"<article>{body}</article>")))
    assert article.text == "\n\n".join(PROSE)
    assert all(p.reason for p in article.paragraphs if p.verdict == "promo")
    assert any("invitation" in p.reason for p in article.paragraphs)


def test_gallery_beside_an_article_goes_and_a_gallery_page_stays() -> None:
    slides = "".join(f"<li><p>{text}</p></li>" for text in PROSE[4:])
    beside = anatomy(
        page(html(f"<article>{paragraphs(PROSE[:4] * 1)}<ul class='gallery'>{slides[:200]}</ul></article>"))
    )
    assert PROSE[4] not in beside.text
    slides = "".join(f"<div class='slide'><h3>Boat {i}</h3><p>{text}</p></div>" for i, text in enumerate(PROSE))
    alone = anatomy(page(html(f"<div class='gallery'>{slides}</div>")))
    assert [text in alone.text for text in PROSE] == [True] * len(PROSE)


def test_live_blog_keeps_its_entries() -> None:
    entries = "".join(f"<div class='entry'><h3>{9 + i}:00</h3><p>{text}</p></div>" for i, text in enumerate(PROSE))
    article = anatomy(page(html(f"<article class='live-blog'>{entries}</article>")))
    assert [text in article.text for text in PROSE] == [True] * len(PROSE)


def test_page_that_is_there_twice_is_read_once() -> None:
    twice = anatomy(page(html(f"<div class='desktop'>{paragraphs()}</div><div class='mobile'>{paragraphs()}</div>")))
    assert twice.text == "\n\n".join(PROSE)


def test_appended_article_of_an_endless_page_is_not_this_article() -> None:
    other = "".join(
        f"<p>Far inland the rice was late this year, and farmer number {n} blamed the river for it.</p>"
        for n in range(9)
    )
    body = f"<article><h1>Ferry line opens</h1>{paragraphs()}</article><article><h1>Rice is late</h1>{other}</article>"
    article = anatomy(page(f"<html><head><title>Ferry line opens</title></head><body>{body}</body></html>".encode()))
    assert article.text == "\n\n".join(PROSE)


def test_article_in_script_data_is_the_last_resort() -> None:
    data = json.dumps({"story": {"contentHtml": paragraphs()}}).replace("<", "\\u003c")
    article = anatomy(page(html(f"<div id='app'></div><script>window.__DATA__ = {data}</script>")))
    assert article.text == "\n\n".join(PROSE)
    assert "from script data" in article.quality


@pytest.mark.parametrize("in_script", [True, False])
def test_half_a_surrogate_pair_does_not_reach_the_output(in_script: bool) -> None:
    data = json.dumps({"@type": "NewsArticle", "headline": "Half \ud83d", "articleBody": paragraphs() + "\udc00"})
    body = f"<script>x = {data}</script>".replace("<p", "\\u003cp") if in_script else paragraphs()
    article = anatomy(page(html(body, f'<script type="application/ld+json">{data}</script>', title="x")))
    assert json.dumps(article.to_json(), ensure_ascii=False).encode()


def test_nfd_page_gives_nfc() -> None:
    article = anatomy(
        page(unicodedata.normalize("NFD", html(paragraphs(), title="Phà Cửa Lạch mở lại").decode()).encode())
    )
    assert article.title == "Phà Cửa Lạch mở lại"
    assert unicodedata.is_normalized("NFC", article.text)


def test_seed_selectors_name_lead_and_what_to_remove() -> None:
    seed = Seed(name="harbour", body=BodyRules(lead_css=(".k7",), remove_css=(".k9",)), related=RelatedRules())
    body = f"<div class='k7'>{LEAD}</div>{paragraphs(PROSE[:5])}<div class='k9'><p>{PROSE[5]}</p></div>"
    article = anatomy(page(html(body)), seed)
    assert article.text == "\n\n".join([LEAD, *PROSE[:5]])
    assert article.portal == "harbour"


def test_related_stories_come_apart_from_the_text() -> None:
    cards = "".join(
        f"<li><a href='/islands/story-{n}-65432{n}.html'>Storm number {n} takes the pier</a><p>Storm {n} tore"
        f" the landing stage away and left island {n} without boats.</p></li>"
        for n in range(3)
    )
    article = anatomy(
        page(html(f"<article>{paragraphs()}</article><div class='related'><h3>Related</h3><ul>{cards}</ul></div>"))
    )
    assert article.text == "\n\n".join(PROSE)
    assert [story.title for story in article.related] == [f"Storm number {n} takes the pier" for n in range(3)]
    assert article.related_status == "found"


def test_identity_follows_canonical_on_the_site_and_not_abroad() -> None:
    own = anatomy(
        page(html(paragraphs(), "<link rel='canonical' href='https://harbour.example/islands/ferry-123456.html'>"))
    )
    abroad = anatomy(page(html(paragraphs(), "<link rel='canonical' href='https://agency.example/ferry-9'>")))
    front = anatomy(page(html(paragraphs(), "<link rel='canonical' href='https://www.harbour.example/'>")))
    assert own.canonical_url.endswith("/islands/ferry-123456.html")
    assert URL in own.aliases
    assert abroad.canonical_url == front.canonical_url != own.canonical_url
    assert "https://agency.example/ferry-9" in abroad.aliases


def test_dissect_tells_article_listing_and_other_apart() -> None:
    teasers = "".join(
        f"<h3><a href='/islands/story-{n}-65432{n}.html'>Storm number {n} takes the pier</a></h3>" for n in range(12)
    )
    article = dissect(page(html(paragraphs())))
    listing = dissect(page(html(teasers), "https://www.harbour.example/"))
    other = dissect(page(html("<p>Nothing here.</p>"), "https://www.harbour.example/about"))
    assert (article.kind, listing.kind, other.kind) == ("article", "listing", "other")
    assert article.article is not None
    assert listing.article is None
    assert len([link for link in listing.links if link.article]) == 12
    assert all(found.reason for found in (article, listing, other))
    assert "not an article" in anatomy(page(html("<p>Nothing here.</p>"), "https://www.harbour.example/about")).quality


def test_no_story_is_tied_to_a_front_page() -> None:
    cards = "".join(
        f"<li><a href='/islands/story-of-pier-{n}-1234{n}.html'>The story of pier {n}</a></li>" for n in range(9)
    )
    front = html(f"<div class='related-news'><h2>Related</h2><ul>{cards}</ul></div>")
    found = anatomy(page(front, "https://www.harbour.example/"))
    assert "not an article" in found.quality
    assert {story.kind for story in found.related} <= {"same-section"}
    assert found.related_status == "none"


@pytest.mark.parametrize(
    ("body", "url", "kept"),
    [
        (paragraphs() + "<a href='/islands/storm-654321.html'>The storm</a>", URL, False),
        ("<h3><a href='/islands/storm-654321.html'>The storm</a></h3>", "https://www.harbour.example/about", False),
        (
            "".join(f"<h3><a href='/islands/storm-65432{n}.html'>Storm number {n}</a></h3>" for n in range(12)),
            "https://www.harbour.example/",
            True,
        ),
    ],
    ids=["article", "other", "listing"],
)
def test_of_a_page_along_related_stories_only_a_listing_has_its_links(body: str, url: str, kept: bool) -> None:
    whole, told = dissect_page(page(html(body), url), GENERIC), dissect_story(page(html(body), url), GENERIC)
    assert whole.links
    assert told == (whole if kept else replace(whole, links=()))


def test_links_are_grouped_and_carry_the_address_to_request() -> None:
    body = (
        "<a href='/islands/storm-654321.html?utm_source=x'><img></a><a href='/islands/storm-654321.html'>The storm</a>"
        "<a href='mailto:a@harbour.example'>Mail</a><a href='#top'>Top</a><a href=''>Empty</a>"
    )
    links = {link.text: link for link in dissect(page(html(body))).links}
    assert "Mail" not in links
    assert links["The storm"].address.startswith("https://www.harbour.example/islands/storm-654321.html")


@pytest.mark.parametrize(
    "body",
    [
        b"<html></html>",
        b"<script>var a = 1</script>",
        b"<p>",
        b"just words",
        b"<html><body><frameset></frameset></body></html>",
    ],
)
def test_page_without_text_says_so(body: bytes) -> None:
    article = anatomy(page(body))
    assert {"empty", "thin"} & set(article.quality)
    assert "not an article" in article.quality


def test_the_same_bytes_give_the_same_answer_in_any_order() -> None:
    made = [p for p, _, _ in pages(8, vary=True)]
    first = [dissect(p) for p in made]
    assert [dissect(p) for p in reversed(made)] == first[::-1]
    # What this process remembers of other pages changes nothing: a fresh one says the same.
    code = (
        "import pickle, sys; from crawler.article.dissect import dissect; from crawler.portals.seed import GENERIC;"
        "sys.stdout.buffer.write(pickle.dumps(dissect(pickle.load(sys.stdin.buffer), GENERIC)))"
    )
    fresh = subprocess.run([sys.executable, "-c", code], input=pickle.dumps(made[-1]), capture_output=True, check=True)
    assert pickle.loads(fresh.stdout) == first[-1]


def test_the_answer_survives_pickling_and_json() -> None:
    found = dissect(page(html(paragraphs())))
    again: PageAnatomy = pickle.loads(pickle.dumps(found))
    assert again == found
    assert found.article is not None
    assert Article.from_json(json.loads(json.dumps(found.article.to_json()))) == found.article


@pytest.mark.parametrize("vary", [False, True], ids=["equal copies", "varied"])
def test_nothing_leaks_and_nothing_is_lost_in_the_four_layouts(vary: bool) -> None:
    assert measure(lambda p: anatomy(p).text, 20, vary=vary) == {
        "body recall": 1.0, "blurbs left": 0.0, "promo left": 0.0, "lead kept": 1.0,
    }  # fmt: skip


MUTATIONS = ("cut", "drop", "double", "noise", "swap", "tag")


def mutated(body: bytes, rng: random.Random) -> bytes:
    for _ in range(rng.randint(1, 6)):
        a, b = sorted(rng.randint(0, len(body)) for _ in range(2))
        match rng.choice(MUTATIONS):
            case "cut":
                body = body[:b]
            case "drop":
                body = body[:a] + body[b:]
            case "double":
                body = body[:b] + body[a : min(b, a + 2000)] + body[b:]
            case "noise":
                body = body[:a] + rng.randbytes(rng.randint(1, 12)) + body[a:]
            case "swap":
                body = body[a:b] + body[:a] + body[b:]
            case _:
                body = (
                    body[:a]
                    + rng.choice([b"<div", b"</article>", b"<!--", b"<script>", b"<table><tr>", b"</p", b"<svg>"])
                    + body[a:]
                )
    return body


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.integers(min_value=0), st.integers(min_value=0, max_value=7), st.booleans())
def test_mutated_pages_never_raise_anything_but_extract_error(state: int, number: int, vary: bool) -> None:
    original, _, _ = pages(8, vary=vary)[number]
    with suppress(ExtractError):
        found = dissect(page(mutated(original.body, random.Random(state)), original.url))
        if found.article is not None:
            assert all(isinstance(p, Paragraph) for p in found.article.paragraphs)
            assert unicodedata.is_normalized("NFC", found.article.text)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.text(alphabet="<>/=\"' abdipstvr&;#x0123\n", max_size=200))
def test_any_markup_is_an_article_or_extract_error(text: str) -> None:
    with suppress(ExtractError):
        assert isinstance(anatomy(page(text.encode())), Article)


PLACES = [
    "The inn at the pier",
    "The smokehouse",
    "The old lightship",
    "The baker of Lý Hà",
    "The net loft",
    "The ropewalk",
]


def test_parts_below_an_introduction_are_the_text_where_the_extractor_takes_the_introduction_alone() -> None:
    told = {name: [f"At {name.lower()}: {text}" for text in PROSE[:5]] for name in PLACES}
    parts = "".join(f'<div class="place"><h2>{name}</h2>{paragraphs(told[name])}</div>' for name in PLACES)
    said = '<div class="comment-body"><p>I have eaten there twice, and never again shall I go, said the cook.</p></div>'
    body = f'<article>{paragraphs(PROSE[:3])}</article><div class="page1-footer">{parts}</div>{said * 3}'
    article = anatomy(page(html(body)))
    assert article.body_source == "densest block"
    assert all(name in article.text for name in PLACES[1:])
    assert all(text in article.text for texts in (PROSE[:3], *told.values()) for text in texts)
    assert "said the cook" not in article.text


@pytest.mark.parametrize(
    ("picture", "kept"),
    [
        ('<svg><symbol id="a"><path d="M0"/></symbol>{}', True),
        ("<svg><foreignObject>{}</foreignObject></svg>", False),
    ],
    ids=["left open", "a drawing with text"],
)
def test_a_picture_that_is_never_closed_does_not_swallow_the_page(picture: str, kept: bool) -> None:
    whole = f"<html><body>{picture.format(f'<h1>Ferry line opens</h1><div>{paragraphs()}</div>')}</body></html>"
    assert (anatomy(page(whole.encode())).text == "\n\n".join(PROSE)) is kept


def test_a_name_alone_that_is_the_author_is_no_paragraph_and_a_speaker_is() -> None:
    head = '<meta name="author" content="渡辺 洋介">'
    signed = anatomy(page(html(f"<article><div>渡辺 洋介</div>{paragraphs()}</article>", head)))
    asked = [text for pair in zip(["渡辺 洋介"] * len(PROSE), PROSE, strict=True) for text in pair]
    spoken = anatomy(page(html(f"<article>{paragraphs(asked)}</article>", head)))
    assert (signed.lead, signed.text) == (PROSE[0], "\n\n".join(PROSE))
    assert spoken.text.count("渡辺 洋介") >= 2
