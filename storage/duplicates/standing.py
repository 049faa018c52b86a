"""What an article is to its story."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dedupe.compare.similarity import Relation
    from storage.records import StoryFacts


@dataclass(frozen=True, slots=True)
class Standing:
    """What an article is to its story."""

    of: str | None = None
    """The article that is kept for the story; ``None`` for that one, and for one that stands alone."""
    relation: Relation | None = None
    score: float = 1.0
    kept_in: str | None = None
    """The kept article that says all of it; ``None`` if it is kept itself."""
    story: StoryFacts | None = None
    """``None`` of one that stands alone."""
    by_hand: str = ""
    """Why it stands here because of a decision made by hand."""
    beside: frozenset[str] = frozenset()
    """Articles of other stories that it is one story with by the two texts alone."""


ALONE = Standing()
