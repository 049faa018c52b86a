"""How a crawl ended: the verdict in words, the exit code, and the summary people read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from crawler.http.failures import is_refusal
from crawler.http.network_guard import INSIDE
from crawler.outcome.exit_codes import BELOW_EXPECTATION, BLOCKED, FAILED, INTERRUPTED, OK, STORAGE
from dedupe.intake.skipped import counted
from storage.errors import StoppedWaitingError, StorageError

if TYPE_CHECKING:
    from crawler.outcome.counts import Counts
    from storage.frontier.runs import Run


@dataclass(frozen=True, slots=True, kw_only=True)
class PortalSummary:
    """How the crawl of one portal ended. ``counts`` are those of :meth:`crawler.outcome.counts.Counts.to_json`."""

    portal: str
    run: str
    exit_code: int
    verdict: str
    """Why the code is what it is, in words."""
    counts: dict[str, Any]
    queued: int
    """Addresses that wait for the next run."""
    record: Run | None = None
    """The run as it is stored, or would have been."""
    before: int | None = None
    """Exit code of the portal's run before it that was not interrupted; ``None`` if there was none."""

    @property
    def is_complete(self) -> bool:
        """Whether the run came to its own end, good or bad."""
        return self.exit_code not in (FAILED, STORAGE, INTERRUPTED)

    def to_json(self) -> dict[str, Any]:
        """Return plain values."""
        return {
            "portal": self.portal,
            "run": self.run,
            "exit_code": self.exit_code,
            "verdict": self.verdict,
            **self.counts,
            "queued": self.queued,
        }

    def lines(self) -> list[str]:
        """Return the summary as people read it."""
        counts = self.counts
        relations = ", ".join(f"{number} {name}" for name, number in counts["duplicates_by_relation"].items())
        lines = [
            f"{self.portal}: {self.verdict}",
            f"  {counts['fetched']} fetched = {counts['articles']} articles + {counts['listings']} listings"
            f" + {counts['not_articles']} not articles + {counts['failures']} failures"
            + "".join(f" + {counts[name]} {words}" for name, words in _RARER.items() if counts.get(name)),
            f"  {counts['articles']} articles = {counts['distinct']} distinct + {counts['duplicates']} duplicates"
            + (f" ({relations})" if relations else ""),
            f"  stored: {counts['new']} new, {counts['versions']} changed, {counts['unchanged']} unchanged;"
            f" {self.queued} addresses queued",
        ]
        for reason, number in list(counts["failures_by_reason"].items())[:5]:
            lines.append(f"  failed: {number} × {reason}")
        if rest := sum(list(counts["failures_by_reason"].values())[5:]):
            lines.append(f"  failed: {rest} × other reasons: storykin failures --group --portal {self.portal}")
        for name, words in _LEFT.items():
            if left := counts[name]:
                lines.append(f"  {sum(left.values()):,} {words}: {counted(left)}")
        if self.exit_code in (BELOW_EXPECTATION, BLOCKED):
            lines.append(f"  more of this: storykin runs {self.run}")
        return lines


_RARER = {"unchanged_pages": "pages as they were", "withdrawn": "withdrawn"}
"""Outcomes that the summary names where there are any, in its words."""
_LEFT = {
    "not_followed": "entries of feeds and sitemaps were not followed",
    "passed_over": "records of the archive were passed over",
}
"""Counts by reason of what no page came of, in words."""


def judge_run(
    counts: Counts,
    starts: int,
    close_reason: str,
    problem: Exception | None,
    *,
    barren: bool = False,
    worse: Sequence[str] | None = None,
) -> tuple[int, str]:
    """Return the exit code and why.

    :param starts: start pages of this run
    :param close_reason: Scrapy's finish reason
    :param problem: what ended the crawl before its time
    :param barren: nothing is queued, and neither this run nor an earlier one found an article
    :param worse: what is worse than in the portal's last runs, ``None`` where they are too few:
        :func:`crawler.outcome.verdict.judge_against`
    """
    if isinstance(problem, StoppedWaitingError):
        return INTERRUPTED, str(problem)
    if problem is not None:
        return (STORAGE if isinstance(problem, StorageError) else FAILED), str(problem)
    if close_reason == "shutdown":
        return INTERRUPTED, "interrupted; the same command goes on from here"
    if close_reason != "finished":
        return FAILED, f"ended before its time: {close_reason}"
    if counts.halted:
        return _judge_halt(counts)
    return _judge_pages(counts, starts, barren, worse)


def _judge_halt(counts: Counts) -> tuple[int, str]:
    """Judge a crawl that was polite and stopped: as planned at the end of the budget, blocked where a host refused."""
    if not counts.halted_by_host:
        return OK, f"finished for now: {counts.halted}"
    return (BELOW_EXPECTATION if counts.articles else BLOCKED), f"stopped: {counts.halted}"


def _judge_pages(counts: Counts, starts: int, barren: bool, worse: Sequence[str] | None) -> tuple[int, str]:
    if counts.start_failures and len(counts.start_failures) >= starts:
        url, reason, status = counts.start_failures[0]
        what = f"{url}: {reason}" + (f", and {starts - 1} more start pages failed" if starts > 1 else "")
        if INSIDE in reason:
            what += f"; if that server is yours: --allow-host {urlsplit(url).netloc}"
        return (BLOCKED if is_refusal(reason, status) else BELOW_EXPECTATION), what
    if blocked := _refused_articles(counts):
        return BLOCKED, blocked
    if counts.fetched and counts.outcomes["failure"] == counts.fetched:
        return BELOW_EXPECTATION, "no page could be fetched"
    if barren:
        return BELOW_EXPECTATION, "no article was found; are the start pages the right ones?"
    if worse:
        return BELOW_EXPECTATION, "; ".join(worse)
    return OK, "finished" if worse is None else "finished, as usual"


def _refused_articles(counts: Counts) -> str:
    """Return in words that nearly all pages beyond the listings were refused; empty if they were not."""
    asked, refused = counts.candidates.total(), counts.refused_candidates.total()
    if counts.candidates["article"] or refused < 3 or refused < 0.9 * asked:
        return ""
    reason, number = counts.refused_candidates.most_common(1)[0]
    return f"{refused} of {asked} pages beyond the listings were refused, {number} of them: {reason}"


def exit_code(summaries: list[PortalSummary]) -> int:
    """Return the code of the whole command: that of the portal it went worst for."""
    order = (STORAGE, FAILED, INTERRUPTED, BLOCKED, BELOW_EXPECTATION, OK)
    codes = {summary.exit_code for summary in summaries}
    return next((code for code in order if code in codes), OK)
