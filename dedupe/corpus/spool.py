"""Texts on disk while a corpus is compared: only candidates are read again."""

from __future__ import annotations

import tempfile
from array import array
from collections.abc import Iterable
from itertools import accumulate, islice
from pathlib import Path
from typing import Self

_WRITTEN = 64  # texts a write: some 200 kB, which stay in the cache until they are written


class TextSpool:
    """A temporary file of texts, read by their number. It is gone when it is closed or the process ends."""

    def __init__(self, directory: Path | None = None) -> None:
        # Not buffered: texts are written by the hundred, and read one by one from all over the file.
        self._file = tempfile.TemporaryFile(prefix="storykin-", dir=directory, buffering=0)  # noqa: SIM115  see close()
        self._ends = array("q", [0])

    def __len__(self) -> int:
        return len(self._ends) - 1

    def extend(self, texts: Iterable[str]) -> None:
        """Put *texts* at the end."""
        texts = iter(texts)
        while encoded := [text.encode("utf-8", "surrogatepass") for text in islice(texts, _WRITTEN)]:
            end = self._ends.pop()  # accumulate begins with it
            self._ends.extend(accumulate(map(len, encoded), initial=end))
            self._file.seek(end)
            block = memoryview(b"".join(encoded))
            while block:
                block = block[self._file.write(block) :]

    def __getitem__(self, index: int) -> str:
        if not 0 <= index < len(self):
            raise IndexError(f"no text {index} among {len(self)}")
        start, end = self._ends[index], self._ends[index + 1]
        if start == end:
            return ""
        self._file.seek(start)
        return self._file.read(end - start).decode("utf-8", "surrogatepass")

    def close(self) -> None:
        """Delete the file."""
        self._file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
