"""How portals stand as one HTML file without a script: the page of ``storykin status --html``. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from html import escape
from importlib.resources import files
from urllib.parse import quote

from crawler.health.status import Day, PortalStatus
from dedupe.report.html import document_head, filled, style

SIGNS: dict[Day, tuple[str, str]] = {
    "ok": ("●", "as usual"),
    "worse": ("▲", "below expectation"),
    "failed": ("✗", "blocked or failed"),
    "interrupted": ("○", "interrupted"),
    "": ("·", "no run"),
}
"""A sign and its words: colour alone says nothing to some readers."""


def status_page(portals: Sequence[PortalStatus], now: datetime) -> bytes:
    """Return the page; what comes from portals stands in it as text.

    :param portals: as :func:`crawler.health.status.status` returns them; all have the same days
    :param now: time that the page tells, in UTC
    """
    parts: dict[str, bytes] = {
        "head": document_head("Portals", {"style": status_style()}),
        "made": f"As of {now:%Y-%m-%d %H:%M} UTC.".encode(),
        "table": status_table(portals),
    }
    return filled(_file("status.html"), parts)


def status_style() -> bytes:
    """Return the style sheet of pages with the table."""
    return style() + _file("status.css")


def status_table(portals: Sequence[PortalStatus], link: str = "") -> bytes:
    """Return the table with its legend, as HTML; what comes from portals stands in it as text.

    :param portals: see :func:`status_page`
    :param link: address to which the name of a portal is added; the names are links then
    """
    days = list(portals[0].days) if portals else []
    parts = {
        "legend": ", ".join(f"{sign} {words}" for sign, words in SIGNS.values()) + ".",
        "days": "".join(f'<th scope="col"><time datetime="{day}">{day[5:]}</time></th>' for day in days),
        "rows": "\n".join(_row(one, link) for one in portals),
    }
    return filled(_file("table.html"), {name: part.encode("utf-8", "replace") for name, part in parts.items()})


def doing(one: PortalStatus) -> str:
    """Return what a portal's crawl does now and what it waits for; empty where it does neither."""
    going = f"{one.fetched:,} pages, {one.rate:.0f} a minute" if one.running else ""
    return "; ".join(filter(None, (going, one.waits)))


def _row(one: PortalStatus, link: str) -> str:
    name = escape(one.portal)
    if link:
        name = f'<a href="{escape(link + quote(one.portal, safe="", errors="replace"))}">{name}</a>'
    cells = [f'<th scope="row">{name}</th>']
    for date, day in one.days.items():
        sign, words = SIGNS[day]
        shown = f'<span role="img" aria-label="{words}">{sign}</span>'
        cells.append(f'<td class="day {day or "none"}" data-label="{date[5:]}">{shown}</td>')
    starts = f"{one.next_start:%m-%d %H:%M}" if one.next_start else "–"
    cells.append(_words("Now", [doing(one)]))
    cells.append(f'<td data-label="Queued">{one.queued:,}</td>')
    cells.append(f'<td class="when" data-label="Next start (UTC)">{starts}</td>')
    cells.append(_words("Last verdict", one.silent or [one.verdict]))
    return f"<tr>{''.join(cells)}</tr>"


def _words(head: str, lines: Sequence[str]) -> str:
    words = "<br>".join(map(escape, lines))
    return f'<td class="words{"" if words else " empty"}" data-label="{head}">{words or "–"}</td>'


def _file(name: str) -> bytes:
    return (files("crawler.health") / "page" / name).read_bytes()
