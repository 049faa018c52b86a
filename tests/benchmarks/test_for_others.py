"""The benchmarks that others run on their own programs: what is wrong is found, what is right passes."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit

import pytest

ROOT = Path(__file__).resolve().parents[2]
RELATED = ROOT / "benchmarks" / "related"
LABELS = [json.loads(line) for line in (RELATED / "labels.jsonl").read_text("utf-8").splitlines()]


def scored(tmp_path: Path, rows: list[object]) -> dict[str, str]:
    found = tmp_path / "mine.jsonl"
    found.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    command = [sys.executable, "-I", str(RELATED / "score.py"), str(found)]
    head, _, row = subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()
    return dict(zip((cell.strip() for cell in head.split("|")), (cell.strip() for cell in row.split("|")), strict=True))


def test_the_labels_are_addresses_and_nothing_else() -> None:
    assert len(LABELS) == 81
    for row in LABELS:
        assert list(row) == ["url", "related", "other"]
        for url in (row["url"], *row["related"], *row["other"]):
            assert urlsplit(url).scheme in {"http", "https"}
            assert urlsplit(url).netloc
            assert " " not in url


def test_what_the_labels_say_is_perfect(tmp_path: Path) -> None:
    row = scored(tmp_path, [{"url": label["url"], "related": label["related"]} for label in LABELS])
    assert (row["strict precision"], row["wrong"], row["recall"], row["F1"]) == ("1.000", "0.000", "1.000", "1.000")
    assert row["pages"] == "81 of 81"


def test_each_figure_counts_what_it_says(tmp_path: Path) -> None:
    label = next(one for one in LABELS if len(one["related"]) >= 2 and one["other"])
    first, second = label["related"][:2]
    links = [
        {"url": first.replace("https://", "http://www.") + "#place", "kind": "related"},
        {"url": second, "kind": "latest"},
        label["other"][0],
        "/an/address/in/no/label.html",
        label["url"],
    ]
    row = scored(tmp_path, [{"url": label["url"], "related": links}])
    want = sum(len(one["related"]) for one in LABELS)
    assert row["pages"] == "1 of 81"
    assert row["links found"] == "3", "the page itself and the other kind are none"
    assert row["strict precision"] == row["wrong"] == "0.333"
    assert row["recall"] == row["other kind"] == f"{1 / want:.3f}"


def test_a_line_that_is_no_object_is_named(tmp_path: Path) -> None:
    found = tmp_path / "mine.jsonl"
    found.write_text('{"url": "https://a.example/"}\n[]\n')
    ran = subprocess.run(
        [sys.executable, str(RELATED / "score.py"), found], capture_output=True, text=True, check=False
    )
    assert ran.returncode == 1
    assert f'{found}:2: is no JSON object with a "url"' in ran.stderr


CRAWLER = """
import json, pathlib, re, sys, time, urllib.request, urllib.parse
url, folder, remember, once = sys.argv[1], pathlib.Path(sys.argv[2]), "remember" in sys.argv, "once" in sys.argv
queue, asked = folder / "queue.json", folder / "out.txt"
state = json.loads(queue.read_text()) if remember and queue.exists() else {"waiting": [url], "seen": [url]}
stored = set(asked.read_text().split()) if once and asked.exists() else set()

def save():
    part = queue.with_suffix(".part")
    part.write_text(json.dumps(state))
    part.replace(queue)

while state["waiting"]:
    if "early" in sys.argv:  # taken off before it is done: a kill loses it
        page = state["waiting"].pop(0)
        save()
    else:
        page = state["waiting"][0]
    time.sleep(0.02)
    try:
        html = urllib.request.urlopen(page).read().decode()
    except OSError:
        html = ""
    if "<h1>" in html and page not in stored:
        stored.add(page)
        with asked.open("a") as file:
            file.write(page + "\\n")
    for link in re.findall('href="([^"]+)"', html):
        link = urllib.parse.urljoin(page, link)
        if link not in state["seen"]:
            state["seen"].append(link)
            state["waiting"].append(link)
    if "early" not in sys.argv:
        state["waiting"].pop(0)
    save()
"""


@pytest.mark.parametrize(
    ("how", "code", "said"),
    [
        ("remember once", 0, "nothing lost, nothing doubled"),
        ("", 1, "BROKEN 4: stored more often"),
        ("remember once early", 1, "BROKEN 3: not stored"),
    ],
)
def test_crawlers_that_lose_or_double_pages_are_found(how: str, code: int, said: str, tmp_path: Path) -> None:
    program = tmp_path / "crawler.py"
    program.write_text(CRAWLER)
    start = f"{sys.executable} {program} {{url}} {{folder}} {how}"
    options = ["--kills", "4", "--stories", "40", "--random-seed", "11", "--results", "cat {folder}/out.txt"]
    command = [sys.executable, "-m", "benchmarks.kill_test", "--start", start, *options]
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert re.search(r"killed: +[1-4] kills", ran.stdout), ran.stdout + ran.stderr
    assert said in ran.stdout, ran.stdout
    assert ran.returncode == code


def test_a_crawler_that_stores_nothing_is_no_comparison(tmp_path: Path) -> None:
    options = ["--stories", "10", "--start", "true {url}", "--results", "true"]
    command = [sys.executable, "-m", "benchmarks.kill_test", *options]
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert ran.returncode == 2
    assert "nothing to compare with" in ran.stdout
