"""trafilatura's comparison with readability is left out only where its outcome is the same."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import html
from lxml.etree import SubElement, _Element
from trafilatura import core, external
from trafilatura.settings import Extractor

from crawler.article.body.trafilatura import COMPARISON_KNOWN_IN, TRAFILATURA_VERSION, needs_no_comparison

SENTENCE = "The ferry left the pier at noon, and nobody on board had seen the lighthouse before, she said. "
OPTIONS = Extractor(comments=False)


def body_of(*paragraphs: str, tag: str = "p") -> _Element:
    body: _Element = html.Element("body")
    for text in paragraphs:
        SubElement(body, tag).text = text
    return body


def page_of(markup: str) -> html.HtmlElement:
    return html.document_fromstring(f"<html><head><title>A pier</title></head><body>{markup}</body></html>")


def test_it_stands_in_for_the_comparison_of_the_release_it_knows() -> None:
    known = TRAFILATURA_VERSION.startswith(COMPARISON_KNOWN_IN)
    assert (vars(core)["compare_extraction"] is not external.compare_extraction) == known


@pytest.mark.parametrize(
    ("markup", "stays"),
    [
        (f"<p>{SENTENCE * 4}</p><ul><li>Home</li></ul>", True),
        (f"<p>{SENTENCE * 4}</p><script>{SENTENCE * 40}</script>", True),
        (f"<p>{SENTENCE * 4}</p><div>{SENTENCE * 5}</div>", False),
        (f"<p>{SENTENCE * 4}</p><iframe src='https://www.youtube.com/embed/1'></iframe>", False),
    ],
)
def test_a_page_of_at_most_twice_the_text_needs_no_comparison(markup: str, stays: bool) -> None:
    text = (SENTENCE * 4).strip()
    assert needs_no_comparison(page_of(markup), body_of(text), text, OPTIONS) is stays


@pytest.mark.parametrize(
    ("body", "text", "focus"),
    [
        (body_of("Short."), "Short.", "balanced"),
        (body_of(SENTENCE * 4), SENTENCE * 4, "recall"),
        (body_of(SENTENCE * 4, tag="figure"), SENTENCE * 4, "balanced"),
        (body_of(SENTENCE * 4, tag="list"), SENTENCE * 4, "balanced"),
    ],
)
def test_a_doubtful_result_is_compared(body: _Element, text: str, focus: str) -> None:
    options = Extractor(comments=False, recall=focus == "recall")
    assert not needs_no_comparison(page_of(f"<p>{text}</p>"), body, text, options)


BLOCKS = st.lists(
    st.builds(
        lambda tag, mark, count, linked: (
            f"<{tag} class='{mark}'>{'<a href=/x>' * linked}{SENTENCE * count}{'</a>' * linked}</{tag}>"
        ),
        st.sampled_from(["p", "div", "td", "li", "section", "h2", "noscript", "title", "pre"]),
        st.sampled_from(["", "article-body", "comment", "sidebar", "content", "footer"]),
        st.integers(0, 5),
        st.booleans(),
    ),
    max_size=6,
)


@given(BLOCKS, st.integers(3, 8))
@settings(max_examples=150, deadline=None)
def test_where_it_is_left_out_it_would_have_changed_nothing(blocks: list[str], count: int) -> None:
    page = f"<div class='article-body'><p>{SENTENCE * count}</p></div>{''.join(blocks)}"
    text = (SENTENCE * count).strip()
    body = body_of(text)
    if needs_no_comparison(page_of(page), body, text, OPTIONS):
        assert external.compare_extraction(page_of(page), page_of(page), body, text, OPTIONS) == (body, text)
