"""``storykin clean``: what goes in, what comes out, and one sentence on everything that is wrong."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from pathlib import Path

import pytest

from crawler.article.plaintext.clean import clean_text
from crawler.cli.main import run
from storage.records import Article
from tests.crawler.processes import PATIENCE

PAGE = """\
Phà cổ trở lại bến Cồn Sậy

Chiếc phà Hải Âu sẽ chở khách qua sông trở lại từ ngày 1/5, ban quản lý bến cho biết sáng nay.

Phà Hải Âu chạy thử. (Ảnh: Nguyễn An)
Con phà nằm trên đà sửa chữa suốt mười một tháng để thay toàn bộ vỏ thép.

Ban quản lý dự kiến đón 40.000 lượt khách trong mùa đầu tiên, ít hơn một phần ba so với trước.

Mời quý độc giả theo dõi Báo Bến Cảng trên

Tin liên quan

Phí qua cầu giảm một nửa
Phí qua cầu giảm một nửa

Ô tô sẽ trả 20.000 đồng thay vì 40.000 đồng.
"""


@pytest.fixture
def page(tmp_path: Path) -> Path:
    file = tmp_path / "pha.txt"
    file.write_text(PAGE, encoding="utf-8")
    return file


def test_for_people(page: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["clean", str(page)]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "title: Phà cổ trở lại bến Cồn Sậy"
    assert lines[2].startswith("lead: Chiếc phà Hải Âu sẽ chở khách qua sông trở lại từ ngày 1/5, ban quản lý")
    assert "caption: Phà Hải Âu chạy thử. (Ảnh: Nguyễn An)" in lines
    assert "related stories: 1" in lines
    assert "quality: thin" in lines
    assert "  1. Phí qua cầu giảm một nửa [title ×2, blurb ×1]" in lines
    assert "     Ô tô sẽ trả 20.000 đồng thay vì 40.000 đồng." in lines
    assert "dropped: 5 of 9 lines" in lines
    assert any(line.startswith("  promo: Mời quý độc giả") and "invitation to follow" in line for line in lines)


def test_as_json(page: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["clean", "--json", str(page)]) == 0
    article = Article.from_json(json.loads(capsys.readouterr().out))
    assert article == clean_text(PAGE, "pha.txt")
    assert article.related[0].title_copies == 2


def test_json_lines_keep_id_url_and_title(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows = [
        {"text": PAGE, "id": 7, "url": "http://bencang.example/7", "title": "Phà cổ trở lại bến Cồn Sậy"},
        {"text": "One line\u2028and another.", "url": "http://bencang.example/8", "title": None},
        {"text": "", "extra": 1},
    ]
    file = tmp_path / "pages.jsonl"
    file.write_text("\n".join(json.dumps(row, ensure_ascii=False) for row in rows) + "\n\n", encoding="utf-8")
    assert run(["clean", "--json", str(file)]) == 0
    found = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [(a["id"], a["url"]) for a in found] == [
        ("7", "http://bencang.example/7"), ("http://bencang.example/8", "http://bencang.example/8"), (f"{file}:3", ""),
    ]  # fmt: skip
    assert found[0]["title"] == "Phà cổ trở lại bến Cồn Sậy"
    assert found[2]["quality"] == ["empty"]


def test_several_files_and_standard_input(
    page: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b'\xef\xbb\xbf{"text": "From a pipe", "id": "p"}\n')))
    assert run(["clean", "--json", str(page), "-", str(page)]) == 0
    assert [json.loads(line)["id"] for line in capsys.readouterr().out.splitlines()] == ["pha.txt", "p", "pha.txt"]


BAD = [
    ("latin.txt", b"Title\n\ncaf\xe9", "line 3 is not UTF-8 (byte 10)"),
    ("wide.txt", "Title\n".encode("utf-16-le"), "line 1 holds a NUL character"),
    ("empty.txt", b"", "empty"),
    ("blank.txt", b" \n\n", "empty"),
    ("broken.jsonl", b'{"text": "a"}\n{"text": \n', "line 2 is not JSON"),
    ("list.jsonl", b'{"text": "a"}\n["a"]\n', 'line 2 is no object with a "text"'),
    ("number.jsonl", b'{"text": 5}\n', 'line 1 is no object with a "text"'),
    ("sniffed.txt", b'{"text": "a"}\nplain\n', "line 2 is not JSON"),
]


@pytest.mark.parametrize(("name", "content", "problem"), BAD, ids=[name for name, _, _ in BAD])
@pytest.mark.parametrize("as_json", [True, False])
def test_bad_input(
    page: Path, capsys: pytest.CaptureFixture[str], name: str, content: bytes, problem: str, as_json: bool
) -> None:
    """One sentence that names the file, exit code 2, and nothing of the good file before it either."""
    bad = page.with_name(name)
    bad.write_bytes(content)
    assert run(["clean", *["--json"] * as_json, str(page), str(bad)]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.startswith(f"storykin: {bad}: ")
    assert problem in captured.err
    assert captured.err.count("\n") == 1


def test_no_such_file(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert run(["clean", str(tmp_path / "none.txt")]) == 2
    assert "none.txt: cannot be read: No such file" in capsys.readouterr().err
    assert run(["clean", str(tmp_path)]) == 2
    assert "Is a directory" in capsys.readouterr().err


def test_a_text_that_begins_with_a_brace_is_a_text(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "brace.txt"
    file.write_text('{"name": "no text key"}\nA line.\n', encoding="utf-8")
    assert run(["clean", "--json", str(file)]) == 0
    assert json.loads(capsys.readouterr().out)["id"] == "brace.txt"


def test_it_loads_neither_scrapy_nor_pymongo(page: Path) -> None:
    program = (
        "import sys; from crawler.cli.main import run; code = run(['clean', sys.argv[1]]);"
        "assert code == 0; loaded = {'scrapy', 'pymongo', 'trafilatura', 'twisted'} & set(sys.modules); "
        "assert not loaded, loaded"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, str(page)], capture_output=True, text=True, check=False, timeout=PATIENCE
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("title: ")


def test_a_lone_surrogate_of_json_is_printed(tmp_path: Path, capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    file = tmp_path / "pages.jsonl"
    file.write_text('{"text": "Một \\ud800 hai ba bốn."}', encoding="utf-8")
    assert run(["clean", str(file)]) == 0
    assert b"hai ba" in capsysbinary.readouterr().out
    assert run(["clean", "--json", str(file)]) == 0
    assert b"\\ud800 hai ba" in capsysbinary.readouterr().out
