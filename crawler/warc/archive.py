"""Reading WARC archives: what a crawl fetched. No Scrapy here, so ``storykin extract`` stays light."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time
from functools import partial
from itertools import islice
from pathlib import Path
from typing import IO, Self

from fastwarc.warc import ArchiveIterator, WarcRecord, WarcRecordType

from crawler.article.page.page import Page
from crawler.portals.rights import header_rights
from crawler.portals.seed import GENERIC, Seed
from crawler.urls.canonical import canonical_url
from crawler.warc.files import WarcFile, warc_files
from crawler.warc.records import (
    NO_DATE,
    ArchivedResponse,
    Place,
    RefusedRecordError,
    date_of,
    header_of,
    reader_of,
    records,
    response_of,
    status_of,
    target_of,
)
from dedupe.errors import InputError
from dedupe.intake.content_encoding import UnpackingError, decoded
from dedupe.intake.limits import MAX_BODY, MAX_HEAD
from dedupe.intake.skipped import Skipped

logger = logging.getLogger(__name__)

_SCHEMES = ("http://", "https://")
_BODIES = (WarcRecordType.response, WarcRecordType.resource)
_NO_PAGE = frozenset({206, 304})
"""Statuses of answers without a whole page. They are used only if the address has no other capture."""


def parse_moment(text: str) -> datetime:
    """Return the time that *text* names; a bare date means noon UTC, the middle of that day.

    :raises InputError: if it is no ISO 8601 date or time
    """
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise InputError(f"{text!r} is no date: write 2017-01-20 or 2017-01-20T06:00Z") from None
    if re.fullmatch(r"[\dW-]+", text):
        moment = datetime.combine(moment.date(), time(12))
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class _Location:
    moment: float
    """Capture time, seconds since 1970."""
    file: int
    place: Place
    """Where the record with the body stands."""


@dataclass(frozen=True, slots=True)
class _Revisit:
    """A record that names another one which holds its body (WARC 1.1, 6.7)."""

    url: str
    moment: float
    points_at: tuple[object, ...]
    """Keys of that record, the surest first."""
    where: str


class WarcArchive:
    """The captures of a WARC file, a folder of them or a WACZ package, found by URL. Only their places are in memory.

    :param path: read once from end to end when the object is made
    :param at: the capture nearest to this time is returned; ``None``: the latest
    :param seed: portal by whose rules addresses are canonical
    :raises InputError: if it is no WARC, is empty, or is cut
    """

    def __init__(self, path: Path, at: datetime | None = None, seed: Seed = GENERIC) -> None:
        self.path = path
        self.skipped = Skipped()
        self._at = at.timestamp() if at else float("inf")
        self._seed = seed
        self._exact: dict[str, list[_Location]] = {}
        self._canonical: dict[str, list[_Location]] = {}
        self._files = warc_files(path)
        self._index()
        self._open: dict[int, IO[bytes]] = {}

    @property
    def moment(self) -> datetime:
        """The time asked for, or that of the latest capture where that is earlier."""
        latest = max(found.moment for captures in self._exact.values() for found in captures)
        return datetime.fromtimestamp(min(self._at, latest), UTC)

    def __len__(self) -> int:
        """Return the number of captures."""
        return sum(map(len, self._exact.values()))

    def lookup(self, url: str) -> ArchivedResponse | None:
        """Return the capture of *url* nearest to the time asked for, or ``None`` if it was never captured.

        The exact address is tried first, then its canonical form, so that ``https`` finds ``http``. Of two
        captures equally near, the earlier one answers.

        :raises RefusedRecordError: if it is larger than an answer may be
        """
        captures = self._exact.get(url) or self._canonical.get(canonical_url(url, self._seed))
        if not captures:
            return None
        if self._at == float("inf"):
            best = max(captures, key=lambda found: found.moment)
        else:
            best = min(captures, key=lambda found: (abs(found.moment - self._at), found.moment))
        record = self._record(best)
        found = response_of(record, datetime.fromtimestamp(best.moment, UTC))
        return replace(found, url=url, place=best.place)

    def close(self) -> None:
        """Close the files."""
        for stream in self._open.values():
            stream.close()
        self._open.clear()

    def _record(self, found: _Location) -> WarcRecord:
        stream = self._open.get(found.file)
        if stream is None:
            stream = self._open[found.file] = self._files[found.file].open()
        stream.seek(found.place.frame)
        following = iter(ArchiveIterator(reader_of(stream), parse_http=False, max_header_len=MAX_HEAD))
        return next(islice(following, found.place.nth, None))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _index(self) -> None:
        bodies: dict[object, _Location] = {}
        poor: list[tuple[str, _Location]] = []
        revisits: list[_Revisit] = []
        for number, file in enumerate(self._files):
            for head in records(file, partial(_head_of, file, number), self.skipped):
                if isinstance(head, _Revisit):
                    revisits.append(head)
                elif head is not None:
                    url, status, keys, found = head
                    for key in keys:
                        bodies.setdefault(key, found)
                    if status in _NO_PAGE:
                        poor.append((url, found))
                    else:
                        self._add(url, found)
        self._add_revisits(revisits, bodies)
        for url, found in poor:
            if url not in self._exact:
                self._add(url, found)
        for line in self.skipped.lines("record"):
            logger.warning("%s", line)
        if not self._exact:
            raise InputError(f"{self.path}: holds no HTTP response; is it the right file?")

    def _add_revisits(self, revisits: Sequence[_Revisit], bodies: Mapping[object, _Location]) -> None:
        for again in revisits:
            original = next((bodies[key] for key in again.points_at if key in bodies), None)
            if original is None:
                self.skipped.add("a revisit of what is not in the archive", again.where)
            else:
                self._add(again.url, replace(original, moment=again.moment))

    def _add(self, url: str, found: _Location) -> None:
        if url.startswith(_SCHEMES):
            self._exact.setdefault(url, []).append(found)
            self._canonical.setdefault(canonical_url(url, self._seed), []).append(found)


_Capture = tuple[str, int, tuple[object, ...], _Location]


def _head_of(file: WarcFile, number: int, record: WarcRecord, place: Place) -> _Capture | _Revisit | None:
    """Return what the index needs of a record; ``None`` where it is no capture.

    :raises RefusedRecordError: if it is a capture of no address
    """
    kind = record.record_type
    if kind not in _BODIES and kind != WarcRecordType.revisit:
        return None
    url, moment, of = target_of(record), date_of(record).timestamp(), record.headers.get
    if not url:
        raise RefusedRecordError("a capture without WARC-Target-URI")
    payload = of("WARC-Payload-Digest")
    digest: list[tuple[object, ...]] = [("digest", payload)] if payload else []
    if kind == WarcRecordType.revisit:
        to_date = date_of(record, "WARC-Refers-To-Date")
        points_at: list[tuple[object, ...]] = [("id", of("WARC-Refers-To"))] if of("WARC-Refers-To") else []
        if of("WARC-Refers-To-Target-URI") and to_date != NO_DATE:
            points_at.append(("at", of("WARC-Refers-To-Target-URI"), to_date.timestamp()))
        return _Revisit(url, moment, (*points_at, *digest), f"{file.name}, byte {place.frame}")
    keys = [("id", of("WARC-Record-ID")), ("at", url, moment), *digest]
    return url, status_of(record), tuple(keys), _Location(moment, number, place)


def read_pages(path: Path, skipped: Skipped | None = None) -> Iterator[Page]:
    """Yield every HTML page that was answered with 2xx, in the order of the files, Content-Encoding undone.

    ``Page.fetched`` is the WARC-Date.

    :param path: a WARC file, a folder of them, or a WACZ package
    :param skipped: counts the records that are passed over: damaged, larger than a body may be, parts of pages
    :raises InputError: if it is no WARC or is empty; if it is cut, after the whole records were yielded
    """
    for page in records(path, html_page, skipped):
        if page is not None:
            yield page


def page_of(found: ArchivedResponse) -> Page:
    """Return the capture as the :class:`~crawler.article.page.page.Page` that extraction looks at.

    :raises RefusedRecordError: if it is not encoded as it says
    """
    fields = [value for name, value in found.headers if name.lower() == "content-encoding"]
    try:
        body = decoded(found.body, fields, MAX_BODY)
    except UnpackingError as problem:
        raise RefusedRecordError(str(problem)) from None
    return Page(
        url=found.url,
        body=body,
        content_type=header_of(found.headers, "content-type"),
        status=found.status,
        fetched=found.date if found.date != NO_DATE else None,
        doubts=found.doubts,
        rights=header_rights(found.headers, found.date if found.date != NO_DATE else None),
        warc_file=found.place.file if found.place else "",
        warc_offset=found.place.frame if found.place else None,
    )


def html_page(record: WarcRecord, place: Place) -> Page | None:
    """Return the HTML page in a record, ``None`` where it holds none that was answered with 2xx.

    :raises RefusedRecordError: if the record cannot be taken
    """
    if record.record_type not in _BODIES:
        return None
    if not target_of(record):
        raise RefusedRecordError("a capture without WARC-Target-URI")
    if not target_of(record).startswith(_SCHEMES):
        return None
    found = replace(response_of(record, date_of(record)), place=place)
    if found.status == 206:
        raise RefusedRecordError("a part of a page (HTTP 206)")
    page = page_of(found) if 200 <= found.status < 300 else None
    return page if page and _is_html(page) else None


def _is_html(page: Page) -> bool:
    kind = page.content_type.lower()
    if "html" in kind:
        return True
    return kind.partition(";")[0].strip() in ("", "text/plain", "application/octet-stream") and bool(
        re.match(rb"(?:\xef\xbb\xbf)?\s*<(?:!doctype\s+html|html|head|body|!--)", page.body[:512], re.IGNORECASE)
    )
