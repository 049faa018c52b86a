"""``storykin report`` on a real store: every option, and every command of its page of documentation."""

from __future__ import annotations

import json
import random
import re
import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from crawler.cli.main import run
from storage.frontier import frontier, runs
from storage.frontier.frontier import FrontierEntry
from storage.records import Article
from storage.write.finished_page import FinishedPage
from storage.write.store_pages import store_pages

if TYPE_CHECKING:
    from storage.database.store import Store

PAGE = Path(__file__).resolve().parents[3] / "docs" / "report.md"


def words(seed: int) -> str:
    draw = random.Random(seed)
    return " ".join(f"từ{draw.randrange(3000)}" for _ in range(150))


def crawl(store: Store, portal: str, texts: dict[str, str]) -> str:
    """Store pages under a run of their own; return its id."""
    begun = runs.begin(store, portal)
    for path, text in texts.items():
        url = f"https://{portal}.example/{path}"
        frontier.add(store, [FrontierEntry(portal=portal, url=url)])
        (entry,) = frontier.lease(store, portal, "w", 1, 60)
        article = Article(id="", url=url, canonical_url=url, portal=portal, title=path, text=text)
        store_pages(store, [FinishedPage(entry=entry, outcome="article", article=article)], begun.id)
    runs.finish(store, begun, exit_code=0, counts={"listings": len(texts), "failures": 1, "withdrawn": 1})
    return begun.id


@pytest.fixture
def crawled(store: Store) -> tuple[str, str]:
    first = crawl(store, "vov", {"Cầu mới": words(1), "Phà": words(2), "Mưa": words(3)})
    return first, crawl(store, "ap", {"Bridge": words(1) + "\n\n(AP)", "Own": words(4)})


def report(capsys: pytest.CaptureFixture[str], *arguments: str) -> dict[str, Any]:
    capsys.readouterr()
    assert run(["report", "--json", *arguments]) == 0
    values: dict[str, Any] = json.loads(capsys.readouterr().out)
    return values


def test_scope_and_comparison(crawled: tuple[str, str], capsys: pytest.CaptureFixture[str]) -> None:
    first, second = crawled
    everything = report(capsys)
    assert everything["total"]["article_pages"] == 5
    assert everything["clusters"] == 1
    assert everything["duplicate_share"] == 0.2
    assert everything["compare"] is None
    assert report(capsys, "--since", "2999-01-01")["portals"] == []
    compared = report(capsys, "--run", second, "--compare", first)
    assert compared["scope"]["run"] == second
    assert compared["compare"]["run"] == first
    rows = {row["name"]: (row["here"], row["there"], row["difference"]) for row in compared["compare"]["rows"]}
    assert rows["articles"] == (2, 3, -1)
    assert rows["duplicates"] == (1, 0, 1), "a credit makes no text the longer one: the copy of the agency's is dropped"
    assert rows["on another portal"] == (1, 0, 1)
    assert rows["listings"] == (2, 3, -1), "as each run counted them"
    assert rows["failures"] == (2, 2, 0)
    copies = report(capsys, "--run", second)["stories"][0]["copies"]
    assert [copy["title"] for copy in copies] == ["Cầu mới", "Bridge"]
    assert "original" not in [copy["role"] for copy in copies], "undated"


def test_an_unknown_run_is_one_sentence(crawled: tuple[str, str], capsys: pytest.CaptureFixture[str]) -> None:
    for option in ("--run", "--compare"):
        capsys.readouterr()
        assert run(["report", option, "vov-x"]) == 2
        said = capsys.readouterr().err
        assert f'no run has the id "vov-x"; the latest are: {crawled[1]}, {crawled[0]}' in said
        assert said.count("\n") == 1


def test_an_empty_store_gives_an_empty_report(store: Store, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["report", "--html", str(tmp_path / "r.html"), "--fail-over", "0%"]) == 0
    assert report(capsys)["portals"] == []


def test_every_command_of_the_page_runs(
    crawled: tuple[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run(["export", "-o", "articles.jsonl", "--all-copies"]) == 0
    blocks = re.findall(r"^```\n(.*?)^```", PAGE.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE)
    commands = [line.partition("#")[0] for block in blocks for line in block.splitlines()]
    assert len(commands) == 9
    for line in commands:
        words = shlex.split(re.sub(r"vov-\d{8}T\d{6}-[0-9a-f]{6}", crawled[0], line).partition(">")[0])
        assert words[0] == "storykin"
        assert run(words[1:]) == (3 if "--fail-over" in words else 0), line
    assert Path("report.html").stat().st_size > 10_000
