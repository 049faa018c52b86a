"""What a crawl hands over of a page, and what it gets back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from storage.frontier.entry import FrontierEntry
from storage.records import Article, Change, Duplicate, RawPage

Outcome = Literal["article", "listing", "not article", "failure", "unchanged", "gone", "alias"]
"""``unchanged``: as it was when it was last understood; ``gone``: HTTP 410; ``alias``: not asked for, since its article
is stored from another address."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FinishedPage:
    """What became of one leased entry, with everything found on its page."""

    entry: FrontierEntry
    outcome: Outcome
    article: Article | None = None
    """Present exactly where the outcome is ``article``."""
    outlinks: tuple[FrontierEntry, ...] = ()
    along: tuple[str, ...] = ()
    """Kinds of related stories that are among the *outlinks*; empty: all."""
    reason: str = ""
    """Why it is no article, or why it failed."""
    stage: str = ""
    """Where it failed: ``fetch``, ``robots``, ``extract`` or ``store``."""
    final_url: str = ""
    """Address that answered."""
    status: int = 0
    raw: RawPage | None = None
    """The response as it came, where it is worth keeping."""
    scope: str = ""
    """See :class:`storage.frontier.entry.KnownPage`; empty: the page is to be read anew the next time."""
    not_followed: Mapping[str, int] = field(default_factory=dict)
    """Entries of a feed or sitemap that are not asked for, by reason."""
    cut: bool = False
    """Its links were left out since they lie beyond the depth of the crawl."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """What the store made of one finished page."""

    entry: str
    outcome: Outcome
    article_id: str = ""
    change: Change | None = None
    duplicate: Duplicate | None = None
    reason: str = ""
    content: str = ""
    """Hash of the text of an article's page: ``storage.base.documents.content_hash``."""
    held: bool = True
    """``False`` if the lease had been lost: somebody else fetches the page again."""
