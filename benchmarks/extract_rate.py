"""``storykin extract --warc`` beside a pool that only calls ``anatomy()`` on the same bytes.

``python -m benchmarks.extract_rate FILE.warc.gz``: both take turns. The pool has the pages in memory and throws the
articles away; ``extract`` reads the archive, keeps the order and the limits of each page, and writes JSON Lines. What
is compared is CPU time of all processes of each, and pages a second, which other work on the machine disturbs more.
"""

from __future__ import annotations

import argparse
import ctypes
import os
import statistics
import sys
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path

from crawler.warc.archive import read_pages
from crawler.workers.pool import cores
from crawler.workers.tasks import extract_page

PR_SET_CHILD_SUBREAPER = 36
"""prctl(2): what a measured command leaves behind becomes ours to wait for, and to count."""


@dataclass(frozen=True)
class Measured:
    seconds: float
    cpu: float


def measured(command: list[str]) -> Measured:
    """Run *command* and wait for every process that it started."""
    begin = time.perf_counter()
    first = os.posix_spawn(command[0], command, os.environ)
    cpu, seconds = 0.0, 0.0
    while True:
        try:
            pid, status, usage = os.wait4(-1, 0)
        except ChildProcessError:
            return Measured(seconds, cpu)
        cpu += usage.ru_utime + usage.ru_stime
        if pid == first:
            seconds = time.perf_counter() - begin
            if status:
                sys.exit(f"{' '.join(command)} failed")


def anatomy_only(path: Path, workers: int) -> None:
    pages = list(read_pages(path))
    with ProcessPoolExecutor(workers, mp_context=get_context("forkserver")) as pool:
        for _ in pool.map(extract_page, pages, chunksize=8):
            pass


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("archive", type=Path)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--workers", type=int, default=cores())
    parser.add_argument("--anatomy-only", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.anatomy_only:
        anatomy_only(options.archive, options.workers)
        return
    ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    pages = sum(1 for _ in read_pages(options.archive))
    workers = ["--workers", str(options.workers)]
    with tempfile.TemporaryDirectory() as folder:
        python = [sys.executable, "-c", "import sys; from crawler.cli.main import main; sys.exit(main())"]
        commands = {
            "anatomy() in a pool": [
                sys.executable, "-m", "benchmarks.extract_rate", str(options.archive), "--anatomy-only", *workers
            ],
            "storykin extract": [
                *python, "extract", "--warc", str(options.archive), "-o", f"{folder}/out.jsonl", *workers
            ],
        }  # fmt: skip
        rounds = [{name: measured(command) for name, command in commands.items()} for _ in range(options.rounds)]
    print(f"{pages} pages, {options.workers} workers, medians of {options.rounds} rounds\n")
    print("| job | CPU ms a page | pages/s | CPU, spread |\n|---|---|---|---|")
    middle = {}
    for name in commands:
        cpu = sorted(one[name].cpu * 1000 / pages for one in rounds)
        middle[name] = statistics.median(cpu), pages / statistics.median(one[name].seconds for one in rounds)
        print(f"| {name} | {middle[name][0]:.1f} | {middle[name][1]:.1f} | {cpu[0]:.1f}-{cpu[-1]:.1f} |")
    alone, whole = middle.values()
    print(
        f"\nextract reaches {alone[0] / whole[0]:.2f} of the pool's rate by CPU, {whole[1] / alone[1]:.2f} by the clock"
    )


if __name__ == "__main__":
    main()
