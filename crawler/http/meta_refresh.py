"""Redirects that a page asks for in its head: Scrapy's middleware, which is spared the pages that do not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scrapy.downloadermiddlewares.redirect import MetaRefreshMiddleware

if TYPE_CHECKING:
    from scrapy import Request, Spider
    from scrapy.http import Response

LOOKED_AT = 4 * 4096
"""Bytes of the 4,096 characters that Scrapy looks at, at most four each."""


class QuickMetaRefreshMiddleware(MetaRefreshMiddleware):
    """Scrapy's middleware, which decodes the whole page to see its first 4,096 characters: .2 ms for 50 kB."""

    def process_response(
        self, request: Request, response: Response, spider: Spider | None = None
    ) -> Request | Response:
        """Return the request that the page asks for instead of itself, else the page."""
        # UTF-16 and UTF-32 write the word with zeros between its letters.
        if b"refresh" not in response.body[:LOOKED_AT].replace(b"\0", b"").lower():
            return response
        told = super().process_response(request, response)
        # A page that loads itself anew is the page.
        return response if told.url.partition("#")[0] == request.url.partition("#")[0] else told
