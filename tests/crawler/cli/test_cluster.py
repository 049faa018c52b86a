"""``storykin cluster`` as it is typed."""

from __future__ import annotations

import io
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from crawler.cli import _cluster_view
from crawler.cli._cluster_view import TerminalFormat
from crawler.cli.main import run
from storage.articles import articles
from storage.database.store import Store
from storage.duplicates import decide
from storage.duplicates.cluster_facts import facts_of
from storage.records import Article, article_id
from storage.report import labels

MORNING = datetime(2026, 3, 14, 2, 30, tzinfo=UTC)
STORY = [
    "Sáng nay, cây cầu bắc qua sông Hoà Giang chính thức thông xe sau ba năm thi công liên tục giữa mùa mưa lũ.",
    "Theo ban quản lý, công trình dài 1.240 mét, gồm bốn làn xe cơ giới và hai làn dành cho xe thô sơ, do tỉnh đầu tư.",
    "Lãnh đạo tỉnh cho biết cây cầu mở ra không gian phát triển mới cho hai bên bờ sông và giảm tải cho tuyến phà cũ.",
    "Bà Lụa, một người dân sống gần bến, kể rằng trước đây mỗi lần đưa cháu đi khám bệnh phải chờ phà rất lâu.",
]
EDITED = [STORY[0], STORY[1].replace("do tỉnh đầu tư", "vốn của trung ương"), *STORY[2:]]


OTHER = [
    *STORY[:2],
    "Trong khi đó, các chủ phà ở bến cũ lo mất việc và đề nghị chính quyền hỗ trợ chuyển nghề cho bốn mươi lao động.",
    "Hiệp hội vận tải kiến nghị lắp thêm đèn chiếu sáng, trạm dừng nghỉ và biển báo tốc độ ở hai đầu đường lên cầu.",
]
"""Half of the story: alike, and kept apart."""
HARVEST = [
    "Nông dân thu hoạch lúa sớm vì nắng nóng kéo dài nhiều tuần ở đồng bằng.",
    "Các hợp tác xã thuê thêm máy gặt từ tỉnh bên và phơi thóc suốt đêm trên sân đình trước khi mưa về.",
]
"""Long enough for its words to prove that two texts are one, whatever their titles say."""


def url(portal: str, name: str) -> str:
    return f"https://{portal}.example/{name}"


def put(store: Store, portal: str, name: str, text: list[str], hours: float = 0, raw: str = "") -> None:
    one = Article(
        id="",
        url=url(portal, name),
        canonical_url=url(portal, name),
        portal=portal,
        title=f"Cầu \x1b[31m{name}",
        text="\n\n".join(text),
        published=MORNING + timedelta(hours=hours),
        published_raw=raw,
    )
    decide.decide(store, [found.id for found in articles.put_many(store, [one])])


@pytest.fixture
def filled(store: Store) -> Store:
    put(store, "vov", "cau", STORY, 0, "2026-03-14T09:30:00+07:00")
    put(store, "tto", "sua", EDITED, 1)
    put(store, "tin", "ttx", ["(TTXVN) - " + STORY[0], *STORY[1:]], -1, "14/03/2026")
    put(store, "vov", "lúa", HARVEST, 2)
    return store


def typed(capsys: pytest.CaptureFixture[str], *words: str, code: int = 0) -> str:
    capsys.readouterr()
    assert run(["cluster", *words]) == code
    said = capsys.readouterr()
    return said.err if code else said.out


def as_json(capsys: pytest.CaptureFixture[str], *words: str) -> Any:
    return json.loads(typed(capsys, *words, "--json"))


def test_show_says_roles_who_was_first_credits_and_differences(
    filled: Store, capsys: pytest.CaptureFixture[str]
) -> None:
    found = as_json(capsys, "show", url("tto", "sua"))
    by_portal = {one["portal"]: one for one in found["members"]}
    assert found["members"][0]["portal"] == "vov", "the first of the longest, the dateline of the agency left out"
    assert by_portal["vov"]["role"] == "original"
    assert by_portal["vov"]["published_local"] == "2026-03-14 09:30:00 +0700"
    assert [one["portal"] for one in found["members"] if one["first"]] == ["vov"], "a date alone is not first"
    assert by_portal["tin"]["role"] == "agency copy"
    assert (by_portal["tin"]["credit"], by_portal["tin"]["has_time"]) == ("(TTXVN)", False)
    assert by_portal["tto"]["role"] == "light edit"
    assert by_portal["tto"]["differences"] == [{"representative": "do tỉnh đầu tư.", "copy": "vốn của trung ương."}]
    shown = typed(capsys, "show", article_id(url("vov", "cau")))
    assert "\x1b" not in shown
    assert "[-do tỉnh đầu tư.-]" in shown
    assert "{+vốn của trung ương.+}" in shown
    assert "no such article is stored" in typed(capsys, "show", "https://none.example/", code=2)


@pytest.mark.parametrize("width", [80, 140])
def test_wide_terminals_show_two_texts_side_by_side(filled: Store, width: int) -> None:
    found = facts_of(filled, article_id(url("vov", "cau")))
    out = Console(width=width, file=io.StringIO(), force_terminal=True, color_system="truecolor")
    for block in _cluster_view.render(found, TerminalFormat(width=width)):
        out.print(block)
    assert isinstance(out.file, io.StringIO)
    lines = [Console(file=io.StringIO()).render_str(line).plain for line in out.file.getvalue().splitlines()]
    assert any("do tỉnh" in line and "vốn của" in line for line in lines) == (width == 140)
    assert "\x1b[1;31m" in out.file.getvalue(), "the differing words are highlighted"


def test_list_shows_the_largest_first(filled: Store, capsys: pytest.CaptureFixture[str]) -> None:
    put(filled, "vov", "lúa2", HARVEST, 3)
    both = [json.loads(line) for line in typed(capsys, "list", "--json").splitlines()]
    assert [(one["texts"], one["portals"]) for one in both] == [(3, ["tin", "tto", "vov"]), (2, ["vov"])]
    assert len(typed(capsys, "list", "--json", "--portal", "tto").splitlines()) == 1
    assert len(typed(capsys, "list", "--json", "--min", "3").splitlines()) == 1
    assert "tin, tto, vov" in typed(capsys, "list")


def test_corrections_are_listed_and_taken_back(filled: Store, capsys: pytest.CaptureFixture[str]) -> None:
    said = typed(capsys, "merge", url("vov", "lúa"), url("vov", "cau"), "--reason", "cùng chuyện")
    assert "4 texts of the story now" in said
    assert (
        as_json(capsys, "unmerge", url("tto", "sua"), "--from", url("vov", "cau"))["decided"][0]["verdict"] == "apart"
    )
    refused = typed(capsys, "merge", url("tto", "sua"), url("vov", "lúa"), code=2)
    assert refused.count("\n") == 1
    assert "were held apart by" in refused
    lines = [json.loads(line) for line in typed(capsys, "decisions", "--json").splitlines()]
    assert [(one["verdict"], one["reason"]) for one in lines] == [("same", "cùng chuyện"), ("apart", "")]
    assert "cùng chuyện" in typed(capsys, "decisions")
    assert "No longer merged" in typed(capsys, "forget", url("vov", "cau"), url("vov", "lúa"))
    typed(capsys, "forget", url("tto", "sua"), url("vov", "cau"))
    assert typed(capsys, "decisions", "--json") == ""
    assert len(as_json(capsys, "show", url("vov", "cau"))["members"]) == 3


def answer(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(text))


def test_calibrate_asks_stores_and_never_asks_twice(
    filled: Store, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    put(filled, "khac", "nửa", OTHER, 4)
    questions = labels.questions(filled)
    assert [one.joined for one in questions] == [True, False]
    asked = len(questions)
    answer(monkeypatch, "what\ny\ns\nq\n")
    found = as_json(capsys, "calibrate")
    assert (found["asked"], found["labels"], found["threshold"]) == (1, 1, 0.7)
    assert found["as_decided"]["precision"]["hits"] == 1
    assert found["thresholds"][0]["threshold"] == 0.3
    (label,) = labels.iterate(filled)
    assert label.same
    assert label.joined
    assert len(labels.questions(filled)) == asked - 1
    answer(monkeypatch, "n\n" * 9)
    shown = typed(capsys, "calibrate")
    assert "as decided" in shown
    assert "0.70 (set)" in shown
    assert labels.questions(filled) == []
    assert "No borderline pair is left" in typed(capsys, "calibrate")


def test_a_label_becomes_a_decision_only_where_asked_for(
    filled: Store, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    put(filled, "khac", "nửa", OTHER, 4)
    answer(monkeypatch, "n\n")
    as_json(capsys, "calibrate", "--count", "1")
    assert typed(capsys, "decisions", "--json") == ""
    answer(monkeypatch, "y\n")
    as_json(capsys, "calibrate", "--count", "1", "--decide")
    (only,) = typed(capsys, "decisions", "--json").splitlines()
    assert json.loads(only)["verdict"] == "same"
    assert len(as_json(capsys, "show", url("khac", "nửa"))["members"]) == 4


def test_labels_go_to_a_file_and_come_back(
    filled: Store, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "labels.jsonl"
    answer(monkeypatch, "y\n")
    as_json(capsys, "calibrate", "--count", "1", "--labels", str(file))
    before = list(labels.iterate(filled))
    assert labels.read(file) == before
    filled.db["labels"].delete_many({})
    assert as_json(capsys, "calibrate", "--count", "0", "--labels", str(file))["labels"] == 1
    assert list(labels.iterate(filled)) == before
    file.write_text('{"a": "x"}\n', "utf-8")
    assert "labels.jsonl, line 1: no label" in typed(capsys, "calibrate", "--labels", str(file), code=2)


def test_a_part_of_a_text_is_back_in_its_story_when_a_merge_is_forgotten(
    store: Store, capsys: pytest.CaptureFixture[str]
) -> None:
    put(store, "vov", "dai", [*STORY, *OTHER[2:]], 0)
    put(store, "tin", "ngan", STORY[:2], 1)
    put(store, "vov", "zlua", ["Nông dân thu hoạch lúa sớm vì nắng nóng kéo dài nhiều tuần ở đồng bằng."], 2)
    before = as_json(capsys, "show", url("tin", "ngan"))["members"]
    assert [one["relation"] for one in before][1:] == ["contained"]
    typed(capsys, "merge", url("vov", "zlua"), url("tin", "ngan"))
    typed(capsys, "forget", url("vov", "zlua"), url("tin", "ngan"))
    assert as_json(capsys, "show", url("tin", "ngan"))["members"] == before
