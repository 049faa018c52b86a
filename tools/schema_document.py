"""``docs/schema.md`` from the code: ``python -m tools.schema_document`` writes it to standard output."""

from __future__ import annotations

import ast
import inspect
import re
import sys
import textwrap
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import is_dataclass
from datetime import datetime
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from storage.articles.articles import StoredArticle
from storage.database.indexes import INDEXES
from storage.export.columns import COLUMNS, PULL_COLUMNS
from storage.maintenance.migrations import STEPS
from storage.records import SCHEMA_VERSION
from tools.schema_fields import COLLECTIONS, MEANINGS, Collection

_HEAD = f"""# The schema

Written by `make schema` from the code; a test fails where it is out of date. This is version {SCHEMA_VERSION}. Every
document carries the version that it was written with (`schema_version`), and so does every Parquet file (metadata
`storykin_schema_version`).

A database of an older version is refused with the remedy: `storykin db migrate` ([operations.md](operations.md))
takes the steps below, each safe to kill and to run again. A newer one needs a newer storykin. Fields are added
without a new version; a field that changes its meaning, or goes, raises it.
"""

_ROLE = re.compile(r":(?:attr|data|func|class|meth|mod):(?=`)")
_SIMPLE = {
    str: "text",
    int: "integer",
    float: "number",
    bool: "true or false",
    bytes: "binary",
    datetime: "time",
    Any: "any",
}


def page() -> str:
    """Return the whole page."""
    parts = [_HEAD, *_steps(), *_export(), *_collections()]
    return "\n".join(parts).rstrip() + "\n"


def fields_of(collection: Collection) -> dict[str, tuple[str, str]]:
    """Return the fields that documents of *collection* have: name → (type, meaning)."""
    found = {"_id": ("binary" if collection.name == "exact" else "text", "see above")}
    for record in collection.records:
        found |= {name: one for name, one in _described(record).items() if name not in collection.absent}
    return found | dict(collection.more) | {"schema_version": ("integer", MEANINGS["schema_version"])}


def docstrings_of(record: type[Any]) -> dict[str, str]:
    """Return what the class says of its fields, on one line each: the string under a field.

    >>> docstrings_of(Collection)["what"]
    'What a document is, and what its ``_id`` is.'
    """
    found = docstrings_of(record.__base__) if is_dataclass(record.__base__) else {}
    body = ast.parse(textwrap.dedent(inspect.getsource(record))).body[0]
    assert isinstance(body, ast.ClassDef)
    for node, after in zip(body.body, body.body[1:], strict=False):
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and isinstance(after, ast.Expr):
            said = ast.literal_eval(after.value) if isinstance(after.value, ast.Constant) else ""
            found[node.target.id] = " ".join(str(said).split())
    return found


def type_in_words(hint: Any) -> str:
    """Return a type as the page names it.

    >>> type_in_words(datetime | None), type_in_words(tuple[str, ...])
    ('time or null', 'list of text')
    """
    origin, arguments = get_origin(hint), get_args(hint)
    if origin in (UnionType, Union):
        return " or ".join("null" if one is NoneType else type_in_words(one) for one in arguments)
    if origin is Literal:
        return ", ".join(f"`{value}`" for value in arguments)
    if origin is tuple:
        return f"list of {type_in_words(arguments[0])}" if arguments[-1] is Ellipsis else "pair"
    if origin is not None:
        return "document"
    if is_dataclass(hint):
        return f"[{hint.__name__}](#{hint.__name__.lower()})"  # type: ignore[union-attr]
    return _SIMPLE.get(hint, getattr(hint, "__name__", str(hint)))


def _described(record: type[Any]) -> dict[str, tuple[str, str]]:
    said = docstrings_of(record)
    hints = get_type_hints(record)
    own = {
        name: MEANINGS.get(f"{record.__name__}.{name}") or said.get(name) or MEANINGS.get(name, "") for name in hints
    }
    return {name: (type_in_words(hint), own[name]) for name, hint in hints.items()}


def _steps() -> Iterator[str]:
    yield "| to version | what `storykin db migrate` changes |\n|---|---|"
    yield from (f"| {step.to} | {step.what} |" for step in STEPS)


def _export() -> Iterator[str]:
    """Yield what an export gives: columns, then the records inside them."""
    yield "\n## Columns of an export\n"
    yield (
        "Of JSON Lines, CSV, Parquet and the tables of `open_store` alike. In Parquet and Arrow, text is `string`,\n"
        "time `timestamp[us, UTC]`, integer `int64`, number `double`, a list `list`, a record `struct`.\n"
        "A text that is unknown is null, but `id`, `url`, `canonical_url` and `text`.\n"
    )
    said = docstrings_of(StoredArticle)
    rows = {name: (type_in_words(hint), said.get(name) or MEANINGS.get(name, "")) for name, hint in COLUMNS.items()}
    yield from _table(rows)
    yield "\nA pull of changes has these in front:\n"
    yield from _table({name: (type_in_words(hint), MEANINGS.get(name, "")) for name, hint in PULL_COLUMNS.items()})
    for record in _inner([*COLUMNS.values(), *(hint for one in COLLECTIONS for hint in _hints(one))]):
        yield f"\n### {record.__name__}\n"
        yield f"{_cell(inspect.cleandoc(record.__doc__ or '').splitlines()[0])}\n"
        yield from _table(_described(record))


def _collections() -> Iterator[str]:
    yield "\n## Collections\n"
    yield "What else stands in the database, and why: [database.md](database.md).\n"
    for one in COLLECTIONS:
        yield f"\n### `{one.name}`\n"
        yield f"{one.what} Shard key: {one.shard_key}.\n"
        yield from _table(fields_of(one))
        if indexes := [_index(model.document) for model in INDEXES.get(one.name, ())]:
            yield f"\nIndexes: {'; '.join(indexes)}."


def _index(document: Mapping[str, Any]) -> str:
    keys = ", ".join(f"{name}: {direction}" for name, direction in document["key"].items())
    notes = {"sparse": "sparse", "unique": "unique", "partialFilterExpression": "partial"}
    words = [word for name, word in notes.items() if document.get(name)]
    if (seconds := document.get("expireAfterSeconds")) is not None:
        words.append(f"dropped after {seconds // 86_400} days" if seconds else "dropped at that time")
    noted = f" ({', '.join(words)})" if words else ""
    return f"`{document['name']}` {{{keys}}}{noted}"


def _table(fields: Mapping[str, tuple[str, str]]) -> Iterator[str]:
    yield "| field | type | meaning |\n|---|---|---|"
    for name, (kind, meaning) in fields.items():
        yield f"| `{name}` | {_cell(kind)} | {_cell(meaning)} |"


def _cell(text: str) -> str:
    text = _ROLE.sub("", text).replace("``", "`").replace("|", "\\|")
    return text.replace("`None`", "null").replace("`False`", "false").replace("`True`", "true")


def _hints(collection: Collection) -> Iterable[Any]:
    for record in collection.records:
        for name, hint in get_type_hints(record).items():
            if name not in collection.absent and name not in collection.more:
                yield hint


def _inner(hints: Iterable[Any]) -> list[type[Any]]:
    """Return the records that *hints* name, each once, also those inside others."""
    found: dict[type[Any], None] = {}
    waiting = list(hints)
    while waiting:
        hint = waiting.pop(0)
        if is_dataclass(hint) and isinstance(hint, type):
            if hint not in found:
                found[hint] = None
                waiting += get_type_hints(hint).values()
        else:
            waiting += [one for one in get_args(hint) if one is not Ellipsis and not isinstance(one, str)]
    return list(found)


if __name__ == "__main__":
    sys.stdout.reconfigure(encoding="utf-8")  # type: ignore[union-attr]
    sys.stdout.write(page())
