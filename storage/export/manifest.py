"""The manifest of an export: what was asked for, what was written, and where the next pull goes on."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from importlib import metadata
from pathlib import Path
from typing import Any

from storage.base.atomic_file import whole_file
from storage.base.documents import now
from storage.export.columns import chosen_columns
from storage.export.export import Exported, Layout
from storage.export.files import compression_of
from storage.export.pull import Pull
from storage.export.selection import Selection
from storage.records import SCHEMA_VERSION, utc_text


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
        "partitioned_by": ["part_portal", "part_date"] if layout.partition else [],
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
