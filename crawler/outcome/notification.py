"""Telling somebody how a run ended: a command of the operator's, the run's JSON on its standard input.

What came from pages reaches it as data only, on standard input and in variables; the command line is the operator's
own, split into words and given to no shell.
"""

from __future__ import annotations

import json
import os
import shlex
import signal
import subprocess
from collections.abc import Mapping
from typing import Any, Literal

from dedupe.errors import InputError
from storage.base.masking import mask

NotifyOn = Literal["problem", "always"]

SECONDS = 60.0
"""Time a command has; then it and what it started is killed."""
_FINE = frozenset({0, 130})
"""Exit codes that are no problem: ok, and stopped by whoever runs it."""


def split_command(text: str) -> tuple[str, ...]:
    """Return the words of a command line, as a shell would split it.

    :raises InputError: if it has none, or a quotation that does not end
    """
    try:
        words = tuple(shlex.split(text))
    except ValueError as problem:
        raise InputError(
            f"--notify {text!r} cannot be split into words ({problem}): check its quotation marks"
        ) from None
    if not words or not words[0]:
        raise InputError("--notify names no command: give one, such as --notify 'mail-ops --urgent'")
    return words


def wanted(on: NotifyOn, exit_code: int) -> bool:
    """Say whether a run that ended with *exit_code* is to be told of."""
    return on == "always" or exit_code not in _FINE


def notify(command: tuple[str, ...], run: Mapping[str, Any], seconds: float = SECONDS) -> str:
    """Run *command* with *run* as JSON on its standard input; return what went wrong, empty if nothing did.

    :param run: as :func:`crawler.outcome.run_view.run_json` makes it

    Its own output goes to standard error. ``STORYKIN_PORTAL``, ``STORYKIN_RUN``, ``STORYKIN_EXIT_CODE`` and
    ``STORYKIN_VERDICT`` stand in its environment.
    """
    told = json.dumps(run, ensure_ascii=False) + "\n"
    names = {"PORTAL": "portal", "RUN": "id", "EXIT_CODE": "exit_code", "VERDICT": "verdict"}
    variables = {f"STORYKIN_{name}": _plain(run.get(key)) for name, key in names.items()}
    name = f"the notification {shlex.quote(mask(command[0]))}"
    try:
        process = subprocess.Popen(  # noqa: S603 - the operator's command, never a shell
            command, stdin=subprocess.PIPE, stdout=2, env=os.environ | variables, start_new_session=True
        )
    except OSError as problem:
        return f"{name} cannot be run: {(problem.strerror or str(problem)).lower()}"
    with process:
        try:
            process.communicate(told.encode("utf-8", "replace"), timeout=seconds)
        except subprocess.TimeoutExpired:
            _kill(process)
            return f"{name} did not end within {seconds:g} s and was killed"
        except BaseException:
            _kill(process)
            raise
    if process.returncode < 0:
        return f"{name} was killed by {signal.Signals(-process.returncode).name}"
    return f"{name} failed with exit code {process.returncode}" if process.returncode else ""


def _kill(process: subprocess.Popen[bytes]) -> None:
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        return
    finally:
        process.wait()


def _plain(value: Any) -> str:
    """Return *value* as one line that an environment can hold."""
    text = "" if value is None else str(value)
    return "".join(char if char.isprintable() else " " for char in text).encode("utf-8", "replace").decode()
