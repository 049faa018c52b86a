"""Reading WARC files: what a crawl fetched. No Scrapy here, so ``storykin extract`` stays light."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, time
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self

from warcio.archiveiterator import ArchiveIterator

from crawler.article.page.page import Page
from crawler.portals.seed import GENERIC, Seed
from crawler.urls.canonical import canonical_url
from crawler.warc.records import ArchivedResponse, date_of, decoded, head_of, header_of, records, response_of, target_of
from dedupe.errors import InputError

_SCHEMES = ("http://", "https://")
_BODIES = ("response", "resource")


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

    @property
    def moment(self) -> datetime:
        """The time that answers are for: the one asked for, else that of the latest capture."""
        latest = max(found.moment for captures in self._exact.values() for found in captures)
        return datetime.fromtimestamp(min(self._at, latest), UTC)

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
        return response_of(record, moment)

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
        for kind, url, moment, digest, offset in records(self.path, head_of):
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
    for page in records(path, _html_page):
        if page is not None:
            yield page


def page_of(found: ArchivedResponse) -> Page:
    """Return the capture as the :class:`~crawler.article.page.page.Page` that extraction looks at."""
    return Page(
        url=found.url,
        body=decoded(found.body, header_of(found.headers, "content-encoding")),
        content_type=header_of(found.headers, "content-type"),
        status=found.status,
        fetched=found.date,
    )


def _html_page(record: Any, offset: int) -> Page | None:
    if record.rec_type not in _BODIES or not target_of(record).startswith(_SCHEMES):
        return None
    found = response_of(record, date_of(record))
    page = page_of(found) if 200 <= found.status < 300 else None
    return page if page and _is_html(page) else None


def _is_html(page: Page) -> bool:
    kind = page.content_type.lower()
    if "html" in kind:
        return True
    return kind.partition(";")[0].strip() in ("", "text/plain", "application/octet-stream") and bool(
        re.match(rb"(?:\xef\xbb\xbf)?\s*<(?:!doctype\s+html|html|head|body|!--)", page.body[:512], re.IGNORECASE)
    )
