"""Stored pages, or those of a WARC file, read anew by the current version: extraction, decisions, what changed.

No network. A page is marked when all that it gave is stored, so a killed run goes on where it was.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import lru_cache, partial
from importlib.metadata import version
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from crawler.article.page.page import as_page, raw_of
from crawler.crawl.targets import generic_seed
from crawler.portals.reader import seed_for_url
from crawler.portals.seed import Seed
from crawler.review.reprocess_report import Fate, Report
from crawler.warc.archive import read_pages
from crawler.workers.batch import in_order
from crawler.workers.pool import PickledOnce, WorkerFailureError, WorkerPool
from crawler.workers.tasks import dissect_story
from dedupe.intake.skipped import Skipped
from storage.articles import pages
from storage.base.documents import batches, content_hash, document_of
from storage.frontier.entry import entry_id
from storage.maintenance.reprocessed import Reread, documents, note_pages_done, pages_done, put
from storage.records import Article, RawPage, article_id
from storage.write.store_pages import too_large

if TYPE_CHECKING:
    from crawler.article.page.anatomy import PageAnatomy
    from storage.database.store import Store

BATCH = 64
"""Pages stored together, as a crawl does."""
RECORDED_BEFORE = timedelta(minutes=1)
"""A recording dates a response when it arrives, the store dates the page when it is taken apart, a moment later."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """One page to be read anew."""

    raw: RawPage
    seed: Seed
    reader: str = ""
    """Mark for the stored page; empty for one from a file."""


@dataclass(slots=True)
class Reprocess:
    """One run: reads pages and stores what they give.

    :param pool: workers; ``None``: this process reads, without limits
    :param dry_run: nothing is written, and no decision is made
    """

    store: Store
    pool: WorkerPool | None
    dry_run: bool = False
    report: Report = field(default_factory=Report)

    def run(self, work: Iterable[Work], stored: Callable[[int], None] = lambda pages: None) -> None:
        """Read all of *work*; call *stored* with the number of pages after each batch that is in the store."""
        for batch in batches(self._read(work), BATCH):
            self._settle(batch)
            stored(len(batch))

    def _read(self, work: Iterable[Work]) -> Iterator[tuple[Work, PageAnatomy | None, str]]:
        """Yield each page with what it is made of, or ``None`` and why that cannot be said, in order."""
        if self.pool is None:
            for one in work:
                yield one, *_outcome(one, partial(dissect_story, as_page(one.raw), one.seed))
            return
        pool, pickled = self.pool, lru_cache(maxsize=256)(PickledOnce)

        def submit(one: Work) -> Future[PageAnatomy]:
            return pool.submit(dissect_story, as_page(one.raw), pickled(one.seed))

        for one, future in in_order(work, submit, lambda one: len(one.raw.body), pool.workers):
            yield one, *_outcome(one, future.result)

    def _settle(self, batch: Sequence[tuple[Work, PageAnatomy | None, str]]) -> None:
        """Compare a batch with what is stored, and store what it gives."""
        known = documents(self.store, (key for work, found, _ in batch for key in _ids(work.raw, found)))
        rereads: list[tuple[Reread, str]] = []
        for work, found, problem in batch:
            article = self._article(work, found, problem, known)
            raw = work.raw
            if article and not work.reader:  # from a file: the entry is that of the article
                raw = replace(raw, entry=_entry(article, known))
            rereads.append((Reread(raw=raw, article=article), work.reader))
        if self.dry_run:
            return
        for reader in dict.fromkeys(mark for _, mark in rereads):
            repeats = put(self.store, [one for one, mark in rereads if mark == reader], reader)
            for key, of in repeats.items():
                before = (known[key].get("duplicate") or {}).get("of") if key in known else None
                self.report.note_duplicate(before, of)

    def _article(
        self, work: Work, found: PageAnatomy | None, problem: str, known: Mapping[str, dict[str, Any]]
    ) -> Article | None:
        """Return the article to be stored for a page, if any, and note in the report what became of the page."""
        before = next((known[key] for key in _ids(work.raw, found) if key in known), None)
        article = found.article if found and found.kind == "article" else None
        if article and (large := too_large(article)):
            article, problem = None, large
        if article is None:
            reason = problem or (found.reason if found else "")
            fate: Fate = "failed" if problem else "no article any more" if before and work.raw.article else "no article"
            self.report.note(fate, reason)
            return None
        article = replace(article, portal=article.portal or work.raw.portal)
        if before is None:
            self.report.note("new")
            return article
        if article.canonical_url != before["canonical_url"]:
            # Which article this page is was decided when it was stored; other records name it by that.
            self.report.fields["canonical_url (kept)"] += 1
            article = replace(article, canonical_url=before["canonical_url"])
        if not work.reader and _is_recording_of(article, before):
            article = replace(article, fetched=before["fetched"])
        if not _is_stored_one(article, before):
            self.report.note("another page of the article")
            return None
        changed = self.report.note_changes(article.url, before, document_of(article))
        self.report.note("changed" if changed else "unchanged")
        return article


def _outcome(work: Work, read: Callable[[], PageAnatomy]) -> tuple[PageAnatomy | None, str]:
    """Return what a page is made of, or why that cannot be said."""
    from crawler.article.page.decode import ExtractError

    try:
        return read(), ""
    except (ExtractError, WorkerFailureError) as problem:
        return None, str(problem)
    except Exception as problem:  # noqa: BLE001  what a page did to extraction is recorded, the others go on
        return None, f"{type(problem).__name__}: {problem}"


def _entry(article: Article, known: Mapping[str, Mapping[str, Any]]) -> str:
    """Return the frontier entry that *article* has, or will have when it is crawled."""
    stored = known.get(article_id(article.canonical_url))
    return str(stored["entry"]) if stored else entry_id(article.portal, article.canonical_url)


def _ids(raw: RawPage, found: PageAnatomy | None) -> list[str]:
    """Return the ids that the article of a page may have, the likelier first."""
    ids = [raw.article] if raw.article else []
    if found and found.article:
        ids.append(article_id(found.article.canonical_url or found.article.url))
    return ids


def _is_recording_of(article: Article, before: Mapping[str, Any]) -> bool:
    """Return whether the page of *article*, from a WARC file, is the stored one as the crawl recorded it."""
    if article.fetched is None or before["fetched"] is None:
        return False
    late: timedelta = before["fetched"] - article.fetched
    return timedelta() < late < RECORDED_BEFORE


def _is_stored_one(article: Article, before: Mapping[str, Any]) -> bool:
    """Return whether the page of *article* is the one whose text is stored, or is to take its place.

    The rule is that of ``storage.articles.articles``: what answered at the canonical address, then the later fetched.
    """
    ours, stored = (bool(url == before["canonical_url"]) for url in (article.url, before["url"]))
    late = article.fetched is None or before["fetched"] is None or bool(article.fetched >= before["fetched"])
    if article.url == before["url"]:
        return late
    if ours != stored:
        return ours
    return late and bool(content_hash(article) != before["content"])


def reader_of(seed: Seed) -> str:
    """Return the mark of pages read by this version with the rules of *seed*. Another mark: they are read again."""
    rules = hashlib.blake2b(repr(seed).encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()
    return f"storykin {version('storykin')}, trafilatura {version('trafilatura')}, seed {rules}"


def stored_work(
    store: Store, portal: str, seeds: Mapping[str, Seed], *, since: datetime | None = None, again: bool = False
) -> tuple[int, Iterator[Work]]:
    """Return the number of stored pages of *portal* to be read anew, and the pages.

    :param again: also those that this version has read already
    """
    first = next(pages.iterate(store, portal=portal), None)
    if first is None:
        return 0, iter(())
    seed = seeds.get(portal) or generic_seed(first.url)
    reader = reader_of(seed)
    read = "" if again else reader
    found = pages.iterate(store, portal=portal, since=since, not_read_by=read, feeds=False)
    count = pages.count(store, portal, since=since, not_read_by=read, feeds=False)
    return count, (Work(raw=raw, seed=seed, reader=reader) for raw in found)


def addressed_work(store: Store, url: str, seeds: Mapping[str, Seed]) -> Work | None:
    """Return the newest stored page of an address, whatever has read it; ``None`` if none is kept."""
    raw = pages.get(store, url)
    if raw is None:
        return None
    seed = seeds.get(raw.portal) or generic_seed(raw.url)
    return Work(raw=raw, seed=seed, reader=reader_of(seed))


def warc_key(path: Path, seeds: Sequence[Seed]) -> str:
    """Return what stands for reading this file by this version: hash of its size, its ends, and the seeds."""
    size, end = path.stat().st_size, 1 << 20
    with path.open("rb") as file:
        head = file.read(end)
        file.seek(max(0, size - end))
        words = [str(size).encode(), head, file.read(), *(reader_of(seed).encode() for seed in seeds)]
    return hashlib.blake2b(b"\0".join(words), digest_size=16).hexdigest()


def warc_work(
    path: Path, seed_of: Callable[[str], Seed], skipped: Skipped, *, since: datetime | None = None, done: int = 0
) -> Iterator[Work]:
    """Yield the HTML pages of a WARC file but the first *done*.

    :param seed_of: the seed of an address
    :param skipped: counts the records that cannot be read

    :raises InputError: if the file is no WARC; if it is cut, after its whole records
    """
    for page in islice(read_pages(path, skipped), done, None):
        seed = seed_of(page.url)
        if since is None or (page.fetched and page.fetched >= since):
            yield Work(raw=replace(raw_of(page), portal=seed.name), seed=seed)


def run_warc(
    run: Reprocess, path: Path, seeds: Mapping[str, Seed], *, portal: str = "", since: datetime | None, again: bool
) -> int:
    """Read a WARC file, going on where an earlier run was killed; return how many pages were done before.

    :param portal: whose seed applies to all pages; else to each the one that allows its host
    """
    own = seeds[portal] if portal else None
    key = warc_key(path, [own] if own else list(seeds.values()))
    before = 0 if again or run.dry_run or since else pages_done(run.store, key)
    done = before

    def stored(count: int) -> None:
        nonlocal done
        done += count
        if not run.dry_run and since is None:
            note_pages_done(run.store, key, path.name, done)

    def seed_of(url: str) -> Seed:
        return own or seed_for_url(url, seeds) or generic_seed(url)

    run.run(warc_work(path, seed_of, run.report.passed_over, since=since, done=before), stored)
    return before
