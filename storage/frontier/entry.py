"""An address in the frontier, what tells one from another, and what an earlier fetch left of it."""

from __future__ import annotations

import hashlib
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal
from urllib.parse import urlsplit

from storage.base.documents import encodable
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


AFRESH = {"state": "queued", "attempts": 0, "deaths": 0}
"""Fields of an entry that is to be asked for as if it never had been."""
EntryKind = Literal["start", "feed", "listing", "article", "related"]
EntryState = Literal["queued", "leased", "done", "failed", "dead"]


@dataclass(frozen=True, slots=True, kw_only=True)
class FrontierEntry:
    """One address to ask for. ``token`` and ``attempts`` are set by :func:`lease`."""

    portal: str
    url: str
    """Address to ask for."""
    key: str = ""
    """Canonical URL of the address asked for, the entry's identity; empty: ``url`` itself."""
    kind: EntryKind = "article"
    depth: int = 0
    """Links from a start page."""
    priority: int = 0
    """Smaller is leased first."""
    referrer: str = ""
    attempts: int = 0
    """Leases so far, the present one included."""
    token: str = ""
    known: KnownPage | None = None
    """The page that it showed when it was last understood."""
    article: str = ""
    """Id of the article that it showed."""

    @property
    def id(self) -> str:
        """Hash of portal and canonical URL."""
        return entry_id(self.portal, self.key or self.url)

    @property
    def host(self) -> str:
        """Host asked, lower case, without port."""
        return urlsplit(self.url).hostname or ""


@lru_cache(maxsize=8192)  # asked for twenty times a page; a menu's addresses stand on every page
def entry_id(portal: str, key: str) -> str:
    """Return the id of the entry for the canonical URL *key*: 32 hex digits of BLAKE2b."""
    text = unicodedata.normalize("NFC", f"{portal}\0{key}")
    return hashlib.blake2b(encodable(text).encode(), digest_size=16).hexdigest()
