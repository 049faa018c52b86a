"""Reading WARC files: what a crawl fetched. No Scrapy here, so ``storykin extract`` stays light.

WARC 1.1 (ISO 28500:2017), one gzip member per record, so that a record can be read at its offset.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, time
from io import BytesIO
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self, TypeVar

import brotli  # type: ignore[import-untyped]
from warcio.archiveiterator import ArchiveIterator
from warcio.bufferedreaders import BufferedReader, ChunkedDataReader
from warcio.exceptions import ArchiveLoadFailed
from warcio.statusandheaders import StatusAndHeadersParserException

from crawler.page import Page
from crawler.seeds import GENERIC, Seed
from crawler.urls import canonical_url
from dedupe.errors import InputError

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

MAX_BODY = 16 * 1024 * 1024
"""Bytes of one body after decompression; the crawl's own DOWNLOAD_MAXSIZE. What is longer is cut here."""

Headers = list[tuple[str, str]]
T = TypeVar("T")

_SCHEMES = ("http://", "https://")
_BODIES = ("response", "resource")


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchivedResponse:
    """One capture as it came over the wire, Transfer-Encoding undone, Content-Encoding not."""

    url: str
    date: datetime
    status: int
    headers: Headers
    body: bytes


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


# --- reading ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Location:
    moment: float
    """Capture time, seconds since 1970."""
    offset: int
    """Byte at which the record with the body starts."""


class WarcArchive:
    """The captures of one WARC file, found by URL. Holds offsets, never bodies.

    :param path: the file; read once from end to end to index it
    :param at: the capture nearest to this time answers; ``None`` means the latest
    :param seed: portal whose rules say which addresses are one page
    :raises InputError: if it is no WARC, is empty, or is cut
    """

    def __init__(self, path: Path, at: datetime | None = None, seed: Seed = GENERIC) -> None:
        self.path = path
        self._at = at.timestamp() if at else float("inf")
        self._seed = seed
        self._exact: dict[str, list[_Location]] = {}
        self._canonical: dict[str, list[_Location]] = {}
        self._index()
        self._file: IO[bytes] = path.open("rb")

    def __len__(self) -> int:
        """Return the number of captures."""
        return sum(map(len, self._exact.values()))

    def lookup(self, url: str) -> ArchivedResponse | None:
        """Return the capture of *url* nearest to the time asked for, or ``None`` if it was never captured.

        The exact address is tried first, then its canonical form, so that ``https`` finds ``http``. Of two
        captures equally near, the earlier one answers.
        """
        captures = self._exact.get(url) or self._canonical.get(canonical_url(url, self._seed))
        if not captures:
            return None
        if self._at == float("inf"):
            best = max(captures, key=lambda found: found.moment)
        else:
            best = min(captures, key=lambda found: (abs(found.moment - self._at), found.moment))
        self._file.seek(best.offset)
        record = next(iter(ArchiveIterator(self._file)))
        moment = datetime.fromtimestamp(best.moment, UTC)
        return _response(record, moment)

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _index(self) -> None:
        payloads: dict[str, int] = {}
        for kind, url, moment, digest, offset in _records(self.path, _head):
            if kind == "revisit" and digest in payloads:
                # A body seen before in this file: the record only points at it (WARC 1.1, 6.7).
                found = _Location(moment, payloads[digest])
            elif kind in _BODIES:
                payloads.setdefault(digest, offset)
                found = _Location(moment, offset)
            else:
                continue
            if url.startswith(_SCHEMES):
                self._exact.setdefault(url, []).append(found)
                self._canonical.setdefault(canonical_url(url, self._seed), []).append(found)
        if not self._exact:
            raise InputError(f"{self.path}: holds no HTTP response; is it the right file?")


def read_pages(path: Path) -> Iterator[Page]:
    """Yield every HTML page that was answered with 2xx, in the order of the file, Content-Encoding undone.

    ``Page.fetched`` is the WARC-Date. A body beyond :data:`MAX_BODY` bytes is cut there.

    :raises InputError: if it is no WARC or is empty; if it is cut, after the whole records were yielded
    """
    for page in _records(path, _html_page):
        if page is not None:
            yield page


def whole_length(path: Path) -> int:
    """Return how many bytes of a WARC file, perhaps cut, hold whole records; 0 for an empty file.

    :raises InputError: if it is no WARC
    """
    if path.stat().st_size == 0:
        return 0
    try:
        for _ in _records(path, _head):
            pass
    except CutArchiveError as cut:
        return cut.whole
    return path.stat().st_size


def page_of(found: ArchivedResponse) -> Page:
    """Return the capture as the :class:`~crawler.page.Page` that extraction looks at."""
    return Page(
        url=found.url,
        body=_decoded(found.body, _header(found.headers, "content-encoding")),
        content_type=_header(found.headers, "content-type"),
        status=found.status,
        fetched=found.date,
    )


def _records(path: Path, read: Callable[[Any, int], T]) -> Iterator[T]:
    """Yield ``read(record, offset)`` of every record, once it is known to be whole."""
    size = path.stat().st_size
    if size == 0:
        raise InputError(f"{path}: is empty, not a WARC file")
    count, whole = 0, 0
    with path.open("rb") as file:
        records = ArchiveIterator(file)
        while (record := _next(records, path, count)) is not None:
            result = read(record, whole)
            records.read_to_end()
            if _is_cut(records, record):
                break
            count, whole = count + 1, records.offset
            yield result
    if whole != size:
        raise CutArchiveError(path, count, whole)


def _next(records: ArchiveIterator, path: Path, count: int) -> Any:
    """Return the next record, or ``None`` at the end and where the rest cannot be parsed."""
    try:
        return next(iter(records), None)
    except (ArchiveLoadFailed, StatusAndHeadersParserException, AttributeError) as problem:
        # AttributeError: warcio takes for granted that a record which can hold HTTP names its URL.
        if "non-chunked gzip" in str(problem):
            raise InputError(
                f"{path}: is one gzip stream in which no record can be found; run: warcio recompress"
            ) from None
        if count == 0:
            raise InputError(f"{path}: is not a WARC file") from None
        return None


def _head(record: Any, offset: int) -> tuple[str, str, float, str, int]:
    """Return (type, URL, seconds since 1970, payload digest, offset) of a record."""
    digest = record.rec_headers.get_header("WARC-Payload-Digest") or ""
    return record.rec_type or "", _target(record), _date(record).timestamp(), digest, offset


def _html_page(record: Any, offset: int) -> Page | None:
    if record.rec_type not in _BODIES or not _target(record).startswith(_SCHEMES):
        return None
    found = _response(record, _date(record))
    page = page_of(found) if 200 <= found.status < 300 else None
    return page if page and _is_html(page) else None


class CutArchiveError(InputError):
    """A WARC file ends, or is damaged, in the middle of a record. ``whole``: bytes of the whole records."""

    def __init__(self, path: Path, count: int, whole: int) -> None:
        self.whole = whole
        super().__init__(
            f"{path}: is cut or damaged in record {count + 1}, at byte {whole} of {path.stat().st_size}; "
            f"get it again, or keep its {count} whole records: head -c {whole} {path.name}"
        )


def _is_cut(records: Any, record: Any) -> bool:
    decompressor = records.reader.decompressor
    unfinished = decompressor is not None and not decompressor.eof
    announced = record.rec_headers.get_header("Content-Length") or ""
    return unfinished or not announced.isdigit() or record.raw_stream.limit > 0


def _target(record: Any) -> str:
    return record.rec_headers.get_header("WARC-Target-URI") or ""


def _date(record: Any) -> datetime:
    text = record.rec_headers.get_header("WARC-Date") or ""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return datetime.fromtimestamp(0, UTC)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _response(record: Any, date: datetime) -> ArchivedResponse:
    if record.http_headers is None:  # a ``resource`` record: the body alone
        headers: Headers = [("Content-Type", record.content_type or "")]
        body = record.raw_stream.read()
        return ArchivedResponse(url=_target(record), date=date, status=200, headers=headers, body=body)
    headers = [(name, value) for name, value in record.http_headers.headers]
    stream = record.raw_stream
    if "chunked" in _header(headers, "transfer-encoding").lower():
        stream = ChunkedDataReader(stream)
        headers = [pair for pair in headers if pair[0].lower() not in ("transfer-encoding", "content-length")]
    code = (record.http_headers.get_statuscode() or "").strip()
    return ArchivedResponse(
        url=_target(record),
        date=date,
        status=int(code) if code.isdigit() else 200,
        headers=headers,
        body=stream.read(),
    )


def _header(headers: Headers, name: str) -> str:
    return next((value for key, value in headers if key.lower() == name), "")


def _decoded(body: bytes, encodings: str) -> bytes:
    """Undo Content-Encoding, up to :data:`MAX_BODY` bytes; a body that is not so encoded gives nothing."""
    for name in reversed([part.strip().lower() for part in encodings.split(",")]):
        try:
            body = _DECODERS.get(name.removeprefix("x-"), bytes)(body)
        except (brotli.error, zstd.ZstdError, EOFError):
            return b""
    return body[:MAX_BODY]


def _inflated(kind: str) -> Callable[[bytes], bytes]:
    def decode(body: bytes) -> bytes:
        inflated: bytes = BufferedReader(BytesIO(body), decomp_type=kind).read(MAX_BODY)
        return inflated

    return decode


def _unzstd(body: bytes) -> bytes:
    with zstd.ZstdFile(BytesIO(body)) as stream:
        return stream.read(MAX_BODY)


def _unbrotli(body: bytes) -> bytes:
    decoded: bytes = brotli.Decompressor().process(body, output_buffer_limit=MAX_BODY)
    return decoded


_DECODERS = {"gzip": _inflated("gzip"), "deflate": _inflated("deflate"), "br": _unbrotli, "zstd": _unzstd}


def _is_html(page: Page) -> bool:
    kind = page.content_type.lower()
    if "html" in kind:
        return True
    return kind.partition(";")[0].strip() in ("", "text/plain", "application/octet-stream") and bool(
        re.match(rb"(?:\xef\xbb\xbf)?\s*<(?:!doctype\s+html|html|head|body|!--)", page.body[:512], re.IGNORECASE)
    )
