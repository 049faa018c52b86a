"""``storykin corpus`` over many real pages: its cost, its memory, and whether two ways give equal rows.

    python -m benchmarks.corpus_pages make --pages 20000 -o /var/tmp/warcs
    python -m benchmarks.corpus_pages run -- /var/tmp/warcs -o /var/tmp/one
    python -m benchmarks.corpus_pages run -- /var/tmp/warcs -o /var/tmp/two --spark spark://127.0.0.1:7077
    python -m benchmarks.corpus_pages compare /var/tmp/one /var/tmp/two

The pages are those of the measuring data, or every so many of them (``--every``). Beyond their number they come again
under other addresses: a tenth as they are, a fifth with the same words, two fifths with one word of sixty changed, the
others with one of four. Equal arguments give equal files, which are not compressed. ``run`` prints
CPU, seconds and the peak of the proportional memory of a run with all processes below it, sampled once a second; where
Spark's workers are started apart, of the driver alone.
"""

from __future__ import annotations

import argparse
import os
import random
import re
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from itertools import count, islice
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from crawler.article.page.page import Page
from crawler.warc.archive import read_pages
from crawler.warc.records import NO_DATE
from crawler.warc.writer import RecordWriter

ROOT = Path(__file__).resolve().parents[1]
SHARED = Path(os.environ.get("STORYKIN_SHARED", ROOT.parent / "shared"))
FILE_PAGES = 1_000
TABLES = ("index", "pages.parquet", "articles", "others", "clusters", "kept")
_CODE = re.compile(rb"(<(script|style)\b.*?</\2>|<[^>]*>)", re.IGNORECASE | re.DOTALL)
_WORD = re.compile(rb"[A-Za-z]{4,}")


def real_pages() -> Iterator[Page]:
    for warc in sorted((SHARED / "data").rglob("*.warc.gz")):
        if "cases" not in warc.parts:
            yield from read_pages(warc)


def pages(every: int) -> Iterator[Page]:
    """Yield the real pages, then round after round of their repeats."""
    for turn in count():
        for page in islice(real_pages(), 0, None, every):
            yield page if turn == 0 else repeated(page, turn)


def repeated(page: Page, turn: int) -> Page:
    draw = random.Random(f"{turn} {page.url} {page.fetched}")
    parts = urlsplit(page.url)
    host = f"again{turn}.{parts.netloc.removeprefix('www.')}"
    kind = draw.random()
    body = page.body
    if kind >= 0.1:  # a site of its own, whose pages do not name the address of the first ones
        body = body.replace(parts.netloc.encode(), host.encode()) + b"\n<!-- %d -->" % turn
    if kind >= 0.3:
        body = changed(body, draw, 1 / 60 if kind < 0.7 else 1 / 4)
    return Page(
        url=urlunsplit(parts._replace(netloc=host)), body=body, content_type=page.content_type, fetched=page.fetched
    )


def changed(body: bytes, draw: random.Random, share: float) -> bytes:
    """Change so many words between tags, letter by letter."""

    def word(found: re.Match[bytes]) -> bytes:
        return found[0][::-1].lower() if draw.random() < share else found[0]

    parts = _CODE.split(body)  # text, tag or script, name of the script's tag, text, …
    return b"".join(
        part if place % 3 == 1 else b"" if place % 3 == 2 or part is None else _WORD.sub(word, part)
        for place, part in enumerate(parts)
    )


def make(number: int, every: int, folder: Path) -> None:
    folder.mkdir(parents=True)
    source = pages(every)
    for file in range(-(-number // FILE_PAGES)):
        path = folder / f"pages-{file:04}.warc"
        with path.open("wb") as stream:
            writer = RecordWriter(stream, path.name, "benchmarks.corpus_pages", gzip=False)
            for page in islice(source, min(FILE_PAGES, number - file * FILE_PAGES)):
                headers = [("Content-Type", page.content_type)] if page.content_type else []
                writer.write(page.url, 200, headers, page.body, page.fetched or NO_DATE)


def below(pid: int) -> set[int]:
    """Return *pid* and all processes below it."""
    above: dict[int, int] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            above[int(stat.parent.name)] = int(stat.read_text().rpartition(")")[2].split()[1])
    found = {pid}
    while more := {one for one, parent in above.items() if parent in found} - found:
        found |= more
    return found


def memory(pid: int) -> int:
    """Return the proportional memory of a process, in bytes."""
    with suppress(OSError):
        found = re.search(r"^Pss:\s+(\d+)", Path(f"/proc/{pid}/smaps_rollup").read_text(), re.MULTILINE)
        return int(found[1]) << 10 if found else 0
    return 0


def cpu(pid: int) -> float:
    """Return the seconds of CPU that a process has taken."""
    with suppress(OSError):
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    return 0.0


def run(arguments: list[str]) -> int:
    started = time.monotonic()
    process = subprocess.Popen([sys.executable, "-m", "crawler.cli", "corpus", *arguments])
    peak, ended, taken = 0, threading.Event(), dict[int, float]()

    def sample() -> None:
        nonlocal peak
        while not ended.wait(1):
            processes = below(process.pid)
            peak = max(peak, sum(map(memory, processes)))
            taken.update((pid, seconds) for pid in processes if (seconds := cpu(pid)))

    thread = threading.Thread(target=sample)
    thread.start()
    code = process.wait()
    ended.set()
    thread.join()
    seconds = time.monotonic() - started
    print(f"exit code {code}: {sum(taken.values()):,.0f} s CPU, {seconds:,.0f} s, peak {peak >> 20:,} MB")
    return code


def compare(one: Path, two: Path) -> int:
    """Compare the rows of all tables, whatever files they stand in."""
    import duckdb

    base, differing = duckdb.connect(), 0
    for table in TABLES:
        tables = [
            f"read_parquet('{folder / table}{'' if '.' in table else '/*.parquet'}')".replace("//", "/")
            for folder in (one, two)
        ]
        # The order of fields and rows is a file's; a row as JSON is what it says.
        rows = [f"SELECT md5(to_json(t)::VARCHAR) AS row FROM {name} AS t" for name in tables]
        of_one, of_two = (base.execute(f"SELECT count(*) FROM {name}").fetchall()[0][0] for name in tables)
        apart = f"({rows[0]} EXCEPT ALL {rows[1]}) UNION ALL ({rows[1]} EXCEPT ALL {rows[0]})"
        unlike = base.execute(f"SELECT count(*) FROM ({apart})").fetchall()[0][0]
        print(f"{table:14} {of_one:>9,} {of_two:>9,} rows, {unlike:,} unlike")
        differing += unlike
    return 1 if differing else 0


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(required=True, dest="command")
    making = commands.add_parser("make")
    making.add_argument("--pages", type=int, required=True)
    making.add_argument("--every", type=int, default=1, help="take every so many of the real pages")
    making.add_argument("-o", "--output", type=Path, required=True)
    running = commands.add_parser("run")
    running.add_argument("arguments", nargs="+", help="of storykin corpus, after --")
    comparing = commands.add_parser("compare")
    comparing.add_argument("folders", nargs=2, type=Path)
    options = parser.parse_args()
    if options.command == "make":
        make(options.pages, options.every, options.output)
        return 0
    return run(options.arguments) if options.command == "run" else compare(*options.folders)


if __name__ == "__main__":
    sys.exit(main())
