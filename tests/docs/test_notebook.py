"""The cells of docs/notebook.ipynb run in their order beside a running event loop, as they do in a kernel."""

from __future__ import annotations

import ast
import asyncio
import inspect
import json
from typing import TYPE_CHECKING, Any

import pytest

from tests.docs.test_commands import ROOT

if TYPE_CHECKING:
    from storage.database.store import Store

NOTEBOOK = ROOT / "docs" / "notebook.ipynb"


async def run(cells: list[str], names: dict[str, Any]) -> None:
    for number, cell in enumerate(cells):
        code = compile(cell, f"cell {number}", "exec", flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
        if code.co_flags & inspect.CO_COROUTINE:
            await eval(code, names)
        else:
            exec(code, names)


def test_the_notebook_runs(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STORYKIN_WORKERS", "0")
    cells = [one for one in json.loads(NOTEBOOK.read_text("utf-8"))["cells"] if one["cell_type"] == "code"]
    assert not any(one["outputs"] for one in cells), "without outputs, so that none is out of date"
    names: dict[str, Any] = {}
    asyncio.run(run(["".join(one["source"]) for one in cells], names))
    assert names["bridge"].related[0].title == "The ferry that would not retire"
    assert names["table"].height == len(names["articles"]) >= 5
    assert names["by_portal"].columns == ["portal", "len", "text"]
