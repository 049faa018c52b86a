"""Packed answers are taken whole and within the limit, or not at all."""

from __future__ import annotations

import gzip
import random
import sys
import zlib
from collections.abc import Callable
from contextlib import suppress

import brotli
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dedupe.intake.content_encoding import MAX_MEMBERS, UnpackingError, unpacked
from tests.support.hostile_site import Answer, answer

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

Pack = Callable[[bytes], bytes]


def gzipped(body: bytes) -> bytes:
    return gzip.compress(body, mtime=0)


def deflated(body: bytes) -> bytes:
    return zlib.compress(body)[2:-4]


PACKINGS: list[tuple[str, Pack]] = [
    ("gzip", gzipped),
    ("x-gzip", gzipped),
    ("deflate", zlib.compress),
    ("deflate", deflated),
    ("br", brotli.compress),
    ("zstd", zstd.compress),
]
packings = pytest.mark.parametrize(("coding", "pack"), PACKINGS)
CHECKED: list[tuple[str, Pack]] = [("gzip", gzipped), ("deflate", zlib.compress)]
STORY = "Cầu phà Cồn Phụng mở lại vào sáng thứ Hai. ".encode() * 40


@packings
@given(body=st.binary(max_size=3000), room=st.integers(0, 10))
def test_what_was_packed_comes_back_whole(coding: str, pack: Pack, body: bytes, room: int) -> None:
    assert unpacked(pack(body), coding, 0) == body
    if body:
        assert unpacked(pack(body), coding, len(body) + room) == body
        with pytest.raises(UnpackingError, match="too large when unpacked"):
            unpacked(pack(body + b"."), coding, len(body))


@packings
def test_no_beginning_of_a_packed_answer_is_taken_for_all_of_it(coding: str, pack: Pack) -> None:
    body = pack(STORY)
    for length in range(1, len(body)):
        with pytest.raises(UnpackingError, match=r"was cut|cannot be unpacked"):
            unpacked(body[:length], coding, 0)
    with pytest.raises(UnpackingError, match="was cut"):
        unpacked(body[: len(body) // 2], coding, 0)


@pytest.mark.parametrize(("coding", "pack"), CHECKED)
def test_a_changed_byte_is_refused_or_changes_nothing(coding: str, pack: Pack) -> None:
    draw, body = random.Random(1), pack(STORY)
    refused = 0
    for place in range(len(body)):
        changed = bytearray(body)
        changed[place] ^= draw.randrange(1, 256)
        try:
            assert unpacked(bytes(changed), coding, 0) == STORY, "a byte of the head that says nothing of the data"
        except UnpackingError:
            refused += 1
    assert refused > len(body) - 10


@packings
def test_an_answer_without_a_body_has_none(coding: str, pack: Pack) -> None:
    assert unpacked(b"", coding, 100) == b""


@pytest.mark.parametrize(("coding", "pack"), [("gzip", gzipped), ("zstd", zstd.compress)])
def test_parts_packed_one_by_one_are_joined_and_their_number_bounded(coding: str, pack: Pack) -> None:
    assert unpacked(pack(b"one ") + pack(b"") + pack(b"two"), coding, 7) == b"one two"
    with pytest.raises(UnpackingError, match="too large when unpacked"):
        unpacked(pack(b"one ") + pack(b"two"), coding, 6)
    assert unpacked(pack(b"a") * MAX_MEMBERS, coding, 0) == b"a" * MAX_MEMBERS
    with pytest.raises(UnpackingError, match="packed too many times"):
        unpacked(pack(b"") * 100_000, coding, 0)


@pytest.mark.parametrize(("coding", "pack"), [("gzip", gzipped), ("deflate", zlib.compress), ("zstd", zstd.compress)])
def test_what_stands_behind_the_end_is_passed_over(coding: str, pack: Pack) -> None:
    assert unpacked(pack(STORY) + b"\0" * 20, coding, 0) == STORY
    assert unpacked(pack(STORY) + b"<!-- served in 3 ms -->", coding, 0) == STORY


@given(body=st.binary(min_size=1, max_size=300), coding=st.sampled_from(["gzip", "deflate", "br", "zstd"]))
def test_random_bytes_raise_nothing_else(body: bytes, coding: str) -> None:
    with suppress(UnpackingError):
        assert len(unpacked(body, coding, 1000)) <= 1000


def test_every_broken_packing_of_the_hostile_site_is_refused() -> None:
    """Scrapy took one in 200 for a page: random bytes may be a packed text of a few bytes, but for its checksum."""

    def sent(kind: str, number: int) -> Answer:
        return answer(f"/{kind}/how-it-came-to-this-{1000000 + number}.html", 1)

    for number in range(500):
        with pytest.raises(UnpackingError, match="cannot be unpacked"):
            unpacked(sent("broken-gzip", number).body, "gzip", 0)
        with pytest.raises(UnpackingError, match="was cut"):
            unpacked(sent("cut-gzip", number).body, "gzip", 0)
