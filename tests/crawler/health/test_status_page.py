"""The page of ``storykin status --html``: what it says, in a real browser, with nothing that runs."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from crawler.health.status import PortalStatus
from crawler.health.status_page import status_page
from tests.support.browser import axe_findings, chromium, cut_off

if TYPE_CHECKING:
    from playwright.sync_api import Browser

NOW = datetime(2026, 3, 14, 9, 30, tzinfo=UTC)
DAYS = ("2026-03-12", "2026-03-13", "2026-03-14")
HOSTILE = "<script>document.title='owned'</script><img src=x onerror=alert(1)>{{style}}"
PORTALS = [
    PortalStatus(
        portal="vov",
        days=dict(zip(DAYS, ("ok", "worse", "failed"), strict=True)),
        verdict="worse than usual",
        silent=("rss/kinh-te: brought nothing for 3 days, usually 12 a day",),
        running=True,
        fetched=1234,
        rate=41.6,
        waits="vov.vn answered 429; rests until 03:41 UTC",
        queued=5678,
        next_start=datetime(2026, 3, 14, 11, 0, tzinfo=UTC),
    ),
    PortalStatus(
        portal=HOSTILE,
        days=dict(zip(DAYS, ("", "interrupted", "ok"), strict=True)),
        verdict=HOSTILE + "\ud800",
    ),
]


def test_the_page_holds_no_script_and_asks_for_nothing() -> None:
    text = status_page(PORTALS, NOW).decode()
    assert "<script" not in text
    assert "<img" not in text
    assert "default-src 'none'; script-src 'none'; style-src 'sha256-" in text
    assert "&lt;script&gt;" in text


def test_no_portal_is_a_page_too() -> None:
    assert b"As of 2026-03-14 09:30 UTC." in status_page([], NOW)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as opened:
        yield opened


@pytest.mark.parametrize(
    "options",
    [
        {"color_scheme": "light"},
        {"color_scheme": "dark"},
        {"viewport": {"width": 375, "height": 800}, "has_touch": True},
    ],
    ids=["light", "dark", "phone"],
)
def test_people_see_each_portal_and_axe_finds_nothing(
    browser: Browser, options: dict[str, Any], tmp_path: Path
) -> None:
    file = tmp_path / "status.html"
    file.write_bytes(status_page(PORTALS, NOW))
    context = browser.new_context(**options, bypass_csp=True)  # axe is no part of the page
    page, said = context.new_page(), []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda problem: said.append(str(problem)))
    page.goto(file.as_uri())
    row = page.locator("tbody tr").first
    for words in ("vov", "1,234 pages, 42 a minute; vov.vn answered 429", "5,678", "03-14 11:00", "usually 12 a day"):
        assert words in row.inner_text()
    assert row.get_by_role("img", name="below expectation").inner_text() == "▲"
    assert page.title() == "Portals"
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert axe_findings(page) == []
    if "viewport" in options:
        assert cut_off(page) == []
    assert said == []
    context.close()
