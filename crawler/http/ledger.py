"""What this process asked of each host, gathered and written to the ledger now and then, not at every request."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import UTC, datetime

from storage.frontier.ledger import HostDay


@dataclass
class _Counts:
    requests: int = 0
    bytes: int = 0
    delay: float = 0.0
    rests: int = 0
    answers: Counter[str] = field(default_factory=Counter)


class Ledger:
    """Counts by host and day (UTC). What was not taken yet when a process is killed is lost.

    :param agent: user agent of the requests
    """

    def __init__(self, agent: str = "") -> None:
        self._agent = agent
        self._counts: defaultdict[tuple[str, str], _Counts] = defaultdict(_Counts)

    def answered(self, host: str, status: int, size: int) -> None:
        """Count a request whose answer had *size* bytes."""
        counts = self._of(host)
        counts.requests += 1
        counts.bytes += size
        counts.answers[str(status) if status == 429 else f"{status // 100}xx"] += 1

    def unanswered(self, host: str) -> None:
        """Count a request that brought no answer."""
        counts = self._of(host)
        counts.requests += 1
        counts.answers["none"] += 1

    def kept_free(self, host: str, seconds: float) -> None:
        """Count the time kept free behind a request."""
        self._of(host).delay += seconds

    def rested(self, host: str) -> None:
        """Count that the host was left alone for a while."""
        self._of(host).rests += 1

    def take(self) -> list[HostDay]:
        """Return the counts since the last call."""
        taken, self._counts = self._counts, defaultdict(_Counts)
        return [
            HostDay(
                host=host,
                day=day,
                requests=counts.requests,
                bytes=counts.bytes,
                answers=dict(counts.answers),
                delay=counts.delay,
                rests=counts.rests,
                agent=self._agent,
            )
            for (host, day), counts in taken.items()
        ]

    def give_back(self, days: list[HostDay]) -> None:
        """Count *days*, which could not be written, again."""
        for one in days:
            counts = self._counts[one.host, one.day]
            counts.requests += one.requests
            counts.bytes += one.bytes
            counts.delay += one.delay
            counts.rests += one.rests
            counts.answers.update(one.answers)

    def _of(self, host: str) -> _Counts:
        return self._counts[host, datetime.now(UTC).date().isoformat()]
