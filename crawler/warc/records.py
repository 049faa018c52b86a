"""The records of a WARC file: read one by one, known to be whole, bodies as sent or decoded.

WARC 1.1 (ISO 28500:2017), one gzip member per record, so that a record can be read at its offset.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Any, TypeVar

import brotli  # type: ignore[import-untyped]
from warcio.archiveiterator import ArchiveIterator
from warcio.bufferedreaders import BufferedReader, ChunkedDataReader
from warcio.exceptions import ArchiveLoadFailed
from warcio.statusandheaders import StatusAndHeadersParserException

from dedupe.errors import InputError

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

MAX_BODY = 16 * 1024 * 1024
"""Bytes of one body after decompression; the crawl's own DOWNLOAD_MAXSIZE. What is longer is cut here."""

Headers = list[tuple[str, str]]
T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchivedResponse:
    """One capture as it came over the wire, Transfer-Encoding undone, Content-Encoding not."""

    url: str
    date: datetime
    status: int
    headers: Headers
    body: bytes


class CutArchiveError(InputError):
    """A WARC file ends, or is damaged, in the middle of a record. ``whole``: bytes of the whole records."""

    def __init__(self, path: Path, count: int, whole: int) -> None:
        self.whole = whole
        super().__init__(
            f"{path}: is cut or damaged in record {count + 1}, at byte {whole} of {path.stat().st_size}; "
            f"get it again, or keep its {count} whole records: head -c {whole} {path.name}"
        )


def records(path: Path, read: Callable[[Any, int], T]) -> Iterator[T]:
    """Yield ``read(record, offset)`` of every record, once it is known to be whole."""
    size = path.stat().st_size
    if size == 0:
        raise InputError(f"{path}: is empty, not a WARC file")
    count, whole = 0, 0
    with path.open("rb") as file:
        iterator = ArchiveIterator(file)
        while (record := _next(iterator, path, count)) is not None:
            result = read(record, whole)
            iterator.read_to_end()
            if _is_cut(iterator, record):
                break
            count, whole = count + 1, iterator.offset
            yield result
    if whole != size:
        raise CutArchiveError(path, count, whole)


def _next(iterator: ArchiveIterator, path: Path, count: int) -> Any:
    """Return the next record, or ``None`` at the end and where the rest cannot be parsed."""
    try:
        return next(iter(iterator), None)
    except (ArchiveLoadFailed, StatusAndHeadersParserException, AttributeError) as problem:
        # AttributeError: warcio takes for granted that a record which can hold HTTP names its URL.
        if "non-chunked gzip" in str(problem):
            raise InputError(
                f"{path}: is one gzip stream in which no record can be found; run: warcio recompress"
            ) from None
        if count == 0:
            raise InputError(f"{path}: is not a WARC file") from None
        return None


def _is_cut(iterator: Any, record: Any) -> bool:
    decompressor = iterator.reader.decompressor
    unfinished = decompressor is not None and not decompressor.eof
    announced = record.rec_headers.get_header("Content-Length") or ""
    return unfinished or not announced.isdigit() or record.raw_stream.limit > 0


def whole_length(path: Path) -> int:
    """Return how many bytes of a WARC file, perhaps cut, hold whole records; 0 for an empty file.

    :raises InputError: if it is no WARC
    """
    if path.stat().st_size == 0:
        return 0
    try:
        for _ in records(path, head_of):
            pass
    except CutArchiveError as cut:
        return cut.whole
    return path.stat().st_size


def head_of(record: Any, offset: int) -> tuple[str, str, float, str, int]:
    """Return (type, URL, seconds since 1970, payload digest, offset) of a record."""
    digest = record.rec_headers.get_header("WARC-Payload-Digest") or ""
    return record.rec_type or "", target_of(record), date_of(record).timestamp(), digest, offset


def target_of(record: Any) -> str:
    """Return the URL that the record is about; empty if it names none."""
    return record.rec_headers.get_header("WARC-Target-URI") or ""


def date_of(record: Any) -> datetime:
    """Return the capture time in UTC; 1970 where the record has none that can be read."""
    text = record.rec_headers.get_header("WARC-Date") or ""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return datetime.fromtimestamp(0, UTC)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def response_of(record: Any, date: datetime) -> ArchivedResponse:
    """Return the response in a record of the type ``response`` or ``resource``; reads its body."""
    if record.http_headers is None:  # a ``resource`` record: the body alone
        headers: Headers = [("Content-Type", record.content_type or "")]
        body = record.raw_stream.read()
        return ArchivedResponse(url=target_of(record), date=date, status=200, headers=headers, body=body)
    headers = [(name, value) for name, value in record.http_headers.headers]
    stream = record.raw_stream
    if "chunked" in header_of(headers, "transfer-encoding").lower():
        stream = ChunkedDataReader(stream)
        headers = [pair for pair in headers if pair[0].lower() not in ("transfer-encoding", "content-length")]
    code = (record.http_headers.get_statuscode() or "").strip()
    return ArchivedResponse(
        url=target_of(record),
        date=date,
        status=int(code) if code.isdigit() else 200,
        headers=headers,
        body=stream.read(),
    )


def header_of(headers: Headers, name: str) -> str:
    """Return the first header called *name* (lower case); empty if there is none."""
    return next((value for key, value in headers if key.lower() == name), "")


def decoded(body: bytes, encodings: str) -> bytes:
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
