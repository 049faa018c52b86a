"""Bounds on an answer that Scrapy does not set: the size of its head, how often its body is packed.

Unbounded, a server that sends header lines without end fills the memory within the time limit, and one page packed
3,000 times into gzip, which a single header can name, keeps the event loop unpacking for minutes.
"""

from __future__ import annotations

import logging
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from scrapy.core.downloader.handlers.http11 import HTTP11DownloadHandler
from scrapy.downloadermiddlewares.httpcompression import HttpCompressionMiddleware
from scrapy.exceptions import DownloadFailedError, IgnoreRequest
from twisted.internet import _sslverify, endpoints
from twisted.python.failure import Failure

from crawler.http.failures import BAD_CERTIFICATE, causes
from dedupe.intake.content_encoding import UnpackingError, decoded
from dedupe.intake.limits import MAX_HEAD

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.crawler import Crawler

_HEAD_STATES = frozenset({"STATUS", "HEADER"})


class HeadTooLargeError(Exception):
    """The head of an answer exceeds :data:`MAX_HEAD`."""


class RefusedAnswerError(IgnoreRequest):
    """An answer was not taken, and another attempt would end in the same way; the message says why."""


class BoundedDownloadHandler(HTTP11DownloadHandler):
    """Scrapy's handler for HTTP/1.1 that breaks off answers whose head is too large."""

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        # It warns of each answer that is cut or too large: failures with their reasons, thousands in a large crawl.
        logging.getLogger(HTTP11DownloadHandler.__module__).setLevel(logging.ERROR)
        _remember_encoded_names()
        usual: Any = self._pool._factory

        class Factory(usual):  # type: ignore[misc]
            def buildProtocol(self, addr: Any) -> Any:  # noqa: N802 - Twisted's interface
                protocol: Any = super().buildProtocol(addr)
                protocol.dataReceived = _HeadLimit(protocol)
                return protocol

        self._pool._factory = Factory


def _remember_encoded_names() -> None:
    """Have Twisted encode the name of each host once: it does so for every request, which takes .1 ms."""
    for module in (endpoints, _sslverify):
        # Of Scrapy, which has put it there in the place of Twisted's own.
        encode: Any = module._idnaBytes
        if not hasattr(encode, "cache_info"):
            module._idnaBytes = lru_cache(maxsize=1024)(encode)  # type: ignore[attr-defined]


class _HeadLimit:
    """Stands before the ``dataReceived`` of a connection and counts what arrives before a body begins."""

    def __init__(self, protocol: Any) -> None:
        self._protocol = protocol
        self._receive = protocol.dataReceived
        self._parser: object = None
        self._bytes = 0

    def __call__(self, data: bytes) -> None:
        parser = self._protocol._parser
        if parser is not None and parser.state in _HEAD_STATES:
            if parser is not self._parser:  # the next answer on the same connection
                self._parser, self._bytes = parser, 0
            self._bytes += len(data)
            # One read, of 64 KiB at most, may hold the end of the head and the beginning of the body.
            if self._bytes > MAX_HEAD + 65536:
                problem = HeadTooLargeError(f"more than {MAX_HEAD} bytes before the body")
                self._protocol._giveUp(Failure(problem))  # type: ignore[no-untyped-call]
                return
        self._receive(data)


class BoundedCompressionMiddleware(HttpCompressionMiddleware):
    """Scrapy's middleware with a limit on nested codings and :mod:`dedupe.intake.content_encoding`; what that does not
    take is refused in its words.

    Also names the causes of a broken connection that another attempt would meet again.
    """

    def _handle_encoding(self, body: bytes, content_encoding: list[bytes], max_size: int) -> tuple[bytes, list[bytes]]:
        fields = [field.decode("latin-1") for field in content_encoding]
        try:
            return decoded(body, fields, max_size), []
        except UnpackingError as problem:
            raise RefusedAnswerError(str(problem)) from problem

    def process_exception(self, request: Request, exception: Exception) -> None:
        """Raise :class:`RefusedAnswerError` for what no further attempt changes, before it is retried."""
        if not isinstance(exception, DownloadFailedError):
            return
        for cause in causes(exception):
            if isinstance(cause, HeadTooLargeError):
                raise RefusedAnswerError("the head of the answer is too large") from exception
            if type(cause).__name__ in ("VerificationError", "CertificateError") or "certificate verify" in str(cause):
                raise RefusedAnswerError(BAD_CERTIFICATE) from exception
