"""A saved page becomes a case: its text is no longer the portal's, and what comes out of it is written down."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from crawler.article.page.page import Page
from crawler.portals.reader import load_seed
from dedupe.errors import InputError
from tools.portal_case import CASES, found_in, needs, with_only, with_words_exchanged, write_case

ROOT = Path(__file__).resolve().parents[2]
SAVED = [CASES / "vov" / "drupal", CASES / "guardian", CASES / "tass", CASES / "aljazeera"]


def saved() -> list[Path]:
    """Cases of several languages and layouts."""
    return [path for folder in SAVED for path in sorted(folder.rglob("expected.json"))]


def page_of(expected: Path) -> Page:
    return Page(
        url=json.loads(expected.read_text("utf-8"))["url"],
        body=(expected.parent / "page.html").read_bytes(),
        content_type="text/html; charset=utf-8",
    )


def grams(texts: list[str], size: int = 4) -> set[tuple[str, ...]]:
    words = [re.findall(r"\w+", text.lower()) for text in texts]
    return {tuple(part[i : i + size]) for part in words for i in range(len(part) - size + 1)}


@pytest.mark.parametrize("expected", saved(), ids=lambda path: f"{path.parts[-3]}/{path.parts[-2]}")
def test_the_case_has_the_layout_and_not_the_text(expected: Path, tmp_path: Path) -> None:
    name = expected.parts[-3]
    page, seed = page_of(expected), load_seed(name)
    before = found_in(page, seed)
    folder = write_case(name, "new", page, seed, tmp_path)
    after = json.loads((folder / "expected.json").read_text("utf-8"))
    assert len(after["text"]) == len(before["text"])
    assert len(after["related"]) == len(before["related"])
    assert after["language"] == before["language"]
    assert (after["published"] or "") == (before["published"].isoformat() if before["published"] else "")
    assert after["title"] in (folder / "page.html").read_text("utf-8").replace("&amp;", "&")
    assert len(grams(before["text"])) > 20
    assert len(grams(before["text"]) & grams(after["text"])) <= 0.02 * len(grams(before["text"]))


def test_the_same_page_gives_the_same_case() -> None:
    page, seed = page_of(SAVED[0] / "expected.json"), load_seed("vov")
    assert with_words_exchanged(page, seed) == with_words_exchanged(page, seed)


def test_scripts_without_blanks_change_places_by_their_characters() -> None:
    text = "政府在星期二宣布了一项新的海港建设计划并且说明工程将在明年春天开始"
    html = f"<html lang='zh'><h1>相关阅读</h1><p>{text}。</p></html>"
    changed = with_words_exchanged(
        Page(url="https://any.example/a", body=html.encode()), load_seed("vov")
    ).body.decode()
    assert "相关阅读" in changed, "a heading is short"
    assert text[:6] not in changed
    assert set(re.findall("[一-鿿]", changed)) == set(re.findall("[一-鿿]", html))


def test_keys_are_needed_where_something_else_comes_out_without_them() -> None:
    """Whatever the cases of all portals say they need is found again."""
    wanted = 0
    for expected in sorted(CASES.glob("*/*/expected.json")):
        said = json.loads(expected.read_text("utf-8"))["needs"]
        if not said:
            continue
        page, seed = page_of(expected), load_seed(expected.parts[-3])
        found = needs(page, seed)
        assert found_in(page, with_only(seed, found)) == found_in(page, seed)
        assert found == said
        wanted += 1
    assert wanted > 0


def test_a_page_that_is_no_article_and_a_case_that_exists_are_refused(tmp_path: Path) -> None:
    seed, page = load_seed("vov"), page_of(SAVED[0] / "expected.json")
    with pytest.raises(InputError, match="no article by the seed vov"):
        write_case(
            "vov",
            "new",
            Page(url="https://vov.vn/", body=b"<html><title>VOV</title><p>Nothing here.</p></html>"),
            seed,
            tmp_path,
        )
    assert not list(tmp_path.iterdir())
    write_case("vov", "new", page, seed, tmp_path)
    with pytest.raises(InputError, match="exists; name another case"):
        write_case("vov", "new", page, seed, tmp_path)


def test_the_command_writes_a_case(tmp_path: Path) -> None:
    saved_page = SAVED[0] / "page.html"
    command = [sys.executable, "-m", "tools.portal_case", "vov", "new", str(saved_page), "--to", str(tmp_path)]
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert "read expected.json" in ran.stdout
    assert {path.name for path in (tmp_path / "vov" / "new").iterdir()} == {"page.html", "expected.json"}
    again = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert again.returncode == 2
    assert again.stderr.startswith("portal_case: ")
