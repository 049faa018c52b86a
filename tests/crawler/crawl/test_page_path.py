"""The path of a page through the rooms of the house, as docs/architecture.md draws it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from storage.database.store import Store
    from tests.crawler.conftest import NewsSite

USED_EVERYWHERE = {
    "dedupe", "crawler.urls", "crawler.portals", "crawler.outcome",
    "storage.base", "storage.database", "storage.embedded", "storage.records", "storage.errors",
}  # fmt: skip
"""Rooms that know no page: what texts, addresses, portals, counts, documents and the database are."""
HANDED_ON = {
    "crawler.article.page.page", "storage.frontier.entry", "storage.articles.collection", "storage.frontier.collection",
}  # fmt: skip
"""Modules of the records that rooms hand to each other, and of the collections that their owners give for reading."""
BESIDE = {("crawler.crawl", "storage.frontier"), ("crawler.crawl", "crawler.health"), ("crawler.http", "crawler.crawl")}


def test_a_page_crosses_eight_rooms_each_entered_once(site: NewsSite, store: Store, tmp_path: Path) -> None:
    site.stories(8)
    told = tmp_path / "calls.json"
    command = [sys.executable, "-m", "tests.support.room_trace", str(told), "crawl", site.url + site.story_path(1)]
    ended = subprocess.run(
        [*command, "--depth", "0"],
        env={**os.environ, "STORYKIN_WORKERS": "0"},
        cwd=Path(__file__).parents[3],
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr
    assert store.db["articles"].count_documents({}) == 1
    calls = json.loads(told.read_text())
    # From the page's answer on the wire, behind those of its host's files, until the page is counted.
    places = [(module, name) for _, _, module, name in calls]
    counted = places.index(("crawler.outcome.counts", "add"))
    answered = max(place for place in range(counted) if places[place] == ("crawler.http.limits", "__call__"))
    calls = calls[answered:counted]
    entered = [
        room
        for before, room, module, name in calls
        if room not in USED_EVERYWHERE
        and module not in HANDED_ON
        # Lease loop, ledger and the line of progress work beside the page's own way, the more often the slower it is.
        and before
        and (before, room) not in BESIDE
        and name != "write_ledger"
    ]
    path = [room for room, _ in groupby(entered)]
    assert len(path) == len(set(path)), f"a room is left and entered again: {path}"
    assert set(path) | {"crawler.crawl"} == {
        "crawler.http", "crawler.crawl", "crawler.workers", "crawler.article",
        "storage.write", "storage.articles", "storage.duplicates", "storage.frontier",
    }  # fmt: skip
