"""How many stories a crawl reaches from a portal's front page, of those that were captured.

    python -m benchmarks.reach                                   # takes minutes of CPU
    python -m benchmarks.reach --checkout ../other-worktree      # the same of other code
    python -m benchmarks.reach --follow related,recommended npr

Three portals are crawled from six captures of their front pages each, one after the other into one database, by
``storykin crawl --replay``. Shown is how many articles are stored after each. Only public commands run.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from pathlib import Path

from benchmarks.same_bytes import ROOT, SHARED, Checkout

FRONTS = {"abcnews": "http://abcnews.go.com/", "nbcnews": "https://www.nbcnews.com/", "npr": "https://www.npr.org/"}
DAYS = ("2016-11-08", "2016-11-24", "2016-12-12", "2016-12-29", "2017-01-20", "2017-01-31")
"""Of the captures."""


def reach(checkout: Path, portal: str, options: list[str]) -> list[int]:
    """Return how many articles of *portal* are stored after a crawl from the front page of each of :data:`DAYS`."""
    archive = SHARED / "data" / "portals" / f"{portal}.warc.gz"
    with tempfile.TemporaryDirectory() as folder:
        code = Checkout(checkout, Path(folder) / "database")
        code.run("db", "start")
        try:
            stored = [0]
            for day in DAYS:
                crawl = ("crawl", FRONTS[portal], "--replay", str(archive), "--replay-at", day, "--json", *options)
                done = code.run(*crawl)
                if done.returncode not in (0, 3):
                    raise SystemExit(f"{' '.join(crawl)} ended with {done.returncode}: {done.stderr.strip()[-2000:]}")
                stored.append(stored[-1] + json.loads(done.stdout)["new"])
            return stored[1:]
        finally:
            code.run("db", "stop")


def main() -> None:
    """Crawl and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("portals", nargs="*", metavar="PORTAL", help=f"of {', '.join(FRONTS)}; all by default")
    parser.add_argument("--checkout", type=Path, default=ROOT, help="the code to be measured; this one by default")
    parser.add_argument("--follow", help="what storykin crawl is to follow")
    asked = parser.parse_args()
    print(f"{'':8}", *DAYS)
    for portal in asked.portals or FRONTS:
        found = reach(asked.checkout, portal, ["--follow", asked.follow] if asked.follow else [])
        print(f"{portal:8}", *(f"{number:10}" for number in found), flush=True)


if __name__ == "__main__":
    main()
