"""The index of an archive: the place and the id of each HTML page."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from itertools import groupby, islice
from operator import attrgetter
from pathlib import Path

from fastwarc.warc import ArchiveIterator, WarcRecord

from crawler.article.page.page import Page
from crawler.urls.canonical import canonical_url
from crawler.warc.archive import html_page
from crawler.warc.files import WarcFile, warc_files
from crawler.warc.records import CutArchiveError, Place, RefusedRecordError, reader_of, records
from dedupe.errors import InputError
from dedupe.intake.limits import MAX_HEAD
from dedupe.intake.skipped import Skipped
from storage.records import utc_text


@dataclass(frozen=True, slots=True)
class IndexedPage:
    """An HTML page of an archive, without its body."""

    url: str
    identity: str
    """The address in canonical form."""
    dated: str
    """Address and time of capture, which together tell captures of one address apart."""
    date: datetime | None
    digest: str
    """SHA-256 of the body, as ``Article.page_digest``."""
    status: int
    type: str
    """The Content-Type header."""
    bytes: int
    place: Place


def _indexed(record: WarcRecord, place: Place) -> IndexedPage | None:
    page = html_page(record, place)
    if page is None:
        return None
    dated = f"{page.url} {utc_text(page.fetched)}" if page.fetched else page.url
    digest, identity, size = sha256(page.body).hexdigest(), canonical_url(page.url), len(page.body)
    return IndexedPage(page.url, identity, dated, page.fetched, digest, page.status, page.content_type, size, place)


def indexed(file: WarcFile, skipped: Skipped) -> Iterator[IndexedPage]:
    """Yield the pages of *file* in their order; it is read once from end to end.

    :param skipped: counts the records that are passed over
    :raises InputError: as :func:`crawler.warc.records.records`
    """
    return (row for row in records(file, _indexed, skipped) if row is not None)


def pages_at(file: WarcFile, places: Iterable[Place]) -> Iterator[Page]:
    """Yield the pages at *places*. A compressed member that holds several of them is decompressed once.

    :param places: in ascending order
    :raises InputError: if there is no page at one of them, because the file has changed since it was indexed
    """
    for page in _read_at(file, places):
        if page is None:
            raise InputError(f"{file.name}: is not as it was when it was indexed; give that file, or begin anew")
        yield page


def _read_at(file: WarcFile, places: Iterable[Place]) -> Iterator[Page | None]:
    """Yield the pages at *places*, ``None`` for the first one that cannot be read, and nothing after it."""
    with suppress(OSError, RefusedRecordError), file.open() as stream:
        for frame, some in groupby(places, key=attrgetter("frame")):
            wanted = {place.nth: place for place in some}
            stream.seek(frame)
            following = ArchiveIterator(reader_of(stream), parse_http=False, max_header_len=MAX_HEAD)
            for nth, record in islice(enumerate(following), max(wanted) + 1):
                if nth in wanted:
                    yield html_page(record, wanted.pop(nth))
            if wanted:
                break
        else:
            return
    yield None


class ArchiveIndex:
    """The pages of a WARC file, a folder of them or a WACZ package, read again without what lies between them.

    :raises InputError: if there is no such archive
    """

    def __init__(self, path: Path, skipped: Skipped) -> None:
        self._found: list[tuple[WarcFile, list[IndexedPage]]] = []
        self._problem: InputError | None = None
        for file in warc_files(path):
            self._found.append((file, []))
            try:
                self._found[-1][1].extend(indexed(file, skipped))
            except CutArchiveError as problem:
                self._problem = self._problem or problem
            except InputError as problem:
                self._problem = problem
                break

    def pages(self) -> Iterator[Page]:
        """Yield every page in the order of the files.

        :raises InputError: after all that could be read, if a file is cut, empty or no WARC
        """
        for file, rows in self._found:
            yield from pages_at(file, (row.place for row in rows))
        if self._problem:
            raise self._problem

    def ids(self) -> Iterator[str]:
        """Yield an id for every page, in the order of :meth:`pages`; no two are equal.

        The id is the address. If several pages have it, the time of capture is added; if several have that too, the
        beginning of the digest; if their bodies are equal as well, a number.
        """
        rows = [row for _, some in self._found for row in some]
        identities, dated = Counter(row.identity for row in rows), Counter(row.dated for row in rows)
        met: Counter[str] = Counter()
        for row in rows:
            ident = row.dated if identities[row.identity] > 1 else row.url
            ident += f" {row.digest[:12]}" if dated[row.dated] > 1 else ""
            met[ident] += 1
            yield ident if met[ident] == 1 else f"{ident} {met[ident]}"
