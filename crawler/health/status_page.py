"""How portals stand as one HTML file without a script: the page of ``storykin status --html``. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from html import escape
from importlib.resources import files

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
    days = list(portals[0].days) if portals else []
    parts: dict[str, str | bytes] = {
        "head": document_head("Portals", {"style": style() + _file("status.css")}),
        "made": f"As of {now:%Y-%m-%d %H:%M} UTC.",
        "legend": ", ".join(f"{sign} {words}" for sign, words in SIGNS.values()) + ".",
        "days": "".join(f'<th scope="col"><time datetime="{day}">{day[5:]}</time></th>' for day in days),
        "rows": "\n".join(map(_row, portals)),
    }
    return filled(_file("status.html"), {name: _bytes(part) for name, part in parts.items()})


def doing(one: PortalStatus) -> str:
    """Return what a portal's crawl does now and what it waits for; empty where it does neither."""
    going = f"{one.fetched:,} pages, {one.rate:.0f} a minute" if one.running else ""
    return "; ".join(filter(None, (going, one.waits)))


def _row(one: PortalStatus) -> str:
    cells = [f'<th scope="row">{escape(one.portal)}</th>']
    for day in one.days.values():
        sign, words = SIGNS[day]
        cells.append(f'<td class="day {day or "none"}"><span role="img" aria-label="{words}">{sign}</span></td>')
    starts = f"{one.next_start:%m-%d %H:%M}" if one.next_start else "–"
    verdicts = "<br>".join(map(escape, one.silent or (one.verdict or "–",)))
    cells.append(f'<td class="words">{escape(doing(one)) or "–"}</td><td>{one.queued:,}</td><td>{starts}</td>')
    return f'<tr>{"".join(cells)}<td class="words">{verdicts}</td></tr>'


def _bytes(part: str | bytes) -> bytes:
    """Return *part* in UTF-8; a lone surrogate, which UTF-8 cannot hold, as ``?``."""
    return part if isinstance(part, bytes) else part.encode("utf-8", "replace")


def _file(name: str) -> bytes:
    return (files("crawler.health") / "page" / name).read_bytes()
