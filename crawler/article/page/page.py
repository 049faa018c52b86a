"""An HTTP response before it is parsed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from storage.records import RawPage, RightsStatement

RENDERED = "rendered"
"""Doubt of a page that was read as a browser shows it after its scripts, not as the server sent it."""
NOT_RENDERED = "not rendered"
"""Doubt of a page that was to be rendered, and on which the browser failed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One HTTP response: the only input of extraction."""

    url: str
    """Address that answered."""
    body: bytes
    """Bytes after Content-Encoding was undone."""
    content_type: str = ""
    """The Content-Type header as sent; its charset, where given, wins over the page's own claim."""
    status: int = 200
    requested_url: str = ""
    """Address asked for; empty if it is ``url``."""
    redirects: tuple[str, ...] = ()
    """Addresses passed on the way, in order."""
    fetched: datetime | None = None
    doubts: tuple[str, ...] = ()
    """What is doubtful about the body, in the words of ``Article.quality``."""
    rights: tuple[RightsStatement, ...] = ()
    """Statements on its use in files of its host (robots.txt, tdmrep.json) and in headers of the response."""
    warc_file: str = ""
    warc_offset: int | None = None
    """Where a WARC file holds it: see ``Article.warc_offset``."""


def as_page(raw: RawPage) -> Page:
    """Return a stored response as the page that extraction takes, as the crawl that kept it did."""
    return Page(
        url=raw.url,
        body=raw.body,
        content_type=raw.content_type,
        status=raw.status,
        requested_url=raw.requested_url,
        redirects=raw.redirects,
        fetched=raw.fetched,
        doubts=raw.doubts,
        rights=raw.rights,
        warc_file=raw.warc_file,
        warc_offset=raw.warc_offset,
    )


def raw_of(page: Page, *, etag: str = "", last_modified: str = "") -> RawPage:
    """Return *page* as the response to keep, with the headers that ask for it conditionally."""
    return RawPage(
        url=page.url,
        body=page.body,
        content_type=page.content_type,
        status=page.status,
        requested_url=page.requested_url,
        redirects=page.redirects,
        fetched=page.fetched,
        etag=etag,
        last_modified=last_modified,
        doubts=page.doubts,
        rights=page.rights,
        warc_file=page.warc_file,
        warc_offset=page.warc_offset,
    )
