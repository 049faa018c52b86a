"""What came over the wire, before anything is understood of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One HTTP response; all that extraction may look at."""

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
