"""How tables stand in a pipe and on a narrow terminal."""

from __future__ import annotations

import io

from rich.console import Console
from rich.table import Table

from crawler.cli._output import UnpaddedConsole, facts
from dedupe.report.report import PortalNumbers, RepeatedLine, build_report
from dedupe.report.terminal import render


def test_no_line_of_a_pipe_ends_in_blanks() -> None:
    shown = io.StringIO()
    out = UnpaddedConsole(file=shown, width=200)
    out.print(facts([("run", "one"), ("arguments", "x" * 100)]))
    out.print(Table("a", "b", expand=True, box=None))
    out.print("Phà cũ")
    lines = shown.getvalue().splitlines()
    assert lines[-1] == "Phà cũ"
    assert all(line == line.rstrip() for line in lines)


def test_a_long_repeated_line_leaves_the_counts_their_room() -> None:
    lines = [RepeatedLine(text="Mời quý vị đón nghe " * 20, portal="vov", pages=1234, verdict="repeated")]
    report = build_report([PortalNumbers(portal="vov", article_pages=9)], (), lines)
    for width in (80, 160):
        shown = io.StringIO()
        Console(file=shown, width=width).print(render(report))
        (line,) = [line for line in shown.getvalue().splitlines() if "1,234" in line]
        assert line.split()[:3] == ["1,234", "repeated", "vov"]
        assert "Mời quý vị" in line
        assert "…" in line
