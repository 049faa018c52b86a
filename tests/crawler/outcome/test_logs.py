from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from pathlib import Path

import pytest

from crawler.outcome.logs import LogRequest, logging_to, mask_logs, size_in_bytes
from dedupe.errors import InputError

SECRET = "s3cr3t-Word"
URI = f"mongodb://ann:{SECRET}@db.example/news"
log = logging.getLogger("tests.logs")


@pytest.fixture(autouse=True)
def masked() -> Iterator[None]:
    before = logging.getLogRecordFactory()
    mask_logs()
    log.setLevel("DEBUG")
    yield
    logging.setLogRecordFactory(before)
    log.setLevel("NOTSET")


def speak() -> None:
    """Log secrets in every way there is."""
    log.warning("cannot reach " + URI)  # noqa: G003
    log.warning("cannot reach %s with %r", URI, {"Authorization": f"Basic {SECRET}"})
    log.info("one more", extra={"uri": URI, "Cookie": SECRET, "headers": {"Set-Cookie": [SECRET], "n": 1}})
    log.debug("%(uri)s", {"uri": URI})
    try:
        int(URI)
    except ValueError:
        log.exception("it failed")
    log.error("where", stack_info=True)


@pytest.mark.parametrize("form", ["text", "json"])
def test_no_secret_reaches_a_log_file(tmp_path: Path, form: str) -> None:
    path = tmp_path / "a.log"
    with logging_to(LogRequest(file=path, format=form, level="DEBUG")):
        speak()
    text = path.read_text(encoding="utf-8")
    assert SECRET not in text
    assert "mongodb://ann:***@db.example/news" in text
    assert "ValueError" in text, "the traceback is there"
    if form == "json":
        lines = [json.loads(line) for line in text.splitlines()]
        assert {"time", "level", "logger", "message"} <= set(lines[0])
        assert lines[2]["headers"] == {"Set-Cookie": "***", "n": 1}
        assert lines[4]["exc_info"].startswith("Traceback")


def test_no_secret_reaches_a_handler_that_somebody_else_put_in(capsys: pytest.CaptureFixture[str]) -> None:
    handler = logging.StreamHandler()
    log.addHandler(handler)
    try:
        speak()
    finally:
        log.removeHandler(handler)
    assert SECRET not in capsys.readouterr().err


def test_a_file_is_put_aside_at_its_size_and_only_some_are_kept(tmp_path: Path) -> None:
    path = tmp_path / "a.log"
    with logging_to(LogRequest(file=path, size=2_000, keep=2, level="DEBUG")):
        for number in range(200):
            log.info("line %d: bài viết thứ %d", number, number)
    assert sorted(file.name for file in tmp_path.iterdir()) == ["a.log", "a.log.1", "a.log.2"]
    assert all(file.stat().st_size <= 2_000 for file in tmp_path.iterdir())
    assert "line 199: bài viết thứ 199" in path.read_text(encoding="utf-8")


def test_the_level_of_the_file_is_its_own(tmp_path: Path) -> None:
    path = tmp_path / "a.log"
    with logging_to(LogRequest(file=path)):
        log.debug("no")
        log.info("yes")
    assert "yes" in path.read_text()
    assert "no" not in path.read_text()
    log.info("after the end")
    assert "after" not in path.read_text()


def test_a_file_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    with (
        pytest.raises(InputError, match=r"absent/a.log: the log cannot be written \(No such file"),
        logging_to(LogRequest(file=tmp_path / "absent" / "a.log")),
    ):
        pass


@pytest.mark.parametrize("text", ["", "ten", "10XB", "-1MB", "0", "1", "nan", "inf", "1e999MB", "MB"])
def test_what_is_no_size_is_refused(text: str) -> None:
    with pytest.raises(InputError, match="no size of a log file"):
        size_in_bytes(text)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full, which Linux has")
def test_a_full_disk_costs_the_log_and_nothing_else(capsys: pytest.CaptureFixture[str]) -> None:
    with logging_to(LogRequest(file=Path("/dev/full"))):
        for number in range(3):
            log.warning("line %d", number)
    told = capsys.readouterr().err.splitlines()
    assert len(told) == 2
    assert "No space left on device" in told[0]
    assert told[1].endswith("3 records of the log are lost")
