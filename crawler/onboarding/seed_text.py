"""The text of a seed file with some values changed, its comments and everything else as they were. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

import tomlkit
from tomlkit.items import Array, Table


def with_selectors(text: str, added: Mapping[str, Sequence[str]], day: date, source: str) -> str:
    """Return the TOML *text* with selectors put before those of their keys, and *day* and *source* as its evidence.

    :param added: selectors by key, such as ``body.title_css``

    >>> text = with_selectors('title = "x"  # kept', {"body.title_css": ["h1.head"]}, date(2026, 1, 2), "pages")
    >>> print("\\n".join(filter(None, text.splitlines())))
    title = "x"  # kept
    [body]
    title_css = [
        "h1.head",
    ]
    [verified]
    date = 2026-01-02
    source = "pages"
    """
    document = tomlkit.parse(text)
    for key, selectors in added.items():
        section, _, name = key.partition(".")
        table = _table(document, section)
        array = table.get(name)
        if not isinstance(array, Array):
            array = tomlkit.array().multiline(True)
            table[name] = array
        for selector in reversed([one for one in selectors if one not in array]):
            array.insert(0, selector)
    verified = _table(document, "verified")
    verified["date"], verified["source"] = day, source
    return tomlkit.dumps(document)


def _table(document: tomlkit.TOMLDocument, name: str) -> Table:
    if name not in document:
        document.add(tomlkit.nl())
        document.add(name, tomlkit.table())
    table = document[name]
    assert isinstance(table, Table)  # the file was read as a seed
    return table
