"""Why a request failed, in the same words for the same cause, so that failures can be grouped and read."""

from __future__ import annotations

from collections.abc import Iterator

from scrapy.exceptions import IgnoreRequest

from crawler.article.body.consent import CONSENT_WALL
from storage.base.masking import mask

REFUSING = frozenset({401, 403, 429})
"""HTTP statuses with which a portal shuts a crawler out."""


CHALLENGE = "challenge page"
"""How the reason of a page begins that asks whether a human is there: see :mod:`crawler.http.challenge`."""

NO_PAGE = (CHALLENGE, CONSENT_WALL)
"""How the reason of an answer begins that stands in the place of a page; it may go better another time."""

HOST_SKIPPED = "host skipped"
"""How failures of a host begin whose robots.txt could not be read."""

BAD_CERTIFICATE = "the server's certificate is not valid"
"""Self-signed, expired, of an unknown authority or for another host; Scrapy calls it a lost connection."""

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
    if name == "ValueError" and "scheme in request url" in str(problem):
        return "leads to what is no address of the web"
    return _WORDS.get(name, mask(f"{name}: {problem}") if str(problem) else name)


def causes(problem: BaseException) -> Iterator[BaseException]:
    """Yield what *problem* was raised from, Twisted's lists of reasons included, outermost first."""
    cause = problem.__cause__
    if cause is not None:
        yield cause
        for failure in getattr(cause, "reasons", ()):
            yield failure.value


def may_pass(stage: str, reason: str, status: int) -> bool:
    """Say whether a failure of that kind may go better another time: no answer, or a server's trouble."""
    if stage == "robots":
        return reason.startswith(HOST_SKIPPED)
    if reason.startswith(NO_PAGE):
        return True
    if stage != "fetch":
        return False
    no_answer = status == 0 and (reason in _WORDS.values() or reason == BAD_CERTIFICATE)
    return no_answer or status in (408, 429) or status >= 500


def is_refusal(reason: str, status: int) -> bool:
    """Say whether a page failed because the portal does not want to show it.

    By robots.txt, 401, 403, 429, a challenge or a consent wall.
    """
    return status in REFUSING or "robots" in reason or reason.startswith(NO_PAGE)
