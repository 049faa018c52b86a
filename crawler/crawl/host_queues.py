"""Leased entries by host, handed on when their host's turn comes: a slow host keeps no other one waiting."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from crawler.http.pace import Pace
    from storage.frontier.entry import FrontierEntry

_ASK_AGAIN = 0.1
"""Seconds until a host whose robots.txt is being read is looked at again."""


class HostQueues:
    """One queue for each host. At most one turn of a host is taken ahead, so a killed worker wastes at most one."""

    def __init__(self, pace: Pace) -> None:
        self._pace = pace
        self._queues: dict[str, deque[FrontierEntry]] = {}
        self._turns: dict[str, float] = {}
        self._refused: list[FrontierEntry] = []

    def __bool__(self) -> bool:
        """Say whether anything waits."""
        return bool(self._queues)

    def put(self, entries: Iterable[FrontierEntry]) -> None:
        """Add entries behind those of their host."""
        for entry in entries:
            self._queues.setdefault(entry.host, deque()).append(entry)

    async def pop(self) -> FrontierEntry | None:
        """Return the next entry whose host may be asked now, the hosts in turn; ``None`` if there is none.

        :raises StorageError: if the database is gone
        """
        for host in list(self._queues):
            if await self._may_ask(host):
                return self._next_of(host)
        return None

    def seconds(self) -> float:
        """Return the seconds until the next turn, or until it is worth while to ask again for one."""
        soonest = min(self._turns.values(), default=0.0) - asyncio.get_running_loop().time()
        return max(0.0, soonest) if len(self._turns) == len(self._queues) else _ASK_AGAIN

    def refused(self) -> list[FrontierEntry]:
        """Return the entries of hosts that may not be asked for long, once."""
        refused, self._refused = self._refused, []
        return refused

    async def _may_ask(self, host: str) -> bool:
        now = asyncio.get_running_loop().time
        if host not in self._turns:
            if not self._pace.needs_turn(host):
                return True
            if not self._pace.knows_rules(self._queues[host][0].url):
                return False
            turn = await self._pace.turn(host)
            if not turn.granted:
                self._refused += self._queues.pop(host)
                return False
            self._turns[host] = now() + turn.wait
        return self._turns[host] <= now()

    def _next_of(self, host: str) -> FrontierEntry:
        self._turns.pop(host, None)
        queue = self._queues.pop(host)
        entry = queue.popleft()
        if queue:
            self._queues[host] = queue  # behind the other hosts
        return entry
