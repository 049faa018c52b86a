"""How large the HTML report of a large corpus gets, and what it costs: ``python -m benchmarks.report``."""

from __future__ import annotations

import argparse
import os
import resource
import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks.synthetic import write_corpus


def main() -> None:
    """Make a corpus, deduplicate it, write its report; print size, CPU time and peak memory of the last step."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--articles", type=int, default=100_000)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        documents, clusters, html = (Path(folder) / name for name in ("d.jsonl", "c.jsonl", "report.html"))
        write_corpus(documents, options.articles)
        storykin("dedupe", documents, "-o", clusters)
        used = storykin("report", "--docs", documents, "--clusters", clusters, "--html", html)
        print(
            f"{options.articles:,} articles: {html.stat().st_size / 1e6:.1f} MB, "
            f"{used.ru_utime:.1f} s CPU, {used.ru_maxrss / 1024:.0f} MB at the peak"
        )


def storykin(*arguments: str | Path) -> resource.struct_rusage:
    """Run a command in a process of its own; return what it used."""
    code = "from crawler.cli.main import main; main()"
    process = subprocess.Popen([sys.executable, "-c", code, *map(str, arguments)], stdout=subprocess.DEVNULL)
    _, status, used = os.wait4(process.pid, 0)
    if status:
        raise SystemExit(f"storykin {arguments[0]} ended with {os.waitstatus_to_exitcode(status)}")
    return used


if __name__ == "__main__":
    main()
