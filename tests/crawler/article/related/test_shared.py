"""Floors for the finder on real pages: what was reached must not be lost unnoticed. Figures: docs/quality.md."""

from __future__ import annotations

import json
import os
import re
from contextlib import suppress
from itertools import islice
from pathlib import Path

import pytest

from crawler.article.page.decode import ExtractError, parse
from crawler.article.page.page import Page
from crawler.article.related.finder import find_related
from crawler.article.related.lines import in_sentence
from crawler.portals.reader import load_seeds, seed_for_url
from crawler.portals.seed import GENERIC, RelatedRules, Seed
from crawler.urls.canonical import canonical_url
from crawler.warc.archive import read_pages
from storage.records import RelatedStory

pytestmark = pytest.mark.shared
WORD = re.compile(r"\w+")
SOAK = bool(os.environ.get("STORYKIN_SOAK"))
ARCHIVES = (
    "extraction/fundus.warc.gz", "extraction/testpages.warc.gz", "extraction/trafilatura-eval.warc.gz",
    "extraction/utomo-news.warc.gz", "extraction/wcxb.warc.gz", "newset/newset.warc.gz", "pages/portals.warc.gz",
    "related/l3s.warc.gz",
)  # fmt: skip
"""Not those of ``portals``: twenty thousand pages of three layouts."""
EVERY_LINK = Seed(name="every", related=RelatedRules(css=("a", "span", "em", "strong", "b")))


def grams(text: str) -> set[tuple[str, ...]]:
    words = WORD.findall(text.lower())
    return {tuple(words[i : i + 6]) for i in range(len(words) - 5)}


def tied_to(page: Page) -> list[RelatedStory]:
    return [story for story in find_related(parse(page)[0], page.url).stories if story.kind == "related"]


def test_links_marked_by_people_are_found(shared_data: Path) -> None:
    lines = (shared_data / "related/l3s.gold.jsonl").read_text(encoding="utf-8").splitlines()
    gold = {row["url"]: {canonical_url(link["url"]) for link in row["related_links"]} for row in map(json.loads, lines)}
    right = predicted = true = 0
    for page in read_pages(shared_data / "related/l3s.warc.gz"):
        want = gold[page.url] - {""}
        if want:
            have = {canonical_url(story.url) for story in tied_to(page)}
            right, predicted, true = right + len(have & want), predicted + len(have), true + len(want)
    assert right / predicted >= 0.6
    assert right / true >= 0.34  # of 196 links 67 lead to sections and the like, 59 stand in lists of other kinds


def test_the_cut_takes_next_to_none_of_the_article(shared_data: Path) -> None:
    lines = (shared_data / "extraction/fundus.gold.jsonl").read_text(encoding="utf-8").splitlines()
    gold = {row["url"]: json.dumps(row["paragraphs"], ensure_ascii=False) for row in map(json.loads, lines)}
    cut = total = stories = 0
    for page in islice(read_pages(shared_data / "extraction/fundus.warc.gz"), 60):
        tree, _ = parse(page)
        found = find_related(tree, page.url)
        own = grams(gold[page.url])
        taken = own & set().union(*(grams(" ".join(element.itertext())) for element in found.cut))
        for element in found.cut:
            element.drop_tree()
        cut += len(taken - grams(" ".join(tree.itertext()))) if taken else 0
        total += len(own)
        stories += bool(found.stories)
    assert cut / total <= 0.001
    assert stories >= 30


@pytest.mark.timeout(1800)  # the long form reads each page twice
@pytest.mark.parametrize("archive", ARCHIVES)
def test_no_sentence_of_any_page_loses_a_word(shared_data: Path, archive: str) -> None:
    """Also where a seed names every link: then nothing but the guard of sentences keeps it on the page."""
    seeds, cut, kept = load_seeds(), 0, 0
    for page in islice(read_pages(shared_data / archive), 0, None, 1 if SOAK else 12):
        with suppress(ExtractError):
            tree, _ = parse(page)
            own = seed_for_url(page.url, seeds) or GENERIC
            for seed in (own, EVERY_LINK) if SOAK else (EVERY_LINK,):
                found = find_related(tree, page.url, seed)
                cut, kept = cut + len(found.cut), kept + len(found.kept)
                assert not [element for element in found.cut if in_sentence(element)], page.url
    assert cut
    assert kept


@pytest.mark.parametrize("seeded", [True, False], ids=["its seed", "no seed"])
def test_vov_of_2026_prints_each_story_twice(shared_data: Path, seeded: bool) -> None:
    seed = GENERIC
    for page in read_pages(shared_data / "newset/newset.warc.gz"):
        if page.url.startswith("https://vov.vn/"):
            if seeded:
                seed = seed_for_url(page.url, load_seeds()) or GENERIC
                assert seed is not GENERIC
            stories = find_related(parse(page)[0], page.url, seed).stories
            tied = [(one.place, one.title_copies, one.blurb_copies) for one in stories if one.kind == "related"]
            assert tied == [("inside", 1, 1), *[("after", 2, 2)] * 6]
            return
    pytest.fail("the page of VOV is missing")
