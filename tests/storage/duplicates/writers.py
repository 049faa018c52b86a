"""Writers in processes of their own, which store and decide what they are given at the same moment."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from storage.records import Article
from tests.crawler.processes import PATIENCE


@contextmanager
def writers(uri: str, count: int) -> Iterator[list[subprocess.Popen[str]]]:
    script = Path(__file__).with_name("store_worker.py")
    root = Path(__file__).parents[3]
    started = [
        subprocess.Popen(
            [sys.executable, script, uri],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=os.environ | {"PYTHONPATH": str(root)},
        )
        for _ in range(count)
    ]
    try:
        for one in started:
            assert one.stdout
            assert one.stdout.readline() == "ready\n"
        yield started
    finally:
        for one in started:
            one.communicate(timeout=PATIENCE)


def at_once(started: list[subprocess.Popen[str]], loads: list[list[Article]]) -> None:
    lines = [json.dumps([one.to_json() for one in load]) + "\n" for load in loads]
    for process, line in zip(started, lines, strict=True):
        assert process.stdin
        process.stdin.write(line)
        process.stdin.flush()
    for process in started:
        assert process.stdout
        assert process.stdout.readline() == "ok\n"
