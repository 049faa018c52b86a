"""The short way through trafilatura gives what the long one gives, and is left where trafilatura looks further."""

from __future__ import annotations

import re

import pytest
from lxml.etree import tostring
from lxml.html import HtmlElement, document_fromstring
from trafilatura import bare_extraction
from trafilatura.readability_lxml import Document
from trafilatura.settings import Extractor

from crawler.article.body import trafilatura
from crawler.article.body.trafilatura import extract_blocks

SENTENCE = "The harbour of Brineford was closed on Monday night after a barge had lost its bricks near the pier. "


def page(body: str) -> HtmlElement:
    return document_fromstring(f"<html><head><title>Harbour closed</title></head><body>{body}</body></html>")


def story(paragraphs: int) -> str:
    return "".join(f"<p>{number}. {SENTENCE}{SENTENCE}</p>" for number in range(paragraphs))


MENU = "<nav><ul>" + "".join(f'<li><a href="/{n}">Section {n}</a></li>' for n in range(20)) + "</ul></nav>"
TEASERS = "".join(f'<div class="teaser"><p>{n}: {SENTENCE}</p></div>' for n in range(12))
ASIDE = f"<div class='sidebar'>{story(12)}</div><div id='Comments'>{story(9)}</div>"
COMMENT_MARKS = (
    "comments", "Comment-list", "comment-3 odd", "commentary", "comol", "disqus_thread", "dsq-comments",
    "article-comments", "my-post-comments", "mvp-post-add-box", "infinite-scroll", "infinitescroll",
    "elementor-share-buttons--x", "entry",
)  # fmt: skip
COMMENTS = "".join(f"<div class='{mark}'><p>{n}, {SENTENCE}</p></div>" for n, mark in enumerate(COMMENT_MARKS))
FORUM = '<script type="application/ld+json">{"@type": "DiscussionForumPosting"}</script>'
PAGES = {
    "comments of many classes": f"<article>{story(6)}{COMMENTS}</article>{COMMENTS}",
    "a forum": f"{FORUM}<article>{story(6)}{COMMENTS}</article>{COMMENTS}",
    "a story beside a long sidebar": f"<article>{story(6)}</article>{ASIDE}",
    "a long story in a form": f"<form>{MENU * 9}<article>{story(9)}</article></form>",
    "a story beside a longer one": f"<article>{story(4)}</article><section>{story(30)}</section>",
    "a story": f"{MENU}<article>{story(8)}</article><footer>Imprint, {SENTENCE}</footer>",
    "a story in a form": f"<form>{MENU}<div class='content'>{story(8)}</div></form>",
    "teasers alone": f"{MENU}<main>{TEASERS}</main>",
    "a table": f"<article><table><tr><td>{SENTENCE * 4}</td><td>{SENTENCE * 3}</td></tr></table></article>",
    "loose text": f"{MENU}<div>{SENTENCE * 5}<br><br>{SENTENCE * 4}</div>",
    "a short note beside much": f"<article><p>{SENTENCE}</p></article><div>{story(9)}</div>",
}


@pytest.mark.parametrize("name", PAGES)
def test_the_short_way_gives_the_same_blocks(name: str) -> None:
    tree = page(PAGES[name])
    long_way = extract_blocks(tree)
    assert long_way
    assert extract_blocks(tree, prose=len(tree.text_content())) == long_way


def long_ways(tree: HtmlElement, monkeypatch: pytest.MonkeyPatch) -> int:
    """Return how often the long way was gone for a page of prose."""
    gone: list[HtmlElement] = []

    def noted(tree: HtmlElement, **options: Extractor) -> object:
        gone.append(tree)
        return bare_extraction(tree, **options)

    monkeypatch.setattr(trafilatura, "bare_extraction", noted)
    extract_blocks(tree, prose=len(tree.text_content()))
    return len(gone)


def test_a_control_character_costs_no_page() -> None:
    tree = page(f"<article>{story(6)}<p>{SENTENCE}&#2; {SENTENCE}</p></article>")
    assert trafilatura._first_pass(tree) is None
    assert extract_blocks(tree, prose=len(tree.text_content())) == extract_blocks(tree)


@pytest.mark.parametrize("name", ["a story", "a story beside a long sidebar", "comments of many classes"])
def test_a_story_needs_the_short_way_alone(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert long_ways(page(PAGES[name]), monkeypatch) == 0


@pytest.mark.parametrize("name", ["teasers alone", "loose text", "a forum"])
def test_where_trafilatura_looks_further_the_long_way_is_gone(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert long_ways(page(PAGES[name]), monkeypatch) == 1


@pytest.mark.parametrize("name", ["teasers alone", "loose text"])
def test_trafilatura_asks_where_its_first_pass_falls_short(name: str) -> None:
    assert trafilatura._first_pass(page(PAGES[name])) is None


@pytest.mark.parametrize("mark", COMMENT_MARKS)
def test_what_trafilatura_removes_first_is_known_by_its_mark(mark: str) -> None:
    for tag in ("div", "section"):
        for name in ("class", "id"):
            tree = page(f"<{tag} {name}='{mark}'>{SENTENCE}</{tag}>")
            removed = any(expression(tree) for expression in trafilatura._PRUNED_FIRST)
            assert not removed or (tag in trafilatura._PRUNED_TAGS and trafilatura._PRUNED_MARK.search(mark))


def test_marks_are_read_from_every_expression() -> None:
    for expression in trafilatura._PRUNED_FIRST:
        tests = re.findall(r"re:test|contains\(|starts-with|@(?!id|class)", str(expression.path))
        assert set(tests) <= {"re:test", "contains("}
        assert len(tests) == len(re.findall(r"@\w+, '(.+?)'", str(expression.path)))


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize("mark", ["", "menu", "comment", "main sidebar", "x"])
def test_readability_takes_no_more_than_it_can(name: str, mark: str) -> None:
    tree = page(
        f"<div class='{mark}'>{TEASERS}</div><div id='{mark}'><div class='{mark}'>{story(2)}</div></div>{PAGES[name]}"
    )
    most = trafilatura._readable(tree, trafilatura._letters(tree))
    read = document_fromstring(Document(tree, min_text_length=25).summary())
    assert len(" ".join(str(tostring(read, method="text", encoding="unicode")).split())) <= most
