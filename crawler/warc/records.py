"""The records of a WARC file, read one by one, each checked to be whole, with bodies as sent.

WARC 1.1 (ISO 28500:2017). FastWARC reads plain, gzip and zstd files, with one member a record or one for all. Records
that cannot be read are skipped and counted: reading goes on at the next place where a record begins.
"""

from __future__ import annotations

import os
import re
import sys
import zlib
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import IO, Any, TypeVar

from fastwarc.stream_io import GzipReader, ZstdReader
from fastwarc.warc import ArchiveIterator, WarcRecord, WarcRecordType

from crawler.article.page.page import RENDERED
from crawler.warc.files import WarcFile, warc_files
from crawler.warc.writer import RENDERED_MARK
from dedupe.errors import InputError
from dedupe.intake.content_encoding import UnpackingError, decoded, unpacked
from dedupe.intake.limits import MAX_BODY, MAX_HEAD
from dedupe.intake.skipped import Skipped

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

Headers = list[tuple[str, str]]
T = TypeVar("T")

CUT = "cut in the archive"
"""Doubt of a body that is incomplete."""
NO_DATE = datetime(1970, 1, 1, tzinfo=UTC)
"""Capture time of a record that has none or an impossible one."""
_GZIP_BEGINS, _ZSTD_BEGINS, _DICTIONARY_BEGINS = b"\x1f\x8b\x08", b"\x28\xb5\x2f\xfd", b"\x5d\x2a\x4d\x18"
_COMPRESSED = (_GZIP_BEGINS, _ZSTD_BEGINS, _DICTIONARY_BEGINS)
_MEMBER = re.compile(rb"\x1f\x8b\x08|\x28\xb5\x2f\xfd")
_PLAIN = re.compile(rb"(?:(?<=\n)|\A)WARC/[01]\.\d+\r?\n")
_HEAD_END = re.compile(rb"\r?\n\r?\n")
_LENGTH = re.compile(rb"\nContent-Length:[ \t]*(\d{1,18})[ \t]*\r?\n", re.IGNORECASE)
_LAST_CHUNK = re.compile(rb"(?:\A|\r?\n)0+[ \t]*(?:;[^\r\n]*)?\r?\n")
_LOOKS_DECODED = re.compile(rb"(?:\xef\xbb\xbf)?\s*<[!?a-z]", re.IGNORECASE)
_EMPTY_LINES = re.compile(rb"(?:\r?\n){0,2}")
_BLOCK = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchivedResponse:
    """One capture as it came over the wire, Transfer-Encoding undone, Content-Encoding not."""

    url: str
    date: datetime
    status: int
    headers: Headers
    body: bytes
    doubts: tuple[str, ...] = ()
    """:data:`CUT` if the record or its head says that the body is incomplete."""
    place: Place | None = None


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """The place of a record, at which it can be read again."""

    frame: int
    """Byte at which its gzip member or zstd frame begins; of a plain file the record itself."""
    nth: int = 0
    """Records of that member before it."""
    file: str = ""
    """Name of the file, without its folder."""


class CutArchiveError(InputError):
    """A WARC file ends, or is damaged, in the middle of a record. ``whole``: bytes of the whole records."""

    def __init__(self, file: WarcFile, count: int, whole: int) -> None:
        self.whole = whole
        keep = f", or keep its {count} whole records: head -c {whole} {file.path.name}"
        at = f"record {count + 1}, at byte {whole} of {file.size}"
        remedy = keep if whole > 0 and not file.member else ""
        super().__init__(f"{file.name}: is cut or damaged in {at}; get it again{remedy}")


class RefusedRecordError(ValueError):
    """The content of a record is refused. The message names the kind of reason, and is the same for all of a kind."""


def records(
    path: Path | WarcFile, read: Callable[[WarcRecord, Place], T], skipped: Skipped | None = None
) -> Iterator[T]:
    """Yield ``read(record, place)`` of every record, once it is known to be whole.

    :param path: a WARC file, a folder of them, or a WACZ package
    :param read: may raise :class:`RefusedRecordError`
    :param skipped: counts the records that are passed over
    :raises InputError: if it is no WARC or is empty; if one is cut, after all whole records were yielded
    """
    cut: CutArchiveError | None = None
    for file in [path] if isinstance(path, WarcFile) else warc_files(path):
        try:
            yield from _Reading(file, skipped if skipped is not None else Skipped()).records(read)
        except CutArchiveError as problem:
            cut = cut or problem
    if cut is not None:
        raise cut


@dataclass(slots=True)
class _Reading:
    """One file being read from end to end."""

    file: WarcFile
    skipped: Skipped
    count: int = 0
    whole: int = 0
    """Bytes up to the end of the last whole record."""
    last: int = -1
    """Byte at which the member of the record that was read last begins; -1 where there was none."""
    problem: str = ""
    """Why that record cannot be taken."""
    begun: bool = False
    """Whether there was a record at all."""

    def records(self, read: Callable[[WarcRecord, Place], T]) -> Iterator[T]:
        if self.file.size == 0:
            raise InputError(f"{self.file.name}: is empty, not a WARC file")
        with self.file.open() as stream:
            compressed = stream.read(4).startswith(_COMPRESSED)
            start: int | None = 0
            while start is not None:
                held: list[T] = []
                self.last, self.problem = -1, ""
                yield from self._stretch(stream, start, held, read)
                end = _end_of(stream, self.last, compressed=compressed) if self.last >= 0 else None
                if end is not None:
                    self._note_problem()
                    self.count, self.whole = self.count + 1, end
                    yield from held
                    if _only_padding(stream, end):
                        return
                here = end or max(self.last, start) + (self.last >= 0)
                start = _next_start(stream, here if here > 0 else 1, compressed=compressed)
                if start is not None and (end is None or start > end):
                    self.skipped.add("damaged", f"{self.file.name}, byte {here - (end is None and self.last >= 0)}")
        if not self.begun:
            raise InputError(f"{self.file.name}: is not a WARC file")
        raise CutArchiveError(self.file, self.count, self.whole)

    def _stretch(
        self, stream: IO[bytes], start: int, held: list[T], read: Callable[[WarcRecord, Place], T]
    ) -> Iterator[T]:
        """Yield what *read* makes of the records from *start* on, each once the next one begins; the last is *held*."""
        stream.seek(start)
        reader = reader_of(stream)
        nth = 0
        with suppress(OSError):  # what :meth:`records` finds out more about
            for record in ArchiveIterator(reader, parse_http=False, max_header_len=MAX_HEAD):
                begins = record.stream_pos if reader is stream else reader.frame_start_position() or start
                if self.last >= 0:
                    self._note_problem()
                    self.count += 1
                    yield from held
                    held.clear()
                nth = nth + 1 if begins == self.last else 0
                if begins != self.last >= 0:
                    self.whole = begins
                self.last, self.begun = begins, True
                try:
                    held.append(_taken(record, Place(begins, nth, Path(self.file.name).name), read))
                except RefusedRecordError as problem:
                    self.problem = str(problem)

    def _note_problem(self) -> None:
        if self.problem:
            self.skipped.add(self.problem, f"{self.file.name}, byte {self.last}")
            self.problem = ""


def _taken(record: WarcRecord, place: Place, read: Callable[[WarcRecord, Place], T]) -> T:
    if not (record.headers.get("Content-Length") or "").strip().isdigit():
        raise RefusedRecordError("a record without Content-Length")
    if not record.headers.get("WARC-Type"):
        raise RefusedRecordError("a record without WARC-Type")
    result = read(record, place)
    record.consume()
    if record.reader.tell() < record.content_length:
        raise RefusedRecordError("a record shorter than it says")
    return result


def reader_of(stream: IO[bytes]) -> Any:
    """Return what reads the records of *stream* from where it stands: a decompressor, or the stream itself."""
    here = stream.tell()
    begins = stream.read(4)
    stream.seek(here)
    if begins.startswith(_GZIP_BEGINS):
        return GzipReader(stream, fsspec_args=False)
    if begins in (_ZSTD_BEGINS, _DICTIONARY_BEGINS):
        return ZstdReader(stream, fsspec_args=False, dictionary=_dictionary(stream))
    return stream


def _dictionary(stream: IO[bytes]) -> bytes | None:
    """Return the dictionary that all records of a ``.warc.zst`` share, which stands before them, or ``None``.

    https://iipc.github.io/warc-specifications/specifications/warc-zstd/
    """
    here = stream.tell()
    stream.seek(0)
    head = stream.read(8)
    length = int.from_bytes(head[4:], "little") if head.startswith(_DICTIONARY_BEGINS) else 0
    data = stream.read(min(length, MAX_BODY))
    stream.seek(here)
    try:
        return unpacked(data, "zstd", MAX_BODY) if data.startswith(_ZSTD_BEGINS) else data or None
    except UnpackingError:
        return None


def _end_of(stream: IO[bytes], start: int, *, compressed: bool) -> int | None:
    """Return the byte behind the member or plain record that begins at *start*; ``None`` where it is not whole."""
    stream.seek(start)
    if not compressed:
        size = stream.seek(0, os.SEEK_END)
        stream.seek(start)
        head = stream.read(MAX_HEAD)
        ends, length = _HEAD_END.search(head), _LENGTH.search(head)
        if not ends or not length or length.start() > ends.start():
            return None
        end = start + ends.end() + int(length[1])
        stream.seek(end)
        return end + len(_EMPTY_LINES.match(stream.read(4))[0]) if end <= size else None  # type: ignore[index]
    gzipped = stream.read(4).startswith(_GZIP_BEGINS)
    stream.seek(start)
    decompressor: Any = zlib.decompressobj(31) if gzipped else _unzstd(stream)
    read = start
    try:
        while not decompressor.eof and (block := stream.read(_BLOCK)):
            read += len(block)
            while block and not decompressor.eof:
                decompressor.decompress(block, _BLOCK)
                block = decompressor.unconsumed_tail if gzipped else b""
                while not gzipped and not decompressor.eof and not decompressor.needs_input:
                    decompressor.decompress(b"", _BLOCK)
    except (zlib.error, zstd.ZstdError):
        return None
    return read - len(decompressor.unused_data) if decompressor.eof else None


def _unzstd(stream: IO[bytes]) -> Any:
    dictionary = _dictionary(stream)
    return zstd.ZstdDecompressor(zstd_dict=zstd.ZstdDict(dictionary)) if dictionary else zstd.ZstdDecompressor()


def _only_padding(stream: IO[bytes], start: int) -> bool:
    """Tell whether only empty lines and zero bytes follow from *start* on."""
    stream.seek(start)
    return not any(block.strip(b"\0\r\n") for block in iter(lambda: stream.read(_BLOCK), b""))


def _next_start(stream: IO[bytes], start: int, *, compressed: bool) -> int | None:
    """Return the first byte from *start* on at which a record begins, or ``None``."""
    while True:
        stream.seek(start)
        block = stream.read(_BLOCK)
        for found in (_MEMBER if compressed else _PLAIN).finditer(block):
            at = start + found.start()
            if not compressed or _begins_record(stream, at):
                return at
        if len(block) < _BLOCK:
            return None
        start += _BLOCK - 16


def _begins_record(stream: IO[bytes], start: int) -> bool:
    stream.seek(start)
    try:
        return bool(_PLAIN.match(reader_of(stream).read(16)))
    except OSError:
        return False


def whole_length(path: Path) -> int:
    """Return how many bytes of a WARC file, perhaps cut, hold whole records; 0 for an empty file.

    :raises InputError: if it is no WARC
    """
    if path.stat().st_size == 0:
        return 0
    try:
        for _ in records(path, lambda record, place: None):
            pass
    except CutArchiveError as cut:
        return cut.whole
    return path.stat().st_size


def target_of(record: WarcRecord) -> str:
    """Return the URL that the record is about; empty if it names none."""
    return (record.headers.get("WARC-Target-URI") or "").strip("<> ")  # the brackets are wget's


def date_of(record: WarcRecord, field: str = "WARC-Date") -> datetime:
    """Return the capture time in UTC; :data:`NO_DATE` where the record has none that can be."""
    try:
        moment = datetime.fromisoformat((record.headers.get(field) or "").strip())
        moment = (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        return NO_DATE
    return moment if moment > NO_DATE and moment.year < 2100 else NO_DATE


def response_of(record: WarcRecord, date: datetime) -> ArchivedResponse:
    """Return the response in a record of the type ``response``, ``resource`` or ``revisit``; reads its body.

    :raises RefusedRecordError: if it holds no HTTP, or more than a body may have
    """
    doubts: tuple[str, ...] = (CUT,) if record.headers.get("WARC-Truncated") else ()
    if record.record_type == WarcRecordType.resource:  # the body alone
        status, headers = 200, [("Content-Type", record.headers.get("Content-Type") or "")]
        doubts = (*doubts, RENDERED) if record.headers.get(RENDERED_MARK) else doubts
    else:
        status, headers = _http_head(record)
    body = record.reader.read(MAX_BODY + 1)
    if len(body) > MAX_BODY:
        raise RefusedRecordError(f"a body of more than {MAX_BODY >> 20} MB")
    if "chunked" in header_of(headers, "transfer-encoding").lower():
        headers = [pair for pair in headers if pair[0].lower() not in ("transfer-encoding", "content-length")]
        from warcio.bufferedreaders import ChunkedDataReader  # brings fsspec, and most pages come without chunks

        joined: bytes = ChunkedDataReader(BytesIO(body)).read()
        if joined != body and not _LAST_CHUNK.search(body[-1024:]):
            doubts = (CUT,)
        body = joined
    elif (announced := header_of(headers, "content-length").strip()).isdigit() and int(announced) > len(body) > 0:
        doubts = (CUT,)
    if _is_decoded(body, headers):
        headers = [pair for pair in headers if pair[0].lower() != "content-encoding"]
    return ArchivedResponse(url=target_of(record), date=date, status=status, headers=headers, body=body, doubts=doubts)


def status_of(record: WarcRecord) -> int:
    """Return the HTTP status of a ``response``, 200 of a ``resource``.

    :raises RefusedRecordError: if it has none
    """
    return 200 if record.record_type == WarcRecordType.resource else _http_head(record)[0]


def _http_head(record: WarcRecord) -> tuple[int, Headers]:
    record.is_http = True  # whatever its Content-Type says
    record.parse_http(max_header_len=MAX_HEAD, quirks_mode=True)
    status = record.http_headers.status_code
    if status is None:
        raise RefusedRecordError("a response without HTTP status")
    pairs = record.http_headers.items_bytes()
    return status, [(name.decode("latin-1"), value.decode("latin-1")) for name, value in pairs]


def _is_decoded(body: bytes, headers: Headers) -> bool:
    """Tell whether *body* is uncompressed although its head says otherwise: some tools decode it and keep the head."""
    fields = [value for name, value in headers if name.lower() == "content-encoding"]
    if not fields or not _LOOKS_DECODED.match(body[:1024]):
        return False
    try:
        decoded(body, fields, MAX_BODY)
    except UnpackingError:
        return True
    return False


def header_of(headers: Headers, name: str) -> str:
    """Return the first header called *name* (lower case); empty if there is none."""
    return next((value for key, value in headers if key.lower() == name), "")
