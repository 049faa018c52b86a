"""Redirects do not lead a crawl away from its portal."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from scrapy.downloadermiddlewares.offsite import OffsiteMiddleware
from scrapy.exceptions import IgnoreRequest

if TYPE_CHECKING:
    from scrapy import Request, Spider


class OffPortalError(IgnoreRequest):
    """A request was not sent because its host is none of the portal's."""


class PortalOffsiteMiddleware(OffsiteMiddleware):
    """Scrapy's filter with its three gaps closed: ``dont_filter``, which every retry sets, does not open it,
    what is refused says so in words, and it always reaches the errback of its request.
    """

    def request_scheduled(self, request: Request, spider: Spider) -> None:
        """Let everything be scheduled: what is dropped here vanishes with its lease, and the crawl waits for ever.

        A redirect is scheduled anew; :meth:`process_request` then refuses it before anything is sent.
        """

    def process_request(self, request: Request, spider: Spider | None = None) -> None:
        """Raise :class:`OffPortalError` for a host outside ``allowed_domains``; ``allow_offsite`` is obeyed."""
        assert self.crawler.spider is not None
        if request.meta.get("allow_offsite") or self.should_follow(request, self.crawler.spider):
            return
        self.stats.inc_value("offsite/filtered")
        raise OffPortalError(f"leads off the portal, to {urlsplit(request.url).hostname}")
