"""What a list must share with the page to be related, and what its names and heading cannot do alone."""

from __future__ import annotations

import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.article.related import kinds
from tests.crawler.article.related.test_finder import find

EVENT = (
    "Engineers expect the second stretch before the rainy season",
    "Ground near the canal is soft along the first stretch",
    "Ferry landing and old market wait for the second stretch",
    "Canal ground delays the first stretch again",
)
"""Of words that stand in the body of the page."""
UNLIKE = (
    "Striker signs for two more years in Porto",
    "Museum shows the letters of a forgotten poet",
    "Farmers count on a late harvest this year",
    "Student choir wins the prize of the province",
)


def page(block: str, headline: str = "Second stretch near the canal will take longer") -> list[tuple[str, str]]:
    """Return title and kind of the stories of a page about the second stretch with *block* behind its text."""
    found = find(before=f"<h1>{headline}</h1>", after=block)
    return [(story.title, story.kind) for story in found.stories]


def listed(titles: tuple[str, ...], form: str = "{}") -> str:
    """Return a list of links with *titles*, each in the markup of *form*."""
    links = (f'<a href="/city/story-number-{100 + i}.html">{title}</a>' for i, title in enumerate(titles))
    return f"<ul>{''.join(f'<li>{form.format(link)}</li>' for link in links)}</ul>"


def test_a_list_without_a_heading_is_related_where_all_titles_are_of_the_event() -> None:
    event, unlike = (page(f"<div class='pack'>{listed(t, '<h4>{}</h4>')}</div>") for t in (EVENT, UNLIKE))
    assert [kind for _, kind in event] == ["related"] * 4
    assert "related" not in {kind for _, kind in unlike}


def test_a_heading_with_the_words_of_the_headline_ties_a_list_that_shares_them() -> None:
    block = f"<div class='pack'><h3>Second stretch</h3>{listed((*EVENT[:2], *UNLIKE[:1]))}</div>"
    assert [kind for _, kind in page(block)] == ["related"] * 3


@pytest.mark.parametrize("heading", ["Read more", "Đọc thêm", "Lesen Sie auch"])
def test_a_long_list_of_other_things_is_not_related_by_its_heading_alone(heading: str) -> None:
    many = tuple(f"{title}, part {number}" for number in range(4) for title in UNLIKE)
    short, long = (page(f"<div class='zone'><h3>{heading}</h3>{listed(t)}</div>") for t in (UNLIKE, many))
    assert {kind for _, kind in short} == {"related"}
    assert "related" not in {kind for _, kind in long}


def test_words_of_layout_name_no_neighbouring_story() -> None:
    for name in ("nested-preview", "prevent-collapse", "newer-york"):
        kinds = {kind for _, kind in page(f"<div class='{name}'>{listed(UNLIKE)}</div>")}
        assert "next-previous" not in kinds, name


_WORDS = {word.strip() for words in kinds._KIND_WORDS.values() for word in words.replace("_", " ").split("|")}
_TEXTS = st.lists(st.sampled_from([*sorted(_WORDS), "x", "more", "un", "Read", "MEHR", "’", "關", "-"]))


@given(_TEXTS, st.booleans())
def test_one_pass_over_a_text_finds_the_words_of_all_kinds(words: list[str], blanks: bool) -> None:
    text = (" " if blanks else "").join(words)
    folded = f"{unicodedata.normalize('NFC', ' '.join(text.split())).casefold()} ".replace("’", "'")
    wanted = {kind for kind, pattern in kinds._WORDS.items() if re.search(pattern, folded)}
    assert kinds._votes.__wrapped__(text) == wanted


@given(st.text(st.characters(max_codepoint=127), max_size=60))
def test_stems_of_plain_letters_are_those_that_are_found_beside_other_letters(text: str) -> None:
    assert kinds._stems(f"{text} ở") == kinds._stems(text)
