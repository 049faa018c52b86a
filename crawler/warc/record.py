"""``--record``: every response of a crawl into a WARC file, as it came over the wire."""

from __future__ import annotations

import fcntl
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Self, cast

from scrapy import signals
from scrapy.exceptions import NotConfigured

from crawler.warc.records import whole_length
from crawler.warc.writer import RecordWriter
from dedupe.errors import InputError

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.crawler import Crawler
    from scrapy.http import Response


class RecordingError(RuntimeError):
    """Writing to the WARC file failed. The records in the file are whole."""

    exit_code = 1


class WarcRecorder:
    """A WARC file being written: ``FILE.part`` until :meth:`close`, then *path*.

    Every record is one write to the disk, so that a killed recording ends in at most one cut record. The next
    recording to the same *path* keeps the whole records that are left in ``FILE.part`` and goes on after them.

    :raises InputError: if *path* exists, or another process writes to it
    """

    def __init__(self, path: Path, software: str) -> None:
        if path.exists():
            raise InputError(f"{path}: exists; name another file to record to, or remove it")
        self.path = path
        self.part = path.with_name(f"{path.name}.part")
        self.records = 0
        self._file: IO[bytes] = self.part.open("ab", buffering=0)
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            self._file.truncate(whole_length(self.part))
        except BlockingIOError:
            self._file.close()
            raise InputError(f"{path}: another crawl is recording to it; name another file") from None
        except InputError:
            self._file.close()
            raise
        self._writer = RecordWriter(cast("IO[bytes]", _WholeWrites(self._file)), path.name, software)

    def write(self, response: Response, moment: datetime, *, cookies: bool = True, rendered: bool = False) -> int:
        """Append one ``response`` record and return the byte at which it begins.

        :param moment: when it arrived
        :param cookies: whether the record has the cookies that it sets
        :param rendered: it is the page as a browser showed it
        :raises OSError: if the disk is full; the file keeps the records before
        """
        headers = [
            (name.decode("latin-1"), value.decode("latin-1"))
            for name, values in response.headers.items()
            for value in values
            if cookies or name.lower() != b"set-cookie"
        ]
        begins = os.fstat(self._file.fileno()).st_size
        self._writer.write(response.url, response.status, headers, response.body, moment, rendered=rendered)
        self.records += 1
        return begins

    def close(self) -> None:
        """Flush to the disk and give the file its name."""
        os.fsync(self._file.fileno())
        self.part.rename(self.path)
        self._file.close()

    def abandon(self) -> None:
        """Close the file and leave it as ``FILE.part`` for the next recording; does nothing after :meth:`close`."""
        self._file.close()


class _WholeWrites:
    """Appends to a file either all the bytes of a call or none of them."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file

    def write(self, data: bytes) -> int:
        left = memoryview(data)
        start = os.fstat(self._file.fileno()).st_size
        try:
            while left:
                left = left[self._file.write(left) :]
        except OSError:
            self._file.truncate(start)
            raise
        return len(data)


class RecordExtension:
    """Records what the downloader hands out, before any middleware, where the run has a recorder.

    So it sees redirects, error pages and robots.txt, and bodies with their Content-Encoding.
    """

    def __init__(self, crawler: Crawler, recorder: WarcRecorder) -> None:
        self._crawler = crawler
        self._recorder = recorder

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Connect to the signal, or raise ``NotConfigured`` where nothing is to be recorded."""
        spider: Any = crawler.spider
        recorder = spider.run.recorder
        if recorder is None:
            raise NotConfigured  # without words: Scrapy warns of those
        extension = cls(crawler, recorder)
        crawler.signals.connect(extension.response_downloaded, signal=signals.response_downloaded)
        return extension

    def response_downloaded(self, response: Response, request: Request) -> None:
        """Append the response, and note its place in ``request.meta["warc"]``; a disk that is full ends the crawl."""
        try:
            cookies = not request.meta.get("operator_headers")  # a session of theirs stays out of files
            begins = self._recorder.write(response, datetime.now(UTC), cookies=cookies)
            request.meta["warc"] = self._recorder.path.name, begins
        except OSError as problem:
            spider: Any = self._crawler.spider
            spider.stop(RecordingError(f"{self._recorder.part}: cannot be written to: {problem.strerror}"))
