"""Templates to pages. Whatever came from a crawled page is escaped, and stands apart from the direction around it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from importlib.resources import files
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape
from starlette.responses import HTMLResponse

from crawler.outcome.run_view import in_words, took
from crawler.urls.canonical import is_http
from crawler.web.access import POLICY
from dedupe.compare.diff import Span
from dedupe.report.html import head_of
from storage.records import KEPT_VERDICTS

_FOLD = 80  # words of an equal passage from which its middle is folded
_EDGE = 15  # words shown on both sides of a fold
_ELEMENTS = b'<link rel="stylesheet" href="/style.css">\n<script src="/live.js" defer></script>'


def page(template: str, status: int = 200, **values: Any) -> HTMLResponse:
    """Return the page that *template* makes of *values*."""
    return HTMLResponse(_ENVIRONMENT.get_template(template).render(values).encode("utf-8", "replace"), status)


def source(name: str) -> bytes:
    """Return the file *name* that pages ask for."""
    return (files("crawler.web") / "page" / name).read_bytes()


def _head(title: str) -> Markup:
    head = head_of(str(escape(f"{title} · storykin")), POLICY.encode(), _ELEMENTS)
    return Markup(head.decode())  # noqa: S704 - of the three only the title is not ours, and it is escaped


def _minute(moment: datetime | None) -> str:
    return f"{moment:%Y-%m-%d %H:%M}" if moment else "–"


def _passages(spans: Iterable[Span]) -> list[tuple[str, str, str, str]]:
    """Return what to draw of two texts: ``same`` and a text, ``fold`` and its head, middle, tail, ``differs``, a, b."""
    return [_equal(span.b) if span.same else ("differs", span.a, span.b, "") for span in spans]


def _equal(text: str) -> tuple[str, str, str, str]:
    words = text.split(" ")
    if len(words) < _FOLD:
        return "same", text, "", ""
    return "fold", " ".join(words[:_EDGE]), " ".join(words[_EDGE:-_EDGE]), " ".join(words[-_EDGE:])


_ENVIRONMENT = Environment(
    loader=PackageLoader("crawler.web", "page"), autoescape=True, undefined=StrictUndefined, trim_blocks=True
)
_ENVIRONMENT.globals |= {"head": _head, "kept": KEPT_VERDICTS, "took": took, "in_words": in_words}
_ENVIRONMENT.filters |= {"minute": _minute, "number": "{:,}".format, "passages": _passages}
_ENVIRONMENT.tests["http"] = is_http
