"""What taking a page apart gives. Apart from :mod:`crawler.article.dissect`, so that who only reads it loads no
extraction."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from crawler.article.page.links import PageLink
from storage.records import Article


@dataclass(frozen=True, slots=True, kw_only=True)
class PageAnatomy:
    """All that a page gave: what it is, its article if it is one, and where it leads."""

    kind: Literal["article", "listing", "other"]
    reason: str
    """Why it was taken for that, in words."""
    article: Article | None
    """``None`` unless ``kind`` is ``article``."""
    links: tuple[PageLink, ...]
