"""Arguments that several commands take: names of portals, shares in percent. One with a typing error is refused."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING

from dedupe.errors import InputError

if TYPE_CHECKING:
    from storage.database.store import Store


def require_portals(store: Store, names: Iterable[str]) -> None:
    """Do nothing if each of *names* has a seed file, a run or an article; an empty name stands for all portals.

    :raises InputError: for any other name, with the nearest ones
    """
    # Not loaded for commands that need no database.
    from crawler.portals.reader import seed_names
    from storage.articles.collection import portals as stored_portals
    from storage.frontier import runs

    wanted = [name for name in names if name]
    folder = os.environ.get("STORYKIN_SEEDS")
    seeds = seed_names(Path(folder) if folder else None)
    if not wanted or set(wanted) <= set(seeds):
        return
    known = {*seeds, *runs.portals(store), *stored_portals(store)}
    for name in wanted:
        if name not in known:
            near = get_close_matches(name, known, n=3, cutoff=0.5)
            hint = f"did you mean {' or '.join(near)}?" if near else f"known: {', '.join(sorted(known))}"
            raise InputError(f"unknown portal {name!r}; {hint}")


def share_of(text: str | None, option: str) -> float | None:
    """Return ``5%`` or ``5`` as 0.05, ``None`` for ``None``.

    :raises InputError: if it is no percentage
    """
    if text is None:
        return None
    found = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*%?\s*", text)
    if not found or float(found[1]) > 100:
        raise InputError(f"{option} {text!r} is no share: give a percentage such as 5%")
    return float(found[1]) / 100
