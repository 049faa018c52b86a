"""The HTML report as a file: what is in it, how large it gets, and that nothing of a page becomes markup."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dedupe.report.html import page
from dedupe.report.report import Copy, PortalNumbers, RepeatedLine, RepeatedStory, Report, build_report
from tests.support.requirements import missing

HOSTILE = [
    "<script>alert(1)</script>",
    "</script><script>alert(1)</script>",
    "<!-- <script>",
    "]]> &lt;b&gt; &amp;",
    "{{policy}} {{data}}",
    "\u2028\u2029 \x00 \ud800",
    "👩‍🚀 العربية \u202e abc",
]


class Reader(HTMLParser):
    """Collects elements, comments and the text of scripts."""

    def __init__(self) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.scripts: list[str] = []
        self.comments: list[str] = []
        self._inside = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        self._inside = tag

    def handle_endtag(self, tag: str) -> None:
        self._inside = ""

    def handle_data(self, data: str) -> None:
        if self._inside in {"script", "style"}:
            self.scripts.append(data)

    def handle_comment(self, data: str) -> None:
        self.comments.append(data)


def read(html: bytes) -> Reader:
    reader = Reader()
    reader.feed(html.decode())
    return reader


def carried(html: bytes) -> dict[str, Any]:
    reader = read(html)
    values: dict[str, Any] = json.loads(next(text for text in reader.scripts if text.startswith("{")))
    return values


def story(text: str, number: int = 0) -> RepeatedStory:
    first = Copy(id=f"{number}", url="https://a.example/1", portal=text[:20], title=text, text=text)
    second = Copy(
        id=f"{number}b", url="javascript:alert(1)", portal="b", title=text, text=text, relation="near", score=0.8
    )
    return RepeatedStory(copies=(first, second))


def report(*stories: RepeatedStory) -> Report:
    row = PortalNumbers(portal="a", article_pages=4, duplicates={"near": 1})
    lines = [RepeatedLine(text=text, portal="a", pages=2, verdict="promo") for text in HOSTILE]
    return build_report([row], stories, lines, clusters=len(stories))


def test_nothing_of_a_page_becomes_markup() -> None:
    stories = [story(text, number) for number, text in enumerate(HOSTILE)]
    plain = read(page(report(), [], of=0))
    reader = read(page(report(*stories), stories, of=len(stories)))
    assert [tag for tag, _ in reader.elements] == [tag for tag, _ in plain.elements]
    assert reader.comments == []
    kept = [
        one["copies"][0]["title"]
        for one in carried(page(report(*stories), stories, of=len(stories)))["browser"]["stories"]
    ]
    assert kept == [text.replace("\ud800", "?") for text in HOSTILE]


@given(st.text())
def test_every_text_comes_back_as_it_was(text: str) -> None:
    html = page(report(), [story(text)], of=1)
    (shown,) = carried(html)["browser"]["stories"]
    assert shown["copies"][0]["text"] == text.encode("utf-8", "replace").decode()


def test_the_policy_allows_what_the_page_holds_and_nothing_else() -> None:
    html = page(report(), [], of=0)
    policy = next(attributes["content"] for tag, attributes in read(html).elements if "http-equiv" in attributes)
    assert policy is not None
    blocks = re.findall(rb"<(script|style)>(.*?)</\1>", html, re.DOTALL)
    hashes = {base64.b64encode(hashlib.sha256(body).digest()).decode() for _, body in blocks}
    assert set(re.findall(r"'sha256-([^']+)'", policy)) == hashes
    assert len(hashes) == len(blocks) == 7
    assert policy.startswith("default-src 'none';")
    assert "unsafe" not in policy
    assert "http:" not in policy


def test_the_page_names_no_other_file() -> None:
    for tag, attributes in read(page(report(), [], of=0)).elements:
        assert tag not in {"iframe", "object", "embed", "base"}
        assert not attributes.get("src")
        assert attributes.get("href", "#")[:1] == "#" or attributes["href"] == "data:,"
        assert "style" not in attributes  # the policy would refuse it
        assert not [name for name in attributes if name.startswith("on")]


def test_texts_that_do_not_fit_are_left_out_and_counted() -> None:
    large, small = story("word " * 200_000, 1), story("một hai ba", 2)
    html = page(report(), [large, small], of=7, limit=1_000_000)
    browser = carried(html)["browser"]
    assert [one["copies"][0]["id"] for one in browser["stories"]] == ["2"]
    assert browser["left_out"] == 6
    assert len(html) <= 1_000_000


def test_stories_are_read_no_further_than_they_fit() -> None:
    taken: list[int] = []

    def stories() -> Iterator[RepeatedStory]:
        for number in range(100_000):
            taken.append(number)
            yield story("word " * 20_000, number)

    html = page(report(), stories(), of=100_000, limit=2_000_000)
    assert len(html) <= 2_000_000
    assert len(taken) < 300


def test_a_paragraph_of_a_megabyte_is_whole() -> None:
    long = "từ " * 350_000
    (shown,) = carried(page(report(), [story(long)], of=1))["browser"]["stories"]
    assert shown["copies"][1]["text"] == long


DIFF = """
const { diff, keyOf } = require(process.argv[1]);
const pairs = JSON.parse(require("fs").readFileSync(0, "utf8"));
console.log(JSON.stringify(pairs.map(([a, b]) => ({
  spans: diff(a, b),
  keys: [a, b].map((text) => text.normalize("NFC").split(/\\s+/).filter(Boolean).map(keyOf)),
}))));
"""


@pytest.fixture(scope="module")
def node() -> str:
    found = shutil.which("node")
    if not found:
        missing("node", "needs node on the PATH (Debian: apt-get install nodejs)")
    return found


def differences(node: str, pairs: list[tuple[str, str]]) -> list[dict[str, Any]]:
    script = Path(__file__).resolve().parents[3] / "dedupe" / "report" / "page" / "diff.js"
    ended = subprocess.run(
        [node, "-e", DIFF, str(script)],
        input=json.dumps(pairs),
        capture_output=True,
        text=True,
        check=True,
    )
    found: list[dict[str, Any]] = json.loads(ended.stdout)
    return found


def test_diff_covers_both_texts_and_pairs_equal_words(node: str) -> None:
    import random

    draw = random.Random(1)
    pairs = []
    for number in range(150):
        words = [f"từ{draw.randrange(2000 if number % 3 else 12)}" for _ in range(draw.randrange(500))]
        other = [f"khác{draw.randrange(9)}" if draw.random() < 0.05 else word for word in words if draw.random() > 0.1]
        pairs.append((" ".join(words), "\n".join(other)))
    for (a, b), found in zip(pairs, differences(node, pairs), strict=True):
        spans = found["spans"]
        assert "".join(span["a"] for span in spans) == a
        assert "".join(span["b"] for span in spans) == b
        assert all(one["same"] != two["same"] for one, two in pairwise(spans))
        for span in spans:
            assert (span["aWords"], span["bWords"]) == (len(span["a"].split()), len(span["b"].split()))
            if span["same"]:
                assert span["a"].split() == span["b"].split()


def test_diff_knows_vietnamese_and_scripts_without_blanks(node: str) -> None:
    import unicodedata

    text = "Hoà bình và phát triển là mong muốn chung của Thuý Kiều."
    other = unicodedata.normalize("NFD", "HÒA BÌNH, và phát triển là mong muốn chung của Thúy Kiều")
    chinese = ("今天下午大桥正式通车", "今天上午大桥正式通车")
    vietnamese, han = differences(node, [(text, other), chinese])
    assert [span["same"] for span in vietnamese["spans"]] == [True]
    assert [(span["a"], span["b"]) for span in han["spans"] if not span["same"]] == [("下", "上")]
