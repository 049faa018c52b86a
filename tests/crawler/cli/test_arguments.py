"""A name of a portal with a typing error is refused in every command that takes one."""

from __future__ import annotations

import pytest

from crawler.cli.main import run
from storage.database.store import Store
from storage.frontier import runs


@pytest.mark.parametrize(
    "typed",
    ["failures --portal", "failures --retry --portal", "runs --portal", "report --portal", "cluster list --portal",
     "cluster calibrate --count 0 --portal", "graph export --portal", "export --portal", "portals resume"],
)  # fmt: skip
def test_an_unknown_portal_is_refused(store: Store, capsys: pytest.CaptureFixture[str], typed: str) -> None:
    assert run([*typed.split(), "vov-englsh"]) == 2
    assert "unknown portal 'vov-englsh'; did you mean vov-english" in capsys.readouterr().err


def test_a_portal_without_a_seed_file_is_known_by_its_runs(store: Store, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["failures", "--portal", "any.example"]) == 2
    runs.finish(store, runs.begin(store, "any.example"), exit_code=0, counts={})
    assert run(["failures", "--portal", "any.example"]) == 0
