"""WARC files as they are found: damaged, without what they should have, packed in other ways."""

from __future__ import annotations

import gzip
import zipfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest

from crawler.article.page.page import Page
from crawler.warc.archive import WarcArchive, read_pages
from crawler.warc.index import ArchiveIndex
from crawler.warc.records import CutArchiveError, zstd
from dedupe.errors import InputError
from dedupe.intake.skipped import Skipped

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n"


def page(number: int) -> bytes:
    return b"<html><title>Ferry %d</title><p>The ferry sails at %d.</p></html>" % (number, number)


def record(number: int, *, kind: str = "response", block: bytes | None = None, **fields: str | None) -> bytes:
    block = HEAD + page(number) if block is None else block
    named = {
        "WARC_Type": kind,
        "WARC_Record_ID": f"<urn:uuid:{number:032}>",
        "WARC_Target_URI": f"http://example.org/{number}",
        "WARC_Date": f"2026-01-{number + 1:02}T00:00:00Z",
        "Content_Type": "application/http",
        "Content_Length": str(len(block)),
        **fields,
    }
    lines = (f"{name.replace('_', '-')}: {value}\r\n" for name, value in named.items() if value is not None)
    return b"WARC/1.1\r\n" + "".join(lines).encode() + b"\r\n" + block + b"\r\n\r\n"


def read(path: Path, parts: Sequence[bytes]) -> tuple[list[bytes], list[str]]:
    """Return the bodies in a file and what was passed over; both ways of reading say the same."""
    path.write_bytes(b"".join(parts))
    ways: list[Callable[[Skipped], Iterator[Page]]] = [
        lambda skipped: read_pages(path, skipped),
        lambda skipped: ArchiveIndex(path, skipped).pages(),
    ]
    one, other = (_read(way) for way in ways)
    assert one == other
    pages, why = one
    return [found.body for found in pages], why


def _read(way: Callable[[Skipped], Iterator[Page]]) -> tuple[list[Page], list[str]]:
    skipped, pages = Skipped(), list[Page]()
    try:
        pages.extend(way(skipped))
    except CutArchiveError as cut:
        return pages, ["cut", *skipped.counts, str(cut.whole)]
    return pages, list(skipped.counts)


BAD = {
    "no address": (record(2, WARC_Target_URI=None), "a capture without WARC-Target-URI"),
    "no length": (record(2, Content_Length=None), "a record without Content-Length"),
    "length of another": (record(2, Content_Length="100000"), "a record shorter than it says"),
    "no type": (record(2, WARC_Type=None), "a record without WARC-Type"),
    "no HTTP": (record(2, block=b"what a server without HTTP said"), "a response without HTTP status"),
    "a part": (record(2, block=HEAD.replace(b"200 OK", b"206 Partial") + page(2)), "a part of a page (HTTP 206)"),
    "no record": (b"a line of a log\n" * 9, "damaged"),
}


@pytest.mark.parametrize("name", BAD)
def test_a_bad_record_is_counted_and_those_around_it_are_read(tmp_path: Path, name: str) -> None:
    bad, why = BAD[name]
    parts = [record(1), bad, record(3), record(4)]
    wanted = [page(1), page(3), page(4)]
    assert read(tmp_path / "a.warc.gz", [gzip.compress(part) for part in parts]) == (wanted, [why])
    assert read(tmp_path / "a.warc.zst", [zstd.compress(part) for part in parts]) == (wanted, [why])
    plain_bodies, plain_why = read(tmp_path / "a.warc", parts)
    assert plain_bodies == wanted
    assert plain_why  # without members a record's end is known by its length alone


@pytest.mark.parametrize("at", range(12, 200, 17))
def test_damaged_bytes_cost_one_record(tmp_path: Path, at: int) -> None:
    parts = [gzip.compress(record(number), mtime=0) for number in range(1, 5)]
    parts[1] = parts[1][:at] + b"\xff" * 12 + parts[1][at + 12 :]
    bodies, why = read(tmp_path / "a.warc.gz", parts)
    assert bodies == [page(1), page(3), page(4)]
    assert len(why) == 1


@pytest.mark.parametrize("pack", [bytes, gzip.compress, zstd.compress])
def test_all_records_in_one_member_and_zeros_behind(tmp_path: Path, pack: object) -> None:
    assert callable(pack)
    whole = pack(b"".join(record(number) for number in range(1, 5)))
    wanted = [page(number) for number in range(1, 5)]
    assert read(tmp_path / "a.warc", [whole]) == (wanted, [])
    assert read(tmp_path / "a.warc", [whole, b"\0" * 3_000_000]) == (wanted, [])
    if pack is not zstd.compress:  # of which a block is readable whole or not at all
        bodies, why = read(tmp_path / "a.warc", [whole[:-60]])
        assert why[0] == "cut"
        assert all(body in wanted for body in bodies)


@pytest.mark.parametrize("date", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00", "yesterday", None])
def test_an_impossible_date_is_none(tmp_path: Path, date: str | None) -> None:
    path = tmp_path / "a.warc"
    path.write_bytes(record(1, WARC_Date=date) + record(2))
    assert [found.fetched and found.fetched.day for found in read_pages(path)] == [None, 3]
    with WarcArchive(path) as archive:
        assert archive.moment.year == 2026
        assert archive.lookup("http://example.org/1") is not None


@pytest.mark.parametrize(
    ("fields", "block"),
    [
        ({"WARC_Truncated": "length"}, HEAD + page(1)[:40]),
        ({}, HEAD.replace(b"\r\n\r\n", b"\r\nContent-Length: 9000\r\n\r\n") + page(1)),
        ({}, HEAD.replace(b"\r\n\r\n", b"\r\nTransfer-Encoding: chunked\r\n\r\n") + b"20\r\n" + page(1)[:32] + b"\r\n"),
    ],
)
def test_what_was_cut_before_it_was_kept_is_a_doubt(tmp_path: Path, fields: dict[str, str], block: bytes) -> None:
    path = tmp_path / "a.warc"
    path.write_bytes(record(1, block=block, **fields) + record(2))
    assert [found.doubts for found in read_pages(path)] == [("cut in the archive",), ()]


def revisit(number: int, **fields: str) -> bytes:
    return record(number, kind="revisit", block=HEAD, **fields)


@pytest.mark.parametrize(
    ("fields", "answers"),
    [
        ({}, None),
        ({"WARC_Payload_Digest": "sha1:AAAA"}, page(1)),
        ({"WARC_Payload_Digest": "sha1:BBBB"}, None),
        ({"WARC_Refers_To": f"<urn:uuid:{1:032}>"}, page(1)),
        (
            {"WARC_Refers_To_Target_URI": "http://example.org/2", "WARC_Refers_To_Date": "2026-01-03T00:00:00Z"},
            page(2),
        ),
        ({"WARC_Refers_To_Target_URI": "http://example.org/2"}, None),
    ],
)
@pytest.mark.parametrize("order", ["before", "behind", "another file"])
def test_a_revisit_answers_with_the_record_it_points_at_or_not_at_all(
    tmp_path: Path, fields: dict[str, str], answers: bytes | None, order: str
) -> None:
    again = revisit(7, **fields)
    originals = record(1, WARC_Payload_Digest="sha1:AAAA") + record(2, WARC_Payload_Digest=None)
    path = tmp_path / "archive"
    path.mkdir()
    (path / "b.warc").write_bytes({"before": again + originals, "behind": originals + again}.get(order, originals))
    if order == "another file":
        (path / "a.warc").write_bytes(again)
    with WarcArchive(path) as archive:
        found = archive.lookup("http://example.org/7")
        assert (found.body if found else None) == answers
        assert bool(archive.skipped.counts) == (answers is None)


def test_the_page_answers_and_not_the_304_behind_it(tmp_path: Path) -> None:
    later = record(5, block=b"HTTP/1.1 304 Not Modified\r\n\r\n", WARC_Target_URI="http://example.org/1")
    path = tmp_path / "a.warc"
    path.write_bytes(record(1) + later + later.replace(b"/1\r\n", b"/9\r\n"))
    with WarcArchive(path) as archive:
        found, alone = archive.lookup("http://example.org/1"), archive.lookup("http://example.org/9")
        assert found is not None
        assert alone is not None
        assert (found.status, alone.status) == (200, 304)


def test_a_wacz_package_is_read_and_replayed_in_place(tmp_path: Path) -> None:
    path = tmp_path / "pages.wacz"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as package:
        package.writestr("datapackage.json", "{}")
        for name in (1, 2):
            packed = b"".join(gzip.compress(record(number)) for number in range(name * 10, name * 10 + 3))
            package.writestr(f"archive/{name}.warc.gz", packed)
    assert len(list(read_pages(path))) == 6
    with WarcArchive(path) as archive:
        for number in (21, 10, 12, 20):
            found = archive.lookup(f"http://example.org/{number}")
            assert found is not None
            assert found.body == page(number)


def test_what_holds_no_archive_gets_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"holds no file named \*\.warc"):
        list(read_pages(tmp_path))
    with zipfile.ZipFile(tmp_path / "a.wacz", "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("archive/a.warc.gz", record(1))
    with pytest.raises(InputError, match="unzip it"):
        list(read_pages(tmp_path / "a.wacz"))
