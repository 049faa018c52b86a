"""What waits for the downloader: hosts in turn, the idle ones first, and priorities within a host."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from scrapy import Request
from scrapy.core.downloader import Downloader, Slot
from scrapy.utils.test import get_crawler

from crawler.crawl.request_queue import RequestQueue


def waiting_for(slots: dict[str, Slot]) -> RequestQueue:
    """Return a queue before a downloader with these *slots*."""
    crawler: Any = get_crawler()
    downloader = SimpleNamespace(
        slots=slots, ip_concurrency=0, DOWNLOAD_SLOT=Downloader.DOWNLOAD_SLOT, get_slot_key=None
    )
    downloader.get_slot_key = lambda request: Downloader.get_slot_key(downloader, request)  # type: ignore[arg-type]
    crawler.engine = SimpleNamespace(downloader=downloader)
    return RequestQueue.from_crawler(crawler)


def taken(queue: RequestQueue) -> list[str]:
    """Return the addresses in the order they are handed on."""
    found = []
    while (request := queue.next_request()) is not None:
        found.append(request.url.removeprefix("https://"))
    return found


def test_hosts_take_turns_and_the_oldest_goes_first() -> None:
    queue = waiting_for({})
    for url in ("a.example/1", "a.example/2", "b.example/1", "a.example/3", "b.example/2"):
        assert queue.enqueue_request(Request(f"https://{url}"))
    assert queue.has_pending_requests()
    assert taken(queue) == ["a.example/1", "b.example/1", "a.example/2", "b.example/2", "a.example/3"]
    assert not queue.has_pending_requests()


def test_a_host_with_fewer_requests_under_way_goes_first() -> None:
    busy = Slot(1, 0)
    busy.active.add(Request("https://a.example/0"))
    queue = waiting_for({"a.example": busy})
    for url in ("a.example/1", "b.example/1", "b.example/2"):
        queue.enqueue_request(Request(f"https://{url}"))
    assert taken(queue) == ["b.example/1", "b.example/2", "a.example/1"]


@given(st.lists(st.tuples(st.sampled_from("abc"), st.integers(-2, 2)), max_size=20))
def test_nothing_is_lost_and_priorities_hold_within_a_host(wanted: list[tuple[str, int]]) -> None:
    queue = waiting_for({})
    for number, (host, priority) in enumerate(wanted):
        queue.enqueue_request(Request(f"https://{host}.example/{number}", priority=priority))
    found = [int(url.partition("/")[2]) for url in taken(queue)]
    assert sorted(found) == list(range(len(wanted)))
    for host in "abc":
        of_host = [number for number in found if wanted[number][0] == host]
        assert of_host == sorted(of_host, key=lambda number: (-wanted[number][1], number))
