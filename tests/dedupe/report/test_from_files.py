"""``storykin report`` from files: numbers, stories, options and bad input. No server is started."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import pytest

from crawler.cli.main import run
from dedupe.report.from_files import read_files


def words(seed: int, count: int = 120) -> list[str]:
    draw = random.Random(seed)
    return [f"từ{draw.randrange(3000)}" for _ in range(count)]


def text(seed: int) -> str:
    return " ".join(words(seed))


@pytest.fixture
def docs(tmp_path: Path) -> Path:
    cut = [*words(1)[:95], *words(9, 25)]
    rows: list[dict[str, Any]] = [
        {
            "id": "a",
            "text": text(1),
            "source": "vov",
            "date": "2026-01-01",
            "title": "Cầu mới",
            "url": "https://vov.vn/a",
        },
        {"id": "b", "text": text(1), "source": "ap", "date": "2026-01-02", "title": "Cầu <mới>"},
        {"id": "c", "text": " ".join(cut), "source": "ap", "date": "2026-01-03"},
        {"id": "d", "text": text(2), "source": "ap", "url": "https://ap.example/d", "date": "2026-01-03"},
        {"id": "e", "text": text(2) + " thêm", "source": "ap", "url": "https://ap.example/d", "date": "2026-01-04"},
        {"id": "f", "text": " ".join([*words(1)[:80], *words(8, 40)]), "source": "vov", "date": "2026-01-05"},
    ]
    rows[0]["paragraphs"] = [
        {"text": "Mời quý vị đón nghe", "verdict": "promo"},
        {"text": "Hai lần", "verdict": "repeated"},
    ]
    rows[0]["related"] = [
        {"title": "Phà", "blurb": "", "title_copies": 3, "blurb_copies": 0},
        {"title": "Chợ", "blurb": "", "title_copies": 1, "blurb_copies": 0, "kind": "most-read"},
    ]
    path = tmp_path / "docs.jsonl"
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
    return path


@pytest.fixture
def clusters(docs: Path) -> Path:
    path = docs.with_name("clusters.jsonl")
    assert run(["dedupe", str(docs), "-o", str(path)]) == 0
    return path


def test_numbers_of_files(docs: Path, clusters: Path) -> None:
    report = read_files(docs, clusters).report
    ap, vov = report.portals
    assert (ap.article_pages, ap.versions, ap.cross_portal, ap.duplicates["exact"]) == (3, 1, 1, 1)
    assert ap.duplicate_pages == 1
    assert (vov.article_pages, vov.duplicate_pages, vov.repeated_entries, vov.related_stories) == (2, 0, 3, 2)
    assert vov.related_kinds == {"related": 1, "most-read": 1}
    assert ap.characters_saved == len(text(1))
    assert vov.characters_saved == len("Hai lần") + 2 * len("Phà")
    assert {(line.text, line.verdict, line.portal) for line in report.lines} == {
        ("Mời quý vị đón nghe", "promo", "vov"), ("Hai lần", "repeated", "vov")
    }  # fmt: skip
    assert report.clusters == 1
    assert report.stories[0].copies[0].id == "a"
    assert {one.copies[1].id for one in report.kept_apart} == {"f"}
    assert sum(report.scores["different"]) == len(report.kept_apart)


def test_notices_of_files_are_counted_by_source(tmp_path: Path) -> None:
    docs, clusters = tmp_path / "docs.jsonl", tmp_path / "clusters.jsonl"
    rows = [
        {"id": f"{source}{place}", "text": "Please log in to read on.", "title": f"Ward {place}", "source": source}
        for source, count in (("bay", 3), ("cove", 1))
        for place in range(count)
    ]
    docs.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    assert run(["dedupe", str(docs), "-o", str(clusters)]) == 0
    assert {row.portal: row.notices for row in read_files(docs, clusters).report.portals} == {"bay": 3, "cove": 1}


def test_stories_come_with_texts_those_in_doubt_first(docs: Path, clusters: Path) -> None:
    first, second = read_files(docs, clusters).stories()
    assert [copy.id for copy in first.copies] == ["a", "c", "b"]
    assert [copy.relation for copy in second.copies] == ["", "version"]
    assert [copy.role for copy in first.copies] == ["original", "light edit", "copy"]
    assert [copy.role for copy in second.copies] == ["", ""]
    assert all(copy.text for story in (first, second) for copy in story.copies)
    assert all(copy.reason.count(".") >= 2 for copy in first.copies[1:])
    assert list(read_files(docs, clusters).stories(limit=10)) == []


def test_one_portal(docs: Path, clusters: Path) -> None:
    found = read_files(docs, clusters, portal="vov")
    assert [row.portal for row in found.report.portals] == ["vov"]
    assert [story.copies[0].id for story in found.stories()] == ["a"]  # vov had it first
    assert found.report.duplicate_share == 0


def report(docs: Path, clusters: Path, *arguments: str) -> int:
    return run(["report", "--docs", str(docs), "--clusters", str(clusters), *arguments])


def test_json_is_as_documented(docs: Path, clusters: Path, capsys: pytest.CaptureFixture[str]) -> None:
    capsys.readouterr()
    assert report(docs, clusters, "--json") == 0
    values = json.loads(capsys.readouterr().out)
    page = (Path(__file__).resolve().parents[3] / "docs" / "report.md").read_text(encoding="utf-8")
    assert all(f"`{name}`" in page for name in values)
    assert values["total"]["article_pages"] == 5
    assert values["duplicate_share"] == 0.2
    assert "text" not in values["stories"][0]["copies"][0]
    assert values["compare"] is None


@pytest.mark.parametrize(("allowed", "code"), [("19.9%", 3), ("20%", 0), ("20", 0), ("0%", 3)])
def test_fail_over(docs: Path, clusters: Path, capsys: pytest.CaptureFixture[str], allowed: str, code: int) -> None:
    capsys.readouterr()
    assert report(docs, clusters, "--json", "--fail-over", allowed) == code
    said = capsys.readouterr().err
    assert (said.count("\n") == 1 and "20.00% of 5 articles are duplicates" in said) == (code == 3)


def test_html_is_written_whole_and_said(docs: Path, clusters: Path, capsys: pytest.CaptureFixture[str]) -> None:
    capsys.readouterr()
    path = docs.with_name("report.html")
    assert report(docs, clusters, "--html", str(path)) == 0
    captured = capsys.readouterr()
    assert captured.out == ""
    assert "1 cluster," in captured.err
    assert path.read_bytes().startswith(b"<!DOCTYPE html>")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--docs", "d.jsonl"], "belong together"),
        (["--docs", "d.jsonl", "--clusters", "c.jsonl", "--since", "2026-01-01"], "need the store"),
        (["--docs", "d.jsonl", "--clusters", "c.jsonl"], "d.jsonl cannot be read"),
        (["--fail-over", "lots"], "--fail-over 'lots'"),
        (["--fail-over", "101%"], "--fail-over '101%'"),
        (["--since", "yesterday"], "--since 'yesterday'"),
    ],
)
def test_bad_options_are_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], arguments: list[str], said: str
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "c.jsonl").write_text('{"id": "x", "cluster": "x", "duplicate_of": null, "relation": null}\n')
    assert run(["report", *arguments]) == 2
    message = capsys.readouterr().err
    assert said in message
    assert message.count("\n") == 1


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ('{"id": "z", "cluster": "z", "duplicate_of": null, "relation": null, "score": null}', 'no document "z"'),
        ('{"id": "a", "text": "x"}', "clusters.jsonl line 7: no line of"),
        ('{"id": "a", "cluster": "a", "relation": "funny"}', "clusters.jsonl line 7: no line of"),
    ],
)
def test_clusters_of_another_file_are_refused(
    docs: Path, clusters: Path, capsys: pytest.CaptureFixture[str], line: str, said: str
) -> None:
    with clusters.open("a", encoding="utf-8") as stream:
        stream.write(line + "\n")
    html = docs.with_name("report.html")
    assert report(docs, clusters, "--html", str(html)) == 2
    assert said in capsys.readouterr().err
    assert not html.exists()


def test_a_document_without_a_line_is_refused(docs: Path, clusters: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with docs.open("a", encoding="utf-8") as stream:
        stream.write('{"id": "new", "text": "x"}\n')
    assert report(docs, clusters) == 2
    assert 'has no line for "new"' in capsys.readouterr().err


def test_the_command_and_the_report_count_alike_and_say_what_is_lost(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    body = words(1, 150)
    texts = {
        "first": (" ".join(body), "2026-01-01"),
        "copy": (" ".join(body).upper(), "2026-01-02"),
        "longer": (" ".join([*body, *words(5, 60)]), "2026-01-03"),
        "corrected": (" ".join([*body[:70], "sửa", *body[71:]]), "2026-01-04"),
        "alone": (" ".join(words(3)), "2026-01-05"),
    }
    docs, clusters = tmp_path / "d.jsonl", tmp_path / "c.csv"
    rows = [{"id": key, "text": text, "date": date} for key, (text, date) in texts.items()]
    rows += [
        {"id": f"v{day}", "text": f"{text(4)} {day}", "url": "http://x/v", "date": f"2026-02-0{day}"} for day in (1, 2)
    ]
    rows[0]["paragraphs"] = [{"text": " ", "verdict": "promo"}]
    docs.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    assert run(["dedupe", str(docs), "-o", str(clusters), "--json"]) == 0
    said = json.loads(capfd.readouterr().out)
    found = read_files(docs, clusters)
    total = found.report.total
    assert (found.report.clusters, total.distinct, total.versions) == (said["clusters"], said["kept"], said["version"])
    assert {name: total.duplicates.get(name, 0) for name in ("exact", "near", "contained")} == {
        name: said[name] for name in ("exact", "near", "contained")
    }
    assert (total.words, total.lost) == (said["words"], said["lost_words"])
    assert total.lost["correction"] == 1
    assert found.report.lines == ()
    (story, *_) = found.report.stories
    assert [(copy.id, copy.role) for copy in story.copies if copy.role == "original"] == [("first", "original")]
    assert story.copies[0].id == "longer"
