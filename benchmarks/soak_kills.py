"""Kill crawls again and again, restart them, and compare what is stored with an undisturbed crawl of the same site.

    python -m benchmarks.soak_kills --kills 100 --stories 520
    python -m benchmarks.soak_kills --kills 10 --random-seed 12345     # the same kills again

A kill takes with SIGKILL and without warning the crawl with its worker processes, one of these alone, the embedded
mongod, its keeper, or the crawl and both of them. It counts only between 5 % and 95 % of the stories fetched. Exit
code 1 if anything is lost, stored twice, or fetched more often than its frontier entry allows.
"""

from __future__ import annotations

import argparse
import secrets
import sys
import tempfile
from pathlib import Path

from tests.support.kills import soak


def main() -> int:
    """Run the soak and print what it came to."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--each", type=int, default=10, help="kills in one crawl")
    parser.add_argument("--stories", type=int, default=520)
    parser.add_argument("--random-seed", type=int, default=secrets.randbelow(10**9))
    options = parser.parse_args()
    print(f"random seed {options.random_seed}", flush=True)
    with tempfile.TemporaryDirectory(prefix="storykin-soak-") as folder:
        outcome = soak(
            options.kills,
            options.stories,
            options.random_seed,
            options.each,
            Path(folder),
            lambda said: print(said, flush=True),
        )
    kinds = ", ".join(f"{count} of {kind}" for kind, count in sorted(outcome.kills.items()))
    share = outcome.fetches / max(1, outcome.pages)
    print(f"{sum(outcome.kills.values())} kills ({kinds}); {share:.3f} fetches a page, at most {outcome.most}")
    seconds = sorted(outcome.restarts) or [0.0]
    print(
        f"from a kill to the next page: {seconds[len(seconds) // 2]:.1f} s in the median, {seconds[-1]:.1f} s at most"
    )
    for problem in outcome.problems:
        print(f"PROBLEM {problem}")
    print("nothing lost, nothing doubled" if not outcome.problems else f"{len(outcome.problems)} problems")
    return 1 if outcome.problems else 0


if __name__ == "__main__":
    sys.exit(main())
