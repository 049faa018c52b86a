"""Names of portals that commands are given: one with a typing error is refused, not answered with nothing."""

from __future__ import annotations

import os
from collections.abc import Iterable
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING

from crawler.portals.reader import seed_names
from dedupe.errors import InputError
from storage.articles.collection import article_rows
from storage.frontier import runs

if TYPE_CHECKING:
    from storage.database.store import Store


def require_portals(store: Store, names: Iterable[str]) -> None:
    """Do nothing if each of *names* has a seed file, a run or an article; an empty name stands for all portals.

    :raises InputError: for any other name, with the nearest ones
    """
    wanted = [name for name in names if name]
    folder = os.environ.get("STORYKIN_SEEDS")
    seeds = seed_names(Path(folder) if folder else None)
    if not wanted or set(wanted) <= set(seeds):
        return
    known = {*seeds, *runs.portals(store), *filter(None, article_rows(store).distinct("portal"))}
    for name in wanted:
        if name not in known:
            near = get_close_matches(name, known, n=3, cutoff=0.5)
            hint = f"did you mean {' or '.join(near)}?" if near else f"known: {', '.join(sorted(known))}"
            raise InputError(f"unknown portal {name!r}; {hint}")
