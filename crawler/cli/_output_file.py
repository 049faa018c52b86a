"""Where a command writes: a file, or standard output; and whether a progress bar can stand beside it."""

from __future__ import annotations

import os
import stat
import sys
from pathlib import Path
from typing import Any

import click

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
