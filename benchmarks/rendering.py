"""What a rendered page costs beside a plain one, and that memory does not grow over many of them.

    python -m benchmarks.rendering --pages 100 500

An invented paper on this machine whose texts a script fills. CPU seconds and memory are those of the crawl with all
processes that it starts, the browser among them; the database's are not. Exit code 1 where the most memory at once is
more than a tenth greater for the larger number of pages, or a page was not stored.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks.process_cost import Cost, cost_of
from storage.articles import articles
from storage.database.store import Store
from tests.support.browser import seed, story_pages, story_path
from tests.support.loopback import Answer, serve

GROWTH = 1.10
_STORYKIN = [sys.executable, "-m", "crawler.cli"]


def crawled(pages: int, folder: Path, *, rendered: bool) -> Cost:
    """Crawl a paper of so many stories into a database of its own and return what it cost.

    :raises RuntimeError: if not every story was stored whole
    """
    served: dict[str, Answer] = {}
    for number in range(pages):
        related = {2 * number + 1, 2 * number + 2} & set(range(pages))
        served |= story_pages(number, related, filled=not rendered)
    front = f'<html><body><h2><a href="{story_path(0)}">What happened at the harbour today</a></h2></body></html>'
    served["/"] = (200, {"Content-Type": "text/html"}, front.encode())
    server = serve(lambda path, _: served.get(path, (404, {}, b"")))
    fetch, url = 'render = "browser"' if rendered else "", f"http://127.0.0.1:{server.server_port}"
    seeds = seed(folder / "seeds", url, fetch, "[crawl]\nmax_depth = 100\n")
    database = f"rendering_{pages}_{'browser' if rendered else 'plain'}"
    more = {"STORYKIN_DATABASE": database, "STORYKIN_WORKERS": "0"}
    cost = cost_of([*_STORYKIN, "crawl", "harbour", "--seeds", seeds], folder / f"{database}.log", more)
    server.shutdown()
    with Store.open(database=database) as store:
        whole = sum(("rendered" in one.quality) == rendered and bool(one.text) for one in articles.iterate(store))
    if whole != pages:
        raise RuntimeError(f"{whole} of {pages} stories were stored:\n{(folder / f'{database}.log').read_text()}")
    return cost


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pages", type=int, nargs=2, default=(100, 500))
    few, many = parser.parse_args().pages
    with tempfile.TemporaryDirectory(prefix="storykin-rendering-") as name:
        os.environ["STORYKIN_DATA"] = f"{name}/data"
        os.environ.pop("MONGODB_URI", None)
        subprocess.run([*_STORYKIN, "db", "start"], check=True, capture_output=True)
        try:
            costs = {
                (rendered, pages): crawled(pages, Path(name), rendered=rendered)
                for rendered in (False, True)
                for pages in (few, many)
            }
        finally:
            subprocess.run([*_STORYKIN, "db", "stop", "--force"], check=False, capture_output=True)
    for (rendered, pages), cost in costs.items():
        kind = "rendered" if rendered else "plain"
        print(f"{pages:>5} {kind:<8} {cost.cpu:7.1f} s of processor, at most {cost.peak / 2**20:5.0f} MB at once")
    for rendered in (False, True):
        each = (costs[rendered, many].cpu - costs[rendered, few].cpu) / (many - few)
        print(f"{'rendered' if rendered else 'plain'}: {each * 1000:.0f} ms of processor for one page more")
    return int(costs[True, many].peak > GROWTH * costs[True, few].peak)


if __name__ == "__main__":
    sys.exit(main())
