"""Why a request failed, in the same words for the same cause, so that failures can be grouped and read."""

from __future__ import annotations

from scrapy.exceptions import IgnoreRequest

_WORDS = {
    "DownloadTimeoutError": "no answer in time",
    "DownloadConnectionRefusedError": "connection refused",
    "CannotResolveHostError": "the host name cannot be resolved",
    "ResponseDataLossError": "the answer was cut",
    "DownloadCancelledError": "the answer is too large",
}
"""By the names of Scrapy's exceptions, whichever handler raises them."""


def in_words(problem: BaseException) -> str:
    """Return why a request failed."""
    if isinstance(problem, IgnoreRequest):
        return str(problem) or "not asked for"
    name = type(problem).__name__
    return _WORDS.get(name, f"{name}: {problem}" if str(problem) else name)
