"""Telling somebody how a run ended: by a command of the operator's, or by a service that apprise knows.

The command gets the run's JSON on its standard input. What came from pages reaches it as data only, on standard input
and in variables; the command line is the operator's own, split into words and given to no shell.
"""

from __future__ import annotations

import json
import os
import re
import shlex
import signal
import subprocess
from collections.abc import Mapping
from typing import Any, Literal

from crawler.outcome.exit_codes import INTERRUPTED, MEANINGS, OK, RUNNING
from dedupe.errors import InputError
from storage.base.masking import mask

NotifyOn = Literal["change", "problem", "always"]
Receiver = tuple[str, ...] | str
"""The words of a command, or an address of apprise such as ``mailto://…``."""

SECONDS = 60.0
"""Time a command has; then it and what it started is killed."""
_ADDRESS = re.compile(r"[a-z][a-z0-9+.-]*://", re.IGNORECASE)


def receiver(text: str) -> Receiver:
    """Return whom *text* names: a command line, split as a shell would, or one address of apprise, or several.

    :raises InputError: if a command has no word or a quotation that does not end, if apprise knows no such address,
        and where apprise is missing
    """
    if _ADDRESS.match(text.strip()):
        _service(text)
        return text
    try:
        words = tuple(shlex.split(text))
    except ValueError as problem:
        raise InputError(
            f"--notify {text!r} cannot be split into words ({problem}): check its quotation marks"
        ) from None
    if not words or not words[0]:
        raise InputError("--notify names no command: give one, such as --notify 'mail-ops --urgent'")
    return words


def wanted(on: NotifyOn, exit_code: int, before: int | None = None) -> bool:
    """Say whether a run that ended with *exit_code* is to be told of.

    :param before: the exit code of the portal's run before it that was not interrupted; ``None`` if there was none
    """
    if on == "always":
        return True
    if on == "problem":
        return exit_code not in (OK, INTERRUPTED)
    return exit_code not in (before or OK, INTERRUPTED, RUNNING)


def notify(to: Receiver, run: Mapping[str, Any], seconds: float = SECONDS) -> str:
    """Tell *to* of *run*; return what went wrong, empty if nothing did.

    :param run: as :func:`crawler.outcome.run_view.run_json` makes it
    :param seconds: time that a command has; the services of apprise have limits of their own, of a few seconds
    """
    return _send(to, run) if isinstance(to, str) else _run(to, run, seconds)


def _service(address: str) -> Any:
    try:
        from apprise import Apprise
    except ImportError:
        raise InputError("--notify with an address needs apprise: pip install 'storykin[notify]'") from None
    service = Apprise()
    if not service.add(address):
        raise InputError(f"--notify {_scheme(address)}…: apprise knows no such address; its documentation lists them")
    return service


def _send(address: str, run: Mapping[str, Any]) -> str:
    code = run.get("exit_code") or OK
    title = f"storykin: {_plain(run.get('portal'))}: {MEANINGS.get(code, f'exit code {code}')}"
    counts = ", ".join(f"{name} {number}" for name, number in run.get("counts", {}).items() if number)
    look = f"storykin runs {_plain(run['id'])}" if run.get("id") else ""
    body = "\n".join(filter(None, (_plain(run.get("verdict")), counts, look)))
    told = _service(address).notify(title=title, body=body, notify_type="success" if code == OK else "warning")
    return "" if told else f"the notification by {_scheme(address)} failed: try the address with the command apprise"


def _scheme(address: str) -> str:
    """Return the part of *address* that holds no secret."""
    return address.strip().partition("://")[0] + "://"


def _run(command: tuple[str, ...], run: Mapping[str, Any], seconds: float) -> str:
    """Run *command* with *run* as JSON on its standard input.

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
