"""Every prose block of a page is in its text or among its paragraphs with a verdict; leads are the page's own."""

from __future__ import annotations

import pytest

from crawler.article.dissect import anatomy
from crawler.article.page.page import Page
from storage.records import Article

URL = "https://www.orchard.example/valley/cider-press-returns-482113.html"
PROSE = [
    "The cider press came back to the valley on a hay cart, eleven years after the flood had carried the mill away.",
    "Growers had stored the oak beams in three barns, and nobody was sure until Friday that all of them had survived.",
    "“It turns as if it had never stopped,” said the miller, who greased the screw with the fat of two old geese.",
    "From October on anyone may bring apples on Saturdays, provided that the baskets hold no leaves and no stones.",
]


def article_of(body: str, head: str = "", title: str = "Cider press returns to the valley") -> Article:
    page = (
        f'<html lang="en"><head><title>{title} | Orchard Post</title>{head}</head><body>'
        f"<main><article><h1>{title}</h1>{body}</article></main></body></html>"
    )
    return anatomy(Page(url=URL, body=page.encode()))


def prose(texts: list[str] = PROSE) -> str:
    return "".join(f"<p>{text}</p>" for text in texts)


def told(article: Article) -> str:
    return "\n".join(paragraph.text for paragraph in article.paragraphs)


def test_loose_text_between_blocks_is_text() -> None:
    loose = (
        "The beams lay in water for a week, which the carpenter calls a stroke of luck, since wet oak does not crack."
    )
    figure = "<div class='figure'><figure><img src='/a.jpg'></figure></div>"
    article = article_of(f"<div class='story'>{prose(PROSE[:2])}{figure}{loose}<p></p>{prose(PROSE[2:])}</div>")
    assert article.text == "\n\n".join([*PROSE[:2], loose, *PROSE[2:]])


def test_short_sentences_of_a_nested_group_are_text_though_they_hold_links() -> None:
    group = (
        "<div><div>Wash the <a href='/c'>cloths</a> first.</div><div>Then pour the juice slowly into jars.</div></div>"
    )
    article = article_of(f"{prose(PROSE[:2])}{group}{prose(PROSE[2:])}")
    assert "Wash the cloths first." in article.text
    assert "Then pour the juice slowly into jars." in article.text


@pytest.mark.parametrize(
    "beside",
    [
        "<table><tr><td><ul><li>{0}</li></ul></td></tr></table>",
        "<div><div><div>{0}</div></div></div>",
        "<section>{0}<p></p></section>",
    ],
)
def test_prose_that_nobody_extracts_is_kept_with_a_verdict(beside: str) -> None:
    missed = "Pickers who sleep in the barn pay nothing, but they feed the goats before breakfast and after supper."
    page = f"<html><body>{beside.format(missed)}<article><h1>Cider press</h1>{prose()}</article></body></html>"
    article = anatomy(Page(url=URL, body=page.encode()))
    assert missed in told(article)
    assert all(p.reason for p in article.paragraphs if p.verdict == "left out")


def test_a_menu_is_no_prose() -> None:
    menu = "<ul class='m'><li><a href='/a'>All orchards of the valley and their owners.</a></li></ul>"
    assert "All orchards" not in told(article_of(f"{prose()}</article>{menu}"))


def test_what_says_what_the_summary_says_is_no_notice() -> None:
    head = f'<meta name="description" content="{PROSE[0]}">'
    article = article_of(f"<div class='paywall'><p>{PROSE[0]}</p></div>{prose(PROSE[1:])}", head)
    assert article.lead == PROSE[0]


def test_entries_of_a_list_that_come_again_are_the_authors() -> None:
    day = "<ul><li>Two bowls of oats with stewed apples</li><li>Bread, hard cheese and a glass of young cider</li></ul>"
    rounds = "".join(f"<h3>{name}</h3><p>{text}</p>{day}" for name, text in zip("ABC", PROSE, strict=False))
    assert article_of(rounds + f"<p>{PROSE[3]}</p>").text.count("Two bowls of oats") == 3


@pytest.mark.parametrize(
    ("frame", "foreign"),
    [
        (
            "<div class='player-modal'><p>{0}</p></div>",
            "This window shows films. Use Escape to close it, or wait a moment.",
        ),
        (
            "<figure><figcaption><p class='dek'>{0}</p></figcaption></figure>",
            "Skaters on the frozen pond of Hull, in 1901.",
        ),
    ],
    ids=["player", "caption"],
)
def test_what_speaks_of_something_else_is_no_lead(frame: str, foreign: str) -> None:
    article = article_of(f"{frame.format(foreign)}<div>{prose()}</div>")
    assert article.text == "\n\n".join(PROSE)


@pytest.mark.parametrize("frame", ["<div class='clanek__perex'>{0}</div>", "<header><div>{0}</div></header>"])
def test_a_lead_between_headline_and_text_needs_no_known_name(frame: str) -> None:
    lead = "The miller has his cider press again, and growers of the valley may bring their apples from October on."
    assert article_of(f"{frame.format(lead)}<div>{prose()}</div>").text == "\n\n".join([lead, *PROSE])


def test_characters_of_unspaced_scripts_count_as_words() -> None:
    text = "果园合作社星期五宣布，磨坊的老榨汁机已经修好，将从十月起对所有居民开放，每户最多可以带来二十筐苹果。"
    body = "".join(f"<p>{number}、{text}</p>" for number in "一二三四五六七八")
    title = "磨坊的老榨汁机修复后十月重新开放"
    page = f"<html lang='zh'><head><title>{title}</title></head><body><h1>{title}</h1>{body}</body></html>"
    article = anatomy(Page(url="https://www.orchard.example/node/771", body=page.encode()))
    assert not {"thin", "not an article"} & set(article.quality)
