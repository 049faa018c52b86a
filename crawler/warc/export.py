"""``storykin export --format warc``: the stored pages as a WARC file that ``extract`` and ``crawl --replay`` read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Generator
from contextlib import closing
from datetime import UTC, datetime
from importlib.metadata import version
from itertools import pairwise
from pathlib import Path
from typing import IO, TYPE_CHECKING, cast

from crawler.article.page.page import RENDERED
from crawler.warc.records import CUT
from crawler.warc.writer import RecordWriter
from dedupe.errors import InputError
from storage.articles import pages
from storage.articles.collection import article_rows
from storage.base.atomic_file import whole_file
from storage.base.documents import batches
from storage.export.export import Exported
from storage.export.files import Measured

if TYPE_CHECKING:
    from storage.database.store import Store
    from storage.export.selection import Selection
    from storage.records import RawPage

BATCH = 50
"""Pages held at a time: each up to 16 MB, usually 50-500 kB."""
REDIRECTED = 302
"""Status written for a redirect; the store keeps the addresses of redirects, and not their statuses."""


def export_warc(
    store: Store, path: Path, selection: Selection, advance: Callable[[int], None] = lambda pages: None
) -> Exported:
    """Write the newest kept page of each address to *path*, which appears when the export is whole.

    - Pages of articles are written if *selection* has the article.
    - Front pages, listings and feeds of the selection's portals are all written: a replay starts from them.
    - A page stands under the address that answered; addresses that redirected to it have a redirect.
    - Bodies have no Content-Encoding. Of the headers, Content-Type, ETag and Last-Modified are kept.

    :param advance: called with the number of further pages that were written
    :raises InputError: if *path* does not end in .warc or .warc.gz, cannot be written, or there is nothing to write
    """
    if not path.name.endswith((".warc", ".warc.gz")):
        raise InputError(f"{path}: a WARC file is called NAME.warc.gz, or NAME.warc")
    counts: Counter[str] = Counter()
    with whole_file(path) as stream, closing(_chosen(store, selection)) as chosen:
        measured = Measured(stream)
        software = f"storykin {version('storykin')}"
        writer = RecordWriter(cast("IO[bytes]", measured), path.name, software, gzip=path.suffix == ".gz")
        for raw in chosen:
            _write(writer, raw)
            counts[raw.portal] += 1
            advance(1)
        if not counts:
            raise InputError("no stored page meets the conditions; pages are kept for STORYKIN_KEEP_PAGES_DAYS days")
        rows = sum(counts.values())
        return Exported(rows=rows, files=(measured.written(path.name, rows),), portals=dict(sorted(counts.items())))


def _chosen(store: Store, selection: Selection) -> Generator[RawPage, None, None]:
    """Yield the pages of selected articles, and those that are no article, by portal and id."""
    query = selection.query()
    for portal in selection.portals or pages.portals(store):
        for some in batches(pages.iterate(store, portal=portal), BATCH):
            ids = [raw.article for raw in some if raw.article]
            selected = {row["_id"] for row in article_rows(store).find({**query, "_id": {"$in": ids}}, {"_id": 1})}
            yield from (raw for raw in some if not raw.article or raw.article in selected)


def _write(writer: RecordWriter, raw: RawPage) -> None:
    moment = raw.fetched or datetime.fromtimestamp(0, UTC)
    asked = raw.requested_url or raw.url
    # Scrapy's list begins with the address asked for.
    passed = list(dict.fromkeys([asked, *raw.redirects, raw.url]))
    if passed[-1] == raw.url:  # a chain that comes back to where it began has no redirect to write
        for source, target in pairwise(passed):
            writer.write(source, REDIRECTED, [("Location", target), ("Content-Length", "0")], b"", moment)
    kept = (("Content-Type", raw.content_type), ("ETag", raw.etag), ("Last-Modified", raw.last_modified))
    headers = [(name, value) for name, value in kept if value]
    length = ("Content-Length", str(len(raw.body)))
    marks = {"cut": CUT in raw.doubts, "rendered": RENDERED in raw.doubts}
    writer.write(raw.url, raw.status, [*headers, length], raw.body, moment, **marks)
