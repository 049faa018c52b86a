"""``--replay``: a download handler that answers from a WARC file and cannot reach the network."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

from scrapy.exceptions import IgnoreRequest
from scrapy.http import Headers
from scrapy.responsetypes import responsetypes

from crawler.warc.records import RefusedRecordError

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.crawler import Crawler
    from scrapy.http import Response

    from crawler.warc.archive import WarcArchive

NOT_IN_ARCHIVE = "not in the archive"


class ReplayDownloadHandler:
    """Answers every request with the nearest capture, or with 404 where the archive has none.

    The response keeps its Content-Encoding, so that everything above the handler does what it does live. The
    capture time goes into ``request.meta["captured"]``; it is ``None`` for a miss. A robots.txt that is not
    in the archive means, as any 404, that there are no rules.
    """

    lazy = True

    def __init__(self, archive: WarcArchive) -> None:
        self._archive = archive

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Take the archive that the spider opened."""
        spider: Any = crawler.spider
        return cls(spider.run.archive)

    async def download_request(self, request: Request) -> Response:
        """Return the capture of the request's URL; the response carries the request's URL."""
        try:
            found = self._archive.lookup(request.url)
        except RefusedRecordError as problem:
            raise IgnoreRequest(f"{problem} in the archive") from None
        request.meta["captured"] = found.date if found else None
        request.meta["doubts"] = found.doubts if found else ()
        request.meta["warc"] = (found.place.file, found.place.frame) if found and found.place else ("", None)
        if found is None:
            return responsetypes.from_args(url=request.url)(url=request.url, status=404)
        headers = Headers()
        for name, value in found.headers:
            headers.appendlist(name, value)
        kind = responsetypes.from_args(headers=headers, url=request.url, body=found.body)
        return kind(url=request.url, status=found.status, headers=headers, body=found.body)

    async def close(self) -> None:
        """Nothing to close: the run that opened the archive closes it."""
