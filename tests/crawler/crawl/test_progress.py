"""What a crawl shows while it runs."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import pytest
from rich.console import Console

from crawler.crawl import progress
from crawler.crawl.context import RunContext
from crawler.portals.seed import Seed
from storage.frontier import frontier, hosts
from storage.frontier.frontier import FrontierEntry
from tests.crawler.processes import wait_for

if TYPE_CHECKING:
    from storage.database.store import Store


def shown(store: Store, console: Console) -> str:
    run = RunContext(store, "harbour")
    frontier.add(store, [FrontierEntry(portal="harbour", url=f"https://harbour.example/{n}") for n in range(7)])
    run.counts.outcomes.update({"article": 5, "failure": 2, "listing": 1})
    run.counts.relations.update({"near": 1})
    file = console.file
    assert isinstance(file, io.StringIO)
    with progress.Progress([run], console):
        wait_for(lambda: "queued" in file.getvalue())
    return file.getvalue()


def test_a_host_at_rest_is_why_nothing_comes(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(progress, "LINE_SECONDS", 0.01)
    hosts.rest(store, "m.harbour.example", first=600, why="429")
    hosts.rest(store, "elsewhere.example", first=600, why="503")
    console = Console(file=io.StringIO(), width=200)
    file = console.file
    assert isinstance(file, io.StringIO)
    with progress.Progress(
        [RunContext(store, "harbour")], console, seeds=[Seed(name="harbour", allowed_domains=("harbour.example",))]
    ):
        wait_for(lambda: "rests until" in file.getvalue())
    assert "failures · m.harbour.example answered 429; rests until" in file.getvalue()
    assert "elsewhere" not in file.getvalue()


@pytest.mark.parametrize(
    ("terminal", "term", "live"), [(True, "xterm", True), (True, "dumb", False), (False, "", False)]
)
def test_the_counts_are_shown_as_one_line_that_fits_a_terminal(
    store: Store, monkeypatch: pytest.MonkeyPatch, terminal: bool, term: str, live: bool
) -> None:
    monkeypatch.setenv("TERM", term)
    monkeypatch.setattr(progress, "LINE_SECONDS", 0.01)
    monkeypatch.setattr(progress, "LIVE_SECONDS", 0.01)
    text = shown(store, Console(file=io.StringIO(), force_terminal=terminal, width=100, color_system=None))
    assert "8 pages (" in text
    assert "5 articles · 1 duplicates · 7 queued · 2 failures" in text
    assert ("harbour: " in text) is live
    assert ("\x1b" in text) is live
