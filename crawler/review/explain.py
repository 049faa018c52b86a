"""Everything known about one page, joined: how it was found, what was decided on every part of it, and why."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Literal

from crawler.article.page.page import Page
from crawler.portals.seed import GENERIC, Seed
from crawler.urls.canonical import canonical_url
from crawler.workers.tasks import SavedAnatomy, read_saved
from storage.articles import articles, origins
from storage.articles.articles import StoredArticle
from storage.articles.origins import Step
from storage.articles.versions import versions
from storage.duplicates import clusters
from storage.duplicates.nearest import Nearest, nearest
from storage.frontier import related_links
from storage.frontier.failures import Failure
from storage.records import Article, Duplicate, Record, Teaser, Withdrawal

if TYPE_CHECKING:
    from storage.database.store import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryLink(Record):
    """The stored article that a related story of the page leads to."""

    story: str
    """URL of the related story."""
    article: str
    url: str
    linked_by: str
    """``address``, ``title`` or ``blurb``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OlderText(Record):
    """A version of the article that another one has replaced."""

    version: int
    title: str
    characters: int
    fetched: datetime | None
    changed: tuple[str, ...]
    """What the next one changed of it."""
    replaced: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class AlignedPassage(Record):
    """A passage of an article beside the passage of the article it repeats. Where they differ, one may be empty."""

    same: bool
    text: str
    of: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation(Record):
    """One page with every decision about it."""

    source: Literal["store", "file"]
    subject: str
    """What was asked about."""
    kind: str
    """``article``, ``listing``, ``other``; for a page of the frontier without article its outcome or state."""
    reason: str
    """Why it was taken for that, in words; empty where that is not kept."""
    seed: str
    article: Article | None
    kept_links: tuple[str, ...] = ()
    """For a saved page: links that a name or selector takes for related stories, left where they are: they stand in a
    sentence."""
    titles: tuple[str, ...] = ()
    """For a saved page: every text that may be its title, with its source."""
    bylines: tuple[str, ...] = ()
    """For a saved page: every byline that was read, with its source."""
    dates: tuple[str, ...] = ()
    """For a saved page: every moment that may be its publication, with source, place and how much it counts."""
    found: tuple[Step, ...] = ()
    """The page itself, the page whose link led to it, and so on to a start page."""
    robots: str
    failure: Failure | None = None
    version: int = 0
    """Texts that the article has had; 0 for a saved page."""
    first_seen: datetime | None = None
    last_seen: datetime | None = None
    older: tuple[OlderText, ...] = ()
    """The texts that the article had before, oldest first."""
    withdrawn: Withdrawal | None = None
    teasers: tuple[Teaser, ...] = ()
    links: tuple[StoryLink, ...] = ()
    duplicate: Duplicate | None = None
    duplicate_url: str = ""
    stretches: tuple[AlignedPassage, ...] = ()
    """Where the article and the one that it repeats are the same and where they differ."""
    copies: int = 0
    """Other articles of the same story in the store."""
    nearest: tuple[Nearest, ...] | None = None
    """``None`` where no database was asked."""


def explain_page(page: Page, seed: Seed = GENERIC) -> Explanation:
    """Return what extraction makes of *page*, without any database, and without limits of time and memory. Pure.

    :raises ExtractError: if there is nothing to parse
    """
    return explain_saved(read_saved(page, lambda url: seed))


def explain_saved(found: SavedAnatomy) -> Explanation:
    """Return what a worker process found out about a saved page."""
    return Explanation(
        source="file",
        subject=found.url,
        kind=found.kind,
        reason=found.reason,
        seed=found.seed,
        article=found.article,
        kept_links=found.kept_links,
        titles=found.titles,
        bylines=found.bylines,
        dates=found.dates,
        robots="not known: a saved page",
    )


def with_nearest(store: Store, explanation: Explanation, most: int) -> Explanation:
    """Return *explanation* with the *most* similar stored articles."""
    article = explanation.article
    if article is None:
        return explanation
    also = [explanation.duplicate.of] if explanation.duplicate else []
    found = nearest(store, article.title, article.text, own_id=article.id, also=also, most=most)
    return replace(explanation, nearest=tuple(found))


def explain_stored(store: Store, key: str, seed_of: Callable[[str], Seed]) -> Explanation | None:
    """Return what is stored about *key*: an article's id, or any address of a page; ``None`` if nothing is.

    :param seed_of: the seed for an address
    """
    identity = canonical_url(key, seed_of(key)) or key
    stored = articles.get(store, key) or articles.get(store, identity)
    entry = origins.entry_of(store, stored.id) if stored else ""
    asked = origins.entries_at(store, dict.fromkeys((identity, key)))
    if asked and entry not in asked:
        entry = asked[0]  # the address asked about is another one than that which brought the article
    if not stored and not entry:
        return None
    steps = origins.chain(store, entry, partial(_identity, seed_of=seed_of))
    if not stored and steps and steps[0].article:
        stored = articles.get(store, steps[0].article)
    failure = origins.failure_of(store, entry)
    base = Explanation(
        source="store",
        subject=key,
        kind="article" if stored else (steps[0].outcome or steps[0].state),
        reason=steps[0].reason if steps else "",
        seed=(stored.portal if stored else "") or seed_of(stored.url if stored else steps[0].url).name,
        article=stored.article if stored else None,
        found=tuple(steps),
        robots=_robots(steps, failure),
        failure=failure,
    )
    return _with_decisions(store, base, stored) if stored else base


def _with_decisions(store: Store, base: Explanation, stored: StoredArticle) -> Explanation:
    root = articles.get(store, stored.duplicate.of) if stored.duplicate else None
    return replace(
        base,
        version=stored.version,
        first_seen=stored.first_seen,
        last_seen=stored.last_seen,
        older=_older(store, stored.id),
        withdrawn=stored.withdrawn,
        teasers=stored.teasers,
        links=_links(store, stored.article),
        duplicate=stored.duplicate,
        duplicate_url=root.url if root else "",
        stretches=_stretches(stored, root),
        copies=clusters.copies(store, stored.duplicate.of if stored.duplicate else stored.id),
    )


def _older(store: Store, article: str) -> tuple[OlderText, ...]:
    return tuple(
        OlderText(
            version=one.version,
            title=one.article.title,
            characters=len(one.article.text),
            fetched=one.article.fetched,
            changed=one.changed,
            replaced=one.replaced,
        )
        for one in versions(store, article)
    )


def _identity(url: str, *, seed_of: Callable[[str], Seed]) -> str:
    return canonical_url(url, seed_of(url))


def _robots(steps: Sequence[Step], failure: Failure | None) -> str:
    if failure and failure.stage == "robots":
        return f"refused: {failure.reason}"
    if not steps:
        return "not known: no crawl brought it"
    if steps[0].final_url or steps[0].status:
        return "allowed: a crawl fetched it, and crawls obey robots.txt"
    return "not asked yet" if steps[0].state in {"queued", "leased"} else "not known: no answer was recorded"


def _links(store: Store, article: Article) -> tuple[StoryLink, ...]:
    """Return where the related stories lead: as repair linked them, else by their own address."""
    shown = {story.url for story in article.related}
    rows = [edge for edge in related_links.iterate(store, source=article.id) if edge.story.url in shown]
    wanted = {edge.to_article or edge.target for edge in rows}
    urls = {one.id: one.url for one in articles.iterate(store, ids=wanted)}
    return tuple(
        StoryLink(story=edge.story.url, article=key, url=urls[key], linked_by=edge.linked_by or "address")
        for edge in rows
        if (key := edge.to_article or edge.target) in urls
    )


def _stretches(stored: StoredArticle, root: StoredArticle | None) -> tuple[AlignedPassage, ...]:
    """Return the stretches of the decision's spans; none where a text has become shorter since."""
    if stored.duplicate is None or root is None:
        return ()
    text, of = stored.text, root.text
    spans = stored.duplicate.spans
    if any(span.end > len(text) or span.of_end > len(of) for span in spans):
        return ()
    return tuple(
        AlignedPassage(same=span.same, text=text[span.start : span.end], of=of[span.of_start : span.of_end])
        for span in spans
    )
