"""Bounds on an answer that Scrapy does not set: the size of its head, how often its body is packed.

Unbounded, a server that sends header lines without end fills the memory within the time limit, and one page packed
3,000 times into gzip, which a single header can name, keeps the event loop unpacking for minutes.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any, Self

from scrapy.core.downloader.handlers.http11 import HTTP11DownloadHandler
from scrapy.exceptions import DownloadFailedError, IgnoreRequest
from scrapy.http import TextResponse
from scrapy.responsetypes import responsetypes
from twisted.python.failure import Failure
from twisted.web._newclient import HEADER, STATUS

from crawler.http.failures import BAD_CERTIFICATE, causes
from dedupe.intake.content_encoding import UnpackingError, decoded
from dedupe.intake.limits import MAX_HEAD

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.crawler import Crawler
    from scrapy.http import Response


class HeadTooLargeError(Exception):
    """The head of an answer exceeds :data:`MAX_HEAD`."""


class RefusedAnswerError(IgnoreRequest):
    """An answer was not taken, and another attempt would end in the same way; the message says why."""


class BoundedDownloadHandler(HTTP11DownloadHandler):
    """Scrapy's handler for HTTP/1.1 that breaks off answers whose head is too large.

    Neither Scrapy nor Twisted has a public way to say so. Where a private name that is used here is gone, no request is
    answered; ``tests/crawler/http/test_limits.py`` holds that the limit is kept.
    """

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        # It warns of each answer that is cut or too large: failures with their reasons, thousands in a large crawl.
        logging.getLogger(HTTP11DownloadHandler.__module__).setLevel(logging.ERROR)
        self._pool._factory = with_head_limit(self._pool._factory)


def with_head_limit(usual: Any) -> Any:
    """Return a factory of connections like *usual* whose connections break off answers with too large a head."""

    class Factory(usual):  # type: ignore[misc]
        def buildProtocol(self, addr: Any) -> Any:
            protocol: Any = super().buildProtocol(addr)
            protocol.dataReceived = _HeadLimit(protocol)
            return protocol

    return Factory


class _HeadLimit:
    """Stands before the ``dataReceived`` of a connection and counts what arrives before a body begins."""

    def __init__(self, protocol: Any) -> None:
        self._protocol = protocol
        self._receive = protocol.dataReceived
        self._parser: object = None
        self._bytes = 0

    def __call__(self, data: bytes) -> None:
        parser = self._protocol._parser
        if parser is not None and parser.state in (STATUS, HEADER):
            if parser is not self._parser:  # the next answer on the same connection
                self._parser, self._bytes = parser, 0
            self._bytes += len(data)
            # One read, of 64 KiB at most, may hold the end of the head and the beginning of the body.
            if self._bytes > MAX_HEAD + 65536:
                problem = HeadTooLargeError(f"more than {MAX_HEAD} bytes before the body")
                self._protocol._giveUp(Failure(problem))  # type: ignore[no-untyped-call]
                return
        self._receive(data)


class ContentEncodingMiddleware:
    """Undoes the Content-Encoding of answers by :mod:`dedupe.intake.content_encoding`, in the place of Scrapy's class.

    Also names the causes of a broken connection that another attempt would meet again.
    """

    def __init__(self, crawler: Crawler) -> None:
        self._most = crawler.settings.getint("DOWNLOAD_MAXSIZE")

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Return the middleware of *crawler*."""
        return cls(crawler)

    def process_request(self, request: Request) -> None:
        """Ask for the codings that can be undone."""
        request.headers.setdefault("Accept-Encoding", "gzip, deflate, br, zstd")

    def process_response(self, request: Request, response: Response) -> Response:
        """Return the answer unpacked.

        :raises RefusedAnswerError: if it is too large, damaged, cut, or packed in what is not known
        """
        fields = [field.decode("latin-1") for field in response.headers.getlist("Content-Encoding")]
        if not fields or request.method == "HEAD":
            return response
        try:
            body = decoded(response.body, fields, self._most)
        except UnpackingError as problem:
            raise RefusedAnswerError(str(problem)) from problem
        headers = response.headers.copy()
        del headers["Content-Encoding"]
        kind = responsetypes.from_args(headers=headers, url=response.url, body=body)
        # The encoding that Scrapy guessed from the packed bytes is not used.
        guessed_anew = {"encoding": None} if issubclass(kind, TextResponse) else {}
        return response.replace(cls=kind, headers=headers, body=body, **guessed_anew)

    def process_exception(self, request: Request, exception: Exception) -> None:
        """Raise :class:`RefusedAnswerError` for what no further attempt changes, before it is retried."""
        if not isinstance(exception, DownloadFailedError):
            return
        for cause in causes(exception):
            if isinstance(cause, HeadTooLargeError):
                raise RefusedAnswerError("the head of the answer is too large") from exception
            if type(cause).__name__ in ("VerificationError", "CertificateError") or "certificate verify" in str(cause):
                raise RefusedAnswerError(BAD_CERTIFICATE) from exception
