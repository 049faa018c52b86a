"""The one judge of a run: the whole against the portal's last runs, and each of its sources against its own. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from crawler.health.sources import ledger
from crawler.outcome.verdict import judge_against

if TYPE_CHECKING:
    from storage.frontier.runs import Run


def judge(run: Run, earlier: Sequence[Run]) -> tuple[str, ...] | None:
    """Return in words what of *run* is worse than before; ``None`` where too few earlier runs can be compared.

    :param earlier: runs of the same portal that began before it, newest first
    """
    named = [] if run.helpers else [source.problem for source in ledger(run, earlier) if source.problem]
    # A source that fell pulls down the average as well: its own name says more.
    worse = judge_against(run, earlier, links=not named)
    return None if worse is None else (*named, *worse)
