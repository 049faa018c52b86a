"""Paths of files that each run writes anew: ``{portal}``, ``{run}`` and ``{date}`` in them are filled in."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from dedupe.errors import InputError

PER_RUN = ("{run}", "{date}")
_OPTIONS = ("record", "metrics", "log_file")


def fill_paths(options: dict[str, object], targets: Sequence[str], now: datetime | None = None) -> None:
    """Fill in the paths of ``--record``, ``--metrics`` and ``--log-file`` in *options*; make their folders.

    ``{portal}`` is the target's name, ``{date}`` the day (UTC) and ``{run}`` the second that the run starts in.

    :raises InputError: for ``{portal}`` where several portals are crawled by one command
    """
    now = now or datetime.now(UTC)
    values = {"{date}": f"{now:%Y-%m-%d}", "{run}": f"{now:%Y%m%dT%H%M%SZ}"}
    for option in _OPTIONS:
        path = options[option]
        if not isinstance(path, Path):
            continue
        text = str(path)
        if "{portal}" in text and len(targets) > 1:
            raise InputError(f"{path}: {{portal}} stands for one portal; crawl each by a command of its own")
        # The address of a site is a target too.
        for placeholder, value in {"{portal}": targets[0].replace("/", "_"), **values}.items():
            text = text.replace(placeholder, value)
        if text != str(path):
            Path(text).parent.mkdir(parents=True, exist_ok=True)
            options[option] = Path(text)


def require_own_paths(options: dict[str, object], *, portals: int) -> None:
    """Do nothing if every run of a schedule of so many *portals* writes files of its own.

    :raises InputError: for a recording that the second run would find finished, or a file that portals share
    """
    for option in _OPTIONS:
        path, name = str(options[option] or ""), f"--{option.replace('_', '-')}"
        if path and portals != 1 and "{portal}" not in path:
            raise InputError(f"{name} {path}: all portals would write one file; put {{portal}} into its name")
        if option == "record" and path and not any(placeholder in path for placeholder in PER_RUN):
            raise InputError(f"{name} {path}: the second run would find it finished; put {{run}} into its name")
