"""No command lets a title, an author or a reason steer the terminal."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from crawler.cli.main import run
from storage.articles import articles
from storage.database.store import Store
from storage.duplicates import decide
from storage.frontier import frontier, related_links
from storage.frontier.frontier import FrontierEntry
from storage.records import Article, Paragraph, RelatedStory

HOSTILE = "\x1b[31mĐỏ\x1b]0;OWNED\x07 \x9b2J \u202engược\x08 <script> =1+2 👩‍🚀"
STEERING = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
TEXT = " ".join(f"Tàu số {number} rời bến lúc sáng sớm." for number in range(30))


def url(name: str) -> str:
    return f"https://bay.example/{name}"


@pytest.fixture
def hostile(store: Store) -> Store:
    """Two articles of one story that lead to each other, one that nothing leads to, and a failure; all hostile."""
    for name, other in (("one", "two"), ("two", "one"), ("lone", "")):
        text = f"{HOSTILE} {TEXT} {name}" if other else HOSTILE
        article = Article(
            id="",
            url=url(name),
            canonical_url=url(name),
            portal="bay",
            title=HOSTILE,
            text=text,
            paragraphs=(Paragraph(text=text, kind="paragraph", verdict="body", reason=HOSTILE),),
            authors=(HOSTILE,),
            published=datetime(2026, 3, 1 + (name == "two"), tzinfo=UTC),
            published_raw=HOSTILE,
            related=(RelatedStory(url=url(other), title=HOSTILE, blurb=HOSTILE, found_by="class"),) * (name != "lone"),
        )
        put = articles.put_many(store, [article])
        related_links.put_many(store, [article])
        decide.decide(store, [one.id for one in put])
    entry = FrontierEntry(portal="bay", url=url("three"), kind="article")
    frontier.add(store, [entry])
    (taken,) = frontier.lease(store, "bay", "me", 1, 60)
    frontier.fail(store, taken, f"HTTP 500 {HOSTILE}")
    return store


COMMANDS = [
    ["report"],
    ["explain", url("one")],
    ["cluster", "list"],
    ["cluster", "show", url("one")],
    ["graph", "show", url("one")],
    ["graph", "hubs"],
    ["graph", "orphans"],
    ["failures"],
    ["failures", "--group"],
    ["withdraw", url("one"), "--reason", HOSTILE],
    ["cluster", "merge", url("one"), url("two"), "--reason", HOSTILE],
    ["cluster", "unmerge", url("one")],
]


@pytest.mark.parametrize("words", COMMANDS, ids=lambda words: "-".join(words[:2]).partition(":")[0])
def test_no_command_passes_on_what_steers_a_terminal(
    hostile: Store, words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    if words[1:2] == ["unmerge"]:
        run(["cluster", "merge", url("one"), url("two"), "--reason", HOSTILE])  # unmerge names it in its refusal
    assert run(words) in (0, 2)
    said = "".join(capsys.readouterr())
    assert "bay" in said or "Đỏ" in said
    assert not STEERING.findall(said)


@pytest.mark.parametrize("words", [["explain", url("one")], ["cluster", "show", url("one")], ["report"]], ids=" ".join)
def test_json_has_the_title_whole(hostile: Store, words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert run([*words, "--json"]) == 0
    said = capsys.readouterr().out
    assert not STEERING.findall(said)
    assert HOSTILE in _texts(json.loads(said))


def test_a_text_to_clean_steers_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "page.txt"
    file.write_text(f"{HOSTILE}\n\n{TEXT} {HOSTILE}\n\nRelated\n\n{HOSTILE}\n{HOSTILE}\n", encoding="utf-8")
    assert run(["clean", str(file)]) == 0
    said = capsys.readouterr().out
    assert "Tàu số 29" in said
    assert not STEERING.findall(said)


def _texts(value: object) -> list[str]:
    if isinstance(value, dict):
        return [text for one in value.values() for text in _texts(one)]
    if isinstance(value, list):
        return [text for one in value for text in _texts(one)]
    return [value] if isinstance(value, str) else []
