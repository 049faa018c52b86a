"""Files that appear whole or not at all."""

from __future__ import annotations

import errno
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from dedupe.errors import InputError


@contextmanager
def whole_file(path: Path) -> Iterator[IO[bytes]]:
    """Yield a file that takes the place of *path* when the block ends, and vanishes if it raises.

    A device or a pipe at *path* is written as it is.

    :raises InputError: if *path* cannot be written, or the disk fills up
    """
    try:
        if path.exists() and not path.is_file():  # asked before links are followed: /dev/stdout leads to no name
            with path.open("wb") as stream:
                yield stream
            return
        path = path.resolve()
        draft = path.with_name(f".{secrets.token_hex(8)}.part")
        try:
            with draft.open("xb") as stream:
                yield stream
                stream.flush()
                os.fsync(stream.fileno())
            draft.replace(path)
        except BaseException:
            draft.unlink(missing_ok=True)
            raise
    except BrokenPipeError:
        raise
    except OSError as problem:
        remedy = "free some space" if problem.errno == errno.ENOSPC else "choose another file"
        raise InputError(f"{path}: cannot be written ({problem.strerror or problem}): {remedy}") from None
