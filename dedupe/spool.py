"""Texts put aside on disk while a corpus is compared: only candidates are read again."""

from __future__ import annotations

import tempfile
from array import array
from collections.abc import Iterable
from itertools import accumulate
from pathlib import Path
from types import TracebackType
from typing import Self


class TextSpool:
    """A temporary file of texts, read back by their number. It is gone when closed, also after a kill."""

    def __init__(self, directory: Path | None = None) -> None:
        self._file = tempfile.TemporaryFile(prefix="storykin-", dir=directory)  # noqa: SIM115  closed in close()
        self._ends = array("q", [0])

    def __len__(self) -> int:
        return len(self._ends) - 1

    def extend(self, texts: Iterable[str]) -> None:
        """Put *texts* at the end."""
        end = self._ends[-1]
        self._file.seek(end)
        encoded = [text.encode("utf-8", "surrogatepass") if text else b"" for text in texts]
        self._file.write(b"".join(encoded))
        self._ends.pop()  # accumulate begins with it
        self._ends.extend(accumulate(map(len, encoded), initial=end))

    def __getitem__(self, index: int) -> str:
        if not 0 <= index < len(self):
            raise IndexError(f"no text {index} among {len(self)}")
        start, end = self._ends[index], self._ends[index + 1]
        self._file.seek(start)
        return self._file.read(end - start).decode("utf-8", "surrogatepass")

    def close(self) -> None:
        """Delete the file."""
        self._file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
