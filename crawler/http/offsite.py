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
    """Scrapy's filter of other hosts, without three gaps of Scrapy's own.

    ``dont_filter``, which every retry sets, does not switch the filter off. A refusal has a reason in words. The
    errback of the refused request is always called.
    """

    def request_scheduled(self, request: Request, spider: Spider) -> None:
        """Schedule every request; :meth:`process_request` refuses redirects off the portal before anything is sent.

        A request that is dropped here would vanish with its lease, and the crawl would wait for it for ever.
        """

    def process_request(self, request: Request, spider: Spider | None = None) -> None:
        """Raise :class:`OffPortalError` for a host outside ``allowed_domains``; ``allow_offsite`` is obeyed."""
        assert self.crawler.spider is not None
        if request.meta.get("allow_offsite") or self.should_follow(request, self.crawler.spider):
            return
        self.stats.inc_value("offsite/filtered")
        raise OffPortalError(f"leads off the portal, to {urlsplit(request.url).hostname}")
