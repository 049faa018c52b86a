"""Redirects that a page asks for in its head."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scrapy.downloadermiddlewares.redirect import MetaRefreshMiddleware

if TYPE_CHECKING:
    from scrapy import Request, Spider
    from scrapy.http import Response


class ElsewhereRefreshMiddleware(MetaRefreshMiddleware):
    """Scrapy's middleware for pages that lead elsewhere: one that loads itself anew is the page."""

    def process_response(
        self, request: Request, response: Response, spider: Spider | None = None
    ) -> Request | Response:
        """Return the request that the page asks for instead of itself, else the page."""
        try:
            told = super().process_response(request, response)
        except (LookupError, UnicodeError):  # its charset is no text encoding, such as zip; extraction finds another
            return response
        return response if told.url.partition("#")[0] == request.url.partition("#")[0] else told
