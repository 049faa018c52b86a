"""What pages wrote, made fit for a terminal: it must not steer it, nor turn around what stands beside it.

Control characters of C0 and C1 (ECMA-48; a terminal takes the C1 character U+009B for the beginning of a command
as it does ESC [), the directional embeddings, overrides and isolates of Unicode (UAX 9), and lone surrogates, which
no terminal can be sent.
"""

from __future__ import annotations

import codecs
import io
import json
import re
from typing import IO, TYPE_CHECKING, Any, BinaryIO, cast

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer

_STEERING = re.compile(r"[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
_STEERING_BUT_LINES = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
_RAW_IN_JSON = re.compile(r"[\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
"""What ``json.dumps`` leaves as it is."""


def printable(text: str) -> str:
    """Return *text* on one line, without what would command a terminal or turn the direction of what follows.

    >>> printable("a\\x1b[31m b\\u202ec\\n d")
    'a [31m b c d'
    """
    return " ".join(_STEERING.sub(" ", text).split())


def in_place(text: str) -> str:
    """Return *text* with a blank for each character that would steer a terminal, line breaks and tabs among them."""
    return _STEERING.sub(" ", text)


def lines(text: str) -> str:
    """Return *text* with its lines and tabs, and a blank for every other character that would steer a terminal."""
    return _STEERING_BUT_LINES.sub(" ", text)


def json_text(value: Any, **options: Any) -> str:
    """Return *value* as JSON that a terminal shows harmlessly and UTF-8 can hold; what it stands for is the same.

    Letters of all languages stay as they are.

    >>> print(json_text({"title": "Phà Hồ Tây \\x9b2J"}))
    {"title": "Phà Hồ Tây \\u009b2J"}
    """
    found = json.dumps(value, ensure_ascii=False, **options)
    return _RAW_IN_JSON.sub(lambda match: f"\\u{ord(match[0]):04x}", found)


def data_stream(stream: IO[str]) -> IO[bytes]:
    """Return the binary stream below *stream*, for data; on a terminal ``�`` stands for what would steer it."""
    below: Any = cast("io.TextIOWrapper", stream).buffer
    return cast("IO[bytes]", ScreenStream(below) if stream.isatty() else below)


class ScreenStream(io.RawIOBase):
    """Passes UTF-8 on, with ``�`` for each character that would steer a terminal; line breaks and tabs pass."""

    def __init__(self, below: BinaryIO) -> None:
        super().__init__()
        self._below = below
        # A carriage return before a line break, as CSV has it, moves nothing: the line break alone is written.
        utf8 = codecs.getincrementaldecoder("utf-8")("replace")
        self._decoder = io.IncrementalNewlineDecoder(utf8, translate=False)

    def writable(self) -> bool:
        """Return ``True``."""
        return True

    def write(self, data: ReadableBuffer, /) -> int:
        """Pass *data* on; the beginning of a character waits for its end."""
        read = bytes(data)
        text = self._decoder.decode(read).replace("\r\n", "\n")
        self._below.write(_STEERING_BUT_LINES.sub("\ufffd", text).encode())
        return len(read)

    def flush(self) -> None:
        """Flush the stream below."""
        if not self.closed:
            self._below.flush()
