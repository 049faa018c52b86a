"""The wheel by itself, in an empty folder: whatever a command needs beside its code is in it."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
import tomllib
import venv
import zipfile
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).resolve().parents[1]
VERSION = tomllib.loads((CHECKOUT / "pyproject.toml").read_text("utf-8"))["project"]["version"]


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The Python of an environment with the wheel and what it requires, without the checkout."""
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    built = subprocess.run(command, cwd=CHECKOUT, capture_output=True, text=True, check=False)
    assert built.returncode == 0, built.stderr
    venv.create(folder / "venv", with_pip=False)
    python = folder / "venv" / "bin" / "python"
    asked = [python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"]
    site = Path(subprocess.run(asked, capture_output=True, text=True, check=True).stdout.strip())
    with zipfile.ZipFile(next(folder.glob("*.whl"))) as wheel:
        wheel.extractall(site)
    # The packages of this environment; what leads to the checkout (an editable install) is not read from there.
    (site / "packages.pth").write_text(sysconfig.get_path("purelib") + "\n")
    return python


def run(python: Path, folder: Path, *arguments: str, **variables: str) -> str:
    """Run what the wheel's console script runs."""
    code = "import sys; from crawler.cli.main import main; sys.exit(main())"
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")} | variables
    ran = subprocess.run(
        [python, "-c", code, *arguments], cwd=folder, env=environment, capture_output=True, text=True, check=False
    )
    assert ran.returncode == 0, ran.stderr
    return ran.stdout


def test_the_demo_runs_from_the_wheel_in_an_empty_folder(installed: Path, mongodb_uri: str, tmp_path: Path) -> None:
    where = [installed, "-c", "import crawler, storage, dedupe; print(crawler.__file__)"]
    found = subprocess.run(where, cwd=tmp_path, env={}, capture_output=True, text=True, check=True).stdout
    assert str(installed.parents[1]) in found
    assert VERSION in run(installed, tmp_path, "--version")
    report = run(installed, tmp_path, "demo", MONGODB_URI=mongodb_uri, STORYKIN_WORKERS="0")
    assert "46 articles = 40 distinct + 6 duplicates" in report
    assert list(tmp_path.iterdir()) == [], "nothing is left in the folder"
    variables = {"MONGODB_URI": mongodb_uri, "STORYKIN_DATABASE": "storykin_demo"}
    run(installed, tmp_path, "report", "--html", "report.html", **variables)
    run(installed, tmp_path, "status", "--html", "status.html", **variables)
    assert "<style>" in (tmp_path / "report.html").read_text("utf-8")
    assert "<style>" in (tmp_path / "status.html").read_text("utf-8")


def test_the_wheel_has_the_seed_files(installed: Path, tmp_path: Path) -> None:
    assert run(installed, tmp_path, "portals", "check").count(": ok") == len(list((CHECKOUT / "seeds").glob("*.toml")))


def test_the_changelog_begins_with_the_version() -> None:
    text = (CHECKOUT / "CHANGELOG.md").read_text("utf-8")
    versions = [line.removeprefix("## [").partition("]")[0] for line in text.splitlines() if line.startswith("## [")]
    assert VERSION in [version for version in versions if version != "Unreleased"][:1]
