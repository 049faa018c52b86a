"""What an earlier fetch of an address left in its frontier entry, so that the next one can be short."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from storage.records import Record


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownPage(Record):
    """The page that an address showed when it was last understood."""

    etag: str = ""
    last_modified: str = ""
    """The headers ETag and Last-Modified as sent."""
    digest: str = ""
    """:func:`body_digest` of its bytes."""
    scope: str = ""
    """Hash of all beside the page that decided on its links (``crawler.crawl.refetch.scope``). Under another scope the
    page may lead to other addresses, so it is read again as if it were new."""
    outcome: str = ""
    """``article``, ``listing`` or ``not article``."""
    reason: str = ""


def body_digest(body: bytes) -> str:
    """Return 32 hex digits of BLAKE2b over the bytes of a page."""
    return hashlib.blake2b(body, digest_size=16).hexdigest()
