"""Headers and cookies that the operator has for a portal: a subscription, an agreed key. Never stored, never logged."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Self
from urllib.parse import urlsplit

from scrapy.exceptions import NotConfigured

from crawler.urls.hosts import is_loopback_url
from dedupe.errors import InputError

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.crawler import Crawler

    from crawler.portals.seed import Seed

WITH_SECRETS = "operator_headers"
"""Key of ``request.meta`` of a request that carries them: the cookies of its answer are no one else's business."""

_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_NOT_HIS = frozenset({"host", "user-agent", "content-length", "transfer-encoding", "connection", "accept-encoding"})
"""What says who asks, and how: it stays as it is."""


def operator_headers(portal: str, environ: Mapping[str, str] = os.environ) -> dict[str, str]:
    """Return the headers for *portal*, one a line, in ``STORYKIN_HEADERS_<PORTAL>`` or the file ``…_FILE`` names.

    :raises InputError: if they cannot be used; the message names the variable or file and no value
    """
    where = "STORYKIN_HEADERS_" + re.sub(r"[^A-Z0-9]", "_", portal.upper())
    text = environ.get(where, "")
    if path := environ.get(f"{where}_FILE"):
        where = path
        try:
            if stat.S_IMODE(Path(path).stat().st_mode) & 0o077:
                raise InputError(f"{path}: others may read it; chmod 600 it")
            text = Path(path).read_text("utf-8")
        except (OSError, UnicodeDecodeError) as problem:
            raise InputError(f"{path}: cannot be read: {type(problem).__name__}") from None
    headers = {}
    for number, line in enumerate(filter(str.strip, text.splitlines()), 1):
        name, colon, value = (part.strip() for part in line.partition(":"))
        if not colon or not _NAME.fullmatch(name) or not (value.isascii() and value.isprintable()):
            raise InputError(f"{where}: line {number} is no header; write Name: value, in ASCII")
        if name.lower() in _NOT_HIS:
            raise InputError(f"{where}: {name} is storykin's to set; leave it out")
        headers[name] = value
    return headers


class OperatorHeadersMiddleware:
    """Adds them to requests to the portal's own hosts, over TLS or on this machine, and takes them from all others."""

    def __init__(self, headers: Mapping[str, str], domains: tuple[str, ...]) -> None:
        self._headers = headers
        self._domains = domains

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Return the middleware of *crawler*, or raise ``NotConfigured`` where the operator has none for its portal."""
        seed: Seed | None = getattr(crawler.spider, "seed", None)
        if seed is None or crawler.settings["STORYKIN_REPLAY"] or not (headers := operator_headers(seed.name)):
            raise NotConfigured
        return cls(headers, seed.allowed_domains)

    def process_request(self, request: Request) -> None:
        """Set the headers, or remove those that a redirect took along."""
        parts = urlsplit(request.url)
        host = (parts.hostname or "").rstrip(".")
        own = any(host == domain or host.endswith(f".{domain}") for domain in self._domains)
        request.meta[WITH_SECRETS] = own and (parts.scheme == "https" or is_loopback_url(request.url))
        for name, value in self._headers.items():
            if request.meta[WITH_SECRETS]:
                request.headers[name] = value
            else:
                request.headers.pop(name, None)
