"""No word of a sentence is cut, whatever a seed or a class name says of the link."""

from __future__ import annotations

import lxml.html
import pytest

from crawler.article.related.finder import find_related
from crawler.portals.seed import RelatedRules, Seed

HERE = "https://paper.example/news/ferry-line-to-open-in-may-700001.html"
LINK = '<a class="cms-relate" href="/news/old-pier-is-closed-700002.html">the old pier was closed</a>'
PROSE = "<p>The harbour board says that the new line will carry forty thousand passengers in its first year.</p>"
SEED = Seed(name="paper", related=RelatedRules(css=("a.cms-relate", "span.related")))


@pytest.mark.parametrize(
    "sentence",
    [
        f"<p>It is the first ferry since {LINK} and its cranes were sold for scrap.</p>",
        f"<p>It is the first ferry since <em>{LINK}</em>, the board said.</p>",
        f"<p>{LINK} in the spring of that year after a storm.</p>",
        f"<p>Sailors remember how <span class='related'>{LINK}</span> before them.</p>",
        f"<div>Một chuyến phà mới sau khi {LINK} vì bão.<br>Dòng khác.</div>",
    ],
)
@pytest.mark.parametrize("seed", [SEED, Seed(name="x")])
def test_a_link_in_a_sentence_is_no_story_and_stays(sentence: str, seed: Seed) -> None:
    tree = lxml.html.document_fromstring(f"<html><body><div class='text'>{PROSE}{sentence}{PROSE}</div></body></html>")
    found = find_related(tree, HERE, seed)
    assert (found.stories, found.cut) == ((), [])
    assert found.kept == ("the old pier was closed",)


def test_a_link_alone_after_an_opening_is_a_story() -> None:
    line = f"<p>Read more: {LINK}</p>"
    tree = lxml.html.document_fromstring(f"<html><body><div>{PROSE}{line}{PROSE}</div></body></html>")
    assert [story.title for story in find_related(tree, HERE, SEED).stories] == ["the old pier was closed"]
