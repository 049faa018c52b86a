"""Crawl a large site of which every twentieth address does harm, and account for every address.

    python -m benchmarks.soak_pages --stories 20000

The crawl has to end by itself, store exactly the articles that are there, give each failure the right stage and
reason, leave nothing open in the frontier, and need no more memory in its second half than in its first. Exit code 1
otherwise. The site (:mod:`tests.support.hostile_site`) is served by a process of its own.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.support.hostile_crawl import soak
from tests.support.hostile_site import EVERY

GROWTH = 1.10
"""Most memory in the second half, as a multiple of that in the first."""


def main() -> int:
    """Run the soak and print what it came to."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--stories", type=int, default=20_000)
    parser.add_argument("--every", type=int, default=EVERY, help="one story of so many leads to harm")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="storykin-soak-") as name:
        folder = Path(name)
        environment = {**os.environ, "STORYKIN_DATA": str(folder / "data")}
        environment.pop("MONGODB_URI", None)
        os.environ["STORYKIN_DATA"] = environment["STORYKIN_DATA"]
        os.environ.pop("MONGODB_URI", None)
        outcome = soak(options.stories, folder, environment, lambda said: print(said, flush=True), every=options.every)
        stop = [sys.executable, "-m", "crawler.cli", "db", "stop", "--force"]
        subprocess.run(stop, env=environment, check=False, capture_output=True)
    counts = {
        name: outcome.summary.get(name) for name in ("fetched", "articles", "listings", "not_articles", "failures")
    }
    rate = (outcome.summary.get("fetched") or 0) / outcome.seconds
    print(f"{counts} in {outcome.seconds:.0f} s ({rate:.0f} pages/s), {outcome.processor_seconds:.0f} s of processor")
    for reason, number in outcome.reasons.most_common():
        print(f"{number:>6} {reason}")
    for column, what in ((1, "crawler"), (2, "workers")):
        first, second = outcome.memory.halves(column)
        most = outcome.memory.most(column)
        print(f"{what}: {first:.0f} MB in the first half, {second:.0f} MB in the second (medians), at most {most:.0f}")
        if first and second > first * GROWTH:
            outcome.problems.append(f"the memory of the {what} grew from {first:.0f} to {second:.0f} MB")
    said = outcome.output.splitlines()
    print("\n".join([f"{len(said)} lines on standard error", *(f"  {line[:200]}" for line in said[:12])]))
    for problem in outcome.problems[:50]:
        print(f"PROBLEM {problem}")
    print("every address accounted for" if not outcome.problems else f"{len(outcome.problems)} problems")
    return 1 if outcome.problems else 0


if __name__ == "__main__":
    sys.exit(main())
