"""Paragraphs that trafilatura leaves out, lines without a full stop, credits, and pages of very many cards."""

from __future__ import annotations

import pytest

from crawler.article.body.block import Block
from crawler.article.body.promo import promo_reason
from crawler.article.body.verdicts import MOST_SHARING, Knowledge, judge
from crawler.article.dissect import anatomy
from crawler.article.page.page import Page
from storage.records import Article, RelatedStory

URL = "https://www.harbour.example/islands/ferry-line-opens-123456.html"
PROSE = [
    "The ferry left at dawn with ninety people aboard, and the whole village stood on the new pier to see it go.",
    "“We counted the days,” said the captain, who had painted the hull himself during the long winter of repairs.",
    "The province paid for the landing stage, while the fishing cooperative bought the engine from a shipyard upriver.",
    "By noon every seat of the afternoon crossing had been sold, and a second boat was called from the port.",
]


def article_of(body: str, head: str = "") -> Article:
    page = (
        f'<html lang="en"><head><title>Ferry line opens | Harbour Paper</title>{head}</head><body>'
        f"<main><h1>Ferry line opens</h1>{body}</main></body></html>"
    )
    return anatomy(Page(url=URL, body=page.encode()))


def prose(texts: list[str] = PROSE) -> str:
    return "".join(f"<p>{text}</p>" for text in texts)


def test_a_paragraph_dropped_for_its_class_is_put_back_where_it_stood() -> None:
    lost = "The old boat, which had served for thirty years, was sold to a museum in the capital for one coin."
    article = article_of(f"<div>{prose(PROSE[:2])}<p class='tags-note'>{lost}</p>{prose(PROSE[2:])}</div>")
    assert article.text == "\n\n".join([*PROSE[:2], lost, *PROSE[2:]])


def test_entries_and_subheadings_among_the_paragraphs_are_put_back_whatever_their_length() -> None:
    points = ["Two crossings a day", "Bicycles free", "No cars before June"]
    entries = "".join(f"<li>{point}</li>" for point in points)
    lost = f"<h3 class='tags-note'>What islanders get</h3><ul class='tags-note'>{entries}</ul>"
    text = article_of(f"<div>{prose(PROSE[:2])}{lost}{prose(PROSE[2:])}</div>").text
    assert text == "\n\n".join([*PROSE[:2], "What islanders get", *points, *PROSE[2:]])


def test_a_label_among_the_paragraphs_is_not_put_back() -> None:
    label = "<p class='tags-note'>Islands and harbours</p>"
    assert article_of(f"<div>{prose(PROSE[:2])}{label}{prose(PROSE[2:])}</div>").text == "\n\n".join(PROSE)


def test_a_part_marked_up_like_those_that_hold_the_text_is_put_back() -> None:
    parts = [f"<section class='chapter'>{prose([text])}</section>" for text in PROSE]
    parts[1] = parts[1].replace("<section", "<section id='tags-note'")
    assert article_of(f"<div>{''.join(parts)}</div>").text == "\n\n".join(PROSE)


def test_a_lost_part_of_another_markup_is_not_put_back() -> None:
    parts = [f"<section class='chapter'>{prose([text])}</section>" for text in PROSE]
    parts[1] = parts[1].replace("<section class='chapter'", "<section class='panel' id='tags-note'")
    assert PROSE[1] not in article_of(f"<div>{''.join(parts)}</div>").text


def test_the_last_paragraph_marked_up_like_the_others_is_put_back() -> None:
    whole = [
        *PROSE,
        "The harbour master expects a third boat in summer, if the yard upriver keeps to its word.",
    ]
    texts = "".join(f"<p class='text'>{text}</p>" for text in whole[:-1])
    last = f"<div class='tags-note'><p class='text'>{whole[-1]}</p></div>"
    assert article_of(f"<div>{texts}{last}</div>").text == "\n\n".join(whole)


def test_what_stands_behind_the_text_is_not_put_back() -> None:
    behind = "Readers of this newspaper have been sending us pictures of boats from all the islands for many years."
    article = article_of(f"<div>{prose()}<p class='tags-note'>{behind}</p></div>")
    assert behind not in article.text


@pytest.mark.parametrize("mark", ["article__standfirst", "story-deck", "subheadline"])
def test_a_standfirst_without_a_full_stop_stays(mark: str) -> None:
    deck = "Boats cross the strait again after three years, and the islanders hope that visitors come with them"
    assert article_of(f"<h2 class='{mark}'>{deck}</h2><div>{prose()}</div>").text.startswith(deck)


def test_a_byline_above_the_text_goes() -> None:
    byline = "By Margit Harbour and Jon Pier, reporters of the Harbour Paper, Bình Sơn, 10:45 on Monday"
    assert byline not in article_of(f"<p>{byline}</p><div>{prose()}</div>").text


def test_points_above_the_text_and_results_below_it_stay() -> None:
    points = ["Ferries to the islands run again after three years", "Pupils of the island school travel free all year"]
    result = "1. Crossing of the strait, four rowers, 2,000 metres: Bình Sơn 7:41, Lý Sơn 7:48, Port 7:55"
    listed = "".join(f"<li>{point}</li>" for point in points)
    text = article_of(f"<div><ul>{listed}</ul></div><div>{prose()}<p>{result}</p></div>").text
    assert all(line in text for line in (*points, result))


def test_the_credit_of_a_picture_is_no_text() -> None:
    article = article_of(f"<div>{prose(PROSE[:2])}<p>(Ảnh: Minh Anh/Harbour Paper)</p>{prose(PROSE[2:])}</div>")
    assert article.text == "\n\n".join(PROSE)
    assert "(Ảnh: Minh Anh/Harbour Paper)" in article.captions


def test_markup_in_a_pages_summary_does_not_hide_the_lead() -> None:
    lead = "Three years after the storm, boats again cross the strait between Bình Sơn and the islands."
    article = article_of(
        f"<div class='text'><p>{lead}</p></div><div>{prose()}</div>",
        f'<meta name="description" content="&lt;p&gt;{lead}&lt;/p&gt;">',
    )
    assert article.lead == lead


@pytest.mark.parametrize(
    "line",
    [
        "To read the full story, please subscribe to The Harbour Paper. A week costs one coin.",
        "Subscribe now to our digital edition for all of it.",
        "For the latest harbour news download the Harbour Paper apps for all phones.",
        "¡Mira lo que tiene nuestro canal de YouTube!",
        "Werden Sie Mitglied bei uns und lesen Sie alles vorab!",
        "If you see this but are already a subscriber, you can log in here.",
        "Lesezeit: 3 Minuten",
        "3 min read",
        "Inhaltsverzeichnis",
    ],
)
def test_lines_that_advertise_the_portal(line: str) -> None:
    assert promo_reason(line)


@pytest.mark.parametrize(
    "line",
    [
        "The boat would be a good place to get the ball rolling on the town's next mobile app game.",
        "The mayor said that members of the council would not subscribe to the plan of the province.",
        "Support us, the fishermen wrote to the minister on Monday, or the boats will stay in the port.",
    ],
)
def test_sentences_with_the_same_words_do_not(line: str) -> None:
    assert promo_reason(line) == ""


def test_blurbs_of_one_wording_are_found_when_equal_and_cost_nothing_when_not() -> None:
    stories = [
        RelatedStory(
            url=f"https://harbour.example/{i}", title=f"Boat {i}", blurb=f"The harbour master counts boat {i}."
        )
        for i in range(4 * MOST_SHARING)
    ]
    blocks = [Block(text) for text in (*PROSE, "The harbour master counts boat 7.")]
    judged, guarded = judge(blocks, Knowledge(related=stories))
    assert [p.verdict for p in judged] == ["body"] * len(PROSE) + ["related"]
    assert not guarded
