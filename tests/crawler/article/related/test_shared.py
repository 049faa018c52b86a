"""Floors for the finder on real pages: what was reached must not be lost unnoticed. Figures: docs/quality.md."""

from __future__ import annotations

import json
import re
from itertools import islice
from pathlib import Path

import pytest

from crawler.article.page.decode import parse
from crawler.article.related.finder import find_related
from crawler.urls.canonical import canonical_url
from crawler.warc.archive import read_pages

pytestmark = pytest.mark.shared
WORD = re.compile(r"\w+")


def grams(text: str) -> set[tuple[str, ...]]:
    words = WORD.findall(text.lower())
    return {tuple(words[i : i + 6]) for i in range(len(words) - 5)}


def test_links_marked_by_people_are_found(shared_data: Path) -> None:
    lines = (shared_data / "related/l3s.gold.jsonl").read_text(encoding="utf-8").splitlines()
    gold = {row["url"]: {canonical_url(link["url"]) for link in row["related_links"]} for row in map(json.loads, lines)}
    right = predicted = true = 0
    for page in read_pages(shared_data / "related/l3s.warc.gz"):
        want = gold[page.url] - {""}
        if want:
            have = {canonical_url(story.url) for story in find_related(parse(page)[0], page.url).stories}
            right, predicted, true = right + len(have & want), predicted + len(have), true + len(want)
    assert right / predicted >= 0.72
    assert right / true >= 0.58


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
