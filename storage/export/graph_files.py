"""The story graph as files: GraphML for networkx and Gephi, JSON Lines, Parquet."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import fields
from datetime import datetime
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Literal, get_args, get_type_hints
from xml.sax.saxutils import escape, quoteattr

from dedupe.errors import InputError
from storage.base.atomic_file import whole_file
from storage.base.documents import batches
from storage.export.graph import BATCH, Link, Node
from storage.records import Record, utc_text

if TYPE_CHECKING:
    import pyarrow as pa

GraphFormat = Literal["graphml", "jsonl", "parquet"]
FORMATS: tuple[GraphFormat, ...] = get_args(GraphFormat)

Counts = tuple[int, int]
"""Nodes and links written."""

_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML 1.0 cannot hold, escaped or not: https://www.w3.org/TR/xml/#charsets."""
_HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>\n<graphml xmlns="http://graphml.graphdrawing.org/xmlns" '
    'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation='
    '"http://graphml.graphdrawing.org/xmlns http://graphml.graphdrawing.org/xmlns/1.0/graphml.xsd">\n'
)
_ENDS = ("source", "target")


def write_graphml(stream: IO[bytes], nodes: Iterable[Node], links: Iterable[Link]) -> Counts:
    """Write a directed GraphML 1.0 graph to *stream*; return the counts of nodes and links.

    Times are ISO text, and absent values are left out. A character that XML cannot hold becomes U+FFFD. Gephi shows
    ``label`` of a node, so the title stands there as well.
    """
    write = _writer(stream)
    write(_HEAD)
    for kind, name, xml_type in _graphml_keys():
        write(f'<key id="{kind[0]}_{name}" for="{kind}" attr.name="{name}" attr.type="{xml_type}"/>\n')
    write('<graph id="stories" edgedefault="directed">\n')
    written = count = 0
    for node in nodes:
        data = _data("n", {"label": node.title or node.url, **_values(node, ("id",))})
        write(f"<node id={quoteattr(node.id)}>{data}</node>\n")
        written += 1
    for count, link in enumerate(links, 1):
        ends = f"source={quoteattr(link.source)} target={quoteattr(link.target)}"
        write(f'<edge id="e{count}" {ends}>{_data("e", _values(link, _ENDS))}</edge>\n')
    write("</graph>\n</graphml>\n")
    return written, count


def write_jsonl(stream: IO[bytes], nodes: Iterable[Node], links: Iterable[Link]) -> Counts:
    """Write the nodes as lines ``{"node": …}``, then the links as lines ``{"link": …}``; return both counts."""
    counts = [0, 0]
    for place, (name, records) in enumerate((("node", nodes), ("link", links))):
        for record in records:
            stream.write(json.dumps({name: record.to_json()}, ensure_ascii=False).encode("utf-8", "replace") + b"\n")
            counts[place] += 1
    return counts[0], counts[1]


def write_parquet(folder: Path, nodes: Iterable[Node], links: Iterable[Link]) -> Counts:
    """Write ``nodes.parquet`` and ``links.parquet`` into *folder*, each whole or not at all.

    :raises InputError: if pyarrow is missing, or the folder cannot be written
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as problem:
        raise InputError(f"{folder}: no folder can be made there ({problem.strerror}): choose another") from None
    return (
        _parquet_file(folder / "nodes.parquet", Node, nodes),
        _parquet_file(folder / "links.parquet", Link, links),
    )


def _parquet_file(path: Path, kind: type[Record], records: Iterable[Record]) -> int:
    try:
        import pyarrow as pa
        import pyarrow.parquet as pq
    except ImportError:
        raise InputError("Parquet needs pyarrow: pip install 'storykin[parquet]'") from None
    schema = pa.schema([(name, _arrow_type(hint, pa)) for name, hint in get_type_hints(kind).items()])
    count = 0
    with whole_file(path) as stream, pq.ParquetWriter(stream, schema, compression="zstd") as writer:
        for some in batches(records, BATCH):
            rows = [{name: _encodable(getattr(one, name)) for name in schema.names} for one in some]
            writer.write_batch(pa.RecordBatch.from_pylist(rows, schema=schema))
            count += len(rows)
    return count


def _arrow_type(hint: Any, pa: Any) -> pa.DataType:
    if hint == datetime | None:
        return pa.timestamp("ms", tz="UTC")
    return {bool: pa.bool_(), float: pa.float64()}.get(hint, pa.string())


def _encodable(value: Any) -> Any:
    return value.encode("utf-8", "replace").decode() if isinstance(value, str) else value


def _graphml_keys() -> Iterator[tuple[str, str, str]]:
    yield "node", "label", "string"
    for kind, record, left_out in (("node", Node, ("id",)), ("edge", Link, _ENDS)):
        hints = get_type_hints(record)
        for field in fields(record):
            if field.name not in left_out:
                yield kind, field.name, {bool: "boolean", float: "double"}.get(hints[field.name], "string")


def _values(record: Node | Link, left_out: tuple[str, ...]) -> dict[str, Any]:
    return {field.name: getattr(record, field.name) for field in fields(record) if field.name not in left_out}


def _data(prefix: str, values: dict[str, Any]) -> str:
    shown = ((name, _text(value)) for name, value in values.items() if value is not None and value != "")
    return "".join(f'<data key="{prefix}_{name}">{escape(text)}</data>' for name, text in shown)


def _text(value: Any) -> str:
    if isinstance(value, datetime):
        return utc_text(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    return _NOT_XML.sub("\ufffd", str(value))


def _writer(stream: IO[bytes]) -> Callable[[str], int]:
    def write(text: str) -> int:
        return stream.write(text.encode())

    return write
