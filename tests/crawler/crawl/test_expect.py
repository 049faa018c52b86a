"""What a seed expects of its portal's articles decides the verdict on a crawl."""

from __future__ import annotations

from pathlib import Path

from storage.database.store import Store
from tests.crawler.conftest import Command, NewsSite


def test_a_run_that_falls_short_of_its_seed_says_so(
    command: Command, store: Store, site: NewsSite, tmp_path: Path
) -> None:
    site.front(*(site.story(n) for n in range(6)))
    rules = f'title = "Harbour"\nstart_urls = ["{site.url}/"]\nallowed_domains = ["127.0.0.1"]\nloopback = true\n'
    (tmp_path / "harbour.toml").write_text(f"{rules}[expect]\ndate = 0.9\nlead = 0.9\n", encoding="utf-8")
    ended = command("crawl", "harbour", "--seeds", str(tmp_path))
    assert ended.code == 3, ended.err
    assert "a date on 0 of 6 articles, 90 % expected" in ended.out
    assert "a lead" not in ended.out
