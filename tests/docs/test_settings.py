"""Every variable of the environment that the code reads stands in docs/operations.md."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
READ = re.compile(r"""environ(?:\.get\(|\[)\s*["']([A-Z_]+)["']""")
OF_OTHERS = re.compile(r"XDG_.*|HOME|PATH|USER|LOGNAME|SCRAPY_.*|LD_.*|TMPDIR|LOCALAPPDATA")


def test_every_variable_is_documented() -> None:
    shown = set(re.findall(r"`([A-Z_]+)`", (ROOT / "docs/operations.md").read_text("utf-8")))
    read = {
        name
        for package in ("crawler", "storage", "dedupe")
        for path in (ROOT / package).rglob("*.py")
        for name in READ.findall(path.read_text("utf-8"))
        if not OF_OTHERS.fullmatch(name)
    }
    assert {"MONGODB_URI", "STORYKIN_CONTACT"} <= read
    assert read <= shown
