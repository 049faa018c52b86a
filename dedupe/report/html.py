"""The dedupe report as one HTML file that needs nothing else: no network, no second file.

What comes from crawled pages is JSON in a data block and enters the document as text only; the page's policy allows
the scripts and the style that it was made with, by their hashes, and no request at all.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from importlib.resources import files
from typing import Any

from dedupe.report.report import RepeatedStory, Report
from dedupe.report.terminal import sentences

LIMIT = 20_000_000
"""Bytes of the file at most; texts of further clusters are left out and counted."""
_RESERVE = 200_000  # for what follows the texts, and the page itself
_MISSES = 200  # stories in a row that no longer fit, after which no other is tried
_SCRIPTS = ("diff", "elements", "numbers", "detail", "clusters", "report")
# https://html.spec.whatwg.org/multipage/scripting.html#restrictions-for-contents-of-script-elements, and the two
# separators that JavaScript before 2019 took for line ends.
_ESCAPED = str.maketrans({"<": "\\u003c", ">": "\\u003e", "&": "\\u0026", "\u2028": "\\u2028", "\u2029": "\\u2029"})


def page(
    report: Report,
    stories: Iterable[RepeatedStory],
    *,
    of: int,
    made: str = "",
    compare: Mapping[str, Any] | None = None,
    limit: int = LIMIT,
) -> bytes:
    """Return the page with *report* and as many of *stories*, with their texts, as fit.

    :param stories: those that the reader is to see first come first; read no further than they fit
    :param of: how many stories there are
    :param made: when and by what the report was made
    :param compare: ``RunComparison.to_json()``
    :param limit: bytes of the page at most
    """
    head = report.to_json() | {
        "scope_words": str(report.scope),
        "sums": sentences(report),
        "made": made,
        "compare": compare,
    }
    parts = {"style": style(), **{name: _source(f"{name}.js") for name in _SCRIPTS}}
    fixed = _json(head)
    budget = limit - _RESERVE - sum(map(len, parts.values())) - len(fixed)
    shown = _fitting(stories, budget)
    browser = b'"browser":{"left_out":%d,"stories":[%s]}}' % (max(0, of - len(shown)), b",".join(shown))
    parts |= {"data": fixed[:-1] + b"," + browser, "head": document_head("Dedupe report", parts)}
    return filled(_source("page.html"), parts)


def style() -> bytes:
    """Return the style sheet that the pages of all commands share."""
    return _source("report.css")


def filled(template: bytes, parts: Mapping[str, bytes]) -> bytes:
    """Return *template* with each ``{{name}}`` replaced by the part of that name, as it stands."""
    # Split once, because a part may itself hold {{name}}.
    pieces = re.split(rb"\{\{(\w+)\}\}", template)
    pieces[1::2] = [parts[name.decode()] for name in pieces[1::2]]
    return b"".join(pieces)


def document_head(title: str, parts: Mapping[str, bytes]) -> bytes:
    """Return what stands before the body: the page may run what it carries, and ask for nothing.

    :param title: as HTML
    :param parts: bytes of the elements by name; all but ``style`` are scripts
    """
    return head_of(title, _policy(parts), b"<style>%s</style>" % parts["style"])


def head_of(title: str, policy: bytes, elements: bytes) -> bytes:
    """Return what stands before the body of each page.

    :param title: as HTML
    :param policy: the Content-Security-Policy
    :param elements: style and scripts of the page, or the links to them
    """
    return filled(_source("head.html"), {"title": title.encode(), "policy": policy, "elements": elements})


def _policy(parts: Mapping[str, bytes]) -> bytes:
    # https://www.w3.org/TR/CSP3/#grammardef-hash-source
    hashes = {name: base64.b64encode(hashlib.sha256(part).digest()).decode() for name, part in parts.items()}
    scripts = " ".join(f"'sha256-{value}'" for name, value in hashes.items() if name != "style") or "'none'"
    return (
        f"default-src 'none'; script-src {scripts}; style-src 'sha256-{hashes['style']}'; "
        "img-src data:; base-uri 'none'; form-action 'none'"
    ).encode()


def _fitting(stories: Iterable[RepeatedStory], budget: int) -> list[bytes]:
    shown: list[bytes] = []
    missed = 0
    for story in stories:
        encoded = _json(story.to_json(with_text=True))
        if len(encoded) + 1 <= budget:
            budget -= len(encoded) + 1
            shown.append(encoded)
            missed = 0
        else:
            missed += 1
            if missed == _MISSES:
                break
    return shown


def _json(values: Any) -> bytes:
    """Return JSON that may stand in a script element; a lone surrogate, which UTF-8 cannot hold, as ``?``."""
    text = json.dumps(values, ensure_ascii=False, separators=(",", ":")).translate(_ESCAPED)
    return text.encode("utf-8", "replace")


def _source(file: str) -> bytes:
    return (files("dedupe.report") / "page" / file).read_bytes()
