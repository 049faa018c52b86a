"""What waits for the downloader between the lease loop and the hosts: redirects, retries, leases that came too fast."""

from __future__ import annotations

import heapq
from itertools import count
from typing import TYPE_CHECKING, Self

from scrapy.core.scheduler import BaseScheduler

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.core.downloader import Downloader
    from scrapy.crawler import Crawler


class RequestQueue(BaseScheduler):
    """Scrapy's scheduler without its disk queues and filter of duplicates, which the frontier replaces: .1 ms a page.

    Hands on the host with the fewest requests under way, hosts with equally many in turn; of a host the request with
    the highest priority, and of those the oldest.
    """

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self._hosts: dict[str, list[tuple[int, int, Request]]] = {}
        self._arrivals = count()

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Return the queue of *crawler*."""
        return cls(crawler)

    def has_pending_requests(self) -> bool:
        """Say whether anything waits."""
        return bool(self._hosts)

    def enqueue_request(self, request: Request) -> bool:
        """Take any request; always ``True``."""
        waiting = self._hosts.setdefault(self._downloader.get_slot_key(request), [])
        heapq.heappush(waiting, (-request.priority, next(self._arrivals), request))
        return True

    def next_request(self) -> Request | None:
        """Return the next request, or ``None`` where none waits."""
        if not self._hosts:
            return None
        host = min(self._hosts, key=self._under_way)
        waiting = self._hosts.pop(host)
        request = heapq.heappop(waiting)[-1]
        if waiting:
            self._hosts[host] = waiting  # behind the other hosts
        return request

    def _under_way(self, host: str) -> int:
        slot = self._downloader.slots.get(host)
        return len(slot.active) if slot else 0

    @property
    def _downloader(self) -> Downloader:
        downloader: Downloader = self._crawler.engine.downloader
        return downloader
