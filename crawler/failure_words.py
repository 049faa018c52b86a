"""Why a request failed, in the same words for the same cause, so that failures can be grouped and read."""

from __future__ import annotations

from scrapy.exceptions import IgnoreRequest

from crawler.tally import CHALLENGE
from storage.masking import mask

HOST_SKIPPED = "host skipped"
"""How failures of a host begin whose robots.txt could not be read."""

_WORDS = {
    "DownloadTimeoutError": "no answer in time",
    "DownloadConnectionRefusedError": "connection refused",
    "CannotResolveHostError": "the host name cannot be resolved",
    "ResponseDataLossError": "the answer was cut",
    "DownloadFailedError": "the connection was lost",
}
"""By the names of Scrapy's exceptions, whichever handler raises them."""


def in_words(problem: BaseException) -> str:
    """Return why a request failed."""
    if isinstance(problem, IgnoreRequest):
        return str(problem) or "not asked for"
    name = type(problem).__name__
    if name == "DownloadCancelledError":
        return "the answer is too large"
    return _WORDS.get(name, mask(f"{name}: {problem}") if str(problem) else name)


def may_pass(stage: str, reason: str, status: int) -> bool:
    """Say whether a failure of that kind may go better another time: no answer, or a server's trouble."""
    if stage == "robots":
        return reason.startswith(HOST_SKIPPED)
    if reason.startswith(CHALLENGE):
        return True
    if stage != "fetch":
        return False
    no_answer = status == 0 and reason in _WORDS.values()
    return no_answer or status in (408, 429) or status >= 500
