"""Writes WARC records. No other module knows how a response stands in a file."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from http import HTTPStatus
from io import BytesIO
from typing import IO, Any

VERSION = "WARC/1.1"
RENDERED_MARK = "X-Rendered"
"""Field of our own that tells a rendered page from other resources."""
Headers = Sequence[tuple[str, str]]


class RecordWriter:
    """Writes records to a binary stream, each by one call of ``write``.

    :param name: of the file, for its ``warcinfo`` record
    :param software: name and version of the program, for the same record
    :param gzip: write each record as a gzip member
    """

    def __init__(self, stream: IO[bytes], name: str, software: str, *, gzip: bool = True) -> None:
        from warcio.warcwriter import WARCWriter  # brings fsspec; a crawl that records nothing starts without both

        self._stream = stream
        self._buffer = BytesIO()
        self._writer = WARCWriter(self._buffer, gzip=gzip, warc_version=VERSION)
        info = {"software": software, "format": "WARC file version 1.1"}
        self._append(self._writer.create_warcinfo_record(name, info))

    def write(
        self,
        url: str,
        status: int,
        headers: Headers,
        body: bytes,
        moment: datetime,
        *,
        cut: bool = False,
        rendered: bool = False,
    ) -> None:
        """Append one ``response`` record, or a ``resource`` of the page after its scripts (WARC 1.1, 6.4).

        :param moment: when it arrived
        :param cut: there was more of the body
        :param rendered: it is no answer but what a browser showed; of *headers* the Content-Type is kept
        :raises OSError: if it cannot be written
        """
        from warcio.statusandheaders import StatusAndHeaders

        head = StatusAndHeaders(f"{status} {_reason(status)}".strip(), list(headers), protocol="HTTP/1.1")
        record = self._writer.create_warc_record(
            url,
            "resource" if rendered else "response",
            payload=BytesIO(body),
            length=len(body),  # without it warcio copies the body to a temporary file
            http_headers=None if rendered else head,
            warc_content_type=head.get_header("Content-Type", "") if rendered else "",
            warc_headers_dict={
                "WARC-Date": moment.astimezone(UTC).isoformat().replace("+00:00", "Z"),
                **({"WARC-Truncated": "unspecified"} if cut else {}),
                **({RENDERED_MARK: "yes"} if rendered else {}),
            },
        )
        self._append(record)

    def _append(self, record: Any) -> None:
        self._buffer.seek(0)
        self._buffer.truncate()
        self._writer.write_record(record)
        self._stream.write(self._buffer.getvalue())


def _reason(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:  # a number that no specification names
        return ""
