"""How commands print: tables and facts, help of groups, where output goes and whether a bar may stand beside it."""

from __future__ import annotations

import inspect
import os
import re
import stat
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import click
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


_STANDARD = {"-", "/dev/stdout", "/dev/fd/1", "/proc/self/fd/1"}
"""Opening the path anew fails where standard output was opened by another user, before ``su`` say."""


class OutputFile(click.Path):
    """A path to write to; a name of standard output is the same as without the option, and becomes ``None``."""

    def __init__(self) -> None:
        super().__init__(path_type=Path)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Return *value* as a path, or ``None`` for standard output."""
        return None if str(value) in _STANDARD else super().convert(value, param, ctx)


def shows_progress(output: Path | None) -> bool:
    """Whether a bar on standard error disturbs nothing: not where a terminal or ``| head`` shows the data itself."""
    if not sys.stderr.isatty():
        return False
    if output is not None:
        return True
    try:
        return stat.S_ISREG(os.fstat(sys.stdout.fileno()).st_mode)
    except (OSError, ValueError):  # no file below it
        return False


_FIRST_SENTENCE = re.compile(r"(.+?[.])(?=\s|$)", re.DOTALL)


class SentenceGroup(click.Group):
    """A group whose help does not cut the first sentence of a command short, as click does at 45 characters or so."""

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the name and the first sentence of each command."""
        rows = [(name, _sentence(self.commands[name])) for name in self.list_commands(ctx)]
        with formatter.section("Commands"):
            formatter.write_dl(rows)


def _sentence(command: click.Command) -> str:
    text = command.short_help or inspect.cleandoc(command.help or "").split("\n\n", 1)[0]
    found = _FIRST_SENTENCE.match(" ".join(text.split()))
    return found[1] if found else text
