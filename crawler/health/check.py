"""What is wrong with portals now, from what is stored: their last runs, their sources, their articles."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from crawler.health.sources import NEW, Source, ledger
from crawler.outcome.exit_codes import BELOW_EXPECTATION, INTERRUPTED, OK
from crawler.outcome.verdict import LOOK_BACK, MOST, compared
from storage.articles.invariants import MANY_TITLES, Invariants, invariants
from storage.frontier import runs

if TYPE_CHECKING:
    from storage.database.store import Store
    from storage.frontier.runs import Run

_WINDOW = timedelta(days=7)
_LEAST_ARTICLES = 20
"""Articles below which a share says little."""
_FEW = 0.02
"""Share of articles that may break an invariant: page kinds of their own have leads and notices alike."""
_UNDATED = 0.1
_FINE = (OK, INTERRUPTED)
"""Exit codes of runs that need no look; an interrupted one goes on by itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that is wrong with a portal."""

    portal: str
    subject: str
    """``run``, ``source`` or ``articles``."""
    problem: str
    """In words, with numbers."""
    look: str
    """Command that shows more."""


def findings(store: Store, portal: str, now: datetime) -> Iterator[Finding]:
    """Yield what is wrong with *portal*; nothing where all is as usual, or where it was never crawled.

    :raises StorageError: if the database cannot be asked
    """
    with store.errors():
        history = [run for run in recent(store, portal) if run.exit_code is not None]
        known = sources(store, history)
        held = invariants(store, portal, now - _WINDOW)
    if history:
        yield from _of_runs(history[0], known)
    yield from _of_articles(portal, held)


def recent(store: Store, portal: str) -> list[Run]:
    """Return the last runs of *portal*, newest first, with the measures that :func:`sources` needs of all of them."""
    return runs.history(store, portal, LOOK_BACK, measures=[NEW])


def sources(store: Store, history: list[Run]) -> list[Source]:
    """Return the ledger of the newest run of *history* that came to its end; runs without an end are passed by.

    :param history: what :func:`recent` returns; of the few runs that are compared the other measures are read here
    """
    ended = [run for run in history if run.exit_code is not None]
    last = next((place for place, run in enumerate(ended) if run.exit_code in (OK, BELOW_EXPECTATION)), None)
    if last is None:
        return []
    earlier = ended[last + 1 :]
    run, *usual = runs.whole(store, [ended[last], *compared(ended[last], earlier, MOST)])
    return ledger(run, earlier, usual)


def _of_runs(last: Run, known: list[Source]) -> Iterator[Finding]:
    wrong = [source.problem for source in known if source.problem]
    if last.exit_code not in _FINE:
        # The verdict of a run names its sources; each has a line of its own here.
        rest = last.verdict
        for problem in wrong:
            rest = rest.replace(problem, "")
        rest = "; ".join(filter(None, rest.split("; ")))
        if rest:
            yield Finding(portal=last.portal, subject="run", problem=rest, look=f"storykin runs {last.id}")
    for problem in wrong:
        yield Finding(portal=last.portal, subject="source", problem=problem, look=f"storykin runs {last.id}")


def _of_articles(portal: str, held: Invariants) -> Iterator[Finding]:
    if held.articles < _LEAST_ARTICLES:
        return
    kinds = (
        (held.undated, _UNDATED, "have no time of publication"),
        (held.same_lead, _FEW, "begin with a lead that stands over another text as well"),
        (held.same_text, _FEW, f"have a text that stands under {MANY_TITLES} or more titles"),
        (held.by_organisation, 0, f"have {held.organisation!r} as an author, more than one person writes"),
    )
    for number, most, words in kinds:
        if number > most * held.articles:
            problem = f"{number} of {held.articles} articles of the last {_WINDOW.days} days {words}"
            yield Finding(portal=portal, subject="articles", problem=problem, look=f"storykin portals learn {portal}")
