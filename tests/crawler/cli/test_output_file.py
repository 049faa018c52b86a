"""Where commands write: ``-`` and /dev/stdout are standard output, a full disk is one sentence."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from crawler.cli.main import run

ROW = json.dumps({"id": "a", "text": "Phà cũ thôi chạy."}, ensure_ascii=False) + "\n"
needs_dev = pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full on this system")


def dedupe(folder: Path, *options: str, stdout: int = subprocess.PIPE) -> subprocess.CompletedProcess[str]:
    (folder / "documents.jsonl").write_text(ROW, encoding="utf-8")
    typed = [sys.executable, "-m", "crawler.cli", "dedupe", str(folder / "documents.jsonl"), *options]
    return subprocess.run(typed, stdout=stdout, stderr=subprocess.PIPE, text=True, check=False, cwd=folder)


def test_a_dash_is_standard_output(
    tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("documents.jsonl").write_text(ROW, encoding="utf-8")
    assert run(["dedupe", "documents.jsonl", "-o", "-"]) == 0
    assert json.loads(capfdbinary.readouterr().out)["id"] == "a"
    assert [path.name for path in tmp_path.iterdir()] == ["documents.jsonl"]


@needs_dev
def test_standard_output_by_its_name_may_be_a_pipe(tmp_path: Path) -> None:
    ran = dedupe(tmp_path, "-o", "/dev/stdout")
    assert ran.returncode == 0
    assert json.loads(ran.stdout.splitlines()[0])["id"] == "a"


@needs_dev
def test_a_full_disk_is_one_sentence(tmp_path: Path) -> None:
    with Path("/dev/full").open("w") as full:
        ran = dedupe(tmp_path, stdout=full.fileno())
    assert ran.returncode == 1
    assert ran.stderr.splitlines()[-1] == "storykin: cannot write: no space left on the device; free some space"
