"""Pages that a consent wall covers whole, in several languages, and pages that only speak of consent."""

from __future__ import annotations

import pytest

from crawler.article.body.consent import CONSENT_WALL
from crawler.article.dissect import anatomy, dissect
from crawler.article.page.page import Page

FINE = "The office fined a shop on Tuesday. " * 30
STORY = "".join(
    f"<p>In ward {number} the harbour office fined {number + 2} shops, which had asked nobody before they counted.</p>"
    for number in range(7)
)
WALLS = {
    "en": ("We and our partners use cookies to store and/or access information on a device.", "I agree"),
    "de": ("Wir und unsere Partner speichern Cookies und verarbeiten Daten mit Ihrer Einwilligung.", "Zustimmen"),
    "fr": ("Nous et nos partenaires déposons des cookies pour lire vos données si vous l'acceptez.", "Tout refuser"),
    "es": ("Nosotros y nuestros socios utilizamos cookies para tratar sus datos con su consentimiento.", "Aceptar"),
    "nl": ("Wij en onze partners plaatsen cookies op jouw toestel en vragen jouw toestemming vooraf.", "Akkoord"),
    "vi": ("Chúng tôi và các đối tác lưu cookie trên thiết bị của bạn để đọc dữ liệu khi bạn cho phép.", "Đồng ý"),
}  # fmt: skip


def page(body: str, head: str = "") -> Page:
    html = f"<html><head><title>Harbour</title>{head}</head><body>{body}</body></html>"
    return Page(
        url="https://harbour.example/news/fine-12345.html", body=html.encode(), content_type="text/html; charset=utf-8"
    )


@pytest.mark.parametrize("language", WALLS)
def test_a_wall_says_nothing_else(language: str) -> None:
    words, button = WALLS[language]
    walled = page(f"<div>{f'<p>{words}</p>' * 4}<button>{button}</button> <a href='/p'>Privacy</a></div>")
    assert dissect(walled).reason == CONSENT_WALL
    article = anatomy(walled)
    assert article.text == ""
    assert {"consent wall", "not an article"} <= set(article.quality)
    assert all(one.verdict == "left out" for one in article.paragraphs)


@pytest.mark.parametrize("language", WALLS)
def test_a_banner_beside_a_story_is_no_wall(language: str) -> None:
    words, button = WALLS[language]
    banner = f"<div id='cmp'>{f'<p>{words}</p>' * 4}<button>{button}</button></div>"
    found = dissect(page(f"{banner}<article><h1>A shop is fined</h1>{STORY}</article>"))
    assert found.kind == "article"
    assert found.article is not None
    assert "the harbour office fined" in found.article.text


def test_a_story_about_walls_is_none() -> None:
    told = (
        "<p>Most papers of the country ask their readers for consent before they show a page, the office found.</p>"
        "<p>Two of three walls name more than 800 partners, and a third of the readers accept whatever is asked.</p>"
        "<p>“Cookies are no crime,” said the head of the office, who refuses them herself.</p>"
    ) * 3
    assert dissect(page(f"<article><h1>Walls everywhere</h1>{told}</article><button>Accept</button>")).kind == "article"


def test_a_story_that_stands_in_the_page_s_data_is_taken_from_there() -> None:
    words, button = WALLS["en"]
    data = f'{{"@type":"NewsArticle","headline":"A shop is fined","articleBody":"{FINE}"}}'
    head = f"<script type='application/ld+json'>{data}</script>"
    found = dissect(page(f"{f'<p>{words}</p>' * 4}<button>{button}</button>", head))
    assert found.article is None or CONSENT_WALL not in found.article.quality
