"""The examples in docs/dedupe.md and in the docstrings of the package run as written."""

from __future__ import annotations

import doctest
from importlib import import_module
from pathlib import Path

import pytest

DOCS = Path(__file__).resolve().parents[2] / "docs"


def test_dedupe_page() -> None:
    failed, tried = doctest.testfile(str(DOCS / "dedupe.md"), module_relative=False, encoding="utf-8")
    assert tried > 15
    assert failed == 0


@pytest.mark.parametrize(
    "name",
    [
        "clusters.clusters",
        "compare.alignment",
        "compare.diff",
        "compare.similarity",
        "compare.templates",
        "entries.repeats",
        "text.entry_ends",
        "text.figures",
    ],
)
def test_docstrings(name: str) -> None:
    failed, tried = doctest.testmod(import_module(f"dedupe.{name}"))
    assert tried > 0
    assert failed == 0
