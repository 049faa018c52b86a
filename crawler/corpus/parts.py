"""The units of work of a corpus: a WARC file becomes a part of the index, a split of the pages a part of the articles.

A part is a file that appears whole. Every engine works by these functions, and what is there is not done again.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Any, get_type_hints
from urllib.parse import urlsplit

import pyarrow.parquet as pq

from crawler.article.page.page import Page
from crawler.article.saved_page import SeedChooser
from crawler.warc.files import WarcFile
from crawler.warc.index import IndexedPage, indexed, pages_at
from crawler.warc.records import Place
from crawler.workers.batch import extract_pages
from crawler.workers.process import Limits
from dedupe.errors import InputError
from dedupe.intake.skipped import Skipped
from storage.base.atomic_file import whole_file
from storage.base.documents import batches, document_of
from storage.export.writers import ParquetWriter
from storage.records import Article

INDEX: Mapping[str, Any] = {
    "part": int, "file": str, "offset": int, "nth": int, "url": str, "host": str, "identity": str, "dated": str,
    "date": datetime | None, "digest": str, "status": int, "type": str, "bytes": int,
}  # fmt: skip
ARTICLE: Mapping[str, Any] = get_type_hints(Article)
_GROUP_BYTES = 16 << 20
_FACTS = "storykin_facts"


@dataclass(frozen=True, slots=True)
class Work:
    """What is asked for; can be pickled."""

    folder: Path
    files: Sequence[WarcFile]
    seed_of: SeedChooser
    limits: Limits
    hosts: Sequence[str] = ()
    """Only their pages and those of their subdomains; all where there are none."""
    since: int | None = None
    """Microseconds since 1970; pages captured earlier are left out."""
    split: int = 512
    """Pages of a part of the articles: some 15 s of one core. A kill costs one a core."""
    rules: Mapping[str, str] = field(default_factory=dict)
    """What tells the rules of *seed_of* from others."""


def part(folder: Path, name: str, number: int) -> Path:
    """Return the path of a part of the table *name*."""
    return folder / name / f"part-{number:05}.parquet"


def facts_of(path: Path) -> dict[str, Any]:
    """Return what a part says about itself: of the index what was passed over, of articles how many are what."""
    facts: dict[str, Any] = json.loads(pq.read_metadata(path).metadata[_FACTS.encode()])
    return facts


def index_file(work: Work, number: int, failed: str = "") -> None:
    """Write the index of one WARC file; *failed* says why nothing of it can be read."""
    file, skipped = work.files[number], Skipped()
    with _part(work.folder, "index", number, INDEX) as writer:
        for some in batches(_readable(file, skipped, failed), 4096):
            writer.write([_row(row, part=number, file=file.name) for row in some])
        writer.note(_FACTS, json.dumps({"counts": skipped.counts, "examples": skipped.examples}))


def _readable(file: WarcFile, skipped: Skipped, failed: str) -> Iterator[IndexedPage]:
    """Yield what can be read of *file*; why the rest cannot is counted."""
    try:
        yield from () if failed else indexed(file, skipped)
    except (InputError, OSError) as problem:
        failed = str(problem)
    if failed:
        skipped.add("a WARC file that is cut, damaged or none", failed)


def _row(page: IndexedPage, **more: Any) -> dict[str, Any]:
    host = (urlsplit(page.identity).hostname or "").rstrip(".")
    return asdict(page) | {"offset": page.place.frame, "nth": page.place.nth, "host": host} | more


def extract_splits(work: Work, splits: Sequence[int], workers: int | None, done: Callable[[], None]) -> None:
    """Write the articles of *splits* in this order, with one pool of *workers*, and call *done* after each."""
    rows = (row for split in splits for row in _plan(work.folder, split))
    articles = extract_pages(_pages(work, rows), work.seed_of, workers, work.limits)
    for split in splits:
        ids = [row["id"] for row in _plan(work.folder, split)]
        named = (replace(article, id=ident) for ident, article in zip(ids, articles, strict=False))
        _write_split(work.folder, split, named)
        done()


def _plan(folder: Path, split: int) -> list[dict[str, Any]]:
    columns, own = ["part", "offset", "nth", "id"], [("split", "=", split)]
    rows: list[dict[str, Any]] = pq.read_table(folder / "pages.parquet", columns=columns, filters=own).to_pylist()
    return rows


def _pages(work: Work, rows: Iterator[dict[str, Any]]) -> Iterator[Page]:
    for number, some in groupby(rows, key=itemgetter("part")):
        file = work.files[number]
        name = Path(file.name).name
        yield from pages_at(file, (Place(row["offset"], row["nth"], name) for row in some))


def _write_split(folder: Path, split: int, articles: Iterator[Article]) -> None:
    """Write what is an article, and beside it what is none. The articles appear last: with them the split is done."""
    counts: Counter[str] = Counter()
    with _part(folder, "articles", split, ARTICLE) as writer, _part(folder, "others", split, ARTICLE) as other:
        for some in batches(articles, 64):
            kinds = [_kind(article) for article in some]
            counts.update(kinds)
            writer.write([document_of(one) for one, kind in zip(some, kinds, strict=True) if kind == "article"])
            other.write([document_of(one) for one, kind in zip(some, kinds, strict=True) if kind != "article"])
        writer.note(_FACTS, json.dumps(counts))


def _kind(article: Article) -> str:
    """Return ``article``, ``not an article``, or ``failed: `` with the reason."""
    failed = next((doubt for doubt in article.quality if doubt.startswith("failed: ")), "")
    return failed or ("not an article" if "not an article" in article.quality else "article")


@contextmanager
def _part(folder: Path, name: str, number: int, types: Mapping[str, Any]) -> Iterator[ParquetWriter]:
    path = part(folder, name, number)
    path.parent.mkdir(exist_ok=True)
    with whole_file(path) as stream, closing(ParquetWriter(stream, list(types), _GROUP_BYTES, types)) as writer:
        yield writer
