"""Runs a storykin command and notes which room calls which: ``python -m tests.support.room_trace OUT crawl URL``.

OUT gets a JSON array of ``[room, room called, module, function]``. A room is a folder of ``crawler`` or ``storage``;
all of ``dedupe`` is one.
"""

from __future__ import annotations

import json
import sys
import threading
from functools import cache
from pathlib import Path
from types import CodeType, FrameType
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
calls: list[tuple[str, str, str, str]] = []


@cache
def place(code: CodeType) -> tuple[str, str]:
    """Return the room and the module of *code*; empty for what is none of ours, or runs when a module is imported."""
    path = Path(code.co_filename)
    if not path.is_relative_to(ROOT) or code.co_name == "<module>":
        return "", ""
    parts = path.relative_to(ROOT).with_suffix("").parts
    if parts[0] not in ("crawler", "storage", "dedupe"):
        return "", ""
    return "dedupe" if parts[0] == "dedupe" else ".".join(parts[:2]), ".".join(parts)


def note(frame: FrameType, event: str, _: Any) -> None:
    """Note a call that comes from another room."""
    room, module = place(frame.f_code)
    if event != "call" or not room:
        return
    caller = frame.f_back
    while caller is not None and not place(caller.f_code)[0]:
        caller = caller.f_back
    before = place(caller.f_code)[0] if caller is not None else ""
    if before != room:
        calls.append((before, room, module, frame.f_code.co_name))


if __name__ == "__main__":
    from crawler.cli.main import run

    # Tells of calls alone, as long as `note` returns nothing; a profile tells of every return and of C as well.
    threading.settrace(note)
    sys.settrace(note)
    code = run(sys.argv[2:])
    sys.settrace(None)
    Path(sys.argv[1]).write_text(json.dumps(calls))
    sys.exit(code)
