"""WARC files: found by URL and time, whole records only, bodies decoded."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Sequence
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

import brotli
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from crawler.warc.archive import WarcArchive, parse_moment, read_pages
from crawler.warc.records import ArchivedResponse, CutArchiveError, whole_length, zstd
from dedupe.errors import InputError
from dedupe.intake.skipped import Skipped

HTML = b"<html><body><p>The harbour master keeps a record of every ship.</p></body></html>"
Capture = tuple[str, str, bytes]


def warc(path: Path, captures: Sequence[Capture], *, compressed: bool = True, **headers: str) -> Path:
    with path.open("wb") as file:
        writer = WARCWriter(file, gzip=compressed, warc_version="WARC/1.1")
        writer.write_record(writer.create_warcinfo_record("test", {"software": "test"}))
        for url, date, body in captures:
            given = headers or {"Content-Type": "text/html; charset=utf-8"}
            status = StatusAndHeaders(given.pop("status", "200 OK"), list(given.items()), protocol="HTTP/1.1")
            writer.write_record(
                writer.create_warc_record(
                    url,
                    "response",
                    BytesIO(body),
                    len(body),
                    http_headers=status,
                    warc_headers_dict={"WARC-Date": date},
                )
            )
    return path


def answer(path: Path, at: str | None = None) -> ArchivedResponse:
    with WarcArchive(path, parse_moment(at) if at else None) as archive:
        found = archive.lookup("http://example.org/")
    assert found is not None
    return found


def test_the_nearest_capture_answers(tmp_path: Path) -> None:
    days = ["2016-11-08T01:00:00Z", "2016-12-29T01:00:00Z", "2017-01-20T01:00:00Z", "2017-01-31T01:00:00Z"]
    path = warc(tmp_path / "a.warc.gz", [("http://example.org/", day, day.encode()) for day in days])

    def at(moment: str | None) -> bytes:
        return answer(path, moment).body[:10]

    assert at("2017-01-20") == b"2017-01-20"
    assert at("2017-01-25T12:59Z") == b"2017-01-20"
    assert at("2017-01-25T13:01Z") == b"2017-01-31"
    assert at("1999-01-01") == b"2016-11-08"
    assert at(None) == b"2017-01-31"


@given(st.lists(st.integers(0, 10**9), min_size=1, max_size=8, unique=True), st.integers(0, 10**9))
@settings(max_examples=30, deadline=None)
def test_no_capture_is_nearer_than_the_one_that_answers(
    tmp_path_factory: pytest.TempPathFactory, seconds: list[int], at: int
) -> None:
    moments = [datetime.fromtimestamp(second, UTC) for second in seconds]
    captures = [("http://example.org/", f"{moment:%Y-%m-%dT%H:%M:%SZ}", b"x") for moment in moments]
    path = warc(tmp_path_factory.mktemp("w") / "a.warc.gz", captures)
    found = answer(path, datetime.fromtimestamp(at, UTC).isoformat())
    best = min(abs(second - at) for second in seconds)
    assert abs(found.date.timestamp() - at) == best
    assert found.date.timestamp() == min(second for second in seconds if abs(second - at) == best)


def test_the_exact_address_is_preferred_to_its_canonical_twin(tmp_path: Path) -> None:
    day = "2017-01-20T00:00:00Z"
    captures = [("http://www.example.org/a", day, b"plain"), ("https://example.org/a", day, b"tls")]
    urls = ("http://www.example.org/a", "https://example.org/a", "https://example.org/a#part", "https://x.org/")
    with WarcArchive(warc(tmp_path / "a.warc.gz", captures)) as archive:
        bodies = {url: getattr(archive.lookup(url), "body", None) for url in urls}
    assert bodies["http://www.example.org/a"] == b"plain"
    assert bodies["https://example.org/a"] == b"tls"
    assert bodies["https://example.org/a#part"] in (b"plain", b"tls")
    assert bodies["https://x.org/"] is None


@pytest.mark.parametrize("compressed", [True, False])
def test_a_cut_anywhere_is_seen_and_the_whole_records_before_it_are_counted(tmp_path: Path, compressed: bool) -> None:
    captures = [(f"http://example.org/{number}", "2017-01-20T00:00:00Z", HTML * number) for number in range(1, 4)]
    whole = warc(tmp_path / "a.warc", captures, compressed=compressed).read_bytes()
    ends = _ends(tmp_path, whole)
    # A whole plain record ends before the two empty lines that follow it.
    assert len(ends) == 4 if compressed else len(ends) <= 4 * 5
    assert len(whole) in ends
    near_ends = {end + step for end in ends for step in range(-12, 13)}
    for length in sorted({*range(min(ends), len(whole), 11), *near_ends} - ends):
        if min(ends) < length < len(whole):
            (tmp_path / "cut.warc").write_bytes(whole[:length])
            with pytest.raises(CutArchiveError, match="cut or damaged") as cut:
                WarcArchive(tmp_path / "cut.warc")
            assert cut.value.whole == max(end for end in ends if end <= length)
            seen = []
            with pytest.raises(InputError):
                seen.extend(page.body for page in read_pages(tmp_path / "cut.warc"))
            assert all(body in (HTML, HTML * 2, HTML * 3) for body in seen)


def _ends(folder: Path, data: bytes) -> set[int]:
    """Return the lengths at which *data* can be cut and stays whole."""
    part, ends, length = folder / "part.warc", set(), len(data)
    while length > 0:
        part.write_bytes(data[:length])
        try:
            whole = whole_length(part)
        except InputError:
            break
        if whole == length:
            ends.add(length)
            length -= 1
        else:
            length = whole
    return ends


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "is empty"),
        (b"<html>not an archive</html>", "not a WARC"),
        (gzip.compress(b"neither is this", mtime=0), "not a WARC"),
        (b"\x1f\x8b" + b"\x00" * 40, "not a WARC"),
    ],
)
def test_what_is_no_archive_gets_one_sentence(tmp_path: Path, data: bytes, says: str) -> None:
    path = tmp_path / "a.warc.gz"
    path.write_bytes(data)
    for reading in (WarcArchive, lambda file: list(read_pages(file))):
        with pytest.raises(InputError, match=says) as problem:
            reading(path)
        assert str(path) in str(problem.value)
        assert "\n" not in str(problem.value)


def test_one_gzip_stream_over_all_records_is_read_and_replayed(tmp_path: Path) -> None:
    captures = [(f"http://example.org/{n}", "2017-01-20T00:00:00Z", HTML + b"%d" % n) for n in range(40)]
    plain = warc(tmp_path / "a.warc", captures, compressed=False)
    path = tmp_path / "b.warc.gz"
    path.write_bytes(gzip.compress(plain.read_bytes()))
    assert [page.body for page in read_pages(path)] == [body for _, _, body in captures]
    with WarcArchive(path) as archive:
        for url, _, body in reversed(captures):
            found = archive.lookup(url)
            assert found is not None
            assert found.body == body


@pytest.mark.parametrize(
    ("encoding", "encode"),
    [
        ("gzip", gzip.compress),
        ("x-gzip", gzip.compress),
        ("deflate", zlib.compress),
        ("deflate", lambda body: zlib.compress(body)[2:-4]),
        ("br", brotli.compress),
        ("zstd", zstd.compress),
        ("gzip, br", lambda body: brotli.compress(gzip.compress(body))),
        ("identity", bytes),
    ],
)
def test_content_encodings_are_undone_for_reading_and_kept_for_replay(
    tmp_path: Path, encoding: str, encode: object
) -> None:
    assert callable(encode)
    headers = {"Content-Type": "text/html", "Content-Encoding": encoding}
    body = encode(HTML)
    path = warc(tmp_path / "a.warc.gz", [("http://example.org/", "2017-01-20T00:00:00Z", body)], **headers)
    [page] = read_pages(path)
    assert (page.body, page.content_type) == (HTML, "text/html")
    assert page.fetched == datetime(2017, 1, 20, tzinfo=UTC)
    assert answer(path).body == body


@pytest.mark.parametrize("encoding", ["br", "zstd", "gzip", "deflate", "gzip, br"])
def test_a_page_that_was_decoded_before_it_was_kept_is_read_and_replayed(tmp_path: Path, encoding: str) -> None:
    headers = {"Content-Type": "text/html", "Content-Encoding": encoding}
    path = warc(tmp_path / "a.warc.gz", [("http://example.org/", "2017-01-20T00:00:00Z", HTML)], **headers)
    assert [page.body for page in read_pages(path)] == [HTML]
    assert [name for name, _ in answer(path).headers] == ["Content-Type"]


@pytest.mark.parametrize(
    ("encoding", "body", "why"),
    [
        ("br", b"\xff" * 900, "the answer cannot be unpacked"),
        ("gzip", gzip.compress(HTML * 90)[:-20], "the answer was cut"),
        ("gzip", gzip.compress(b" " * (17 << 20)), "the answer is too large when unpacked"),
        (",".join(["gzip"] * 9), gzip.compress(HTML), "the answer is packed too many times"),
        ("identity", b" " * (17 << 20), "a body of more than 16 MB"),
    ],
    ids=["damaged", "cut", "large when unpacked", "packed nine times", "large"],
)
def test_a_body_that_cannot_be_taken_is_counted_and_its_neighbours_are_read(
    tmp_path: Path, encoding: str, body: bytes, why: str
) -> None:
    day, skipped = "2017-01-20T00:00:00Z", Skipped()
    good = warc(tmp_path / "good.warc.gz", [("http://example.org/", day, HTML)]).read_bytes()
    headers = {"Content-Type": "text/html", "Content-Encoding": encoding}
    bad = warc(tmp_path / "bad.warc.gz", [("http://example.org/b", day, body)], **headers).read_bytes()
    path = tmp_path / "a.warc.gz"
    path.write_bytes(good + bad + good)
    assert [page.body for page in read_pages(path, skipped)] == [HTML, HTML]
    assert list(skipped.counts.items()) == [(why, 1)]


def test_chunks_of_other_tools_are_joined(tmp_path: Path) -> None:
    chunked = b"%x\r\n%s\r\n0\r\n\r\n" % (len(HTML), HTML)
    headers = {"Content-Type": "text/html", "Transfer-Encoding": "chunked"}
    path = warc(tmp_path / "a.warc.gz", [("http://example.org/", "2017-01-20T00:00:00Z", chunked)], **headers)
    assert [page.body for page in read_pages(path)] == [HTML]
    assert all(name != "Transfer-Encoding" for name, _ in answer(path).headers)


@pytest.mark.parametrize(
    ("headers", "body", "pages"),
    [
        ({"Content-Type": "text/html", "status": "404 Not Found"}, HTML, 0),
        ({"Content-Type": "text/html", "status": "301 Moved"}, HTML, 0),
        ({"Content-Type": "image/png"}, b"\x89PNG", 0),
        ({"Content-Type": "application/xhtml+xml"}, HTML, 1),
        ({"X-Nothing": "here"}, HTML, 1),
        ({"X-Nothing": "here"}, b"only words", 0),
    ],
)
def test_pages_are_html_that_was_answered_well(
    tmp_path: Path, headers: dict[str, str], body: bytes, pages: int
) -> None:
    path = warc(tmp_path / "a.warc.gz", [("http://example.org/", "2017-01-20T00:00:00Z", body)], **headers)
    assert len(list(read_pages(path))) == pages


def test_a_revisit_answers_with_the_body_it_points_at(tmp_path: Path) -> None:
    path = tmp_path / "a.warc.gz"
    with path.open("wb") as file:
        writer = WARCWriter(file, gzip=True)
        status = StatusAndHeaders("200 OK", [("Content-Type", "text/html")], protocol="HTTP/1.1")
        first = writer.create_warc_record(
            "http://example.org/", "response", BytesIO(HTML), len(HTML), http_headers=status,
            warc_headers_dict={"WARC-Date": "2017-01-20T00:00:00Z"},
        )  # fmt: skip
        writer.write_record(first)
        digest = first.rec_headers.get_header("WARC-Payload-Digest")
        again = writer.create_revisit_record(
            "http://example.org/", digest, "http://example.org/", "2017-01-20T00:00:00Z",
            warc_headers_dict={"WARC-Date": "2017-02-20T00:00:00Z"},
        )  # fmt: skip
        writer.write_record(again)
    found = answer(path, "2017-03-01")
    assert (found.body, found.date.month) == (HTML, 2)


@pytest.mark.parametrize("text", ["yesterday", "20-01-2017", "2017-13-01", ""])
def test_a_date_that_is_none_gets_one_sentence(text: str) -> None:
    with pytest.raises(InputError, match="is no date"):
        parse_moment(text)


def test_a_bare_date_is_the_middle_of_its_day_in_utc() -> None:
    assert parse_moment("2017-01-20") == datetime(2017, 1, 20, 12, tzinfo=UTC)
    assert parse_moment("2017-01-20T06:00:00+07:00") == datetime(2017, 1, 19, 23, tzinfo=UTC)
