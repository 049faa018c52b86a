"""Rules of the house that no other tool checks."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
HOMES = {"trafilatura": "crawler/article/body/trafilatura.py", "datasketch": "dedupe/minhash/permutations.py"}
"""Heavy third parties and the one module each may be imported in."""


def modules() -> list[Path]:
    return [path for package in ("crawler", "dedupe", "storage") for path in sorted((ROOT / package).rglob("*.py"))]


def imported(path: Path) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module.partition(".")[0])
    return names


@pytest.mark.parametrize(("library", "home"), HOMES.items())
def test_heavy_libraries_have_one_home(library: str, home: str) -> None:
    """A library that shapes the data can be replaced in one place."""
    assert {str(path.relative_to(ROOT)) for path in modules() if library in imported(path)} == {home}


def test_no_module_outgrows_its_job() -> None:
    """No module is longer than 400 lines."""
    long = {str(path.relative_to(ROOT)): n for path in modules() if (n := path.read_text().count("\n")) > 400}
    assert not long


def test_every_dependency_is_explained() -> None:
    """Each package of pyproject.toml has its line in docs/dependencies.md."""
    import re
    import tomllib

    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = [name for extra in project["optional-dependencies"].values() for name in extra]
    named = {re.split(r"[<>=;\[ ]", name)[0] for name in project["dependencies"] + extras}
    text = (ROOT / "docs" / "dependencies.md").read_text(encoding="utf-8")
    assert {name for name in named if name not in text} == set()
