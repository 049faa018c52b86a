"""Kill any crawler again and again on an invented news site, start it again, and see what is lost or done twice.

    python -m benchmarks.kill_test --kills 10 --stories 200 \\
        --start 'env STORYKIN_DATA={folder} storykin crawl {url} --json' --ok 0,3 \\
        --results 'env STORYKIN_DATA={folder} storykin export --all-copies --format csv --fields url'

    python -m benchmarks.kill_test --kills 10 --stories 200 \\
        --start 'python -m benchmarks.peers.scrapy_jobdir crawl {url} {folder}' \\
        --results 'python -m benchmarks.peers.scrapy_jobdir stored {folder}'

--start begins the crawl, and goes on with it after a kill: it is the same command each time. --results prints the
address of each stored page, one a line. {url} is the front page of the site, {folder} a folder of the crawl's own.

First the crawl runs undisturbed. Then it runs in a folder of its own and is killed with SIGKILL, with all processes of
its group, at random points of its progress. The last process runs to its end. These rules are checked, by the log of
the server and by what is stored:

1. the crawl comes to its end, with an exit code of --ok
2. every page that the undisturbed crawl asked for was asked for
3. every page that the undisturbed crawl stored is stored
4. nothing is stored more often than by the undisturbed crawl
5. no page is asked for more often than by the undisturbed crawl, and once more for each kill
6. with --most-fetches: the mean of fetches a page is not above it

The front page and robots.txt, which a crawler may ask for in each run, are left out of 5 and 6. Exit code 1 if a rule
is broken, 2 if the undisturbed crawl gives nothing to compare with. The site is on the loopback interface; of a hundred
stories nine are copies, redirects, under two addresses, gone or failing.
"""

from __future__ import annotations

import argparse
import os
import random
import secrets
import shlex
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from tests.support.soak_site import SoakSite

EARLIEST, LATEST = 0.05, 0.95
"""Shares of the stories asked for between which kills fall."""
STARTS_AFTER = 5
"""Times that a crawl which gave up is started again, after the last kill."""
EVERY_RUN = {"/", "/robots.txt"}
"""What a crawler may ask for in each run."""


@dataclass
class Outcome:
    """What one crawl came to."""

    fetches: Counter[str] = field(default_factory=Counter)
    stored: Counter[str] = field(default_factory=Counter)
    kills: int = 0
    code: int = 0

    def __str__(self) -> str:
        pages = {path: count for path, count in self.fetches.items() if path not in EVERY_RUN}
        mean = sum(pages.values()) / max(1, len(pages))
        return (
            f"{self.kills} kills, exit code {self.code}, {len(pages)} pages asked for {mean:.2f} times "
            f"(at most {max(pages.values(), default=0)}), {len(self.stored)} stored, {self.stored.total()} in all"
        )


class Crawler:
    """A crawl by commands."""

    def __init__(self, site: SoakSite, start: str, results: str, folder: Path) -> None:
        self.site, self.folder = site, folder
        folder.mkdir()
        self._start, self._results = self._words(start), self._words(results)
        self.process: subprocess.Popen[bytes] | None = None

    def _words(self, command: str) -> list[str]:
        return [word.format(url=self.site.url, folder=self.folder) for word in shlex.split(command)]

    def start(self) -> None:
        """Begin, or go on."""
        with (self.folder / "said").open("ab") as said:
            self.process = subprocess.Popen(self._start, stdout=said, stderr=said, start_new_session=True)

    def wait(self) -> int:
        """Wait for the crawl's own end; return its exit code."""
        assert self.process
        return self.process.wait()

    def kill(self) -> bool:
        """Kill all processes of the crawl's group; say whether it was running."""
        assert self.process
        if self.process.poll() is not None:
            return False
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        return True

    def stored(self) -> Counter[str]:
        """Return the paths of the pages that are stored, and how often each is."""
        ran = subprocess.run(self._results, capture_output=True, text=True, check=False)
        if ran.returncode:
            print(f"--results ended with exit code {ran.returncode}: {ran.stderr.strip()[-300:]}")
        lines = (line.strip() for line in ran.stdout.splitlines())
        return Counter(line.partition(self.site.url)[2] for line in lines if line.startswith(self.site.url))


def undisturbed(crawler: Crawler) -> Outcome:
    crawler.site.fetches.clear()
    crawler.start()
    code = crawler.wait()
    return Outcome(crawler.site.fetches.copy(), crawler.stored(), 0, code)


def disturbed(crawler: Crawler, kills: int, draw: random.Random, ok: set[int]) -> Outcome:
    """Kill the crawl at *kills* points of its progress, then let it come to its end."""
    crawler.site.fetches.clear()
    done = 0
    crawler.start()
    for point in sorted(draw.uniform(EARLIEST, LATEST) for _ in range(kills)):
        while crawler.site.progress < point and crawler.process and crawler.process.poll() is None:
            time.sleep(0.005)
        time.sleep(draw.uniform(0, 0.05))
        if crawler.kill():
            done += 1
        elif crawler.site.progress >= LATEST:
            break
        crawler.start()
    code = crawler.wait()
    for _ in range(STARTS_AFTER):
        if code in ok:
            break
        crawler.start()
        code = crawler.wait()
    return Outcome(crawler.site.fetches.copy(), crawler.stored(), done, code)


def broken_rules(before: Outcome, after: Outcome, ok: set[int], most_fetches: float | None) -> Iterable[str]:
    """Yield in words which rules *after* breaks, held against the undisturbed crawl."""
    if after.code not in ok:
        yield f"1: the last run ended with exit code {after.code}"
    yield from _named("2: not asked for", set(before.fetches) - set(after.fetches))
    yield from _named("3: not stored", set(before.stored) - set(after.stored))
    yield from _named("4: stored more often", {one for one in after.stored if after.stored[one] > before.stored[one]})
    pages = {path: count for path, count in after.fetches.items() if path not in EVERY_RUN}
    yield from _named(
        "5: asked for more often than a kill explains",
        {path for path, count in pages.items() if count > max(1, before.fetches[path]) + after.kills},
    )
    mean = sum(pages.values()) / max(1, len(pages))
    if most_fetches is not None and mean > most_fetches:
        yield f"6: {mean:.2f} fetches a page"


def _named(what: str, pages: set[str]) -> Iterable[str]:
    if pages:
        yield f"{what}: {len(pages)} pages, such as {min(pages)}"


def main() -> int:
    """Run both crawls and print what they came to."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--start", required=True, help="command that begins the crawl and goes on with it")
    parser.add_argument("--results", required=True, help="command that prints the address of each stored page")
    parser.add_argument("--ok", default="0", help="exit codes of a crawl that came to its end (0)")
    parser.add_argument("--kills", type=int, default=10)
    parser.add_argument("--stories", type=int, default=200)
    parser.add_argument("--most-fetches", type=float)
    parser.add_argument("--random-seed", type=int, default=secrets.randbelow(10**9))
    options = parser.parse_args()
    ok = {int(code) for code in options.ok.split(",")}
    print(f"random seed {options.random_seed}", flush=True)
    site = SoakSite(options.stories)
    try:
        with tempfile.TemporaryDirectory(prefix="kill-test-", ignore_cleanup_errors=True) as folder:
            first = Crawler(site, options.start, options.results, Path(folder, "undisturbed"))
            before = undisturbed(first)
            print(f"undisturbed: {before}", flush=True)
            if before.code not in ok or not before.stored:
                said = (first.folder / "said").read_text(errors="replace")[-2000:]
                print(f"the undisturbed crawl gives nothing to compare with; it said:\n{said}")
                return 2
            second = Crawler(site, options.start, options.results, Path(folder, "killed"))
            after = disturbed(second, options.kills, random.Random(options.random_seed), ok)
            print(f"killed:      {after}")
    finally:
        site.close()
    broken = list(broken_rules(before, after, ok, options.most_fetches))
    for rule in broken:
        print(f"BROKEN {rule}")
    print(f"{len(broken)} rules broken" if broken else "nothing lost, nothing doubled")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
