"""How commands print tables and lists of facts: fitted to a terminal, unwrapped in a file or a pipe."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from rich.console import Console
from rich.table import Table

UNWRAPPED = 400
"""Columns in a file or a pipe, which has no width: room for every row."""


class UnpaddedConsole(Console):
    """A console that ends no line in blanks where it is no terminal: pasted or paged, they would stand as lines."""

    def print(self, *objects: Any, **options: Any) -> None:
        """Print as :meth:`rich.console.Console.print` does."""
        if self.is_terminal:
            super().print(*objects, **options)
            return
        with self.capture() as captured:
            super().print(*objects, **options)
        self.file.write("\n".join(line.rstrip(" ") for line in captured.get().split("\n")))


def console() -> Console:
    """Return the console of standard output; as wide as it takes where it is no terminal."""
    found = UnpaddedConsole(highlight=False, markup=False)
    if not found.is_terminal:
        found.width = UNWRAPPED
    return found


def facts(rows: Iterable[tuple[str, str]]) -> Table:
    """Return names and texts in two columns; what does not fit goes on under its own column."""
    table = Table.grid(padding=(0, 2))
    table.add_column(no_wrap=True, style="bold")
    table.add_column()
    for name, text in rows:
        table.add_row(name, text)
    return table
