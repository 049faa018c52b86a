"""Undoing Content-Encoding: whole and within a limit, or not at all. Pure.

Scrapy takes what it can get of a packed answer that was cut or damaged: half an article would be stored as if it were
all, and random bytes behind a gzip header, one time in 200, as a page.
"""

from __future__ import annotations

import sys
import zlib
from collections.abc import Callable, Sequence
from typing import Any

import brotli

from dedupe.intake.limits import MAX_CODINGS, MAX_MEMBERS

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

_GZIP = 16 + zlib.MAX_WBITS
_GZIP_BEGINS = b"\x1f\x8b"
_ZSTD_BEGINS = b"\x28\xb5\x2f\xfd"


class UnpackingError(ValueError):
    """A packed body cannot be taken; the message says why, in few, equal words."""


def codings_of(fields: Sequence[str]) -> list[str]:
    """Return the codings that the Content-Encoding *fields* of an answer name, in the order they were applied.

    Names that are none, such as ``identity``, ``none`` and ``utf-8``, are passed over.

    :raises UnpackingError: if there are more than :data:`~dedupe.intake.limits.MAX_CODINGS`
    """
    names = [name.strip().lower() for name in ",".join(fields).split(",", MAX_CODINGS * 10)]
    if len(names) > MAX_CODINGS:
        raise UnpackingError("the answer is packed too many times")
    return [name for name in names if name in _DECODERS]


def decoded(body: bytes, fields: Sequence[str], most: int) -> bytes:
    """Return *body* without all codings of its Content-Encoding *fields*: see :func:`codings_of`, :func:`unpacked`.

    :raises UnpackingError: if it is too large, damaged or cut, or packed too many times
    """
    for coding in reversed(codings_of(fields)):
        body = unpacked(body, coding, most)
    return body


def gunzipped(body: bytes, most: int) -> bytes:
    """Return *body*, a file, without gzip as often as it was packed by it, at most ``MAX_CODINGS`` times.

    :raises UnpackingError: if it is too large, damaged or cut, or packed too many times
    """
    for _ in range(MAX_CODINGS):
        if not body.startswith(_GZIP_BEGINS):
            return body
        body = unpacked(body, "gzip", most)
    if body.startswith(_GZIP_BEGINS):
        raise UnpackingError("the answer is packed too many times")
    return body


def unpacked(body: bytes, coding: str, most: int) -> bytes:
    """Return *body* without its Content-Encoding *coding* (RFC 9110, 8.4.1; RFC 8878 for zstd).

    What stands behind the end of the packed data is passed over, as browsers do; a wrong checksum is an error.

    :param coding: ``gzip``, ``x-gzip``, ``deflate`` (with or without the head of zlib), ``br`` or ``zstd``
    :param most: bytes that it may unpack to; 0: any number
    :raises UnpackingError: if it is too large, damaged or cut
    """
    if not body:
        return b""  # such as a redirect with the headers of a page
    try:
        return _DECODERS[coding](body, most)
    except (zlib.error, brotli.error, zstd.ZstdError):
        raise UnpackingError("the answer cannot be unpacked") from None


def _members(new: Callable[[], Any], begins: bytes) -> Callable[[bytes, int], bytes]:
    """Return the decoder of a format whose bodies may be several packed ones in a row."""

    def decode(body: bytes, most: int) -> bytes:
        parts: list[bytes] = []
        left = most
        for _ in range(MAX_MEMBERS):
            decompressor = new()
            parts.append(_whole(decompressor, body, left, limited=most > 0))
            left -= len(parts[-1])
            body = decompressor.unused_data
            if not body.startswith(begins):
                return b"".join(parts)
        raise UnpackingError("the answer is packed too many times")

    return decode


def _whole(decompressor: Any, body: bytes, most: int, *, limited: bool = True) -> bytes:
    """Return all that *decompressor* makes of *body*."""
    out: bytes = decompressor.decompress(body, most + 1) if limited else decompressor.decompress(body)
    if limited and len(out) > most:
        raise UnpackingError("the answer is too large when unpacked")
    if not decompressor.eof:
        raise UnpackingError("the answer was cut")
    return out


def _inflated(body: bytes, most: int) -> bytes:
    try:
        return _whole(zlib.decompressobj(), body, most, limited=most > 0)
    except zlib.error:  # some servers leave the head away
        return _whole(zlib.decompressobj(-zlib.MAX_WBITS), body, most, limited=most > 0)


def _unbrotli(body: bytes, most: int) -> bytes:
    decompressor = brotli.Decompressor()
    out: bytes = decompressor.process(body, **({"output_buffer_limit": most + 1} if most else {}))
    if most and len(out) > most:
        raise UnpackingError("the answer is too large when unpacked")
    if not decompressor.is_finished():
        raise UnpackingError("the answer was cut")
    return out


_DECODERS: dict[str, Callable[[bytes, int], bytes]] = {
    "gzip": _members(lambda: zlib.decompressobj(_GZIP), _GZIP_BEGINS),
    "x-gzip": _members(lambda: zlib.decompressobj(_GZIP), _GZIP_BEGINS),
    "deflate": _inflated,
    "br": _unbrotli,
    "zstd": _members(zstd.ZstdDecompressor, _ZSTD_BEGINS),
}
