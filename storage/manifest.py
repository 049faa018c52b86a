"""The manifest of an export: what was asked for, what was written, and where the next pull goes on."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from importlib import metadata
from pathlib import Path
from typing import Any

from storage.columns import chosen_columns
from storage.documents import now
from storage.export import Exported, Layout
from storage.export_files import compression_of
from storage.pull import Pull
from storage.records import SCHEMA_VERSION, utc_text
from storage.selection import Selection
from storage.whole_file import whole_file


def manifest(
    exported: Exported,
    target: Path | None,
    *,
    layout: Layout,
    selection: Selection,
    pull: Pull | None,
    consumer: str = "",
) -> dict[str, Any]:
    """Return the manifest as plain JSON values: keys in docs/data.md.

    :param pull: the pull that was written, when it has ended
    """
    facts: dict[str, Any] = {
        "schema_version": SCHEMA_VERSION,
        "storykin": metadata.version("storykin"),
        "written": utc_text(now()),
        "kind": "changes" if pull else "articles",
        "format": layout.format,
        "compression": layout.compression or (compression_of(target) if target else "none"),
        "partitioned_by": ["portal", "date"] if layout.partition else [],
        "fields": chosen_columns(layout.fields, pulled=pull is not None),
        "selection": selection.to_json(),
        "output": str(target) if target else "-",
    }
    if pull:
        facts |= {"consumer": consumer or None, "from": str(pull.since), "to": str(pull.upto), "changes": pull.counts}
    files: Sequence[dict[str, Any]] = [asdict(file) for file in exported.files]
    return facts | {"rows": exported.rows, "portals": exported.portals, "files": files}


def write_manifest(path: Path, facts: dict[str, Any]) -> None:
    """Write *facts* as JSON to *path*, whole or not at all.

    :raises InputError: if it cannot be written
    """
    with whole_file(path) as stream:
        stream.write((json.dumps(facts, ensure_ascii=False, indent=2) + "\n").encode())
