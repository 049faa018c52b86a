"""Logs: no secret in any of them, and on request a file of text or JSON lines that is rotated."""

from __future__ import annotations

import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import Any, Literal

from pythonjsonlogger.json import JsonFormatter

from dedupe.errors import InputError
from storage.base.masking import MASK, is_secret, mask

LogFormat = Literal["text", "json"]

_UNITS = {"": 1, "B": 1, "K": 1_000, "KB": 1_000, "M": 1_000_000, "MB": 1_000_000, "G": 10**9, "GB": 10**9}


@dataclass(frozen=True, slots=True, kw_only=True)
class LogRequest:
    """Where logs go beside standard error, and how they look."""

    level: str = ""
    """Least level; empty: ``WARNING`` on standard error, ``INFO`` in the file."""
    file: Path | None = None
    format: LogFormat = "text"
    """Of the file; of standard error where there is no file."""
    size: int = 10_000_000
    """Bytes after which the file is put aside."""
    keep: int = 5
    """Files put aside that are kept."""

    @property
    def is_json_on_stderr(self) -> bool:
        """Whether standard error is for a program to read; Scrapy's own handler must be off then."""
        return self.format == "json" and self.file is None


def size_in_bytes(text: str) -> int:
    """Return the bytes that *text* names, such as ``10MB`` or ``500k``.

    >>> size_in_bytes("10MB"), size_in_bytes("1.5 g")
    (10000000, 1500000000)

    :raises InputError: for anything else
    """
    stripped = text.strip().upper()
    number = stripped.rstrip("KMGB ")
    factor = _UNITS.get(stripped[len(number) :].strip())
    try:
        size = int(float(number) * (factor or 0))
    except (ValueError, OverflowError):
        size = 0
    if size < 1_000:
        raise InputError(f"{text!r} is no size of a log file: write one from 1KB on, such as 10MB")
    return size


class _MaskedRecord(logging.LogRecord):
    """A record whose text, arguments filled in, holds no secret, and neither does its traceback."""

    def getMessage(self) -> str:
        return mask(super().getMessage())


def _masked_record(*arguments: Any, **more: Any) -> logging.LogRecord:
    record = _MaskedRecord(*arguments, **more)
    if record.exc_info and record.exc_info[0] is not None:
        # A formatter takes this text as it is and does not format the traceback again.
        record.exc_text = mask(logging.Formatter().formatException(record.exc_info))
    return record


class _LogFile(RotatingFileHandler):
    """A log file on a disk that may be full: then the log is lost, and nothing else."""

    def __init__(self, request: LogRequest) -> None:
        super().__init__(
            str(request.file), maxBytes=request.size, backupCount=request.keep, encoding="utf-8",
            errors="backslashreplace",
        )  # fmt: skip
        self.lost = 0
        """Records that could not be written."""

    def handleError(self, record: logging.LogRecord) -> None:
        problem = sys.exc_info()[1]
        if not isinstance(problem, OSError):
            super().handleError(record)
            return
        self.lost += 1
        if self.lost == 1:
            reason = problem.strerror or problem
            sys.stderr.write(f"storykin: {self.baseFilename}: the log is not written ({reason}); the crawl goes on\n")

    def close(self) -> None:
        with suppress(OSError):  # what stands in the buffer fails once more
            super().close()
        if self.lost:
            sys.stderr.write(f"storykin: {self.baseFilename}: {self.lost} records of the log are lost\n")
            self.lost = 0


class _JsonFormatter(JsonFormatter):
    """One JSON object a line; what callers hand on as ``extra`` is masked as well."""

    def process_log_record(self, log_data: dict[str, Any]) -> dict[str, Any]:
        # Scrapy hands on its spider and crawler, which are no data.
        told: dict[str, Any] = _masked({key: log_data[key] for key in log_data if key not in ("spider", "crawler")})
        return told

    def formatException(self, ei: Any) -> str:
        return mask(logging.Formatter.formatException(self, ei))

    def formatStack(self, stack_info: str) -> str:
        return mask(stack_info)


def _masked(value: Any) -> Any:
    if isinstance(value, dict):
        return {mask(str(key)): MASK if is_secret(str(key)) else _masked(member) for key, member in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_masked(member) for member in value]
    if value is None or isinstance(value, bool | int | float):
        return value
    return mask(str(value))


def mask_logs() -> None:
    """Mask secrets in every log record of this process from now on.

    Where records are made, not on a handler: Scrapy puts in its own handler, and others may follow.
    """
    logging.setLogRecordFactory(_masked_record)
    # Its DEBUG records hold every command with its documents, as JSON that would be made for each and thrown away.
    logging.getLogger("pymongo").setLevel(logging.INFO)
    # It tells of every page that it finds nothing on; the article's ``quality`` says so.
    logging.getLogger("trafilatura").setLevel(logging.CRITICAL)


@contextmanager
def logging_to(request: LogRequest) -> Iterator[None]:
    """Write logs as *request* says until the block is left. Entered after Scrapy has put in its handler.

    :raises InputError: if the file cannot be written
    """
    root, handler = logging.getLogger(), _handler(request)
    if handler is not None:
        handler.setFormatter(_formatter(request.format))
        root.addHandler(handler)
    levels = {logger: logger.level for logger in (root, logging.getLogger("scrapy"))}
    for logger in levels:  # Scrapy has both make every record, for a handler that then drops it
        logger.setLevel(min((one.level for one in root.handlers), default=logging.WARNING))
    try:
        yield
    finally:
        for logger, level in levels.items():
            logger.setLevel(level)
        if handler is not None:
            root.removeHandler(handler)
            handler.close()


def _handler(request: LogRequest) -> logging.Handler | None:
    """Return what writes as *request* says; ``None`` where Scrapy's own handler of standard error is enough."""
    if request.file is None:
        handler: logging.Handler = logging.StreamHandler()
        handler.setLevel(request.level or "WARNING")
        return handler if request.is_json_on_stderr else None
    try:
        handler = _LogFile(request)
    except OSError as problem:
        reason = problem.strerror or str(problem)
        raise InputError(f"{request.file}: the log cannot be written ({reason}); name another --log-file") from None
    handler.setLevel(request.level or "INFO")
    return handler


def _formatter(name: LogFormat) -> logging.Formatter:
    if name == "text":
        return logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s")
    return _JsonFormatter(
        "{asctime}{levelname}{name}{message}",
        style="{",
        rename_fields={"asctime": "time", "levelname": "level", "name": "logger"},
        json_ensure_ascii=False,
        # ISO 8601 with milliseconds and the offset from UTC.
        datefmt="%Y-%m-%dT%H:%M:%S%z",
    )
