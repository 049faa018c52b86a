"""How a group of commands lists them in its help: each by its whole first sentence, wrapped."""

from __future__ import annotations

import inspect
import re

import click

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
