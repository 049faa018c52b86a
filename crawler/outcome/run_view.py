"""How runs are shown: as plain values, as a table, and one of them with all that is known of it. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from rich.table import Table

from crawler.outcome import length_sketch
from crawler.outcome.exit_codes import BELOW_EXPECTATION, MEANINGS
from crawler.outcome.verdict import LEAST
from dedupe.intake.skipped import counted
from dedupe.printable import printable
from storage.records import utc_text

if TYPE_CHECKING:
    from storage.frontier.runs import Run, RunState


def run_json(run: Run, state: RunState = "ended") -> dict[str, Any]:
    """Return *run* as plain values: its record, its state, how long it took, and shares in place of raw tallies."""
    return {
        "id": run.id,
        "portal": run.portal,
        "state": state,
        "exit_code": run.exit_code,
        "verdict": run.verdict,
        "started": utc_text(run.started) if run.started else None,
        "finished": utc_text(run.finished) if run.finished else None,
        "moment": utc_text(run.moment) if run.moment else None,
        "seconds": run.seconds,
        "counts": dict(run.counts or run.live),
        "queued": run.queued,
        "accepted": run.accepted,
        "articles_with": _shares(run),
        "median_body_characters": round(length_sketch.median(_group(run, "lengths"))),
        "statuses": dict(_group(run, "statuses")),
        "failures_by_stage": dict(_group(run, "stages")),
        "duplicates_by_relation": dict(_group(run, "relations")),
        "related_by_kind": dict(_group(run, "related")),
        "not_followed": dict(_group(run, "not_followed")),
        "passed_over": dict(_group(run, "passed_over")),
        "arguments": dict(run.arguments),
        "version": run.version,
        "worker": run.worker,
        "helpers": list(run.helpers),
    }


def runs_table(runs: Sequence[Run], states: Mapping[str, RunState]) -> Table:
    """Return a table of *runs* for files and pipes: one a row, with the whole id and the verdict."""
    table = Table(box=None, pad_edge=False, show_edge=False)
    _add_columns(table, "run", "began (UTC)", *_NUMBERS, "exit", "verdict")
    for run in runs:
        code = "-" if run.exit_code is None else str(run.exit_code)
        began = f"{run.started:%Y-%m-%d %H:%M}" if run.started else "-"
        table.add_row(run.id, began, took(run), *_numbers(run), code, in_words(run, states[run.id]))
    return table


def short_table(runs: Sequence[Run], states: Mapping[str, RunState]) -> Table:
    """Return a table of *runs* that fits 80 columns: the last part of the id, and a word for the verdict."""
    table = Table(box=None, padding=(0, 1, 0, 0), header_style="bold underline")
    _add_columns(table, "run", "portal", "began (UTC)", *_NUMBERS)
    table.add_column("ended")  # where there is too little room, this one is wrapped
    for run in runs:
        state = states[run.id]
        began = f"{run.started:%m-%d %H:%M}" if run.started else "-"
        lasted = "-" if run.seconds is None else str(timedelta(seconds=round(run.seconds))).removeprefix("0:")
        row = (short_id(run), run.portal, began, lasted, *_numbers(run), _one_word(run, state))
        table.add_row(*row, style=_style(run, state))
    return table


def short_id(run: Run) -> str:
    """Return the last part of the run's id, by which ``storykin runs`` finds it too."""
    return run.id.rpartition("-")[2]


_NUMBERS = ("took", "pages", "articles", "new", "failed")


def _add_columns(table: Table, *names: str) -> None:
    for name in names:
        table.add_column(name, no_wrap=True, justify="right" if name in (*_NUMBERS, "exit") else "left")


def _numbers(run: Run) -> tuple[str, ...]:
    names = ("fetched", "articles", "new", "failures")
    counts = run.counts or run.live
    return tuple(f"{counts[name]:,}" if name in counts else "-" for name in names)


def _one_word(run: Run, state: RunState) -> str:
    if state != "ended":
        return "under way" if state == "running" else "killed"
    return "below" if run.exit_code == BELOW_EXPECTATION else MEANINGS.get(run.exit_code or 0, str(run.exit_code))


def run_lines(run: Run, state: RunState, comparable: int) -> Iterator[tuple[str, str]]:
    """Yield (name, text) for everything that is known of one run.

    :param comparable: earlier runs that it could be compared with
    """
    yield "run", run.id
    yield "portal", run.portal
    yield "began", _moment(run.started)
    if run.moment:
        yield "replays", f"the pages of {_moment(run.moment)}"
    if run.finished:
        yield "ended", f"{_moment(run.finished)}, after {took(run)}"
    if run.exit_code is not None:
        yield "exit code", f"{run.exit_code} ({MEANINGS.get(run.exit_code, 'unknown')})"
    yield "verdict", in_words(run, state)
    yield "compared", _compared(comparable) + (", accepted as the portal's new state" if run.accepted else "")
    yield from _count_lines(run)
    asked = {name: value for name, value in run.arguments.items() if value not in (None, "", [])}
    yield "arguments", "; ".join(f"{name} {_plain(value)}" for name, value in asked.items()) or "none"
    yield "storykin", run.version or "-"
    yield "process", ", ".join(map(_process, (run.worker, *run.helpers)))


def in_words(run: Run, state: RunState) -> str:
    """Return the verdict on *run*, or what became of it where it has none."""
    if state == "running":
        return "under way"
    if state == "killed":
        return "its process was killed before the end; the next run goes on from there"
    return printable(run.verdict) or "-"


def took(run: Run) -> str:
    """Return how long *run* took, such as ``3 min 12 s``."""
    if run.seconds is None:
        return "-"
    seconds = run.seconds
    if seconds < 60:
        return f"{seconds:.1f} s" if seconds < 10 else f"{seconds:.0f} s"
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes:02} min" if hours else f"{minutes} min {rest:02} s"


def _count_lines(run: Run) -> Iterator[tuple[str, str]]:
    if not run.counts:
        return
    n = {name: f"{number:,}" for name, number in run.counts.items()}

    def of(*names: str) -> str:
        return " + ".join(f"{n.get(name, '0')} {name.replace('_', ' ')}" for name in names)

    yield "pages", f"{n.get('fetched', '0')} = {of('articles', 'listings', 'not_articles', 'failures')}"
    relations = ", ".join(f"{number:,} {name}" for name, number in _group(run, "relations").items())
    copies = f"{of('distinct', 'duplicates')}" + (f" ({relations})" if relations else "")
    yield "articles", f"{n.get('articles', '0')} = {copies}"
    yield "stored", f"{n.get('new', '0')} new, {n.get('versions', '0')} changed, {n.get('unchanged', '0')} unchanged"
    for name, what in (("not_followed", "entries of feeds and sitemaps"), ("passed_over", "records of the archive")):
        if left := _group(run, name):
            yield name.replace("_", " "), f"{sum(left.values()):,} {what}: {counted(left)}"
    yield "queued", f"{run.queued:,} addresses left for the next run"
    if lengths := _group(run, "lengths"):
        shares = ", ".join(f"{name} {100 * share:.0f} %" for name, share in _shares(run).items())
        yield "bodies", f"{length_sketch.median(lengths):,.0f} characters (median)"
        yield "articles with", shares
    if statuses := _group(run, "statuses"):
        yield "answers", ", ".join(f"{_status(code)} {number:,}" for code, number in sorted(statuses.items()))


def _compared(comparable: int) -> str:
    runs = f"{comparable} earlier run{'' if comparable == 1 else 's'} with the same start pages and options"
    return f"with {runs}" if comparable >= LEAST else f"with none yet: {runs}, {LEAST} are needed"


def _status(code: str) -> str:
    return "none" if code == "0" else f"HTTP {code}:"


def _shares(run: Run) -> dict[str, float]:
    articles, fields = sum(_group(run, "lengths").values()), _group(run, "fields")
    names = ("title", "date", "author", "lead", "related")
    return {name: round(fields.get(name, 0) / articles, 4) for name in names} if articles else {}


def _group(run: Run, name: str) -> Mapping[str, int]:
    return run.measures.get(name, {})


def is_noteworthy(run: Run, state: RunState) -> bool:
    """Say whether a list of runs should give the verdict on *run* in full."""
    return state == "killed" or run.exit_code not in (None, 0, 130)


def _style(run: Run, state: RunState) -> str:
    if state != "ended":
        return "cyan" if state == "running" else "red"
    return {0: "", 3: "yellow", 130: "dim"}.get(run.exit_code or 0, "red")


def _moment(moment: datetime | None) -> str:
    return f"{moment:%Y-%m-%d %H:%M:%S} UTC" if moment else "-"


def _plain(value: Any) -> str:
    return " ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)


def _process(worker: str) -> str:
    host, pid, _ = (worker or "?:?:?").rsplit(":", 2)
    return f"{pid} on {host.partition('/')[0]}"
